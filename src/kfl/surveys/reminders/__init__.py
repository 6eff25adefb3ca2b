"""Mail to all adults who may take part and have an address, as nobody knows who has answered (RULES D.3)."""

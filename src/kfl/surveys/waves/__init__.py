"""A wave: setting it up, opening and closing it, who belongs to it, its tree and its window."""

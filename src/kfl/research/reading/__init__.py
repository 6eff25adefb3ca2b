"""The technical report in words: blocks that page and PDF show alike."""

"""What the parents have said: pupil by pupil, or as a list; and those of one name."""

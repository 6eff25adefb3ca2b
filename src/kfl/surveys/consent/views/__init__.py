"""Pages of consent: pupil by pupil, and as a list."""

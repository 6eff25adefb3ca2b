"""Forms on paper: printed, and entered."""

"""Pages of a wave, a file for each family."""

"""Pages of the surveys room, a file for each family."""

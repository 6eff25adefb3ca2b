"""What can happen to a wave that comes from a file."""

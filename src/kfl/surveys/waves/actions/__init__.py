"""What can happen to a wave."""

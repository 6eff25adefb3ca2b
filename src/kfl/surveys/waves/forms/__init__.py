"""What a browser may send about a wave."""

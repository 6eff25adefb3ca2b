"""The command line: `kfl`."""

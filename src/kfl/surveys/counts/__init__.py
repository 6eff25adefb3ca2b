"""How many are invited and how many sheets have come, never whose."""

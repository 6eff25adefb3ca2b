"""From closed wave to release: extract, compute, decide, freeze."""

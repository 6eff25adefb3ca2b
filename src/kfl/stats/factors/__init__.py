"""Factor models from mergeable sums: exploratory, confirmatory, invariance, and the reliability that rests on them."""

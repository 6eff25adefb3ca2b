"""The letter to parents, and what it promises."""

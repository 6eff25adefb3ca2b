"""The invented county, built through the same actions people use."""

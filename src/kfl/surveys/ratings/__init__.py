"""Ratings of children by the adults who know them."""

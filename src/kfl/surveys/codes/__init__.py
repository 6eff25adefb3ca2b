"""Codes: whose they are, who may hand them out, slips and letters with them."""

"""Analysis of a file of answers without the portal: read, sum, describe, write. No Django, no database.

`kfl analyse` is its command; the technical report of a wave uses the same tables (`quality`, `judgements`).
"""

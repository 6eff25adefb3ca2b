"""The technical report of a wave: how well it was answered and how well it measures, for those who check numbers.

`compute` makes it from the answers, once, right after the release; `payload` is what is stored; `reading` finds the
words; `views` and `pdf` show the same words. Only wave-wide numbers are in it: docs/methods/technical-report.md.
"""

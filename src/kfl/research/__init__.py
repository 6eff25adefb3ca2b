"""For those who check numbers: the technical report of a wave, and the audit of all that has left.

`making` makes the report from the answers, once, right after the release; `payload` is what is stored; `reading` finds
the words; `views` and the PDF show the same words. Only wave-wide numbers are in it: docs/methods/technical-report.md.
"""

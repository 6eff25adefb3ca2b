"""Documents for people, in plain Python: what they say, and how it is drawn as HTML and as tagged PDF.

It knows no Django and nothing of ours, so that `kfl analyse` writes its reports with it too.
"""

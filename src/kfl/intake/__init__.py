"""A respondent's pages and saving: a small ASGI app that knows only the answers store.

No Django, no portal database, no call to anything outside: it stands when all else is down.
"""

"""Nynorsk: as bokmål; the names of days and months come from Django's own catalogue."""

from kfl.core.formats.nb.formats import *  # noqa: F403

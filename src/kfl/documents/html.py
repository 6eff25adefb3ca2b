"""Blocks as HTML, for pages of the portal and for reports in a file. Classes begin with `document-`."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import jinja2
from markupsafe import Markup

from .blocks import Block


def blocks_html(blocks: Sequence[Block], *, about: str) -> Markup:
    """The blocks one after another; `about` is the heading that they stand under, for whoever only hears a table."""
    return Markup(_template().render(blocks=[(type(one).__name__, one) for one in blocks], about=about))


@cache
def _template() -> jinja2.Template:
    return jinja2.Environment(
        loader=jinja2.PackageLoader("kfl.documents"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    ).get_template("blocks.html")

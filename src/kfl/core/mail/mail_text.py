"""The text of a mail: rendered without escaping, and never trusted as HTML afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.template.loader import render_to_string


def mail_text(template: str, context: Mapping[str, Any]) -> str:
    """A text template, rendered for a mail.

    Django marks all that it renders as safe HTML. This is not: people's words stand in it as they wrote them. So a
    plain string is given back, which a page that shows the mail escapes like any other.
    """
    return "".join(list(render_to_string(template, dict(context))))

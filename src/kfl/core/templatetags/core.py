"""Template tags that every page may use: icons, numbers, shares, dates."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path

from django import template
from django.utils import formats, timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from markupsafe import Markup

from kfl.core import mail, offers
from kfl.documents.blocks import Section
from kfl.documents.html import blocks_html

register = template.Library()

ICONS = Path(__file__).resolve().parent.parent / "static/vendor/icons"
NO_BREAK = "\u00a0"


class NoSuchIcon(LookupError):
    """The icon is not among those that tools/assets.py fetches."""


@cache
def _drawing(name: str) -> str:
    try:
        svg = (ICONS / f"{name}.svg").read_text()
    except FileNotFoundError as error:
        raise NoSuchIcon(f"{name}: add it to ICONS in tools/assets.py and run make setup") from error
    return re.sub(
        r'^<svg width="1em" height="1em"', '<svg class="icon" aria-hidden="true" focusable="false"', svg.strip()
    )


@register.simple_tag
def icon(name: str) -> SafeString:
    """The icon's drawing, for the eye only: the words stand beside it."""
    return mark_safe(_drawing(name))


@register.filter
def blocks(section: Section) -> Markup:
    """What stands under a section's heading."""
    return blocks_html(section.blocks, about=section.title)


@register.filter
def number(value: float | None, decimals: int = 0) -> str:
    """`12 345` or `3,5` in the reader's language; a dash where there is none."""
    if value is None or value != value:
        return "–"
    rounded = Decimal(f"{value:.{decimals}f}")  # Django's own formatting cuts instead of rounding
    return formats.number_format(rounded, decimal_pos=decimals, use_l10n=True, force_grouping=True)


@register.filter
def share(value: float | None) -> str:
    """`0.92` as `92 %`."""
    return "–" if value is None or value != value else f"{round(value * 100)}{NO_BREAK}%"


@register.filter
def share_of(part: float, whole: float) -> str:
    """`22` of `24` as `92 %`."""
    return share(part / whole) if whole else "–"


@register.filter
def day(value: date) -> str:
    """`fredag 4. desember`."""
    return formats.date_format(_local(value), _("l j. F"))


@register.filter
def day_and_hour(value: datetime) -> str:
    """`fredag 4. desember kl. 14.15`: until when something is open. On the day itself the day alone tells nothing."""
    return f"{day(value)} {hour(value)}"


@register.filter
def dated(value: date) -> str:
    """`4. desember 2026`."""
    return formats.date_format(_local(value), "DATE_FORMAT")


@register.filter
def month(value: date) -> str:
    """`desember 2026`."""
    return formats.date_format(_local(value), "YEAR_MONTH_FORMAT")


@register.filter
def hour(value: datetime) -> str:
    """`kl. 14.15`."""
    return _("kl. {time}").format(time=formats.date_format(_local(value), "TIME_FORMAT"))


@register.filter
def moment(value: datetime) -> str:
    """`4. desember 2026 kl. 14.15`."""
    return _("{day} kl. {time}").format(day=dated(value), time=formats.date_format(_local(value), "TIME_FORMAT"))


@register.filter
def listed(words: Sequence[object]) -> str:
    """`a, b og c`."""
    texts = [str(word) for word in words]
    if len(texts) < 2:
        return "".join(texts)
    return _("{first} og {last}").format(first=", ".join(texts[:-1]), last=texts[-1])


def _local(value: date) -> date:
    return timezone.localtime(value) if isinstance(value, datetime) and timezone.is_aware(value) else value


class Unchanging(template.Node):
    """What is the same for every reader of a language: rendered once in the life of the process."""

    def __init__(self, nodes: template.NodeList) -> None:
        self.nodelist = nodes
        self.kept: dict[str | None, SafeString] = {}

    def render(self, context: template.Context) -> SafeString:
        language = get_language()
        if language not in self.kept:
            self.kept[language] = self.nodelist.render(template.Context())
        return self.kept[language]


@register.tag
def unchanging(parser: template.base.Parser, token: template.base.Token) -> Unchanging:
    """`{% unchanging %}…{% endunchanging %}`: what is between sees none of the page's own values."""
    nodes = parser.parse(("endunchanging",))
    parser.delete_first_token()
    return Unchanging(nodes)


@register.simple_tag
def mail_is_stuck() -> bool:
    """Whether mail does not get away now; said to everybody on the pages that promise some."""
    return mail.is_stuck(timezone.now())


@register.simple_tag
def slot(kind: str, key: object) -> SafeString:
    """A place where other rooms may offer something (`core.offers`)."""
    return offers.mark(kind, key)

"""A mail's text says what people wrote, and is never trusted as HTML."""

from __future__ import annotations

from django.template import Context, Template
from django.utils.safestring import SafeData

from kfl.core.mail.mail_text import mail_text

NASTY = "<zz9 onx=1>&\"'<script>"


def test_a_mails_text_is_as_written_and_escaped_where_a_page_shows_it(settings, tmp_path):
    (tmp_path / "a.txt").write_text("{% autoescape off %}{{ words }}{% endautoescape %}")
    (templates,) = settings.TEMPLATES
    settings.TEMPLATES = [{**templates, "DIRS": [tmp_path]}]
    told = mail_text("a.txt", {"words": NASTY})
    assert told == NASTY
    assert not isinstance(told, SafeData)
    assert Template("{{ told|linebreaks }}").render(Context({"told": told})) == (
        "<p>&lt;zz9 onx=1&gt;&amp;&quot;&#x27;&lt;script&gt;</p>"
    )

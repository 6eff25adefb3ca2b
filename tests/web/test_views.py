"""The pages that belong to no room."""

from __future__ import annotations

import pytest
from django.urls import reverse

PUBLIC = ["web:home", "web:privacy", "web:accessibility", "people:roles", "account_login", "account_reset_password",
          "account_request_login_code"]  # fmt: skip


@pytest.mark.parametrize("name", PUBLIC)
def test_public_page_opens_for_everybody(client, db, name):
    page = client.get(reverse(name))
    assert page.status_code == 200
    html = page.content.decode()
    assert html.count("<h1") == 1
    assert 'lang="nb"' in html

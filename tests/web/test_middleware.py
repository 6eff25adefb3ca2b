"""Sessions end, pages of signed-in people stay out of caches, and the account's language counts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import time_machine
from django.urls import reverse

START = datetime(2026, 12, 4, 8, 0, tzinfo=UTC)
HOME = reverse("web:home")


def is_signed_in(client) -> bool:
    return "_auth_user_id" in client.session and client.get(HOME).wsgi_request.user.is_authenticated


def test_session_ends_after_half_an_hour_without_a_sign_of_life(client, world):
    with time_machine.travel(START, tick=False) as clock:
        client.force_login(world.alice)
        client.get(HOME)
        clock.shift(timedelta(minutes=29))
        assert is_signed_in(client)
        clock.shift(timedelta(minutes=31))
        assert not is_signed_in(client)


def test_session_that_is_used_all_day_still_ends(client, world):
    with time_machine.travel(START, tick=False) as clock:
        client.force_login(world.alice)
        for _ in range(30):
            assert is_signed_in(client)
            clock.shift(timedelta(minutes=20))
        clock.shift(timedelta(minutes=20))
        assert not is_signed_in(client)


def test_session_is_written_at_most_once_a_minute(client, world, django_assert_max_num_queries):
    with time_machine.travel(START, tick=False) as clock:
        client.force_login(world.alice)
        client.get(HOME)
        clock.shift(timedelta(seconds=30))
        seen = client.session["seen"]
        client.get(HOME)
        assert client.session["seen"] == seen
        clock.shift(timedelta(seconds=31))
        client.get(HOME)
        assert client.session["seen"] == seen + 61


def test_pages_of_signed_in_people_are_not_kept_on_the_machine(client, world):
    assert "no-store" not in client.get(HOME).get("Cache-Control", "")
    client.force_login(world.alice)
    assert "no-store" in client.get(HOME)["Cache-Control"]


def test_account_language_counts_until_the_browser_chooses_another(client, world):
    world.alice.language = "nn"
    world.alice.save()
    client.force_login(world.alice)
    assert '<html lang="nn"' in client.get(HOME).content.decode()
    client.post(reverse("web:language"), {"language": "en", "next": "/"})
    assert '<html lang="en"' in client.get(HOME).content.decode()

"""The link key is the one that the portal has worked with: never a new one in silence, never another."""

from __future__ import annotations

import shutil

import pytest

from kfl.answers.keys import KeyAway, LinkKey, OtherKey
from kfl.people.models import AuditLine
from kfl.surveys import actions, store
from kfl.surveys.models import KnownLinkKey, WaveState
from kfl.surveys.waves import link_keys
from tests.surveys.making import OPENS, a_questionnaire, a_wave

pytestmark = pytest.mark.usefixtures("data_dir")


def lose_the_keys() -> None:
    """As after a restore of the database without `keys/`."""
    shutil.rmtree(store.keys_dir())
    store.keys_dir().mkdir(mode=0o700)


def an_opening(world, slug: str = "t4"):
    wave = a_wave(world.county, [world.ask], [a_questionnaire(key=slug)], slug=slug)
    return actions.open_wave(wave=wave, by=None, at=OPENS)


def test_the_first_use_tells_the_database_which_key_it_is(world):
    assert link_keys.fingerprint() is None
    an_opening(world)
    assert link_keys.fingerprint() == LinkKey.load(store.keys_dir()).fingerprint
    assert AuditLine.plumbing.filter(what="link_key.known").count() == 1
    store.link_key()
    assert AuditLine.plumbing.filter(what="link_key.known").count() == 1


def test_a_key_that_was_there_before_the_database_is_remembered_too(world):
    key = LinkKey.create(store.keys_dir())
    assert store.link_key() == key
    assert link_keys.fingerprint() == key.fingerprint


def test_keys_lost_with_their_fingerprint_are_not_made_anew(world):
    key = store.link_key()
    lose_the_keys()
    assert store.link_key_is_away()
    with pytest.raises(KeyAway):
        store.link_key()
    with pytest.raises(actions.CannotOpen, match="Lenkenøkkelen er ikke på serveren"):
        an_opening(world)
    assert list(store.keys_dir().iterdir()) == []
    key.store(store.keys_dir(), link_keys.fingerprint())
    assert an_opening(world, "t5").state == WaveState.OPEN


def test_another_key_opens_no_wave_and_erases_nobody(world):
    store.link_key()
    lose_the_keys()
    LinkKey.create(store.keys_dir())
    assert store.link_key_is_away()
    with pytest.raises(OtherKey):
        store.link_key()
    with pytest.raises(actions.CannotOpen, match="en annen enn den portalen har brukt"):
        an_opening(world)


@pytest.mark.parametrize(
    ("harm", "words"),
    [(lambda path: path.write_text("x"), "skadet"), (lambda path: path.chmod(0o640), "Andre enn portalen")],
)
def test_a_key_that_cannot_be_read_stops_the_opening_with_words(world, harm, words):
    store.link_key()
    harm(LinkKey.path(store.keys_dir()))
    with pytest.raises(actions.CannotOpen, match=words):
        an_opening(world)


def test_a_second_fingerprint_cannot_stand_in_the_database(world):
    key = store.link_key()
    with pytest.raises(OtherKey):
        link_keys.remember(key=LinkKey(bytes(32)), by=None)
    assert [row.fingerprint for row in KnownLinkKey.plumbing.all()] == [key.fingerprint]

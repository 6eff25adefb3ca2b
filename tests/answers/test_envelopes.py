"""Envelopes: nobody opens one without both the code and K_code."""

import pytest

from kfl.answers.codes import new_code
from kfl.answers.envelopes import Invitation, open_envelope, seal_invitation
from kfl.answers.keys import NONCE_BYTES, CodeKey, DoesNotOpen, random_pid
from kfl.answers.sealing import SheetSeal


def test_envelope_opens_with_its_code_and_key(tmp_path):
    key = CodeKey.create(tmp_path, "t3")
    invitation = Invitation(new_code(), random_pid(), 70_000, 12, 2)
    envelope = seal_invitation(key, invitation)
    assert envelope.lookup == key.lookup(invitation.code)
    assert open_envelope(key, invitation.code, envelope.sealed) == invitation
    assert invitation.pid not in envelope.sealed


def test_envelope_stays_shut_for_another_code_or_key(tmp_path):
    key, other = CodeKey.create(tmp_path, "t3"), CodeKey.create(tmp_path, "t4")
    invitation = Invitation(new_code(), random_pid(), 1, 1, 0)
    sealed = seal_invitation(key, invitation).sealed
    for wrong_key, code in [(key, new_code()), (other, invitation.code)]:
        with pytest.raises(DoesNotOpen):
            open_envelope(wrong_key, code, sealed)


@pytest.mark.parametrize("wrong", [{"pid": b"short"}, {"group": -1}, {"group": 2**32}, {"form": 2**16}, {"split": 3}])
def test_invitation_out_of_range_is_refused(tmp_path, wrong):
    key = CodeKey.create(tmp_path, "t3")
    whole = {"code": new_code(), "pid": random_pid(), "group": 1, "form": 1, "split": 0}
    with pytest.raises(ValueError, match="pid|range"):
        seal_invitation(key, Invitation(**(whole | wrong)))


def test_no_two_saves_are_sealed_under_one_nonce():
    """Also where a fresh lot of nonces is drawn: two under one nonce would tell what they have in common."""
    seal = SheetSeal(CodeKey("t3", bytes(32)))
    sealed = [seal.save(1, 1, 1, rev, b"{}") for rev in range(1, 2_500)]
    assert len({one[:NONCE_BYTES] for one in sealed}) == len(sealed)
    assert [seal.open_save(1, one).rev for one in sealed] == list(range(1, 2_500))
    with pytest.raises(DoesNotOpen):
        seal.open_save(2, sealed[0])

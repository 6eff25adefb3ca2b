"""What one can ask about codes: those that whoever may print them hands out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kfl.answers.codes import display

from .. import store
from ..models import Code, Wave, WaveForm, WaveNode
from .code_holders import labelled


@dataclass(frozen=True)
class PrintedCode:
    """A code as it stands on a sheet."""

    node: WaveNode
    label: str
    code: str
    key: int


def printed_codes(*, wave: Wave, form: WaveForm, nodes: Sequence[int]) -> list[PrintedCode]:
    """The codes of a form for those right under these nodes, by node and name; for whoever may print them."""
    rows = Code.objects.within(wave).filter(form=form, node__number__in=list(nodes))
    key = store.code_key(wave.slug)
    return [
        PrintedCode(row.node, row.label, display(key.open_for_reprint(bytes(row.sealed))), row.pk)
        for row in labelled(rows.select_related("node__unit__parent"))
    ]

"""What may be shown of a survey's results, so that nobody can work out what a few people answered.

Plain Python and numpy: no database, no clock, no settings. `decide` hides, `kfl.disclosure.gate` checks what is about
to be released, `kfl.disclosure.attacker` tries to break a release. The rules: docs/privacy-rules.md.

Whoever only reads what was released takes `Hidden`, `Thresholds` and `Published` and must not wait for numpy; so names
that need it are fetched when they are first asked for. None of them may be called as a module here is.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from kfl.disclosure.hidden import Hidden
from kfl.disclosure.published import NotPublished, Published, Sheets
from kfl.disclosure.thresholds import STEP, Thresholds, ThresholdTooLow

if TYPE_CHECKING:
    from kfl.disclosure.counts import Presence, followed, in_steps
    from kfl.disclosure.decision import REASONS, Decision, Shown, decide, reason
    from kfl.disclosure.gate import Judged, ReleaseRefused
    from kfl.disclosure.one_set import OneSet
    from kfl.disclosure.rounding import band, whole_percent
    from kfl.disclosure.rules import BadCounts, ImpossibleScale, JudgedScale
    from kfl.disclosure.tree import BadTree, Tree

_FETCHED = {
    "counts": ("Presence", "followed", "in_steps"),
    "decision": ("REASONS", "Decision", "Shown", "decide", "reason"),
    "gate": ("Judged", "ReleaseRefused"),
    "one_set": ("OneSet",),
    "rounding": ("band", "whole_percent"),
    "rules": ("BadCounts", "ImpossibleScale", "JudgedScale"),
    "tree": ("BadTree", "Tree"),
}
_MODULE_OF = {name: module for module, names in _FETCHED.items() for name in names}

__all__ = [
    "STEP",
    "REASONS",
    "BadCounts",
    "ImpossibleScale",
    "BadTree",
    "Decision",
    "Hidden",
    "Judged",
    "NotPublished",
    "OneSet",
    "Presence",
    "Published",
    "ReleaseRefused",
    "JudgedScale",
    "Sheets",
    "Shown",
    "ThresholdTooLow",
    "Thresholds",
    "Tree",
    "band",
    "decide",
    "followed",
    "in_steps",
    "reason",
    "whole_percent",
]


def __getattr__(name: str) -> Any:
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = found = getattr(import_module(f"{__name__}.{_MODULE_OF[name]}"), name)
    return found

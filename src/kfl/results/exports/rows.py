"""`kfl release show`: a release as data, exactly as the contract says (RULES G.2).

A row for every unit, informant, scale and split; a hidden one has the reason and no numbers.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from kfl.disclosure import Hidden
from kfl.surveys.models import WaveNode
from kfl.tables import writing

from ..models import Part, Release, ReleasedPage
from ..payload import FormText, ScaleResult, ScaleText, Value

WHY = "system: whoever runs the portal may print a release; it holds only what was released"
RELEASE_COLUMNS = ("wave", "release", "digest")
UNIT_COLUMNS = ("code", "name", "kind", "answered", "invited")
ROW_COLUMNS = ("informant", "band", "scale", "split", "n", "points", "low", "high", "hidden")


class UnitNotInWave(LookupError):
    """The wave has no unit with that code."""


class NoSuchRelease(LookupError):
    """The wave is unknown, or has no results yet."""


def release_of(wave: str) -> Release:
    """The newest release of a wave, by its slug: what `kfl release show WAVE` and `audit WAVE` mean."""
    rows = Release.objects.everywhere(why=WHY).filter(wave__slug=wave, part=Part.MAIN)
    release: Release | None = rows.select_related("wave").order_by("-number").first()
    if release is None:
        raise NoSuchRelease(wave)
    return release


def show(release: Release, unit: str | None = None) -> dict[str, Any]:
    """The release as one dictionary; `unit` is a code as it was when the wave opened."""
    nodes = WaveNode.objects.within(release.wave).order_by("number")
    if unit is not None:
        nodes = nodes.filter(code=unit)
        if not nodes.exists():
            raise UnitNotInWave(unit)
    forms = {form.pk: form.read() for form in release.forms.all()}
    pages: dict[int, list[ReleasedPage]] = defaultdict(list)
    rows = ReleasedPage.objects.within(release).order_by("form")
    for page in rows.filter(node__in=nodes) if unit is not None else rows:
        pages[page.node_id].append(page)
    return {
        "wave": release.wave.slug,
        "release": f"r{release.number}{release.part}",
        "digest": release.digest,
        "units": [_unit(node, pages[node.pk], forms) for node in nodes],
    }


def as_csv(shown: dict[str, Any]) -> str:
    """The same rows with their unit's columns in front."""
    common = {key: shown[key] for key in RELEASE_COLUMNS}
    rows = (common | {key: unit[key] for key in UNIT_COLUMNS} | row for unit in shown["units"] for row in unit["rows"])
    return writing.as_csv((*RELEASE_COLUMNS, *UNIT_COLUMNS, *ROW_COLUMNS), rows)


def _unit(node: WaveNode, pages: list[ReleasedPage], forms: dict[int, FormText]) -> dict[str, Any]:
    rows: list[dict[str, Any]] = []
    answered: int | None = 0
    invited = 0
    for released in pages:
        page, form = released.read(), forms[released.form_id]
        # Where one group's number is hidden, a sum over groups would give it away: there is none.
        answered = None if answered is None or page.answered is None else answered + page.answered
        invited += page.invited
        for scale, result in zip(form.scales, page.scales, strict=True):
            if scale.measured:
                rows += _rows(released.informant, scale, result, form.split)
    numbers = {"answered": answered, "invited": invited}
    return {"code": node.code, "name": node.name, "kind": node.kind, **numbers, "rows": rows}


def _rows(informant: str, scale: ScaleText, result: ScaleResult, split: bool) -> list[dict[str, Any]]:
    band = {"pupil_1_4": "1-4", "pupil_5_10": "5-10"}.get(informant)
    same = {"informant": informant, "band": band, "scale": scale.key}
    rows = [{**same, "split": None, **_numbers(result.value, result.hidden)}]
    if split:
        why = result.split_hidden or result.hidden
        rows += [{**same, "split": "girl", **_numbers(result.girls, why)}]
        rows += [{**same, "split": "boy", **_numbers(result.boys, why)}]
    return rows


def _numbers(value: Value | None, hidden: str) -> dict[str, Any]:
    if value is None:
        return {"n": None, "points": None, "low": None, "high": None, "hidden": hidden or str(Hidden.UNKNOWN)}
    return {"n": value.n, "points": value.points, "low": value.low, "high": value.high, "hidden": None}

"""reference.json: what points are measured with, kept so that the next wave is measured with the same."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from kfl.analysis.codebook import Codebook, CodebookScale
from kfl.stats import ReferenceMoments, Sums, person_means, person_sd
from kfl.tables import Problem, WrongFile


def reference_of_persons(sums: Sums) -> ReferenceMoments:
    """The reference that a file makes: mean and SD of its person scores, so that they get 500 and 100.

    Parameters
    ----------
    sums : Sums
        Any groups; together they are the reference population.

    Returns
    -------
    Reference
        NaN in `sigma` where fewer than two are scored or all have one score; NaN in `mu` where nobody is.
    """
    everybody = sums.total()
    sigma = person_sd(everybody)[0]
    return ReferenceMoments(person_means(everybody)[0], np.where(sigma > 0, sigma, np.nan))


def read_reference(path: Path, book: Codebook) -> ReferenceMoments:
    """The reference of an earlier analysis.

    Parameters
    ----------
    path : Path
        Its reference.json.
    book : Codebook
        Of this analysis; the reference must hold each of its scales, made of the same items.

    Returns
    -------
    Reference
        In the order of the codebook's scales.

    Raises
    ------
    WrongFile
        What is missing, or was measured in another way.
    """
    try:
        found = json.loads(path.read_text("utf-8"))
    except OSError as error:
        raise WrongFile(path.name, [Problem(None, None, f"cannot be read: {error.strerror}")]) from error
    except ValueError as error:
        raise WrongFile(path.name, [Problem(None, None, "this is not a reference.json of kfl analyse")]) from error
    scales = found.get("scales") if isinstance(found, dict) else None
    if not isinstance(scales, dict):
        raise WrongFile(path.name, [Problem(None, None, "this is not a reference.json of kfl analyse")])
    problems = [
        Problem(None, None, words) for scale in book.scales for words in _problems(scales.get(scale.key), scale)
    ]
    if problems:
        raise WrongFile(path.name, problems)
    values = [[float(scales[scale.key][name]) for scale in book.scales] for name in ("mu", "sigma")]
    return ReferenceMoments(*map(np.array, values))


def as_json(reference: ReferenceMoments, book: Codebook, about: Mapping[str, Any]) -> str:
    """The text of reference.json.

    Parameters
    ----------
    reference : Reference
        In the order of the codebook's scales.
    book : Codebook
        Says what each scale is made of.
    about : mapping
        Where the numbers come from, and whether they may be published.

    Returns
    -------
    str
        A scale without a mean or an SD has null there, and cannot be measured with.
    """
    scales = {
        scale.key: {
            "mu": None if np.isnan(mu) else float(mu),
            "sigma": None if np.isnan(sigma) else float(sigma),
            "items": _made_of(scale),
            "counts_from_code": _marks(scale),
        }
        for scale, mu, sigma in zip(book.scales, reference.mu, reference.sigma, strict=True)
    }
    return json.dumps({**about, "scales": scales}, ensure_ascii=False, indent=1) + "\n"


def _made_of(scale: CodebookScale) -> dict[str, str]:
    """Each item and the codes it counts as: a change here makes another scale."""
    turned = {True: f"{scale.codes}-1", False: f"1-{scale.codes}"}
    return {item.key: turned[item.turned] for item in scale.items}


def _marks(scale: CodebookScale) -> dict[str, int]:
    """The sensitive items: from which answer each counts."""
    return {item.key: item.counts_from_code for item in scale.items if item.counts_from_code is not None}


def _problems(entry: object, scale: CodebookScale) -> list[str]:
    if not isinstance(entry, dict):
        return [f"scale {scale.key} is not in the reference"]
    if not _is_number(entry.get("mu")) or not _is_number(entry.get("sigma")) or not entry["sigma"] > 0:
        return [f"scale {scale.key} has no mean and SD above 0 in the reference"]
    if entry.get("items", _made_of(scale)) != _made_of(scale):
        return [f"scale {scale.key} was made of other items or codes in the reference, so it cannot be compared"]
    marks = entry.get("counts_from_code", {})
    if lost := [item.key for item in scale.items if item.key in marks and item.counts_from_code != marks[item.key]]:
        return [
            f"item {key} is sensitive in the reference: the codebook's counts_from_code must be {marks[key]}"
            for key in lost
        ]
    return []


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and bool(np.isfinite(value))

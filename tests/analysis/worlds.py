"""An invented file of answers in three formats, its codebook, and one call of the analysis."""

import csv
import io
from pathlib import Path

import numpy as np
import polars as pl
import pyreadstat

from kfl.analysis.run import AnalysisRequest, analyse

SCALES = {"calm": (4, (0, 0, 1, 0, 1)), "help": (3, (1, 1, 1)), "two": (5, (0, 0))}
ITEMS = {
    f"{key}{place}": (key, turned) for key, (_codes, turns) in SCALES.items() for place, turned in enumerate(turns)
}


def codebook_text(**changes: str) -> str:
    """A codebook; `changes` replaces text in it."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(
        ["scale", "scale_label_nb", "favourable", "item", "topic", "reverse", *(f"code_{c}" for c in range(1, 6))]
    )
    for item, (scale, turned) in ITEMS.items():
        codes = SCALES[scale][0]
        words = [f"svar {code}" if code <= codes else "" for code in range(1, 6)]
        writer.writerow([scale, scale.title(), "high", item, f"om {item}", turned, *words])
    text = out.getvalue()
    for old, new in changes.items():
        text = text.replace(old, new)
    return text


def marked(**from_code: str) -> str:
    """The codebook with these items marked as sensitive."""
    head, *rows = codebook_text().splitlines()
    marks = [from_code.get(row.split(",")[3], "") for row in rows]
    return "\n".join([f"{head},counts_from_code", *(f"{row},{mark}" for row, mark in zip(rows, marks, strict=True))])


def people(schools: int = 8, seed: int = 3) -> pl.DataFrame:
    """Pupils of unlike schools and two grades; some skip, some leave gender or grade blank."""
    random = np.random.default_rng(seed)
    sizes = random.integers(12, 40, schools)
    school = np.repeat(np.arange(schools), sizes)
    count = len(school)
    trait = random.normal(0, 1, count) + random.normal(0, 0.5, schools)[school]
    grade = [None if draw < 0.03 else "9" if draw < 0.5 else "10" for draw in random.random(count)]
    gender = [None if draw < 0.04 else "girl" if draw < 0.5 else "boy" for draw in random.random(count)]
    columns = {
        "pupil": pl.Series(np.arange(count) + 1000),
        "school": pl.Series([f"0{301 + number}" for number in school]),
        "grade": pl.Series(grade, dtype=pl.String).cast(pl.Int64),
        "gender": pl.Series(gender, dtype=pl.String),
    }
    for item, (scale, turned) in ITEMS.items():
        codes = SCALES[scale][0]
        value = (codes + 1) / 2 + (-0.7 if turned else 0.7) * trait + random.normal(0, 0.8, count)
        code = np.clip(np.rint(value), 1, codes).astype(int)
        skipped = random.random(count) < 0.08
        columns[item] = pl.Series([None if skip else int(one) for one, skip in zip(code, skipped, strict=True)])
    return pl.DataFrame(columns)


def write(frame: pl.DataFrame, path: Path) -> Path:
    """The file in the format that its name says."""
    if path.suffix == ".csv":
        frame.write_csv(path)
    elif path.suffix == ".parquet":
        frame.write_parquet(path)
    else:
        pyreadstat.write_sav(frame.to_pandas(), path)
    return path


def run(folder: Path, answers: Path, *, name: str = "out", book: str | None = None, **options: object) -> Path:
    """Analyse by school and grade, split by gender, unless the options say otherwise; the folder of results."""
    codebook = folder / "codebook.csv"
    codebook.write_text(codebook_text() if book is None else book, encoding="utf-8")
    chosen = {"by": ("school", "grade"), "split": "gender", **options}
    analyse(AnalysisRequest(answers=answers, codebook=codebook, out=folder / name, **chosen))  # type: ignore[arg-type]
    return folder / name


def tables(out: Path) -> dict[str, pl.DataFrame]:
    return {path.stem: pl.read_parquet(path) for path in sorted(out.glob("*.parquet"))}

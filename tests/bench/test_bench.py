"""Each benchmark still runs, from beginning to end, at its smallest size; no figure of it is kept or judged."""

from __future__ import annotations

import math
import sys

import pytest

from tools.bench import __main__ as bench
from tools.bench import report


@pytest.mark.parametrize("name", sorted({*bench.BENCHES} - {"nation"}))  # which is `county` with another size
def test_benchmark_runs_and_writes_nothing_down(name, monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(report, "PAGE", tmp_path / "benchmarks.md")
    monkeypatch.setattr(sys, "argv", ["bench", "--smallest", name])
    bench.main()
    printed = capsys.readouterr().out.splitlines()
    assert printed
    for line in printed:
        key, ratio, *_ = line.split()
        assert "/" in key, line
        assert math.isfinite(float(ratio)), line
    assert not (tmp_path / "benchmarks.md").exists()


def test_unknown_name_is_refused_with_those_there_are(monkeypatch):
    monkeypatch.setattr(sys, "argv", ["bench", "kounty"])
    with pytest.raises(SystemExit, match=r"kounty; there are .*county"):
        bench.main()

"""The cluster engine gives the very numbers of the local one, whatever the pieces, and says what is wrong."""

import io
import operator
import os
import pickle
import re
import shutil
from contextlib import nullcontext
from functools import partial
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from kfl.analysis import run as analysis_run
from kfl.analysis.codebook import read_codebook
from kfl.analysis.collecting import plan_of
from kfl.analysis.engines import cluster as cluster_module
from kfl.analysis.engines import engine_named, row_groups, spark, sum_file
from kfl.analysis.engines.spark import NoCluster
from kfl.analysis.reading import open_source
from kfl.analysis.run import AnalysisRequest, analyse
from kfl.tables import Problem, WrongFile

from ..worlds import codebook_text, people, run, tables, write
from .sameness import same

# PySpark leaves the sockets that results come through to the garbage collector.
pytestmark = pytest.mark.filterwarnings(r"ignore:unclosed <socket\.socket.*127\.0\.0\.1:ResourceWarning")


@pytest.fixture
def on_cluster(cluster, monkeypatch):
    """Analyses ask for the cluster that is there already."""
    monkeypatch.setattr(analysis_run, "engine_named", lambda name, _master: nullcontext(cluster))


def summed(engine, path: Path, tmp_path: Path):
    book = tmp_path / "codebook.csv"
    book.write_text(codebook_text(), encoding="utf-8")
    codebook = read_codebook(book)
    source = open_source(path, tmp_path)
    plan = plan_of(codebook, source, ("school", "grade"), "gender")
    return sum_file(engine, engine.cut(source), plan, lambda _piece: None)


@settings(max_examples=5, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(group=st.integers(5, 300), most=st.integers(10, 300), shuffled=st.booleans())
def test_sums_are_equal_bit_by_bit_for_any_row_groups(cluster, tmp_path, monkeypatch, group, most, shuffled):
    frame = people().sample(fraction=1, shuffle=True, seed=group) if shuffled else people()
    path = tmp_path / "answers.parquet"
    frame.write_parquet(path, row_group_size=group)
    with monkeypatch.context() as patch:
        patch.setattr(row_groups, "PIECE_ROWS", most)
        theirs = summed(cluster, path, tmp_path)
    with engine_named("local") as local:
        assert same(theirs, summed(local, path, tmp_path))


@pytest.mark.parametrize("kind", ["parquet", "csv", "sav"])
def test_all_tables_are_equal_for_every_format(on_cluster, tmp_path, monkeypatch, kind):
    path = write(people(), tmp_path / f"answers.{kind}")
    monkeypatch.setattr(row_groups, "PIECE_ROWS", 50)
    theirs = run(tmp_path, path, name="cluster", engine="cluster")
    monkeypatch.undo()
    ours = run(tmp_path, path, name="local")
    for name, frame in tables(ours).items():
        assert_frame_equal(tables(theirs)[name], frame, check_exact=True)
    assert (theirs / "report.html").read_text() == (ours / "report.html").read_text()


def test_a_bad_cell_is_named_by_row_and_column(on_cluster, tmp_path, monkeypatch):
    monkeypatch.setattr(row_groups, "PIECE_ROWS", 50)
    frame = people().with_row_index().with_columns(calm1=pl.when(pl.col("index") == 120).then(9).otherwise("calm1"))
    with pytest.raises(WrongFile, match="row 121, column calm1: 9 is not one of 1, 2, 3, 4"):
        run(tmp_path, write(frame.drop("index"), tmp_path / "answers.parquet"), engine="cluster")
    assert not (tmp_path / "out").exists()


def test_a_file_that_workers_cannot_see_is_named(cluster, tmp_path):
    path = write(people(), tmp_path / "answers.parquet")
    source = cluster.cut(open_source(path, tmp_path))
    path.unlink()
    with pytest.raises(WrongFile, match=r"answers\.parquet: a worker cannot read it .* same path on every machine"):
        list(cluster.over(source, partial(source.read, columns=["school"])))


def test_a_file_that_goes_while_it_is_scored_is_named_too(on_cluster, tmp_path):
    path = write(people(), tmp_path / "answers.parquet")
    seen = []

    def progress(_rows):
        return lambda piece: (seen.append(piece), path.unlink(missing_ok=True))

    (tmp_path / "codebook.csv").write_text(codebook_text(), encoding="utf-8")
    with pytest.raises(WrongFile, match="a worker cannot read it"):
        analyse(
            AnalysisRequest(path, tmp_path / "codebook.csv", ("school",), tmp_path / "out", engine="cluster"), progress
        )
    assert len(seen) == 1
    assert not (tmp_path / "out").exists()


def test_a_task_that_breaks_says_what_python_said(cluster, tmp_path):
    source = cluster.cut(open_source(write(people(), tmp_path / "answers.parquet"), tmp_path))

    with pytest.raises(NoCluster, match="a task of the cluster failed: TypeError: bad operand type for unary -"):
        list(cluster.over(source, operator.neg))


@pytest.mark.usefixtures("cluster")
@pytest.mark.skipif(not Path("/proc/self/net/tcp").exists(), reason="/proc tells who listens on Linux only")
def test_nothing_listens_beyond_the_loopback_address():
    own = {str(os.getpid())}
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[stat.parent.name] = stat.read_text().rpartition(")")[2].split()[1]
        except OSError:
            continue  # it has ended
    while more := {pid for pid, parent in parents.items() if parent in own} - own:
        own |= more
    sockets = set()
    for pid in own:
        for held in Path(f"/proc/{pid}/fd").glob("*"):
            try:
                sockets.add(os.readlink(held))
            except OSError:
                continue
    listening = []
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/self/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A" and f"socket:[{fields[9]}]" in sockets:
                listening.append(fields[1].partition(":")[0])
    loopback = {"0100007F", "0000000000000000FFFF00000100007F", "00000000000000000000000001000000"}
    assert listening
    assert set(listening) <= loopback


def test_java_that_is_missing_is_named(monkeypatch):
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    with pytest.raises(NoCluster, match="needs Java.*openjdk-17"):
        engine_named("cluster")
    monkeypatch.setenv("JAVA_HOME", "/nowhere")
    with pytest.raises(NoCluster, match=r"none in JAVA_HOME \(/nowhere\)"):
        engine_named("cluster")


def test_spark_that_is_missing_is_named(monkeypatch):
    monkeypatch.setattr(spark.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(NoCluster, match=r"needs pyspark and pyarrow: pip install 'kfl\[cluster\]'"):
        engine_named("cluster")


@pytest.mark.parametrize(
    ("log", "words"),
    [
        (
            "Exception in thread main org.apache.spark.SparkException: Master must be …\n\tat org.x",
            "master x: Master must",
        ),
        ("java.lang.UnsupportedClassVersionError: 61.0\nline 97: bad array", "UnsupportedClassVersionError.*Java 17"),
        ("", "it said nothing; install Java 17"),
    ],
)
def test_why_spark_did_not_start_is_told(log, words):
    assert re.search(words, spark._why_not_started(io.StringIO(log), "x"))


def test_a_master_that_nobody_answers_for_is_told():
    error = RuntimeError("Cannot call methods on a stopped SparkContext.\nat org.apache")
    assert spark.reason_of(error) == "it does not answer, or does not let this machine in"


def test_named_errors_travel():
    error = WrongFile("a.csv", [Problem(3, "q1", "9 is not one of 1, 2")], 7)
    again = pickle.loads(pickle.dumps(error))
    assert (str(again), again.count, again.problems) == (str(error), 7, error.problems)


def test_a_cluster_however_large_is_given_a_bounded_number_of_pieces(cluster, monkeypatch):
    assert cluster._ahead() == 4
    monkeypatch.setattr(cluster_module, "MOST_AHEAD", 3)
    assert cluster._ahead() == 3


def test_a_task_has_one_core(cluster, tmp_path):
    source = cluster.cut(open_source(write(people(), tmp_path / "answers.parquet"), tmp_path))
    for name in ("KFL_CORES", "POLARS_MAX_THREADS"):
        assert list(cluster.over(source, partial(os.getenv, name))) == ["1"]

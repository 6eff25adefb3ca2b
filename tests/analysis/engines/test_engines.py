"""Engines: pieces of any size, added up in any order, give the same sums; only a few pieces are in memory."""

import threading
from concurrent.futures import ThreadPoolExecutor

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kfl.analysis.codebook import read_codebook
from kfl.analysis.collecting import add_up, plan_of, sum_piece
from kfl.analysis.engines import engine_named, sum_file
from kfl.analysis.engines.ahead import in_order
from kfl.analysis.engines.row_groups import _pieces, by_row_groups
from kfl.analysis.problems import WrongOption
from kfl.analysis.reading import Piece, open_source
from kfl.analysis.reading.sources import cut

from ..worlds import codebook_text, people, write
from .sameness import same


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    folder = tmp_path_factory.mktemp("engines")
    (folder / "codebook.csv").write_text(codebook_text(), encoding="utf-8")
    frame = people().sample(fraction=1, shuffle=True, seed=5)
    bad = pl.when(pl.int_range(pl.len()) % 61 == 7).then(9).otherwise("help0")
    source = open_source(write(frame.with_columns(help0=bad), folder / "answers.csv"), folder)
    parquet = open_source(write(frame.with_columns(help0=bad), folder / "answers.parquet"), folder)
    return source, parquet, plan_of(read_codebook(folder / "codebook.csv"), parquet, ("school", "grade"), "gender")


@given(size=st.integers(7, 300), data=st.data())
@settings(max_examples=20)
def test_parts_of_any_size_in_any_order_add_up_to_the_whole(world, size, data):
    _csv, source, plan = world
    whole = sum_piece(source, source.pieces[0], plan)
    parts = [sum_piece(source, piece, plan) for piece in cut(source.rows, size)]
    mixed = data.draw(st.permutations(parts))
    assert same(add_up(mixed), whole)
    assert same(add_up([add_up(mixed[:2]), *mixed[2:]]), whole)
    assert same(sum(mixed[1:], mixed[0]), whole)
    assert whole.bad.count > 1


def test_adding_up_leaves_the_parts_as_they_were(world):
    _csv, source, plan = world
    one, two = (sum_piece(source, piece, plan) for piece in cut(source.rows, source.rows // 2 + 1))
    add_up([one, two])
    again = [sum_piece(source, piece, plan) for piece in cut(source.rows, source.rows // 2 + 1)]
    assert same(one, again[0])
    assert same(two, again[1])


def test_nothing_cannot_be_added_up():
    with pytest.raises(ValueError, match="nothing"):
        add_up([])


def test_the_local_engine_tells_of_every_piece_in_order(world):
    source, _parquet, plan = world
    told = []
    with engine_named("local") as engine:
        sum_file(engine, source, plan, told.append)
    assert told == list(source.pieces)


def test_results_come_in_order_and_few_are_ahead():
    pieces = cut(100, 4)
    begun, most = [], 0
    with ThreadPoolExecutor(4) as pool:
        for number, piece in enumerate(in_order(pool, lambda one: begun.append(one) or one, pieces, lambda: 3)):
            assert piece == pieces[number]
            most = max(most, len(begun) - number)
    assert most <= 4


def test_who_stops_asking_stops_the_work():
    pieces = cut(100, 4)
    gate, begun = threading.Event(), []

    def work(piece: Piece) -> Piece:
        begun.append(piece)
        if piece.number:
            gate.wait()
        return piece

    with ThreadPoolExecutor(1) as pool:
        results = in_order(pool, work, pieces, lambda: 5)
        assert next(results) == pieces[0]
        results.close()
        gate.set()
    assert len(begun) <= 2


@given(groups=st.lists(st.integers(0, 50), max_size=12), most=st.integers(1, 30))
def test_pieces_of_row_groups_hold_every_row_once_and_are_bounded(groups, most):
    pieces = list(_pieces(groups, most))
    assert [row for piece in pieces for row in range(piece.first, piece.first + piece.rows)] == list(range(sum(groups)))
    assert all(0 < piece.rows <= most for piece in pieces)
    assert [piece.number for piece in pieces] == list(range(len(pieces)))


def test_a_piece_never_shares_a_row_group_with_another_unless_the_group_is_too_long():
    assert [piece.rows for piece in _pieces([4, 4, 4, 1, 9, 2], 9)] == [8, 5, 9, 2]
    assert [piece.rows for piece in _pieces([3, 20, 3], 9)] == [3, 6, 7, 7, 3]


def test_only_parquet_has_row_groups(world):
    source, _parquet, _plan = world
    assert by_row_groups(source) is source


@pytest.mark.parametrize(("name", "master", "words"), [("dask", None, "no engine 'dask'"), ("local", "x", "--master")])
def test_engines_that_are_none(name, master, words):
    with pytest.raises(WrongOption, match=words):
        engine_named(name, master)

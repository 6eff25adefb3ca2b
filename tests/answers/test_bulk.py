"""The bulk doors: arrays in, the same people out in another order, nothing when one is wrong."""

import numpy as np
import pytest

from kfl.answers.bulk import WrongSheets, counts, import_sheets, read_columns
from kfl.answers.bundle import WrongBundle
from kfl.answers.closing import close_wave_file
from kfl.answers.wave_tables import NoSuchWave, WaveNotClosed, WaveNotOpen

from .wave import bundle, open_wave


def sheets(people=40, seed=1):
    """Answers to form 1 of the test bundle; the last person answered nothing."""
    random = np.random.default_rng(seed)
    answers = np.vstack([random.integers(1, 5, (2, people)), random.integers(0, 2, (3, people)),
                         random.integers(0, 301, (1, people))]).astype(np.int16)  # fmt: skip
    answers[random.random(answers.shape) < 0.2] = -1
    answers[0, :-1], answers[:, -1] = 3, -1
    group = random.integers(0, 10, people)
    return group, random.integers(0, 3, people), random.integers(0, 256, (people, 16), dtype=np.uint8), answers


def as_set(pid, group, split, answers):
    return {(p.tobytes(), int(g), int(s), tuple(a)) for p, g, s, a in zip(pid, group, split, answers.T, strict=True)}


def test_imported_sheets_are_counted_at_once_and_read_after_close(tmp_path):
    wave = open_wave(tmp_path)
    group, split, pid, answers = sheets()
    assert import_sheets(wave.place, wave.keys_dir, wave.bundle, 1, group, split, pid, answers) == 39
    expected = {(int(g), 1): int(n) for g, n in zip(*np.unique(group[:-1], return_counts=True), strict=True)}
    assert counts(wave.place, "t3") == expected

    close_wave_file(wave.place, wave.keys_dir, "t3")
    assert counts(wave.place, "t3") == expected
    columns = read_columns(wave.place, "t3", 1)
    assert columns.answers.dtype == np.int16  # a number up to 300
    stored = as_set(columns.pid, columns.group, columns.split, columns.answers)
    assert stored == as_set(pid[:-1], group[:-1], split[:-1], answers[:, :-1])
    assert read_columns(wave.place, "t3", 2).answers.shape == (1, 0)


def test_second_import_is_added_to_the_first(tmp_path):
    wave = open_wave(tmp_path)
    for seed in (1, 2):
        import_sheets(wave.place, wave.keys_dir, wave.bundle, 1, *sheets(seed=seed))
    assert sum(counts(wave.place, "t3").values()) == 78


@pytest.mark.parametrize(
    ("place", "value", "column"),
    [
        ((0, 5), 10, "group"),
        ((0, 5), -1, "group"),
        ((1, 5), 3, "split"),
        ((3, (0, 5)), 5, "a1"),
        ((3, (1, 5)), 0, "a2"),
        ((3, (3, 5)), 2, "valg"),
        ((3, (5, 5)), 301, "tall"),
        ((3, (5, 5)), -2, "tall"),
    ],
)
def test_wrong_value_is_named_and_nothing_is_stored(tmp_path, place, value, column):
    wave = open_wave(tmp_path)
    arrays = [array.astype(np.int16) if array.dtype != np.uint8 else array for array in sheets()]
    arrays[place[0]][place[1]] = value
    with pytest.raises(WrongSheets) as refused:
        import_sheets(wave.place, wave.keys_dir, wave.bundle, 1, *arrays)
    assert [(problem.person, problem.column) for problem in refused.value.problems] == [(5, column)]
    assert counts(wave.place, "t3") == {}


def test_person_who_has_a_sheet_is_refused(tmp_path):
    wave = open_wave(tmp_path)
    group, split, pid, answers = sheets()
    import_sheets(wave.place, wave.keys_dir, wave.bundle, 1, group, split, pid, answers)
    with pytest.raises(WrongSheets, match="sheet already"):
        import_sheets(wave.place, wave.keys_dir, wave.bundle, 1, group[:1], split[:1], pid[:1], answers[:, :1])
    twice = np.vstack([pid[:1] ^ 1] * 2)
    with pytest.raises(WrongSheets, match="twice"):
        import_sheets(wave.place, wave.keys_dir, wave.bundle, 1, group[:2], split[:2], twice, answers[:, :2])
    assert sum(counts(wave.place, "t3").values()) == 39


def test_arrays_of_other_shapes_or_kinds_are_refused(tmp_path):
    wave = open_wave(tmp_path)
    group, split, pid, answers = sheets()
    for wrong in [(group[1:], split, pid, answers), (group, split, pid[:, :15], answers),
                  (group, split, pid, answers[1:]), (group, split, pid, answers + 0.5)]:  # fmt: skip
        with pytest.raises(WrongSheets):
            import_sheets(wave.place, wave.keys_dir, wave.bundle, 1, *wrong)


def test_import_needs_the_open_waves_own_bundle(tmp_path):
    wave = open_wave(tmp_path)
    with pytest.raises(WrongBundle):
        import_sheets(wave.place, wave.keys_dir, bundle(closes_at=None), 1, *sheets())
    with pytest.raises(NoSuchWave):
        import_sheets(wave.place, wave.keys_dir, bundle("t4"), 1, *sheets())
    with pytest.raises(WaveNotClosed):
        read_columns(wave.place, "t3", 1)
    close_wave_file(wave.place, wave.keys_dir, "t3")
    with pytest.raises(WaveNotOpen):
        import_sheets(wave.place, wave.keys_dir, wave.bundle, 1, *sheets())

"""Compiled loops over item-major answers: whole-number sums by runs of people, in one pass over the bytes.

An answer is one byte, 255 (int8's -1) where not answered. People are taken `CHUNK` at a time, so that a scale's
rows of them stay in the nearest cache: `_fold` turns each byte into its distance from the low end of the scale,
finds codes that the scale does not allow, and adds up each person's sheet in narrow lanes; then each run of one
group is added up in registers and written once. Why nothing overflows: docs/methods/kernel.md.

Importing this module costs a second: only functions that sum import it, when they are called. Each function has
one signature, so that two processes that fill numba's cache at once write the same files.
"""

# mypy: disable-error-code="no-untyped-def"
# ruff: noqa: D103  a comment says what each loop writes

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numba
import numpy as np

CHUNK = 2048
SCORED = 43  # a packed score counts people from this bit on; CHUNK scores under 2^32 lie below it
PACKED = 7  # that many codes and "not answered" are counted in the eight bytes of a word
NARROW = 5  # CHUNK squares of distances up to this fit in 16 bits
_MISSING = 255
_BYTE = 255  # what a byte of a packed count can hold

inner = numba.njit(nogil=True)


def compiled(function: Callable[..., Any]) -> Any:
    """Compile at the first call, and keep the code on disk where there is a folder to keep it in."""
    try:
        return numba.njit(cache=True, nogil=True)(function)
    except RuntimeError:  # installed read-only, no home, no NUMBA_CACHE_DIR: each process compiles for itself
        return numba.njit(nogil=True)(function)


@inner
def is_short(form):
    # Whether sums and gaps of one sheet fit in a byte.
    return form.rows.size * (form.high - form.low) < 256 and form.rows.size < 256


@inner
def fold(answers, form, start, stop, block, missing, total):
    # Distances from the low end into block, their sums and the gaps by person; gives the largest distance.
    n = stop - start
    worst = np.uint8(0)
    missing[:n] = 0
    total[:n] = 0
    for i in range(form.rows.size):
        given = answers[form.rows[i], start:stop]
        row = block[i]
        # code - low, or high - code, as (code ^ flip) + add modulo 256: codes outside land past the span.
        flip = np.uint8(255 if form.turned[i] else 0)
        add = np.uint8(form.high + 1 if form.turned[i] else -form.low)
        for p in range(n):
            code = given[p]
            none = code == np.uint8(_MISSING)
            far = np.uint8(np.uint8(code ^ flip) + add)
            row[p] = np.uint8(_MISSING) if none else far
            far = np.uint8(0) if none else far
            worst = max(worst, far)
            total[p] = total[p] + far
            missing[p] = missing[p] + (np.uint8(1) if none else np.uint8(0))
    return worst


@inner
def _count(row, counts):
    # How many bytes of a row, at most _BYTE of them, are 0, 1, …: added to counts.
    if counts.size <= PACKED:
        packed = np.uint64(0)
        for p in range(row.size):
            packed += np.uint64(1) << (np.uint64(np.uint8(row[p] + np.uint8(1))) * np.uint64(8))
        for far in range(counts.size):
            counts[far] += np.int64((packed >> np.uint64(8 * far + 8)) & np.uint64(_BYTE))
    else:
        for p in range(row.size):
            if row[p] != np.uint8(_MISSING):
                counts[row[p]] += 1


@inner
def _sum_runs(answers, form, runs, points, squares, column, counts, scored, missing, total):  # noqa: PLR0913 - compiled
    group, starts = runs
    block = np.empty((form.rows.size, CHUNK), np.uint8)
    points_before = np.zeros(CHUNK + 1, np.int64)
    squares_before = np.zeros(CHUNK + 1, np.int64)
    found = np.empty(form.high - form.low + 1, np.int64)
    width = (form.high - form.low) * form.rows.size + 1
    run = 0
    for start in range(0, starts[-1], CHUNK):
        stop = min(start + CHUNK, starts[-1])
        if fold(answers, form, start, stop, block, missing, total) > form.high - form.low:
            return False
        # Running sums over the chunk, so that a run, however short, is two differences.
        points_sum = np.int64(0)
        squares_sum = np.int64(0)
        for p in range(stop - start):
            place = np.int32(missing[p]) * np.int32(width) + np.int32(total[p])
            points_sum += points[place]
            squares_sum += squares[place]
            points_before[p + 1] = points_sum
            squares_before[p + 1] = squares_sum
        at = start
        while at < stop:
            if starts[run + 1] <= at:
                run += 1
            end = min(starts[run + 1], stop)
            to = group[run]
            packed = points_before[end - start] - points_before[at - start]
            scored[0, to] += packed >> SCORED
            scored[1, to] += packed & ((1 << SCORED) - 1)
            scored[2, to] += squares_before[end - start] - squares_before[at - start]
            for i in range(form.rows.size):
                if column[i] >= 0:
                    found[:] = 0
                    for first in range(at - start, end - start, _BYTE):
                        _count(block[i, first : min(first + _BYTE, end - start)], found)
                    for far in range(found.size):
                        counts[to, column[i], form.high - far if form.turned[i] else form.low + far] += found[far]
            at = end
    return True


@compiled
def sum_runs(answers, form, runs, points, squares, column, counts, scored):
    # One scale by group: people, scores and squares of scores into scored (3, groups); counts of the codes of
    # item i at counts[:, column[i]] unless that is negative. False where a code lies outside the scale.
    if is_short(form):
        narrow = np.empty((2, CHUNK), np.uint8)
        return _sum_runs(answers, form, runs, points, squares, column, counts, scored, narrow[0], narrow[1])
    wide = np.empty((2, CHUNK), np.int32)
    return _sum_runs(answers, form, runs, points, squares, column, counts, scored, wide[0], wide[1])


@inner
def _sum_sheets(answers, form, runs, sheets, missing, total):
    group, starts = runs
    block = np.empty((form.rows.size, CHUNK), np.uint8)
    run = 0
    for start in range(0, starts[-1], CHUNK):
        stop = min(start + CHUNK, starts[-1])
        fold(answers, form, start, stop, block, missing, total)
        for at in range(start, stop):
            while starts[run + 1] <= at:
                run += 1
            gaps = np.int64(missing[at - start])
            if gaps < sheets.shape[1]:
                far = np.int64(total[at - start])
                to = group[run]
                sheets[to, gaps, 0] += 1
                sheets[to, gaps, 1] += far
                sheets[to, gaps, 2] += far * far


@compiled
def sum_sheets(answers, form, runs, sheets):
    # One scale by group and number of gaps, into sheets (groups, gaps, 3): people, their sums of distances and the
    # squares of those. Who has more gaps than there is room for is left out. Codes were checked by `sum_runs`.
    if is_short(form):
        narrow = np.empty((2, CHUNK), np.uint8)
        _sum_sheets(answers, form, runs, sheets, narrow[0], narrow[1])
    else:
        wide = np.empty((2, CHUNK), np.int32)
        _sum_sheets(answers, form, runs, sheets, wide[0], wide[1])


@inner
def _look_up(answers, form, table, out, missing, total):
    block = np.empty((form.rows.size, CHUNK), np.uint8)
    width = (form.high - form.low) * form.rows.size + 1
    for start in range(0, out.size, CHUNK):
        stop = min(start + CHUNK, out.size)
        if fold(answers, form, start, stop, block, missing, total) > form.high - form.low:
            return False
        part = out[start:stop]
        for p in range(part.size):
            part[p] = table[np.int32(missing[p]) * np.int32(width) + np.int32(total[p])]
    return True


@compiled
def look_up(answers, form, table, out):
    # What the table holds for each person's gaps and sum of distances.
    if is_short(form):
        narrow = np.empty((2, CHUNK), np.uint8)
        return _look_up(answers, form, table, out, narrow[0], narrow[1])
    wide = np.empty((2, CHUNK), np.int32)
    return _look_up(answers, form, table, out, wide[0], wide[1])


@compiled
def sheets(answers, form, missing, total):
    # Gaps and sum of distances of each person, into int32 arrays.
    block = np.empty((form.rows.size, CHUNK), np.uint8)
    for start in range(0, missing.size, CHUNK):
        stop = min(start + CHUNK, missing.size)
        if fold(answers, form, start, stop, block, missing[start:stop], total[start:stop]) > form.high - form.low:
            return False
    return True


@inner
def _dot(one, two, narrow):
    # Sum of products of distances; 16-bit lanes take twice as many at a time.
    if narrow:
        short = np.uint16(0)
        for p in range(one.size):
            short = np.uint16(short + np.uint16(one[p]) * np.uint16(two[p]))
        return np.int64(short)
    long = np.int32(0)
    for p in range(one.size):
        long = np.int32(long + np.int32(one[p]) * np.int32(two[p]))
    return np.int64(long)


@inner
def _add(row, narrow):
    if narrow:
        short = np.uint16(0)
        for p in range(row.size):
            short = np.uint16(short + np.uint16(row[p]))
        return np.int64(short)
    long = np.int32(0)
    for p in range(row.size):
        long = np.int32(long + np.int32(row[p]))
    return np.int64(long)


@inner
def _complete_runs(answers, form, runs, people, totals, products, whole, missing, total):  # noqa: PLR0913 - compiled
    group, starts = runs
    items = form.rows.size
    crossed = products.shape[1] > items
    narrow = form.high - form.low <= NARROW
    block = np.empty((items, CHUNK), np.uint8)
    run = 0
    for start in range(0, starts[-1], CHUNK):
        stop = min(start + CHUNK, starts[-1])
        n = stop - start
        if fold(answers, form, start, stop, block, missing, total) > form.high - form.low:
            return False
        for i in range(items):
            row = block[i]
            for p in range(n):
                row[p] = row[p] if missing[p] == 0 else np.uint8(0)
        for p in range(n):
            total[p] = total[p] if missing[p] == 0 else 0
        at = start
        while at < stop:
            if starts[run + 1] <= at:
                run += 1
            end = min(starts[run + 1], stop)
            to = group[run]
            full = np.int64(0)
            squares = np.int64(0)
            for p in range(np.uint64(at - start), np.uint64(end - start)):
                full += np.int64(missing[p] == 0)
                squares += np.int64(total[p]) * np.int64(total[p])
            people[to] += full
            whole[to] += squares
            pair = 0
            for i in range(items):
                row = block[i, at - start : end - start]
                totals[to, i] += _add(row, narrow)
                for j in range(i, items if crossed else i + 1):
                    products[to, pair] += _dot(row, block[j, at - start : end - start], narrow)
                    pair += 1
            at = end
    return True


@compiled
def complete_runs(answers, form, runs, people, totals, products, whole):
    # Complete sheets by group, in distances: how many, sums of items, products of pairs i <= j (or squares
    # alone, where products has a column for each item), squares of each sheet's total.
    if is_short(form):
        narrow = np.empty((2, CHUNK), np.uint8)
        return _complete_runs(answers, form, runs, people, totals, products, whole, narrow[0], narrow[1])
    wide = np.empty((2, CHUNK), np.int32)
    return _complete_runs(answers, form, runs, people, totals, products, whole, wide[0], wide[1])


@compiled
def gather(answers, rows, order, out):
    # Chosen rows with the people in another order.
    for i in range(rows.size):
        row = answers[rows[i]]
        to = out[i]
        for p in range(order.size):
            to[p] = row[order[p]]

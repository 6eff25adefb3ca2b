"""Compiled tables of every two items: one bit a person, item and code, and machine words counted at a time.

Like `kfl.stats.kernel`, imported only by functions that count, since it imports numba. It shares no compiled code
with the kernel: numba's cache knows a function by its own file, and would not notice a change in another.
"""

# mypy: disable-error-code="no-untyped-def, call-arg"
# ruff: noqa: D103  a comment says what each loop writes

from __future__ import annotations

import numpy as np
from numba import types
from numba.extending import intrinsic

from kfl.stats.kernel import compiled, inner

TILE = 8192  # people at a time: the planes of 120 items of five codes fill half of the second cache
_WORDS = TILE // 64
_MISSING = 255
_ONES = 0x0101010101010101  # the lowest bit of each byte in a word


@intrinsic
def _bits_set(typing, word):
    """How many bits of a word are 1: one instruction."""

    def generate(context, builder, signature, arguments):
        return builder.ctpop(arguments[0])

    return types.uint64(types.uint64), generate


@inner
def _distances(given, turned, low, high, row):
    # Distances from the low end of one item, _MISSING where there is none; gives the largest.
    worst = np.uint8(0)
    flip = np.uint8(255 if turned else 0)
    add = np.uint8(high + 1 if turned else -low)
    row[given.size :] = np.uint8(_MISSING)
    for p in range(given.size):
        none = given[p] == np.uint8(_MISSING)
        far = np.uint8(np.uint8(given[p] ^ flip) + add)
        row[p] = np.uint8(_MISSING) if none else far
        worst = max(worst, np.uint8(0) if none else far)
    return worst


@inner
def _lay(row, bits, planes):
    # A plane for each code. Eight bytes make a word; person 8 (_WORDS j + t) + b is bit 8 b + j of word t.
    words = row.view(np.uint64)
    for b in range(bits.shape[0]):
        bit = bits[b]
        bit[:] = 0
        for j in range(8):
            part = words[j * _WORDS : (j + 1) * _WORDS]
            for t in range(_WORDS):
                bit[t] |= ((part[t] >> np.uint64(b)) & np.uint64(_ONES)) << np.uint64(j)
    for code in range(planes.shape[0]):
        plane = planes[code]
        plane[:] = ~np.uint64(0)
        for b in range(bits.shape[0]):
            bit = bits[b]
            unlike = np.uint64(0) if (code >> b) & 1 else ~np.uint64(0)
            for t in range(_WORDS):
                plane[t] &= bit[t] ^ unlike


@compiled
def pair_tables(answers, form, start, stop, counts):
    # Adds people start..stop-1 to counts (pairs, codes, codes). False where a code lies outside the scale.
    items = form.rows.size
    codes = counts.shape[1]
    depth = 1
    while (1 << depth) <= codes:  # one number more than there are codes: all bits set means not answered
        depth += 1
    row = np.empty(TILE, np.uint8)
    bits = np.empty((depth, _WORDS), np.uint64)
    planes = np.empty((items, codes, _WORDS), np.uint64)
    for first in range(start, stop, TILE):
        last = min(first + TILE, stop)
        for i in range(items):
            given = answers[form.rows[i], first:last]
            if _distances(given, form.turned[i], form.low, form.high, row) > form.high - form.low:
                return False
            _lay(row, bits, planes[i])
        pair = 0
        for i in range(items):
            for j in range(i + 1, items):
                for one in range(codes):
                    for two in range(codes):
                        both = np.uint64(0)
                        own = planes[i, one]
                        other = planes[j, two]
                        for t in range(_WORDS):
                            both += _bits_set(own[t] & other[t])
                        counts[pair, one, two] += np.int64(both)
                pair += 1
    return True

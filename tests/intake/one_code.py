"""What must come of all that is done with one code, however often it is typed: a model that is a list of dictionaries.

It knows screen 1 of the tests' small wave. Written apart from the store, from RULES' words alone: what a session may be
told, and which sheet is taken at close.
"""

from dataclasses import dataclass, field

Reply = tuple[int, dict[str, object]]
STALE = {"error": "stale"}


@dataclass
class Sheet:
    """One browser session's own."""

    browser: int
    attempt: str
    word: str = ""
    copied_from: "Sheet | None" = None
    lease: int = 1
    last: tuple[int, int, dict] | None = None  # lease, rev and answers of this session's last save
    stored: dict[str, int] = field(default_factory=dict)
    typed: dict[str, int] = field(default_factory=dict)
    saves: list[dict] = field(default_factory=list)
    saved_at: int = 0  # when a row of it was last written; 0: never, and so it is not there
    ended: str | None = None  # "handed in", "no" or "taken back"
    place: int = 0  # when it was handed in or taken back
    receipt: str | None = None


class OneCode:
    """All sheets of one code, in the order in which they were begun."""

    def __init__(self) -> None:
        self.sheets: list[Sheet] = []
        self.held: dict[int, Sheet] = {}  # by browser
        self.said_no_at = 0
        self._now = 0

    def begin(
        self, browser: int, attempt: str, lease: int, *, word: Sheet | None = None, is_word: bool = False
    ) -> Sheet:
        """The code is typed in a browser, perhaps with a word (`word`: of that sheet; None: of none)."""
        held = self.held.get(browser)
        if held is not None and held.ended is None and not is_word:
            held.lease += 1
            assert (attempt, lease) == (held.attempt, held.lease), "the same session goes on"
            return held
        assert lease == 1, "a number of its own"
        assert attempt not in {one.attempt for one in self.sheets}
        copied = word if word is not None and word.ended is None else None
        fresh = Sheet(browser, attempt, copied_from=copied, stored=dict(copied.stored) if copied else {})
        self.held[browser] = fresh
        self.sheets.append(fresh)
        return fresh

    def save(self, sheet: Sheet, lease: int, rev: int, answers: dict) -> Reply:
        """The reply to a save by the sheet's own session; what is accepted is kept."""
        if sheet.ended:
            return 409, {"error": "submitted"}
        if sheet.last == (lease, rev, answers):
            return 200, {"lagret": rev}
        if lease != sheet.lease:
            return 409, STALE
        if sheet.last is not None and (lease, rev) <= sheet.last[:2]:
            return 409, {**STALE, "lease": sheet.last[0], "rev": sheet.last[1]}
        if rev < 1:
            return 409, STALE
        self.keep(sheet, lease, rev, answers)
        return 200, {"lagret": rev}

    def keep(self, sheet: Sheet, lease: int, rev: int, answers: dict) -> None:
        """A save was acknowledged."""
        sheet.last = lease, rev, answers
        sheet.saved_at = self._next()
        sheet.saves.append(answers)
        for kept in (sheet.stored, sheet.typed):
            for item, answer in answers.items():
                kept.pop(item, None)
                if answer is not None:
                    kept[item] = answer

    def hand_in(self, sheet: Sheet, receipt: str) -> None:
        """Once; its receipt stays what it was. It says nothing of how the sheet ended before."""
        assert sheet.receipt in (None, receipt)
        sheet.receipt = receipt
        if sheet.ended is None:
            sheet.ended, sheet.place = "handed in", self._next()
            sheet.saved_at = sheet.saved_at or (self._now if sheet.stored else 0)

    def say_no(self, sheet: Sheet) -> None:
        """A no ends the sheet."""
        if sheet.ended is None:
            sheet.ended = "no"
            self.said_no_at = self._next()

    def take_back(self, sheet: Sheet) -> None:
        """The sheet, and what was begun as a copy of it, whatever had become of them."""
        for one in [sheet, *(copy for copy in self.sheets if self._is_from(copy, sheet))]:
            one.place = one.place or self._next()
            one.ended, one.stored, one.typed, one.last = "taken back", {}, {}, None

    @property
    def counted(self) -> int:
        """How many sheets the wave counts while it is open."""
        return sum(one.ended is not None for one in self.sheets)

    def taken(self) -> list[dict[str, int]]:
        """What the closed wave may hold of this person: one of these; empty for nothing."""
        ended = [one for one in self.sheets if one.place]
        first = sorted((one for one in ended if one.stored or one.ended == "taken back"), key=lambda one: one.place)
        if first:
            return [one.stored for one in first if one.place == first[0].place]  # two may have come at one moment
        others = [one.stored for one in self.sheets if one.saved_at > self.said_no_at and one.ended != "no"]
        most = max(map(len, others), default=0)
        return [one for one in others if len(one) == most] or [{}]

    def _next(self) -> int:
        self._now += 1
        return self._now

    @staticmethod
    def _is_from(copy: Sheet, sheet: Sheet) -> bool:
        while copy.copied_from is not None:
            copy = copy.copied_from
            if copy is sheet:
                return True
        return False


def row_of(stored: dict[str, int]) -> list[int]:
    """A sheet's row in the closed wave."""
    return [stored.get("a1", -1), stored.get("a2", -1), -1, -1, -1, -1]

"""How large a demo world is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Size:
    """What a demo world holds. Every size has all 22 municipalities; units only where `regions` says."""

    key: str
    sentence: str
    schools: int
    kindergartens: int
    pupils_per_grade: int
    regions: tuple[str, ...] = ()  # Hedmark's regions that have schools; empty: all
    municipalities: tuple[str, ...] = ()  # only these of them; empty: all
    invented_regions: int = 0

    @property
    def pupils(self) -> int:
        """Pupils in grades 1–10 in any one year."""
        return self.pupils_per_grade * 10


SIZES = {
    size.key: size
    for size in (
        Size("tiny", "for tests", 4, 3, 44, ("Nord-Østerdal",), ("Tynset", "Alvdal")),
        Size("small", "one region with schools: 1,800 pupils", 14, 20, 180, ("Nord-Østerdal",)),
        Size("county", "120 schools, 187 kindergartens, 19,000 pupils", 120, 187, 1_900),
        Size("nation", "2,800 schools, 650,000 pupils", 2_800, 187, 65_000, invented_regions=38),
    )
}

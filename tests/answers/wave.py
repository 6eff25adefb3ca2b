"""A small invented wave for tests: two forms, four people, keys in a folder of their own."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from kfl.answers import bundle as bundles
from kfl.answers import places
from kfl.answers.bundle import Bundle, BundleForm, BundleItem, BundlePage, ItemKind, Option
from kfl.answers.codes import new_code
from kfl.answers.envelopes import Invitation, seal_invitation
from kfl.answers.folder import WaveFile
from kfl.answers.keys import CodeKey, random_pid
from kfl.answers.media import Media
from kfl.answers.places import Place, Where
from kfl.answers.sealing import End, KeptSave, SheetSeal
from kfl.answers.sql import Connection

AGREE = [Option(1, {"nb": "Helt uenig"}), Option(2, {"nb": "Litt uenig"}), Option(3, {"nb": "Litt enig"}),
         Option(4, {"nb": "Helt enig"})]  # fmt: skip
FACES = [Option(1, {"nb": "Lei seg"}), Option(2, {"nb": "Midt imellom"}), Option(3, {"nb": "Glad"})]


def _item(key: str, kind: ItemKind, **more: object) -> BundleItem:
    options = {ItemKind.AGREE4: AGREE, ItemKind.FACES3: FACES, ItemKind.MULTIPLE: AGREE[:3]}.get(kind, [])
    text = {"nb": f"Utsagn {key}", "nn": f"Utsegn {key}", "en": f"Statement {key}"}
    return BundleItem(key, -1, text, kind, options, **more)  # type: ignore[arg-type]


def bundle(wave: str = "t3", closes_at: datetime | None = datetime(2100, 1, 1, tzinfo=UTC)) -> Bundle:
    """Form 1 for pupils (two pages), form 2 for parents (one page with a text), form 3 with faces."""
    pupils = BundleForm(
        1,
        "pupil_5_10",
        {"nb": "Elever på 5.–10. trinn"},
        {"nb": "Om skolen din."},
        [
            BundlePage("timene", {"nb": "Om timene"}, [_item("a1", ItemKind.AGREE4), _item("a2", ItemKind.AGREE4)]),
            BundlePage(
                "mer",
                {"nb": "Mer"},
                [_item("valg", ItemKind.MULTIPLE), _item("tall", ItemKind.NUMBER, low=0, high=300)],
            ),
        ],
    )
    parents = BundleForm(
        2,
        "parent",
        {"nb": "Foreldre"},
        {"nb": "Om barnets skole."},
        [BundlePage("hjem", {"nb": "Hjem"}, [_item("p1", ItemKind.AGREE4), _item("ord", ItemKind.TEXT)])],
    )
    faces = BundleForm(
        3,
        "pupil_1_4",
        {"nb": "Elever på 1.–4. trinn"},
        {"nb": "Om skolen din."},
        [BundlePage("trives", {"nb": "Trives"}, [_item("f1", ItemKind.FACES3), _item("f2", ItemKind.FACES3)])],
        faces=True,
    )
    forms = [bundles.with_columns(form) for form in (pupils, parents, faces)]
    return Bundle(wave, {"nb": "Kartlegging T3"}, ["nb", "nn", "en", "se"], 10, forms, closes_at=closes_at)


@dataclass
class Wave:
    """Where an opened wave lies, and who is invited."""

    place: Place
    keys_dir: Path
    bundle: Bundle
    key: CodeKey
    invited: list[Invitation]

    @property
    def data_dir(self) -> Path:
        return self.keys_dir.parent

    @property
    def where(self) -> Where:
        return self.place.of(self.bundle.wave)

    @property
    def file(self) -> Path:
        """Where it lies, in a folder."""
        where = self.where
        assert isinstance(where, WaveFile)
        return where.path


def open_wave(
    data_dir: Path,
    *,
    people: int = 4,
    wave: str = "t3",
    form: int = 1,
    frozen: Bundle | None = None,
    media: Iterable[Media] = (),
    **more: object,
) -> Wave:
    """A wave with `people` invitations to one form, spread over groups 3 and 4; of another bundle if one is given."""
    place, keys_dir = places.at(data_dir / "answers"), data_dir / "keys"
    key = CodeKey.create(keys_dir, wave)
    invited = [Invitation(new_code(), random_pid(), 3 + n % 2, form, 1 + n % 2) for n in range(people)]
    frozen = frozen or bundle(wave, **more)  # type: ignore[arg-type]
    place.create(frozen, [seal_invitation(key, one) for one in invited], media)
    return Wave(place, keys_dir, frozen, key, invited)


def saves_in(connection: Connection, key: CodeKey) -> list[tuple[int, KeptSave]]:
    """Every save of an open wave with its sheet's number, in the order in which they came."""
    seal = SheetSeal(key)
    rows = connection.execute("SELECT sheet, sealed FROM log WHERE sheet IN (SELECT sheet FROM attempts) ORDER BY seq")
    return [(sheet, seal.open_save(sheet, sealed)) for sheet, sealed in rows.fetchall()]


def owners_in(connection: Connection, key: CodeKey) -> dict[int, Invitation]:
    """Whose each sheet of an open wave is."""
    seal = SheetSeal(key)
    rows = connection.execute("SELECT sheet, sealed FROM attempts").fetchall()
    return {sheet: seal.open_who(sheet, sealed) for sheet, sealed in rows}


def ends_in(connection: Connection, key: CodeKey) -> list[tuple[int, End]]:
    """Every end of a sheet of an open wave with the sheet's number, in the order in which they came."""
    seal = SheetSeal(key)
    sheets = {seal.end_number(sheet): sheet for sheet in owners_in(connection, key)}
    rows = connection.execute("SELECT sheet, sealed FROM log ORDER BY seq").fetchall()
    return [(sheets[number], seal.open_end(sheets[number], sealed)) for number, sealed in rows if number in sheets]


def sealed_saves(wave: Wave, *people: int) -> list[bytes]:
    """What an open wave's file holds of these people's saves, as it stands there."""
    gone = {wave.invited[person].pid for person in people}
    with places.reading(wave.where) as connection:
        mine = {sheet for sheet, who in owners_in(connection, wave.key).items() if who.pid in gone}
        rows = connection.execute("SELECT sheet, sealed FROM log ORDER BY seq").fetchall()
    return [sealed for sheet, sealed in rows if sheet in mine]


def with_ratings(frozen: Bundle, form: int = 1) -> Bundle:
    """The same wave, in which that form is a teacher's about each child."""
    forms = [
        msgspec.structs.replace(one, informant="rater_teacher") if one.number == form else one for one in frozen.forms
    ]
    return msgspec.structs.replace(frozen, forms=forms)

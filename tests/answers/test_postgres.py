"""The answers' database: settings that fail closed, who may read it, lines that break, and commits that check."""

import asyncio
from contextlib import suppress

import pytest

from kfl.answers import places, postgres
from kfl.answers.bulk import counts, read_columns
from kfl.answers.closing import close_wave_file
from kfl.answers.database import Database
from kfl.answers.erasure import erase_sheets
from kfl.answers.keys import BadWaveName
from kfl.answers.load_counts import LoadCounts, ask
from kfl.answers.owner import Owner
from kfl.answers.sheets import AlreadySubmitted, NoSuchAttempt, Stale
from kfl.answers.sql import Unreachable
from kfl.answers.store import OpenWave
from kfl.answers.wave_tables import NoSuchWave, UnsafeSettings
from kfl.answers.withdrawal import withdraw
from kfl.answers.writer import Closed, Moved, NotStored
from tests.intake.served import enter, put, served

from .wave import Wave, bundle, open_wave, saves_in, with_ratings

pytestmark = pytest.mark.usefixtures("on_postgres")


@pytest.fixture
def wave(tmp_path) -> Wave:
    return open_wave(tmp_path)


@pytest.fixture
def two(wave):
    """Two processes' stores on one wave, in this process: nothing is shared between them but the database."""
    stores = OpenWave(wave.where, wave.key), OpenWave(wave.where, wave.key)
    yield stores
    for store in stores:
        store.close()


def stored(store, pending):
    store.writer.flush()
    assert (pending.settled, pending.error) == (True, None)


def bodies(wave):
    """What stands in the log."""
    with places.reading(wave.where) as connection:
        return [save.body for _, save in saves_in(connection, wave.key)]


@pytest.mark.parametrize(
    "change", ["ROLE careless SET synchronous_commit = 'off'", "DATABASE answers SET synchronous_commit = 'local'"]
)
def test_a_server_that_may_lose_what_it_acknowledged_is_refused(wave, on_postgres, change, monkeypatch):
    on_postgres.run("DROP ROLE IF EXISTS careless", "CREATE ROLE careless LOGIN SUPERUSER", f"ALTER {change}")
    try:
        monkeypatch.setenv("KFL_ANSWERS_DATABASE", on_postgres.url_of("careless"))
        careless = places.at(wave.data_dir / "answers")
        with pytest.raises(UnsafeSettings, match="synchronous_commit"):
            counts(careless, "t3")
        with pytest.raises(UnsafeSettings):
            careless.create(bundle("t4"), [])
        assert postgres.settings(careless.url)["synchronous_commit"] in {"off", "local"}, "the check says what is wrong"
    finally:
        on_postgres.run("ALTER DATABASE answers RESET synchronous_commit", "DROP ROLE careless")
    assert counts(wave.place, "t3") == {}


def test_the_settings_are_as_promised(wave):
    now = postgres.settings(wave.place.url)
    assert {name: value for name, value in now.items() if name != "data_checksums"} == {
        "fsync": "on", "full_page_writes": "on", "synchronous_commit": "on", "data_sync_retry": "off",
        "transaction_read_only": "off",
    }  # fmt: skip


@pytest.fixture
def set_up(on_postgres, monkeypatch):
    """The database as the operator's guide sets it up: an owner who is nobody special, and the portal's own user."""
    on_postgres.run(
        "CREATE ROLE kfl_answers LOGIN", "CREATE ROLE kfl LOGIN",
        "ALTER DATABASE answers OWNER TO kfl_answers", "REVOKE ALL ON DATABASE answers FROM PUBLIC",
    )  # fmt: skip
    monkeypatch.setenv("KFL_ANSWERS_DATABASE", on_postgres.url_of("kfl_answers"))
    yield on_postgres
    on_postgres.clear()
    on_postgres.run(
        "ALTER DATABASE answers OWNER TO postgres", "GRANT ALL ON DATABASE answers TO PUBLIC",
        "REVOKE ALL ON DATABASE answers FROM kfl", "DROP ROLE kfl", "DROP ROLE kfl_answers",
    )  # fmt: skip


def test_the_owner_needs_no_more_rights_from_the_opening_to_the_close(set_up, tmp_path):
    wave = open_wave(tmp_path)
    store = OpenWave(wave.where, wave.key)
    attempt = store.start(wave.invited[0].code).attempt
    stored(store, store.save(attempt, 1, 1, 1, {"a1": 2}))
    stored(store, withdraw(wave.place, store, wave.invited[0].code, store.word(attempt)))
    stored(store, withdraw(wave.place, store, wave.invited[0].code, "ZZZZZZZZ"))
    stored(store, store.save(store.start(wave.invited[1].code).attempt, 1, 1, 1, {"a1": 3}))
    store.close()
    erase_sheets(wave.place, wave.key, [wave.invited[0].code])
    close_wave_file(wave.place, wave.keys_dir, "t3")
    assert read_columns(wave.place, "t3", 1).answers[0].tolist() == [3]
    wave.where.remove()
    assert wave.place.names() == {}


def test_the_portals_user_reads_no_answers(set_up, tmp_path, monkeypatch):
    wave = open_wave(tmp_path)
    monkeypatch.setenv("KFL_ANSWERS_DATABASE", set_up.url_of("kfl"))
    portal = places.at(tmp_path / "answers")
    with pytest.raises(Unreachable):
        counts(portal, "t3")
    set_up.run("GRANT CONNECT ON DATABASE answers TO kfl")
    assert portal.names() == {}, "also if somebody let it in"
    with pytest.raises(NoSuchWave):
        counts(portal, "t3")
    assert counts(wave.place, "t3") == {}


def test_a_password_is_not_told(tmp_path):
    assert "secret" not in repr(Database("postgresql://kfl:secret@db/answers", tmp_path))


def test_a_wave_is_made_once_and_a_name_that_is_too_long_is_refused(wave, tmp_path):
    with pytest.raises(FileExistsError):
        wave.place.create(wave.bundle, [])
    with pytest.raises(BadWaveName):
        wave.place.create(bundle("x" * 62), [])
    wave.place.create(bundle("x" * 61), [])
    assert set(wave.place.names()) == {"t3", "x" * 61}


def test_no_table_has_a_time_in_it_and_closing_leaves_one_schema(wave, on_postgres):
    kinds = "SELECT DISTINCT data_type FROM information_schema.columns WHERE table_schema = 'w_t3'"
    assert {kind for (kind,) in on_postgres.run(kinds)} == {"bigint", "bytea", "text"}
    close_wave_file(wave.place, wave.keys_dir, "t3")
    assert on_postgres.run(r"SELECT nspname FROM pg_namespace WHERE nspname ~ '^(w|new)_'") == [("w_t3",)]
    tables = "SELECT tablename FROM pg_tables WHERE schemaname = 'w_t3' ORDER BY 1"
    assert [name for (name,) in on_postgres.run(tables)] == ["blocks", "counts", "meta", "texts"]


def test_a_write_on_a_sheet_that_moved_stores_nothing_and_goes_through_the_second_time(wave, two):
    one, other = two
    started = one.start(wave.invited[0].code)
    stored(one, started.pending)
    there = other.find(started.attempt.name, started.session)
    stored(other, other.save(there, 1, 1, 1, {"a1": 2}))
    late = one.save(started.attempt, 1, 1, 2, {"a2": 3})
    one.writer.flush()
    assert isinstance(late.error, Moved)
    again = one.find(started.attempt.name, started.session)
    assert one.typed(again, 1) == {"a1": 2}
    stored(one, one.save(again, 1, 1, 2, {"a2": 3}))
    assert bodies(wave) == [b'{"a1":2}', b'{"a2":3}']


def test_the_writes_of_one_batch_on_a_moved_sheet_all_fail_and_others_beside_them_stand(wave, two):
    one, other = two
    first, second = one.start(wave.invited[0].code), one.start(wave.invited[1].code)
    one.writer.flush()
    there = other.find(first.attempt.name, first.session)
    stored(other, other.renew(there))
    moved = [one.save(first.attempt, 1, 1, rev, {"a1": rev}) for rev in (1, 2, 3)]
    beside = one.save(second.attempt, 1, 1, 1, {"a1": 4})
    one.writer.flush()
    assert all(isinstance(pending.error, Moved) for pending in moved)
    assert beside.error is None
    assert bodies(wave) == [b'{"a1":4}']


def test_a_code_typed_at_two_processes_at_once_makes_two_sheets_and_one_is_the_first(wave, two):
    one, other = two
    here, there = one.start(wave.invited[0].code), other.start(wave.invited[0].code)
    for store, started, answer in ((one, here, 1), (other, there, 2)):
        store.save(started.attempt, 1, 1, 1, {"a1": answer})
    ends = [other.submit(there.attempt)[1], one.submit(here.attempt)[1]]
    for store in (other, one):
        store.writer.flush()
    assert [pending.error for pending in (here.pending, there.pending, *ends)] == [None] * 4
    assert counts(wave.place, "t3") == {(3, 1): 2}
    for store in two:
        store.close()
    close_wave_file(wave.place, wave.keys_dir, "t3")
    columns = read_columns(wave.place, "t3", 1, keys_dir=wave.keys_dir)
    assert (columns.answers[0].tolist(), columns.alone.tolist()) == ([2], [False])


def test_a_rating_opened_at_two_processes_at_once_is_one_sheet(on_postgres, tmp_path):
    wave = open_wave(tmp_path, frozen=with_ratings(bundle()))
    one, other = OpenWave(wave.where, wave.key), OpenWave(wave.where, wave.key)
    here, there = one.start(wave.invited[0].code), other.start(wave.invited[0].code)
    one.writer.flush()
    other.writer.flush()
    assert (here.pending.error, type(there.pending.error)) == (None, Moved)
    again = other.start(wave.invited[0].code)
    stored(other, again.pending)
    assert again.attempt.lease == 1, "its own count"
    assert again.attempt.sheet.number == here.attempt.sheet.number
    with pytest.raises(NoSuchAttempt):
        one.find(here.attempt.name, here.session, fresh=True)
    one.close()
    other.close()


def test_nothing_is_refused_for_what_is_not_so_any_more(wave, two):
    """A tab that took its lease at another process is not told that somebody else writes."""
    one, other = two
    started = one.start(wave.invited[0].code)
    stored(one, started.pending)
    there = other.find(started.attempt.name, started.session)
    stored(other, other.renew(there))
    with pytest.raises(Moved):
        one.save(started.attempt, 1, 2, 1, {"a1": 2})
    stored(one, one.save(one.find(started.attempt.name, started.session), 1, 2, 1, {"a1": 2}))
    with pytest.raises(Stale):
        one.save(one.find(started.attempt.name, started.session), 1, 1, 9, {"a1": 2})


def test_what_another_process_ended_is_shown_and_repeated_to_nobody(wave, two):
    one, other = two
    started = one.start(wave.invited[0].code)
    pending = one.save(started.attempt, 1, 1, 1, {"a1": 2})
    stored(one, pending)
    stored(other, other.end(started.session))
    with pytest.raises(Moved):
        one.save(started.attempt, 1, 1, 1, {"a1": 2})
    with pytest.raises(NoSuchAttempt):
        one.find(started.attempt.name, started.session, fresh=True)


def test_answers_that_were_taken_back_elsewhere_are_shown_nowhere(wave, two):
    one, other = two
    started = one.start(wave.invited[0].code)
    stored(one, one.save(started.attempt, 1, 1, 1, {"a1": 2}))
    copy = one.start(wave.invited[0].code, word=one.word(started.attempt))
    stored(one, one.save(copy.attempt, 2, 1, 1, {"tall": 2}))
    stored(other, withdraw(wave.place, other, wave.invited[0].code, one.word(started.attempt)))
    attempt = one.find(started.attempt.name, started.session, fresh=True)
    assert one.typed(attempt, 1) == {}
    with pytest.raises(AlreadySubmitted):
        one.save(attempt, 1, 1, 2, {"a1": 3})
    late = one.save(copy.attempt, 2, 1, 2, {"tall": 3})
    one.writer.flush()
    assert isinstance(late.error, Moved)
    assert one.find(copy.attempt.name, copy.session, fresh=True).is_ended
    assert bodies(wave) == []


def test_a_sheet_that_was_erased_from_elsewhere_is_gone_at_once(wave, two):
    one, _ = two
    started = one.start(wave.invited[0].code)
    stored(one, one.save(started.attempt, 1, 1, 1, {"a1": 2}))
    erase_sheets(wave.place, wave.key, [wave.invited[0].code])
    late = one.save(started.attempt, 1, 1, 2, {"a1": 3})
    one.writer.flush()
    assert isinstance(late.error, Moved)
    with pytest.raises(NoSuchAttempt):
        one.find(started.attempt.name, started.session)
    assert bodies(wave) == []


def test_any_change_of_a_sheet_changes_its_version(wave, two, on_postgres):
    """Also one that somebody makes by hand."""
    one, _ = two
    started = one.start(wave.invited[0].code)
    stored(one, started.pending)
    on_postgres.run("UPDATE w_t3.attempts SET lease = 7")
    late = one.save(started.attempt, 1, 1, 1, {"a1": 2})
    one.writer.flush()
    assert isinstance(late.error, Moved)
    assert one.find(started.attempt.name, started.session, fresh=True).lease == 7


def test_a_commit_after_the_close_is_refused(wave, two):
    one, other = two
    started = one.start(wave.invited[0].code)
    stored(one, one.save(started.attempt, 1, 1, 1, {"a1": 2}))
    other.close()
    late = one.save(started.attempt, 1, 1, 2, {"a1": 3})
    close_wave_file(wave.place, wave.keys_dir, "t3")
    one.writer.flush()
    assert isinstance(late.error, Closed)
    assert counts(wave.place, "t3") == {(3, 1): 1}


def test_a_line_that_breaks_fails_what_was_on_it_and_the_next_one_is_new(wave, two, on_postgres):
    one, _ = two
    started = one.start(wave.invited[0].code)
    stored(one, started.pending)
    on_postgres.hang_up()
    broken = one.save(started.attempt, 1, 1, 1, {"a1": 2})
    one.writer.flush()
    assert isinstance(broken.error, NotStored)
    with pytest.raises(Unreachable):
        one.find(started.attempt.name, started.session)
    stored(one, one.save(one.find(started.attempt.name, started.session), 1, 1, 1, {"a1": 2}))
    assert bodies(wave) == [b'{"a1":2}']


def test_no_other_line_goes_on_with_a_transaction(wave, on_postgres):
    connection = wave.where.connect()
    connection.execute("BEGIN")
    connection.driver().close()
    with pytest.raises(Unreachable, match="midst"):
        connection.execute("DELETE FROM envelopes")
    assert connection.execute("SELECT count(*) FROM envelopes").fetchone() == (4,)
    connection.close()


def test_a_transaction_that_failed_is_not_called_committed(wave):
    def fail_quietly(connection):
        with connection.transaction(), suppress(Exception):
            connection.execute("SELECT 1/0")

    with places.connected(wave.where) as connection, pytest.raises(Unreachable, match="undone"):
        fail_quietly(connection)


def test_intake_says_later_while_the_database_is_away_and_takes_new_waves_and_lets_go_of_closed_ones(wave, on_postgres):
    async def story():
        async with served(wave.data_dir) as (app, client), client() as one:
            begun = await enter(one, wave.invited[0].code)
            on_postgres.restart("immediate")
            replies = [await put(one, begun["attempt"], 1, 1, 1, {"a1": 2})]
            while replies[-1].status_code == 503:
                assert replies[-1].headers["retry-after"]
                await asyncio.sleep(0.1)
                replies.append(await put(one, begun["attempt"], 1, 1, 1, {"a1": 2}))
            assert replies[-1].status_code == 200
            assert len(replies) > 1
            open_wave(wave.data_dir, wave="t4")
            app.owner.look()
            assert set(app.owner.waves) == {"t3", "t4"}
            close_wave_file(wave.place, wave.keys_dir, "t3")
            app.owner.look()
            assert set(app.owner.waves) == {"t4"}
            assert (await put(one, begun["attempt"], 1, 1, 2, {"a1": 2})).status_code == 410

    asyncio.run(story())
    assert counts(wave.place, "t3") == {(3, 1): 1}


def test_two_owners_take_the_same_waves_and_are_both_asked(wave):
    """Nobody owns or lends anything; what a killed process left in the folder is put away."""
    folder = wave.place.folder
    folder.mkdir()
    left = folder / f"owner-{2**22 + 1}-0.sock"  # no process has so high a number
    left.touch()

    async def story():
        owners = [Owner(wave.place, wave.keys_dir), Owner(wave.place, wave.keys_dir)]
        for owner in owners:
            await owner.start()
        assert not left.exists()
        assert [set(owner.waves) for owner in owners] == [{"t3"}, {"t3"}]
        for number, owner in enumerate(owners):
            owner.load_counts = LoadCounts(replies=10, most_at_once=3 + number)
        found = await asyncio.to_thread(ask, wave.place)
        assert (found.replies, found.most_at_once) == (20, 4)
        for owner in owners:
            await owner.stop()

    asyncio.run(story())
    assert not list(folder.glob("owner*"))

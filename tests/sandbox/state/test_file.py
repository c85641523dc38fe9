"""The state file by itself: what is committed is there, and a file that isn't whole, ours or free is left alone."""

import asyncio
import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from random import Random

import pytest

from mock_server.sandbox.state import StateLost, StateRefused
from mock_server.sandbox.state.file import APPLICATION_ID, StateFile, Write

Contents = dict[int, tuple[bytes, list[bytes]]]

RECORDS = [(0, number, b'["record %d"]' % number * 20) for number in range(1, 60)]


@contextmanager
def writing(path: Path) -> Iterator[StateFile]:
    file = StateFile(path)
    file.start()
    try:
        yield file
    finally:
        file.close()


def contents(path: Path) -> Contents:
    """Everything that a fresh start reads."""
    file = StateFile(path)
    try:
        return {key: (data, list(file.records(key, 0))) for key, data in file.sandboxes()}
    finally:
        file.abandon()


def small_file(path: Path) -> Path:
    with writing(path) as file:
        file.write(Write(1, b"{first}", RECORDS))
        file.write(Write(2, b"{second}", RECORDS[:9]))
    return path


def as_killed(path: Path, folder: Path) -> Path:
    """The file and its log as they lie on the disk now, in another folder: what a killed process leaves."""
    folder.mkdir()
    for name in (path.name, f"{path.name}-wal"):
        shutil.copy(path.with_name(name), folder / name)
    return folder / path.name


def bytes_beside(path: Path) -> dict[str, bytes]:
    return {each.name: each.read_bytes() for each in sorted(path.parent.iterdir()) if not each.name.endswith("-shm")}


def refusal(path: Path) -> str:
    """Why the file is refused, in one line; it must be as it was afterwards."""
    before = bytes_beside(path) if path.parent.is_dir() else None
    with pytest.raises(StateRefused) as refused:
        contents(path)
    assert before is None or bytes_beside(path) == before
    line = str(refused.value)
    assert str(path) in line
    assert "\n" not in line
    return line


# -- writing and reading --------------------------------------------------------------------------


def test_what_was_written_is_read_in_order(tmp_path: Path) -> None:
    path = small_file(tmp_path / "state")
    assert contents(path) == {
        1: (b"{first}", [data for *_, data in RECORDS]),
        2: (b"{second}", [data for *_, data in RECORDS[:9]]),
    }


def test_a_later_write_replaces_the_row_and_the_records_that_it_names(tmp_path: Path) -> None:
    path = small_file(tmp_path / "state")
    with writing(path) as file:
        file.write(Write(1, b"{later}", [(0, 2, b"[2]"), (0, 1000, b"[1000]")]))
    data, records = contents(path)[1]
    assert data == b"{later}"
    assert records == [RECORDS[0][2], b"[2]", *(data for *_, data in RECORDS[2:]), b"[1000]"]


def test_a_replacement_drops_what_was_kept_of_that_sandbox_and_of_no_other(tmp_path: Path) -> None:
    path = small_file(tmp_path / "state")
    with writing(path) as file:
        file.write(Write(1, b"{reset}", [(0, 7, b"[7]")], [0]))
    assert contents(path)[1] == (b"{reset}", [b"[7]"])
    assert len(contents(path)[2][1]) == 9


def test_a_sandbox_that_is_gone_leaves_nothing(tmp_path: Path) -> None:
    path = small_file(tmp_path / "state")
    with writing(path) as file:
        file.write(Write(1, None))
    assert list(contents(path)) == [2]
    with closing(sqlite3.connect(path)) as database:
        assert database.execute("SELECT count(*) FROM records").fetchone() == (9,)


async def test_what_a_ticket_said_to_be_written_is_in_the_copy_of_a_killed_process(tmp_path: Path) -> None:
    with writing(tmp_path / "state") as file:
        for number in range(1, 30):
            await file.written(file.write(Write(1, b"{}", [(0, number, b"[]")])))
            copy = as_killed(tmp_path / "state", tmp_path / f"killed {number}")
            assert len(contents(copy)[1][1]) == number
            # Reading it has put nothing in order: it can be read again, and written.
            with writing(copy) as again:
                again.write(Write(2, b"{}"))
            assert len(contents(copy)) == 2


def test_a_log_that_ends_in_the_middle_of_a_write_gives_the_state_before_it(tmp_path: Path) -> None:
    with writing(tmp_path / "state") as file:
        file.write(Write(1, b"{}", RECORDS))
        file.flush()
        log = tmp_path / "state-wal"
        whole = log.stat().st_size
        file.write(Write(1, b"{later}", [(0, number, b"[later]") for _, number, _ in RECORDS]))
        file.flush()
        for cut in range(whole, log.stat().st_size, 997):
            copy = as_killed(tmp_path / "state", tmp_path / f"cut {cut}")
            with copy.with_name("state-wal").open("r+b") as copied:
                copied.truncate(cut)
            assert contents(copy) == {1: (b"{}", [data for *_, data in RECORDS])}


async def test_what_waits_together_is_committed_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with writing(tmp_path / "state") as file:
        held = hold(file, monkeypatch)
        first = asyncio.ensure_future(file.written(file.write(Write(1, b"{}", [(0, 1, b"[]")]))))
        await asyncio.to_thread(held.reached.wait)
        later = [Write(1, b"{}", [(0, n, b"[]")]) for n in range(2, 50)]
        others = [asyncio.ensure_future(file.written(file.write(each))) for each in later]
        await asyncio.sleep(0.02)
        assert not first.done()
        held.go_on.set()
        await asyncio.gather(first, *others)
    with closing(sqlite3.connect(tmp_path / "state")) as database:
        assert database.execute("SELECT count(*) FROM records").fetchone() == (49,)
    assert held.transactions == 2


def test_changes_that_are_committed_together_leave_what_they_leave_one_by_one(tmp_path: Path) -> None:
    random = Random(1)  # noqa: S311 - the same changes each time

    def change() -> Write:
        records = [(random.randrange(2), random.randrange(4), random.randbytes(4)) for _ in range(random.randrange(3))]
        replaced = [service for service in (0, 1) if random.random() < 0.2]
        data = random.randbytes(4) if random.random() < 0.8 else None
        return Write(random.randrange(1, 4), data, records, replaced)

    changes = [change() for _ in range(200)]
    for batch in range(0, 200, 20):
        together, apart = tmp_path / f"together-{batch}", tmp_path / f"apart-{batch}"
        with writing(together) as file:
            file._apply(changes[batch : batch + 20])
        with writing(apart) as file:
            for each in changes[batch : batch + 20]:
                file._apply([each])
        assert contents(together) == contents(apart)


class Held:
    """Stops the writing thread in its first transaction until `go_on` is set, and counts them."""

    def __init__(self) -> None:
        self.reached = threading.Event()
        self.go_on = threading.Event()
        self.transactions = 0


def hold(file: StateFile, monkeypatch: pytest.MonkeyPatch) -> Held:
    held = Held()
    apply, proceed = file._apply, file._proceed

    def applied(changes: list[Write]) -> None:
        held.reached.set()
        held.go_on.wait()
        apply(changes)

    def proceeded(ticket: int) -> None:
        held.transactions += 1
        proceed(ticket)

    monkeypatch.setattr(file, "_apply", applied)
    monkeypatch.setattr(file, "_proceed", proceeded)
    return held


async def test_a_file_that_is_full_fails_everything_from_then_on_and_keeps_what_was_committed(tmp_path: Path) -> None:
    path = small_file(tmp_path / "state")
    file = StateFile(path)
    told: list[str] = []
    file.on_failure = lambda: told.append("failed")
    file.start()
    file._connection.execute("PRAGMA max_page_count=20")
    good = file.write(Write(3, b"{third}"))
    await file.written(good)
    with pytest.raises(StateLost, match="full"):
        await file.written(file.write(Write(4, b"{}", [(0, 1, bytes(200_000))])))
    with pytest.raises(StateLost, match="full"):
        file.write(Write(5, b"{}"))
    with pytest.raises(StateLost):
        file.flush()
    with pytest.raises(StateLost):
        file.close()
    assert told == ["failed"]
    assert list(contents(path)) == [1, 2, 3]


def test_every_commit_waits_for_the_disk(tmp_path: Path) -> None:
    with writing(tmp_path / "state") as file:
        settings = [
            file._connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous")
        ]
    assert settings == ["wal", 2]


# -- refused files --------------------------------------------------------------------------------


def test_an_empty_file_is_one_to_begin_with(tmp_path: Path) -> None:
    (tmp_path / "state").touch()
    assert contents(tmp_path / "state") == {}


def other_program(path: Path) -> None:
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE people (name TEXT)")


def set_pragma(name: str, value: int) -> Callable[[Path], None]:
    def change(path: Path) -> None:
        small_file(path)
        with closing(sqlite3.connect(path)) as database:
            database.execute(f"PRAGMA {name}={value}")
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    return change


def statement(sql: str) -> Callable[[Path], None]:
    def change(path: Path) -> None:
        small_file(path)
        with closing(sqlite3.connect(path)) as database:
            database.execute(sql)
            database.commit()

    return change


def cut(path: Path) -> None:
    small_file(path)
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size // 2)


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (lambda path: path.write_text("Dear diary, " * 20), "is no state file of ecf-mock"),
        (lambda path: path.write_bytes(b"SQLite format 3\0"), "is no state file of ecf-mock"),
        (lambda path: path.mkdir(), "Is a directory"),
        (other_program, "is a database of another program"),
        (set_pragma("application_id", APPLICATION_ID + 1), "is a database of another program"),
        (set_pragma("user_version", 3), r"was written by a newer ecf-mock \(format 3; this one reads 2\)"),
        (set_pragma("user_version", 0), "is damaged: it has no format"),
        (statement("DROP TABLE records"), "is damaged: its tables"),
        (statement("CREATE TABLE more (key)"), "is damaged: its tables"),
        (statement("UPDATE records SET data = CAST(data || ' ' AS BLOB)"), "is damaged: row"),
        (statement("UPDATE records SET data = 7"), "is damaged: row"),
        (statement("UPDATE sandboxes SET data = CAST(data AS TEXT)"), "is damaged: row"),
        (statement("UPDATE records SET key = key + 1000"), "is damaged: row"),
        (statement("UPDATE sandboxes SET key = key + 1000"), "is damaged: row"),
        (cut, "is damaged"),
    ],
)
def test_a_foreign_newer_or_damaged_file_is_refused_with_a_line_and_left_as_it_is(
    make: Callable[[Path], object], why: str, tmp_path: Path
) -> None:
    path = tmp_path / "state"
    make(path)
    with pytest.raises(StateRefused, match=why):
        contents(path)
    if path.is_file():
        refusal(path)


def test_a_file_in_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    assert "there is no folder" in refusal(tmp_path / "nowhere" / "state")


def test_a_file_belongs_to_one_process_at_a_time(tmp_path: Path) -> None:
    path = small_file(tmp_path / "state")
    with writing(path):
        assert "is in use by another ecf-mock" in refusal(path)
    reading = StateFile(path)
    assert "is in use by another ecf-mock" in refusal(path)
    reading.abandon()
    assert list(contents(path)) == [1, 2]


def test_a_damaged_file_with_a_log_keeps_its_log(tmp_path: Path) -> None:
    path = small_file(tmp_path / "state")
    with writing(path) as file:
        file.write(Write(3, b"{third}"))
        file.flush()
        copy = as_killed(path, tmp_path / "killed")
    with copy.open("r+b") as damaged:
        damaged.seek(8192)
        damaged.write(bytes(8192))
    assert "is damaged" in refusal(copy)
    assert copy.with_name("state-wal").stat().st_size > 0


def test_whatever_byte_is_wrong_the_file_is_refused_or_nothing_is_missing(tmp_path: Path) -> None:
    path = small_file(tmp_path / "state")
    whole, expected = path.read_bytes(), contents(path)
    random = Random(6)  # noqa: S311 - meant to repeat
    refused = 0
    for _ in range(400):
        place = random.randrange(len(whole))
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1 << random.randrange(8)]) + whole[place + 1 :])
        changed = path.read_bytes()
        try:
            assert contents(path) == expected
        except StateRefused:
            refused += 1
            assert path.read_bytes() == changed
    # The rest are bytes that nothing is made of: free space in pages, and counters.
    assert refused > 200


def test_whatever_a_file_holds_instead_it_is_refused(tmp_path: Path) -> None:
    path = small_file(tmp_path / "state")
    whole = path.read_bytes()
    random = Random(7)  # noqa: S311 - meant to repeat
    for _ in range(200):
        start = random.randrange(100)
        path.write_bytes(whole[:start] + random.randbytes(random.randrange(5000)))
        if path.stat().st_size:
            refusal(path)

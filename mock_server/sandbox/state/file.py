"""The state file: SQLite with a write-ahead log. One thread writes everything that waits in one transaction.

Committed data survives the end of the process and a power cut (`synchronous=FULL`). The file belongs to one
process at a time. Each row has a checksum of its key and data, so that we notice damage before we use the row.
"""

import asyncio
import logging
import os
import sqlite3
import struct
import threading
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from queue import SimpleQueue
from typing import Final, NamedTuple

from mock_server.sandbox.state import StateLost, StateRefused

# Format 1 kept one world for each sandbox, in rows that didn't name their fields.
FORMAT: Final = 2

# "ECFM" marks our files.
APPLICATION_ID: Final = 0x4543464D

_MAGIC = b"SQLite format 3\0"
# A record's key is its sandbox's, then the place of its service, then its number in that service's world.
_NUMBER_BITS = 38
_SERVICE_BITS = 4
# In the place of a service: the file from which a sandbox began, in one row.
ORIGINS: Final = (1 << _SERVICE_BITS) - 1
_TABLES = (
    "CREATE TABLE sandboxes (key INTEGER PRIMARY KEY, data BLOB NOT NULL, sum INTEGER NOT NULL)",
    "CREATE TABLE records (key INTEGER PRIMARY KEY, data BLOB NOT NULL, sum INTEGER NOT NULL)",
)

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Write:
    """One change of a sandbox: its own row, and rows of its records by place of the service and number.

    For services whose place is in `replaced`, these records replace all earlier ones. `data` None deletes everything.
    """

    sandbox: int
    data: bytes | None
    records: Sequence[tuple[int, int, bytes]] = ()
    replaced: list[int] = field(default_factory=list)


class _Waiting(NamedTuple):
    ticket: int
    loop: asyncio.AbstractEventLoop
    future: "asyncio.Future[None]"


class StateFile:
    """Read it first. Then `start` makes it writable, or `abandon` leaves it as it was.

    Raises StateRefused for a file that is damaged, foreign, newer, in use, or can't be had.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._queue: SimpleQueue[tuple[int, Write] | None] = SimpleQueue()
        self._last = 0
        self._committed = 0
        self._failure: Exception | None = None
        # Guards `_committed`, `_failure` and `_waiting`.
        self._progress = threading.Condition()
        self._waiting: list[_Waiting] = []
        self._thread = threading.Thread(target=self._write_all, name="state file", daemon=True)
        # The writing thread calls it once, when it can't write any more.
        self.on_failure: Callable[[], None] = lambda: None
        self._beside = [Path(f"{path}{suffix}") for suffix in ("-wal", "-shm")]
        self._were_there = [each.exists() for each in self._beside]
        try:
            self._connection = _claim(path)
        except (OSError, sqlite3.Error) as error:
            raise _refused(path, error) from error
        # Reading never makes this connection write, not even at the end of the log.
        self._reader = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)
        try:
            self._check()
        except StateRefused:
            self.abandon()
            raise

    def _check(self) -> None:
        try:
            tables = [sql for (sql,) in self._reader.execute("SELECT sql FROM sqlite_master ORDER BY rowid")]
            (found,) = self._reader.execute("PRAGMA quick_check(1)").fetchone()
        except (sqlite3.Error, UnicodeDecodeError) as error:
            raise self.damaged(str(error)) from error
        if tables != list(_TABLES):
            raise self.damaged("its tables aren't those that were made")
        if found != "ok":
            raise self.damaged(found.splitlines()[-1])

    # -- reading ---------------------------------------------------------------------------------

    def sandboxes(self) -> list[tuple[int, bytes]]:
        """Key and row of each sandbox, in order of creation. Raises StateRefused, like `records`."""
        return list(self._rows("SELECT key, data, sum FROM sandboxes ORDER BY key"))

    def records(self, sandbox: int, service: int) -> Iterator[bytes]:
        """The records of one world, in order of their numbers; `service` is the service's place."""
        first, last = _keys(sandbox, service)
        query = f"SELECT key, data, sum FROM records WHERE key BETWEEN {first} AND {last} ORDER BY key"  # noqa: S608 - numbers
        return (data for _, data in self._rows(query))

    def count(self, sandbox: int, service: int) -> int:
        """How many records of one world there are."""
        query = "SELECT count(*) FROM records WHERE key BETWEEN ? AND ?"
        found: int = self._reader.execute(query, _keys(sandbox, service)).fetchone()[0]
        return found

    def _rows(self, query: str) -> Iterator[tuple[int, bytes]]:
        try:
            for key, data, kept in self._reader.execute(query):
                if not isinstance(data, bytes) or _sum(key, data) != kept:
                    raise self.damaged(f"row {key} isn't as it was written")
                yield key, data
        except (sqlite3.Error, UnicodeDecodeError) as error:
            raise self.damaged(str(error)) from error

    def damaged(self, why: str) -> StateRefused:
        return StateRefused(f"{self._path} is damaged: {why}. It was left as it is")

    def abandon(self) -> None:
        """Close the file as it was found, log included."""
        # While the reader is open, the other connection isn't the last one, so it leaves the log alone.
        self._connection.close()
        self._reader.close()
        for each, was_there in zip(self._beside, self._were_there, strict=True):
            # SQLite made it when we looked.
            if not was_there:
                each.unlink(missing_ok=True)

    # -- writing ---------------------------------------------------------------------------------

    def start(self) -> None:
        """Make the file writable. Raises StateRefused when another process was faster."""
        self._reader.close()
        try:
            self._connection.execute("COMMIT")
            self._connection.execute("PRAGMA journal_mode=WAL")
            self._connection.execute("PRAGMA synchronous=FULL")
            self._connection.execute("PRAGMA locking_mode=EXCLUSIVE")
            # The first transaction takes the lock, and the process keeps it.
            self._connection.execute("BEGIN IMMEDIATE")
            self._connection.execute("COMMIT")
        except sqlite3.Error as error:
            raise _refused(self._path, error) from error
        self._thread.start()

    def write(self, change: Write) -> int:
        """Queue a change; the ticket says when it is on the disk. Raises StateLost."""
        if self._failure:
            raise StateLost(str(self._failure))
        self._last += 1
        self._queue.put((self._last, change))
        return self._last

    @property
    def last(self) -> int:
        """The ticket of the latest change."""
        return self._last

    @property
    def waiting(self) -> int:
        """How many changes are queued, and not yet on the disk."""
        return self._last - self._committed

    def is_written(self, ticket: int) -> bool:
        return self._committed >= ticket

    async def written(self, ticket: int) -> None:
        """Wait until everything up to `ticket` is on the disk. Raises StateLost."""
        if self._committed >= ticket:
            return
        loop = asyncio.get_running_loop()
        future = loop.create_future()
        with self._progress:
            if self._committed >= ticket:
                return
            if self._failure:
                raise StateLost(str(self._failure))
            self._waiting.append(_Waiting(ticket, loop, future))
        await future

    def flush(self) -> None:
        """Like `written` for everything so far, for callers without an event loop."""
        with self._progress:
            self._progress.wait_for(lambda: self._failure or self._committed >= self._last)
        if self._failure:
            raise StateLost(str(self._failure))

    def close(self) -> None:
        """Write what is queued, fold the log into the file, and close it. Raises StateLost."""
        self._queue.put(None)
        self._thread.join()
        self._connection.close()
        if self._failure:
            raise StateLost(str(self._failure))

    def _write_all(self) -> None:
        try:
            while (first := self._queue.get()) is not None:
                batch = [first]
                closing = False
                while not self._queue.empty():
                    following = self._queue.get()
                    if following is None:
                        closing = True
                        break
                    batch.append(following)
                self._connection.execute("BEGIN")
                self._apply([change for _, change in batch])
                self._connection.execute("COMMIT")
                self._proceed(batch[-1][0])
                if closing:
                    return
        except Exception as error:
            _log.exception("%s can't be written", self._path)
            self._fail(error)

    def _apply(self, changes: list[Write]) -> None:
        """Of rows with the same key only the last is written."""
        sandboxes: dict[int, bytes] = {}
        records: dict[int, bytes] = {}
        for change in changes:
            deleted = [_keys(change.sandbox, service) for service in change.replaced]
            if change.data is None:
                deleted = [_every_key(change.sandbox)]
            if deleted:
                self._put(sandboxes, records)
                sandboxes, records = {}, {}
                self._connection.executemany("DELETE FROM records WHERE key BETWEEN ? AND ?", deleted)
            if change.data is None:
                self._connection.execute("DELETE FROM sandboxes WHERE key = ?", (change.sandbox,))
                continue
            sandboxes[change.sandbox] = change.data
            for service, number, data in change.records:
                records[_keys(change.sandbox, service)[0] | number] = data
        self._put(sandboxes, records)

    def _put(self, sandboxes: dict[int, bytes], records: dict[int, bytes]) -> None:
        put = self._connection.executemany
        put("REPLACE INTO sandboxes VALUES (?, ?, ?)", [_row(key, data) for key, data in sandboxes.items()])
        put("REPLACE INTO records VALUES (?, ?, ?)", [_row(key, data) for key, data in records.items()])

    def _proceed(self, ticket: int) -> None:
        with self._progress:
            self._committed = ticket
            done = [each for each in self._waiting if each.ticket <= ticket]
            self._waiting = [each for each in self._waiting if each.ticket > ticket]
            self._progress.notify_all()
        _tell(done, None)

    def _fail(self, error: Exception) -> None:
        with self._progress:
            self._failure = error
            lost, self._waiting = self._waiting, []
            self._progress.notify_all()
        _tell(lost, error)
        self.on_failure()


def _tell(waiting: Iterable[_Waiting], error: Exception | None) -> None:
    """Wake the waiting coroutines, with one call for each event loop."""
    by_loop: dict[asyncio.AbstractEventLoop, list[asyncio.Future[None]]] = {}
    for each in waiting:
        by_loop.setdefault(each.loop, []).append(each.future)
    for loop, futures in by_loop.items():
        if not loop.is_closed():
            loop.call_soon_threadsafe(_resolve, futures, error)


def _resolve(futures: list["asyncio.Future[None]"], error: Exception | None) -> None:
    for future in futures:
        # The waiting coroutine may have been cancelled meanwhile.
        if not future.done():
            if error is None:
                future.set_result(None)
            else:
                future.set_exception(StateLost(str(error)))


def _keys(sandbox: int, service: int) -> tuple[int, int]:
    """The first and the last key of one world's records."""
    first = (sandbox << _SERVICE_BITS | service) << _NUMBER_BITS
    return first, first | (1 << _NUMBER_BITS) - 1


def _every_key(sandbox: int) -> tuple[int, int]:
    """The first and the last key of all records of a sandbox."""
    return _keys(sandbox, 0)[0], _keys(sandbox, (1 << _SERVICE_BITS) - 1)[1]


def _row(key: int, data: bytes) -> tuple[int, bytes, int]:
    return key, data, _sum(key, data)


_pack_key = struct.Struct("<q").pack


def _sum(key: int, data: bytes) -> int:
    return zlib.crc32(data, zlib.crc32(_pack_key(key)))


# -- opening -------------------------------------------------------------------------------------


def _claim(path: Path) -> sqlite3.Connection:
    """A connection that keeps other processes from writing. It hasn't changed anything in the file."""
    new = _is_new(path)
    connection = sqlite3.connect(path, timeout=0, isolation_level=None, check_same_thread=False)
    try:
        if new:
            _create(connection)
        connection.execute("BEGIN IMMEDIATE")
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _is_new(path: Path) -> bool:
    """Whether there is nothing in the file yet. Raises OSError, and StateRefused for a file that isn't ours to read."""
    if not path.exists() and not path.parent.is_dir():
        raise StateRefused(f"{path}: there is no folder {path.parent}")
    if path.exists() and not os.access(path, os.W_OK):
        raise StateRefused(f"{path} can't be written")
    try:
        with path.open("rb") as file:
            header = file.read(100)
    except FileNotFoundError:
        return True
    if not header:
        return True
    if len(header) < 100 or not header.startswith(_MAGIC):
        raise StateRefused(f"{path} is no state file of ecf-mock: choose another with --state")
    version, application = struct.unpack_from(">I4xI", header, 60)
    if application != APPLICATION_ID:
        raise StateRefused(f"{path} is a database of another program: choose another with --state")
    if version > FORMAT:
        raise StateRefused(f"{path} was written by a newer ecf-mock (format {version}; this one reads {FORMAT})")
    if version < 1:
        raise StateRefused(f"{path} is damaged: it has no format")
    if version < FORMAT:
        raise StateRefused(
            f"{path} was written by an older ecf-mock (format {version}; this one keeps format {FORMAT}): start with "
            "another file, or with the version that wrote it"
        )
    return False


def _create(connection: sqlite3.Connection) -> None:
    connection.execute("BEGIN EXCLUSIVE")
    if not connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
        # One transaction without a log, so that the file's first bytes already say what it is.
        connection.execute(f"PRAGMA application_id={APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version={FORMAT}")
        for table in _TABLES:
            connection.execute(table)
    connection.execute("COMMIT")


def _refused(path: Path, error: Exception) -> StateRefused:
    if isinstance(error, OSError):
        return StateRefused(f"{path}: {error.strerror or error}")
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return StateRefused(f"{path} is in use by another ecf-mock")
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return StateRefused(f"{path} is damaged: {error}. It was left as it is")
    return StateRefused(f"{path}: {error}")

"""The store as the program holds it: opened once, by one process, under a key.

Opening goes: take the lock, try the key on the key-check, judge the log before SQLite touches it, open,
migrate, count the guards, learn the clock's floor. A store that is damaged is never opened for writing,
never emptied, never repaired in silence.
"""

from __future__ import annotations

import asyncio
import fcntl
import hashlib
import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
from sqlcipher3 import dbapi2 as sqlite

from appliance.core.actors import Actor
from appliance.core.clock import Clock, SystemClock
from appliance.core.errors import ApplianceError, InvariantBroken, Refused
from appliance.storage import damage, wal
from appliance.storage.aside import Aside
from appliance.storage.database import Database, Snapshot, connect, set_key, translated
from appliance.storage.doubt import floor
from appliance.storage.keys import sync_directory, verify_key, write_key_check
from appliance.storage.migrate import census, migrate
from appliance.storage.pages import bad_pages, was_torn
from appliance.storage.unit import Intent, Result, Unit
from appliance.storage.writer import StoppedWriter, Writer

UseCase = Callable[[Unit], Result]


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """An act that is durable: its number, what it answered, and whether this was only its answer said again."""

    act: int
    result: dict[str, Any]
    repeated: bool = False


class Store:
    """One open store. Use `Store.create` once, then `Store.open`; `close` folds the log in."""

    def __init__(self, directory: Path, key: bytes, clock: Clock) -> None:
        self.directory = directory
        self.path = directory / "store.db"
        self.clock = clock
        self.damage: ApplianceError | None = None
        self.aside = Aside(directory, key)
        self._key = key
        self._closed = False
        self._local = threading.local()
        self._readers: list[sqlite.Connection] = []
        self._lock = _take_lock(directory / "store.lock")
        try:
            self._writer = self._open_writer()
        except BaseException:
            os.close(self._lock)
            raise

    @classmethod
    def create(cls, directory: Path, key: bytes) -> None:
        """Make a new, empty store; raises `Refused("store-exists")` rather than touch one that is there."""
        path = directory / "store.db"
        directory.mkdir(parents=True, exist_ok=True)
        if path.exists() or (directory / "store.check").exists():
            raise Refused("store-exists", directory=str(directory))
        making = directory / "store.making"
        making.unlink(missing_ok=True)
        connection = sqlite.connect(str(making), isolation_level=None)
        set_key(connection, key)
        migrate(Database(connection))
        connection.close()
        with making.open("rb") as made:
            os.fsync(made.fileno())
        write_key_check(directory / "store.check", key)
        making.rename(path)
        sync_directory(directory)

    @classmethod
    def open(cls, directory: Path, key: bytes, clock: Clock | None = None) -> Store:
        """Open for reading and writing.

        Raises `Refused` ("store-missing", "store-in-use", "key-wrong") or `InvariantBroken` ("store-damaged",
        "store-newer", "guards-missing").
        """
        if not (directory / "store.check").exists() and not (directory / "store.db").exists():
            raise Refused("store-missing", directory=str(directory))
        return cls(directory, key, clock or SystemClock())

    @contextmanager
    def reading(self) -> Iterator[Database]:
        """A consistent snapshot on this thread's own read-only connection."""
        db = self._reader()
        db.begin()
        try:
            yield db
        except InvariantBroken as fault:
            self._note_damage(fault)
            raise
        finally:
            db.connection.execute("ROLLBACK")

    async def act(
        self, kind: str, actor: Actor, use_case: UseCase, *, key: bytes | None = None, body: object = None
    ) -> Done:
        """Run a use case and wait until it is durable. See `act_now`."""
        return await asyncio.wrap_future(self._submit(kind, actor, use_case, key, body))

    def act_now(
        self, kind: str, actor: Actor, use_case: UseCase, *, key: bytes | None = None, body: object = None
    ) -> Done:
        """Run a use case, blocking until it is durable.

        With a request `key`, the same key and body of the same person later get the first answer again (`repeated`);
        the same key with another body, or of another person, raises `Refused("already-saved", act=…)` and tells
        nothing of that answer; a use case that raised has not used its key.
        """
        return self._submit(kind, actor, use_case, key, body).result()

    def in_writer(self, job: Callable[[ActRunner], Any], clock: Clock | None = None) -> Any:
        """Run a function in the writer's thread that performs acts one after another, in one durable commit.

        For work whose later acts depend on its earlier ones (the generator's day, under its own clock). It must
        stay short.
        """
        return self._writer.submit(lambda connection: job(ActRunner(self, connection, clock or self.clock))).result()

    def heartbeat(self) -> int:
        """A real durable write and its reading back; what the watchdog is fed after. Returns milliseconds written."""
        now = self.clock.now().ms

        def beat(connection: sqlite.Connection) -> int:
            connection.execute(
                "INSERT INTO heartbeat (id, at) VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET at = excluded.at",
                (now,),
            )
            return now

        self._writer.submit(beat).result(timeout=20)
        with self.reading() as db:
            if db.value("SELECT at FROM heartbeat WHERE id = 1") < now:
                raise InvariantBroken("heartbeat-lost")
        return now

    def verify_pages(self) -> int:
        """Check the keyed checksum of every page; returns how many are bad (0 when sound).

        The pragma reads the file past the log, so a page the writer is just folding in can look torn. A fault
        therefore counts only when it is found again in the writer's thread, where no folding can go on beside.
        """
        with self.reading() as db:
            faults = db.all("PRAGMA cipher_integrity_check")
        if faults and isinstance(self._writer, Writer) and self.damage is None:
            faults = self._writer.submit(lambda c: c.execute("PRAGMA cipher_integrity_check").fetchall()).result()
        if faults:
            self._note_damage(InvariantBroken("store-damaged", where="store", fault=str(faults[0][0])))
        return len(faults)

    def close(self) -> None:
        """Finish what is queued and let go of the file; closing again does nothing."""
        if self._closed:
            return
        self._closed = True
        self._writer.close()
        for connection in self._readers:
            connection.close()
        os.close(self._lock)

    def _open_writer(self) -> Writer | StoppedWriter:
        """Judge the files, then open for writing; for reading only where damage met before is still there."""
        verify_key(self.directory / "store.check", self._key)
        if not self.path.is_file():
            raise InvariantBroken("store-damaged", where="store", fault="missing")
        log = self.directory / "store.db-wal"
        state = wal.scan(log)
        if state.verdict is wal.Verdict.DAMAGED:
            raise InvariantBroken("store-damaged", where="wal", fault=f"offset {state.damaged_at}")
        bad = bad_pages(self.path, self._key, state.pages) if state.pages else []
        replaced = wal.versions(log, state, bad)
        if damaged := [number for number in bad if not was_torn(self.path, number, replaced[number])]:
            raise InvariantBroken("store-damaged", where="store", fault=f"pages {damaged[:5]}")
        if damage.is_marked(self.directory):
            if found := damage.bad_pages_of(self.path, self._key):
                self.damage = InvariantBroken("store-damaged", where="store", fault=f"pages {found[:5]}")
                return StoppedWriter()
            damage.unmark(self.directory)
        connection = connect(self.path, self._key, writer=True)
        try:
            db = Database(connection)
            # Folds the log in and cuts it, so that no torn frames of a dead group stay behind the live ones.
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            migrate(db)
            census(db)
            if seen := floor(db):
                self.clock.raise_floor(seen)
        except sqlite.Error as fault:  # a file that was cut off opens, and fails at the first page that is not there
            connection.close()
            raise translated(fault, self.directory) from fault
        except BaseException:
            connection.close()
            raise
        return Writer(connection, log, self._note_damage)

    def _submit(self, kind: str, actor: Actor, use_case: UseCase, key: bytes | None, body: object) -> Future[Done]:
        body_hash = hashlib.sha256(msgspec.msgpack.encode((kind, actor.staff_id, body))).digest()[:16] if key else None
        intent = Intent(kind=kind, actor=actor, key=key, body_hash=body_hash)
        return self._writer.submit(lambda connection: self._perform(connection, intent, use_case))

    def _perform(
        self, connection: sqlite.Connection, intent: Intent, use_case: UseCase, clock: Clock | None = None
    ) -> Done:
        if intent.key and (earlier := _earlier(connection, intent)):
            return earlier
        unit = Unit(connection, intent, (clock or self.clock).now())
        result = dict(use_case(unit))
        unit.close(result)
        if unit.now.trusted and clock is None:
            self.clock.raise_floor(unit.now.ms)
        return Done(act=unit.act, result=result)

    def _reader(self) -> Snapshot:
        db: Snapshot | None = getattr(self._local, "db", None)
        if db is None:
            db = self._local.db = Snapshot(connect(self.path, self._key, writer=False))
            self._readers.append(db.connection)
        return db

    def _note_damage(self, error: ApplianceError) -> None:
        if self.damage is None and error.code.startswith("store-"):
            self.damage = error
            damage.mark(self.directory, error)


class ActRunner:
    """Performs acts one after another inside a job of the writer."""

    def __init__(self, store: Store, connection: sqlite.Connection, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._connection = connection
        self.db = Database(connection)

    def act(self, kind: str, actor: Actor, use_case: UseCase) -> Done:
        """One act in its own savepoint; a refused one leaves nothing and raises."""
        self._connection.execute("SAVEPOINT one")
        try:
            done = self._store._perform(self._connection, Intent(kind=kind, actor=actor), use_case, self._clock)
        except BaseException:
            self._connection.execute("ROLLBACK TO one")
            self._connection.execute("RELEASE one")
            raise
        self._connection.execute("RELEASE one")
        return done


def _earlier(connection: sqlite.Connection, intent: Intent) -> Done | None:
    """The act that already answered this request, if there is one."""
    row = connection.execute("SELECT seq, body_hash, result FROM act WHERE request_key = ?", (intent.key,)).fetchone()
    if row is None:
        return None
    if row[1] != intent.body_hash:
        raise Refused("already-saved", act=row[0])
    return Done(act=row[0], result=msgspec.json.decode(row[2]), repeated=True)


def _take_lock(path: Path) -> int:
    """Hold the store for this process alone; a dead process holds nothing."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        raise Refused("store-in-use", file=str(path)) from None
    return handle

"""The one thread that writes: it takes what is waiting, runs each job in a savepoint, and commits them together.

A job is answered only after the commit that holds it is on the disk. While one commit waits for the disk the
next group gathers by itself, so no timer is needed. A job that fails rolls back alone. When the whole
transaction is gone (a full disk does that) nothing of the group is answered as done: its members are run
again one by one, so that only the one that does not fit is told so.
This thread also owns the checkpoints: with a second writer or checkpointer SQLite before 3.51.3 can lose
the log, and a truncated log has no stale frames behind its live part.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any

from sqlcipher3 import dbapi2 as sqlite

from appliance.core.errors import ApplianceError, InvariantBroken, Refused
from appliance.storage.database import translated

GROUP_MAX = 64
QUEUE_MAX = 2_000
WAL_BYTES_MAX = 4 << 20
"""Past this the log is folded into the store even under load; about twice this bounds the scan at the next start."""
QUIET_SECONDS = 5.0
JOB_SECONDS_MAX = 2.0

Job = Callable[[sqlite.Connection], Any]


class Writer:
    """Runs jobs in order on the only writing connection. `on_damage` is told once when the store can't be trusted."""

    def __init__(self, connection: sqlite.Connection, wal: Path, on_damage: Callable[[ApplianceError], None]) -> None:
        self._connection = connection
        self._wal = wal
        self._on_damage = on_damage
        self._queue: queue.Queue[tuple[Job, Future[Any]] | None] = queue.Queue(QUEUE_MAX)
        self._stopped: ApplianceError | None = None
        self.slow_jobs = 0
        self.last_commit = time.monotonic()
        self._thread = threading.Thread(target=self._loop, name="writer", daemon=True)
        self._thread.start()

    def submit(self, job: Job) -> Future[Any]:
        """Queue a job; its future holds the job's value once that is durable, or the error that undid it."""
        future: Future[Any] = Future()
        if self._stopped:
            future.set_exception(self._stopped)
            return future
        try:
            self._queue.put_nowait((job, future))
        except queue.Full:
            future.set_exception(Refused("too-busy"))
        return future

    def close(self) -> None:
        """Finish what is queued, fold the log into the store, close the connection."""
        self._queue.put(None)
        self._thread.join()

    def _loop(self) -> None:
        dirty, open_ = False, True
        while open_:
            group: list[tuple[Job, Future[Any]]] = []
            try:
                item = self._queue.get(timeout=QUIET_SECONDS if dirty else None)
                open_ = self._gather(item, group)
            except queue.Empty:
                self._checkpoint()
                dirty = False
                continue
            if group:
                self._run(group)
                dirty = True
                if (size := self._wal.stat().st_size) > WAL_BYTES_MAX:
                    # Under load nobody waits for readers to leave; a log that they never let restart is cut all the same.
                    self._checkpoint("PASSIVE" if size < 2 * WAL_BYTES_MAX else "TRUNCATE")
        self._checkpoint()
        self._connection.close()

    def _gather(self, item: tuple[Job, Future[Any]] | None, group: list[tuple[Job, Future[Any]]]) -> bool:
        """Add what waits to the group; False when the writer was told to stop."""
        while item is not None:
            group.append(item)
            if len(group) == GROUP_MAX:
                return True
            try:
                item = self._queue.get_nowait()
            except queue.Empty:
                return True
        return False

    def _run(self, group: list[tuple[Job, Future[Any]]]) -> None:
        if self._stopped:
            for _, future in group:
                future.set_exception(self._stopped)
            return
        answers = self._commit_together([job for job, _ in group])
        if answers is None:
            answers = []
            for job, _ in group:
                alone = self._commit_together([job])
                answers.append(alone[0] if alone else (None, Refused("disk-full")))
        self.last_commit = time.monotonic()
        for (_, future), (value, error) in zip(group, answers, strict=True):
            if error is None:
                future.set_result(value)
            else:
                future.set_exception(error)

    def _commit_together(self, jobs: list[Job]) -> list[tuple[Any, BaseException | None]] | None:
        """One durable commit of all jobs; None when the transaction as a whole was lost."""
        connection = self._connection
        answers: list[tuple[Any, BaseException | None]] = []
        try:
            connection.execute("BEGIN IMMEDIATE")
            for job in jobs:
                answers.append(self._in_savepoint(job))
                if not connection.in_transaction:
                    return None
            connection.execute("COMMIT")
        except sqlite.Error as fault:
            error = translated(fault)
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            if isinstance(error, InvariantBroken):
                self._stop(error)
                return [(None, error)] * len(jobs)
            return None
        return answers

    def _in_savepoint(self, job: Job) -> tuple[Any, BaseException | None]:
        connection = self._connection
        started = time.monotonic()
        connection.execute("SAVEPOINT job")
        try:
            value = job(connection)
        except Exception as error:
            if connection.in_transaction:
                connection.execute("ROLLBACK TO job")
                connection.execute("RELEASE job")
            if isinstance(error, InvariantBroken) and error.code == "store-damaged":
                self._stop(error)
            return None, error
        connection.execute("RELEASE job")
        if time.monotonic() - started > JOB_SECONDS_MAX:
            self.slow_jobs += 1
        return value, None

    def _checkpoint(self, mode: str = "TRUNCATE") -> None:
        if self._stopped:
            return
        try:
            self._connection.execute("PRAGMA busy_timeout = 200")
            self._connection.execute(f"PRAGMA wal_checkpoint({mode})").fetchone()
        except sqlite.Error as fault:
            error = translated(fault)
            if isinstance(error, InvariantBroken):
                self._stop(error)
        finally:
            self._connection.execute("PRAGMA busy_timeout = 10000")

    def _stop(self, error: ApplianceError) -> None:
        if self._stopped is None:
            self._stopped = Refused("store-read-only", because=error.code)
            self._on_damage(error)


class StoppedWriter:
    """Stands where the writer would, over a store that is opened for reading only: it refuses every job."""

    def submit(self, job: Job) -> Future[Any]:
        """A future that holds `Refused("store-read-only")`."""
        future: Future[Any] = Future()
        future.set_exception(Refused("store-read-only", because="store-damaged"))
        return future

    def close(self) -> None:
        """There is nothing to finish."""

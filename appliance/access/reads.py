"""Who read which file: noted within a second in one act for many readings, and shown to the head and the patient."""

from __future__ import annotations

import threading
from dataclasses import asdict, dataclass

from appliance.access.tables import ReadEntryRow
from appliance.core.actors import MACHINE
from appliance.storage import Database, Store, Unit
from appliance.storage.aside import Aside

_KIND = "reading"
FLUSH_SECONDS = 1.0
HELD_MAX = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One reading: who, whose file, which tab, where, when (ms)."""

    staff: int
    patient: int
    tab: str
    device: str
    at: int


class ReadJournal:
    """Gathers readings and writes them together; nothing waits when nobody reads."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._held: list[Reading] = []
        self._lock = threading.Lock()
        self._timer: threading.Timer | None = None

    def note(self, reading: Reading, *, before: bool = False) -> None:
        """Note a reading; it is durable within a second, or, with `before`, when this returns (break-glass)."""
        self._hold(reading)
        if before:
            self.flush()

    def _hold(self, reading: Reading) -> None:
        with self._lock:
            if len(self._held) < HELD_MAX:
                self._held.append(reading)
            if self._timer is None:
                self._timer = threading.Timer(FLUSH_SECONDS, self.flush)
                self._timer.daemon = True
                self._timer.start()

    def flush(self) -> None:
        """Write what was gathered; beside the store while that only reads."""
        with self._lock:
            taken, self._held, self._timer = self._held, [], None
        if not taken:
            return
        if self._store.damage is None:
            self._store.act_now("reads", MACHINE, lambda unit: {"count": _write(unit, taken)})
            return
        for reading in taken:
            self._store.aside.note(_KIND, **asdict(reading))


def take_in(unit: Unit, aside: Aside) -> int:
    """Write the readings kept aside into the store; returns how many."""
    return _write(unit, [Reading(**note) for note in aside.notes(_KIND)])


def of_patient(db: Database, patient: int, limit: int = 50) -> list[tuple[int, str, str, int]]:
    """Who opened a file, newest first: staff id, tab, tablet, when (ms)."""
    query = ReadEntryRow.select().where(ReadEntryRow.patient == patient).order_by(ReadEntryRow.id.desc()).limit(limit)
    return [(row["staff"], row["tab"], row["device"], row["at"]) for row in db.rows(query)]


def latest(db: Database, limit: int = 100) -> list[tuple[int, int, str, str, int]]:
    """The newest readings: staff id, patient id, tab, tablet, when (ms)."""
    rows = db.rows(ReadEntryRow.select().order_by(ReadEntryRow.id.desc()).limit(limit))
    return [(row["staff"], row["patient"], row["tab"], row["device"], row["at"]) for row in rows]


def _write(unit: Unit, readings: list[Reading]) -> int:
    for reading in readings:
        unit.append(
            "read_entry", staff=reading.staff, patient=reading.patient, tab=reading.tab, device=reading.device,
            at=reading.at,
        )  # fmt: skip
    return len(readings)

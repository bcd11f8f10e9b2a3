"""What duties ran and how they ended: the memory that "is it owed" is asked of, never a timer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec

from appliance.storage import Database, Unit
from appliance.upkeep.tables import JobRunRow

START, STOP = "start", "stop"


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One ended run: which job, when (ms, UTC), `ok` or `failed`, and codes that tell how."""

    job: str
    at: int
    is_ok: bool
    detail: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Starts:
    """How often the program started since an instant, and after how many of these it had not been stopped properly."""

    count: int
    after_cut: int


def record_run(unit: Unit, job: str, *, is_ok: bool, **detail: Any) -> None:
    """Keep that a job ran; `detail` holds codes and numbers, no text typed by people."""
    unit.append(
        "job_run", job=job, at=unit.now.ms, outcome="ok" if is_ok else "failed",
        detail=msgspec.json.encode(detail).decode() if detail else None,
    )  # fmt: skip


def last_run(db: Database, job: str) -> Run | None:
    """The newest run of a job, however it ended."""
    for row in db.rows(JobRunRow.select().where(JobRunRow.job == job).order_by(JobRunRow.id.desc()).limit(1)):
        detail = msgspec.json.decode(row["detail"]) if row["detail"] else {}
        return Run(job=job, at=row["at"], is_ok=row["outcome"] == "ok", detail=detail)
    return None


def record_start(unit: Unit) -> bool:
    """Keep that the program started; returns whether it had ended properly before. The very first start counts as one."""
    before = unit.value("SELECT job FROM job_run WHERE job IN (?, ?) ORDER BY id DESC LIMIT 1", (START, STOP))
    clean = bool(before != START)
    record_run(unit, START, is_ok=clean)
    return clean


def starts(db: Database, since_ms: int) -> Starts:
    """Starts since an instant (ms, UTC): a power cut or a kill shows as a start with no stop before it."""
    rows = db.rows(JobRunRow.select(JobRunRow.outcome).where((JobRunRow.job == START) & (JobRunRow.at >= since_ms)))
    return Starts(count=len(rows), after_cut=sum(row["outcome"] == "failed" for row in rows))

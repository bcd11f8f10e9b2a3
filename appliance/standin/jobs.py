"""Asynchronous jobs: held in memory as there, gone after a restart."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

from appliance.standin.faults import Faults, struck
from appliance.standin.metadata import uid


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A job that was done at once; whether it shows so depends on `slow_jobs`."""

    id: str
    kind: str  # DATAVALUE_IMPORT | TRACKER_IMPORT_JOB
    created: str
    summary: dict[str, Any]


class Jobs:
    """All jobs since the start."""

    def __init__(self) -> None:
        self._held: dict[str, Job] = {}

    def add(self, kind: str, created: str, summary: dict[str, Any]) -> Job:
        """Keep a job and what came of it."""
        job = Job(id=uid(secrets.token_hex(16)), kind=kind, created=created, summary=summary)
        self._held[job.id] = job
        return job

    def get(self, kind: str, identity: str) -> Job | None:
        """A job by kind and id."""
        job = self._held.get(identity)
        return job if job and job.kind == kind else None

    def notifications(self, job: Job | None, faults: Faults) -> list[dict[str, Any]]:
        """What polling gives, newest first; empty for a job that is not known."""
        if job is None:
            return []
        begun = {
            "uid": uid(f"{job.id}:begun"), "id": uid(f"{job.id}:begun"), "level": "INFO", "category": job.kind,
            "time": job.created, "message": "Process started", "completed": False,
        }  # fmt: skip
        if struck(faults, "slow_jobs"):
            return [begun]
        done = {
            **begun,
            "uid": uid(f"{job.id}:done"),
            "id": uid(f"{job.id}:done"),
            "message": "Import complete",
            "completed": True,
        }
        return [done, begun]

"""Reading closed reports, typed figures and previews."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec

from appliance.reports.closing.model import Closing, thawed
from appliance.reports.closing.tables import ClosingRow
from appliance.storage import Database
from appliance.storage.tables import ActRow

_COLUMNS = "c.id, c.uuid, c.form, c.form_edition, c.period, c.version, c.cells, c.hash, c.explanation, c.staff, a.at"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosingHead:
    """A closing without its cells, for lists."""

    form: str
    period: str
    version: int
    hash: bytes
    explanation: str | None
    staff: int | None
    closed_at: int


def latest(db: Database, form: str, period: str) -> Closing | None:
    """The newest version of a closed report, or None while its month is open."""
    return _closing(
        db.one(
            f"SELECT {_COLUMNS} FROM closing c JOIN act a ON a.seq = c.act WHERE c.form = ? AND c.period = ?"
            " ORDER BY c.version DESC LIMIT 1",
            (form, period),
        )
    )


def version(db: Database, form: str, period: str, number: int) -> Closing | None:
    """One version of a closed report."""
    return _closing(
        db.one(
            f"SELECT {_COLUMNS} FROM closing c JOIN act a ON a.seq = c.act"
            " WHERE c.form = ? AND c.period = ? AND c.version = ?",
            (form, period, number),
        )
    )


def heads(db: Database, limit: int = 200) -> list[ClosingHead]:
    """Every closing without its cells, newest period first."""
    query = (
        ClosingRow.select(
            ClosingRow.form, ClosingRow.period, ClosingRow.version, ClosingRow.hash, ClosingRow.explanation,
            ClosingRow.staff, ActRow.at.alias("closed_at"),
        )
        .join(ActRow, on=(ActRow.seq == ClosingRow.act))
        .order_by(ClosingRow.period.desc(), ClosingRow.form, ClosingRow.version.desc())
        .limit(limit)
    )  # fmt: skip
    return [ClosingHead(**row) for row in db.rows(query)]


def typed(db: Database, form: str, period: str) -> dict[tuple[str, str], tuple[str | None, int | None]]:
    """The last typed figure of each cell, by code and disaggregation JSON: figure (None: withdrawn) and staff id."""
    found: dict[tuple[str, str], tuple[str | None, int | None]] = {}
    for code, disaggregation, value, staff in db.all(
        "SELECT code, disaggregation, value, staff FROM typed_cell WHERE form = ? AND period = ? ORDER BY id",
        (form, period),
    ):
        found[code, disaggregation] = (value, staff)
    return found


def disaggregation_key(disaggregation: dict[str, str]) -> str:
    """A disaggregation as the text under which typed figures are kept."""
    return msgspec.json.encode(dict(sorted(disaggregation.items()))).decode()


def _closing(row: tuple[Any, ...] | None) -> Closing | None:
    if row is None:
        return None
    return Closing(
        id=row[0], uuid=row[1], form=row[2], form_edition=row[3], period=row[4], version=row[5], cells=thawed(row[6]),
        hash=row[7], explanation=row[8], staff=row[9], closed_at=row[10],
    )  # fmt: skip

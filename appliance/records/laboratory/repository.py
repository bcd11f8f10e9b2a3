"""Reading the laboratory: what waits, what was found at a visit, in which version."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from appliance.core.french import number_fr
from appliance.records.laboratory.tests_list import LabTest, default_tests
from appliance.storage import Database

WORK_DAYS = 7
NOT_DONE = "not_done"
_STANDS = "NOT EXISTS (SELECT 1 FROM lab_result later WHERE later.replaces = r.id)"


@dataclass(frozen=True, slots=True, kw_only=True)
class LabLine:
    """A test asked, with the result that stands; `result` is None while it waits."""

    order: int
    visit: int
    test: LabTest
    asked_by: int | None
    asked_at: int
    result: int | None
    outcome: str | None
    value_milli: int | None
    note: str | None
    reason: str | None
    by_staff: int | None
    at: int | None

    @property
    def is_done(self) -> bool:
        """Whether the laboratory answered, be it that the test could not be done."""
        return self.result is not None

    @property
    def is_alarming(self) -> bool:
        """Whether the prescriber must see it at once."""
        below = self.test.alarming_below_milli
        low = below is not None and self.value_milli is not None and self.value_milli < below
        return low or self.outcome in self.test.alarming

    @property
    def text(self) -> str:
        """The result as read out: "Positif", "7,2 g/dl", or that the test was not done."""
        if self.outcome is None:
            return ""
        if self.outcome == NOT_DONE:
            return "Pas pu être fait"
        if self.value_milli is not None:
            decimals = 0 if self.value_milli % 1000 == 0 else 1 if self.value_milli % 100 == 0 else 2
            return f"{number_fr(self.value_milli / 1000, decimals)} {self.test.unit}"
        return dict(self.test.choices).get(self.outcome, self.outcome)


@dataclass(frozen=True, slots=True, kw_only=True)
class LabVersion:
    """A result that a later one replaced, and why that one did."""

    order: int
    outcome: str
    value_milli: int | None
    by_staff: int | None
    at: int
    replaced_because: str | None


def of_visit(db: Database, visit: int) -> list[LabLine]:
    """Every test asked at a visit, in the order asked."""
    return _lines(db, "o.visit = ?", (visit,))


def of_visits(db: Database, visits: list[int]) -> dict[int, list[LabLine]]:
    """The tests asked at several visits, by visit."""
    found: dict[int, list[LabLine]] = {}
    for line in _lines(db, f"o.visit IN ({','.join('?' * len(visits))})", tuple(visits)):
        found.setdefault(line.visit, []).append(line)
    return found


def get(db: Database, order: int) -> LabLine | None:
    """One test asked."""
    found = _lines(db, "o.id = ?", (order,))
    return found[0] if found else None


def waiting(db: Database, today: date) -> list[LabLine]:
    """What nobody answered yet, of visits of the last seven days, danger signs first, then as they came."""
    since = (today - timedelta(days=WORK_DAYS)).isoformat()
    return [
        line
        for line in _lines(
            db,
            "v.occurred_on >= ? AND v.station <> 'left' AND NOT EXISTS (SELECT 1 FROM lab_result x WHERE x.lab_order = o.id)",
            (since,),
            order="v.priority DESC, o.id",
        )
        if not line.is_done
    ]


def answered(db: Database, day: date) -> list[LabLine]:
    """What was answered for the visits of a day, newest first."""
    return [line for line in _lines(db, "v.occurred_on = ?", (day.isoformat(),))[::-1] if line.is_done]


def versions(db: Database, visit: int) -> list[LabVersion]:
    """The results of a visit that were replaced, oldest first."""
    return [
        LabVersion(
            order=row[0], outcome=row[1], value_milli=row[2], by_staff=row[3], at=row[4], replaced_because=row[5]
        )
        for row in db.all(
            "SELECT r.lab_order, r.outcome, r.value_milli, a.staff, a.at, n.reason FROM lab_order o"
            " JOIN lab_result r ON r.lab_order = o.id JOIN lab_result n ON n.replaces = r.id JOIN act a ON a.seq = r.act"
            " WHERE o.visit = ? ORDER BY r.id",
            (visit,),
        )
    ]


def _lines(db: Database, where: str, parameters: tuple[Any, ...], order: str = "o.id") -> list[LabLine]:
    rows = db.all(
        "SELECT o.id, o.visit, o.test, oa.staff, oa.at, r.id, r.outcome, r.value_milli, r.note, r.reason, ra.staff, ra.at"
        " FROM lab_order o JOIN visit v ON v.id = o.visit JOIN act oa ON oa.seq = o.act"
        f" LEFT JOIN lab_result r ON r.lab_order = o.id AND {_STANDS} LEFT JOIN act ra ON ra.seq = r.act"
        f" WHERE {where} ORDER BY {order} LIMIT 200",
        parameters,
    )
    return [
        LabLine(
            order=row[0], visit=row[1], test=default_tests().get(row[2]) or _retired(row[2]), asked_by=row[3], asked_at=row[4],
            result=row[5], outcome=row[6], value_milli=row[7], note=row[8], reason=row[9], by_staff=row[10], at=row[11],
        )
        for row in rows
    ]  # fmt: skip


def _retired(code: str) -> LabTest:
    """A test that a later edition of the list no longer holds: its old results stay readable."""
    return LabTest(code=code, label=code, is_number=False)

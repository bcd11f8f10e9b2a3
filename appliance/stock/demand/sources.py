"""Where appointments come from. A programme's register will bring its own source; until it is there, today's record does.

A source reads the appointments of some days to come, and whether those of the last months were kept.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

from appliance.records.care.repository import STANDS
from appliance.stock.demand.model import DemandRule, Due, appointments, was_kept
from appliance.storage import Database

PAST_DAYS, SETTLED_DAYS = 180, 14
"""Appointments of the last half-year tell of attendance; those of the last two weeks may still be kept."""
PREGNANCY_DAYS = 280
LONG_DAYS, MONTH_DAYS = 20, 30
"""A prescription of fewer days is no measure of a lasting treatment: then a month is."""
LOST_DAYS = 60
"""Who is later than this for a refill is no longer expected: followed up by people, not by the order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Appointments to come, and whether each past one was kept."""

    dues: tuple[Due, ...] = ()
    kept: tuple[bool, ...] = ()


class DemandSource(Protocol):
    """A register, as demand sees it."""

    def read(self, db: Database, rule: DemandRule, since: date, until: date) -> Reading:
        """The appointments of a rule from `since` to `until`, those already owed on the first day."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownPregnancies:
    """Women whom a consultation of the last nine months calls pregnant. The week is guessed from when it was noticed."""

    week_at_notice: int

    def read(self, db: Database, rule: DemandRule, since: date, until: date) -> Reading:
        """As `DemandSource`."""
        dues: list[Due] = []
        kept: list[bool] = []
        given = _handed_over(db, rule.products[0], since - timedelta(days=PREGNANCY_DAYS), since)
        for patient, noticed in _pregnant(db, since).items():
            conceived = noticed - timedelta(weeks=self.week_at_notice)
            last = conceived + timedelta(weeks=rule.until_week)
            days = [day for day, _, _ in given.get(patient, ()) if day >= conceived]
            past = _past(max(conceived + timedelta(weeks=rule.from_week), noticed), days, rule.every_days)
            kept += [was_kept(day, days) for day in past if _is_settled(day, since) and day <= last]
            first = max(conceived + timedelta(weeks=rule.from_week), since)
            if days and rule.every_days:
                first = max(days[-1] + timedelta(days=rule.every_days), since)
            dues += [
                Due(rule=rule.code, product=rule.products[0], due_on=day, units=rule.units, patient=patient)
                for day in appointments(first, rule.every_days, min(until, last), rule.most - len(days))
            ]
        return Reading(dues=tuple(dues), kept=tuple(kept))


@dataclass(frozen=True, slots=True, kw_only=True)
class Refills:
    """People who were handed a product over that they will need again: contraceptives, long treatments, sachets."""

    def read(self, db: Database, rule: DemandRule, since: date, until: date) -> Reading:
        """As `DemandSource`."""
        dues: list[Due] = []
        kept: list[bool] = []
        for product in rule.products:
            given = _handed_over(db, product, since - timedelta(days=2 * PAST_DAYS), since)
            for patient, rows in given.items():
                if len(rows) < rule.least_times:
                    continue
                days = [day for day, _, _ in rows]
                for (day, units, length), after in zip(rows, [*days[1:], None], strict=True):
                    due_on = day + timedelta(days=_lasts(rule, units, length))
                    if _is_settled(due_on, since):
                        kept.append(after is not None and was_kept(due_on, [after]))
                day, units, length = rows[-1]
                every = _lasts(rule, units, length)
                first = day + timedelta(days=every)
                if (since - first).days > LOST_DAYS:
                    continue
                asked = rule.sachets(_weight(db, patient, since)) or units
                dues += [
                    Due(rule=rule.code, product=product, due_on=on, units=asked, patient=patient)
                    for on in appointments(max(first, since), every, until, rule.most - len(rows))
                ]
        return Reading(dues=tuple(dues), kept=tuple(kept))


def sources(week_at_notice: int) -> Mapping[str, DemandSource]:
    """The sources that today's record feeds, by kind of rule; vaccination sessions are `sessions.py`."""
    return {"pregnancy": KnownPregnancies(week_at_notice=week_at_notice), "refill": Refills()}


def _lasts(rule: DemandRule, units: int, length: int | None) -> int:
    """The days for which a handing-over lasts."""
    if rule.every_days or rule.days_per_unit:
        return rule.every_days or rule.days_per_unit * units
    return length if length and length >= LONG_DAYS else MONTH_DAYS


def _is_settled(due_on: date, today: date) -> bool:
    return PAST_DAYS >= (today - due_on).days > SETTLED_DAYS


def _past(first: date, given: Sequence[date], every_days: int) -> list[date]:
    """The appointments that a person had: the first, and one after each time that she came."""
    return [first, *(day + timedelta(days=every_days) for day in given if every_days)]


def _handed_over(
    db: Database, product: str, since: date, until: date
) -> dict[int, list[tuple[date, int, int | None]]]:  # fmt: skip
    """By living person: day, base units net of what was taken back, and the days that the prescription was for."""
    found: dict[int, list[tuple[date, int, int | None]]] = {}
    for patient, day, units, length in db.all(
        "SELECT coalesce(p.merged_into, p.id), m.occurred_on, -sum(m.quantity), max(l.days) FROM product r"
        " CROSS JOIN movement m ON m.product = r.id AND m.occurred_on BETWEEN ? AND ? JOIN dispense d ON d.id = m.dispense"
        " JOIN patient p ON p.id = d.patient LEFT JOIN prescription_line l ON l.id = m.prescription_line"
        " WHERE r.code = ? AND p.deceased_on IS NULL GROUP BY 1, 2 HAVING sum(m.quantity) < 0 ORDER BY 1, 2",
        (since.isoformat(), until.isoformat(), product),
    ):
        found.setdefault(patient, []).append((date.fromisoformat(day), units, length))
    return found


def _pregnant(db: Database, today: date) -> dict[int, date]:
    """By living woman called pregnant last: the day on which it was first said of this pregnancy."""
    found: dict[int, date] = {}
    for patient, day, said in db.all(
        "SELECT coalesce(p.merged_into, p.id), v.occurred_on, c.pregnant FROM visit v JOIN consultation c ON c.visit = v.id"
        f" JOIN patient p ON p.id = v.patient WHERE v.occurred_on BETWEEN ? AND ? AND c.pregnant <> 'unknown' AND {STANDS}"
        " AND p.deceased_on IS NULL ORDER BY v.occurred_on, c.id",
        ((today - timedelta(days=PREGNANCY_DAYS)).isoformat(), today.isoformat()),
    ):
        if said == "yes":
            found.setdefault(patient, date.fromisoformat(day))
        else:
            found.pop(patient, None)
    return found


def _weight(db: Database, patient: int, today: date) -> int | None:
    """The last weight of a child within three months, in grams."""
    weight: int | None = db.value(
        "SELECT w.weight_grams FROM visit v JOIN vitals w ON w.visit = v.id WHERE v.patient = ? AND v.occurred_on BETWEEN ? AND ?"
        " AND w.weight_grams IS NOT NULL ORDER BY v.occurred_on DESC, w.id DESC LIMIT 1",
        (patient, (today - timedelta(days=90)).isoformat(), today.isoformat()),
    )
    return weight

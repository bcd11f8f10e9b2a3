"""What people will come for over the next days, product by product: registered ones first, targets where there is none."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from fractions import Fraction

from appliance.records.facility.targets import targets
from appliance.stock.demand.model import Demand, DemandRule, Due, Fallback, Part, attendance, by_product
from appliance.stock.demand.rules import load_rules
from appliance.stock.demand.sessions import PlannedSessions
from appliance.stock.demand.sources import Reading, sources
from appliance.storage import Database

HORIZON_DAYS = 30
"""A month of 30 days, so that it stands beside the CMM."""


def expected(db: Database, as_of: date, days: int = HORIZON_DAYS) -> Mapping[str, Demand]:
    """The demand from people from a day on, by product code; kept while nothing is written."""
    return db.kept(f"people-demand/{as_of}/{days}", lambda: _expected(db, as_of, days))


def _expected(db: Database, as_of: date, days: int) -> Mapping[str, Demand]:
    held, until = load_rules(), as_of + timedelta(days=days - 1)
    found = {**sources(held.week_at_notice), "sessions": PlannedSessions()}
    parts: list[tuple[str, Part]] = []
    taken = {product for rule in held.rules for product in rule.products}
    for rule in held.rules:
        reading = found[rule.source].read(db, rule, as_of, until)
        by_code: dict[str, list[Due]] = {}
        for due in reading.dues:
            if rule.source != "sessions" or due.product not in taken:  # a vaccine of a rule of its own counts there
                by_code.setdefault(due.product, []).append(due)
        parts += [(product, _part(rule, dues, reading, held.usual_attendance)) for product, dues in by_code.items()]
        if (
            rule.fallback
            and not reading.dues
            and (part := _of_target(db, rule, rule.fallback, as_of, days)) is not None
        ):
            parts += [(product, part) for product in rule.products]
    return by_product(parts, as_of, until)


def _part(rule: DemandRule, dues: list[Due], reading: Reading, usual: Fraction) -> Part:
    return Part(
        rule=rule, origin="sessions" if rule.source == "sessions" else "people",
        dues=tuple(sorted(dues, key=lambda due: due.due_on)), full_units=sum(due.units for due in dues),
        attendance=attendance(reading.kept, usual), people=len({due.patient for due in dues}),
    )  # fmt: skip


def _of_target(db: Database, rule: DemandRule, fallback: Fallback, as_of: date, days: int) -> Part | None:
    """What the year's target lets expect of so many days, rounded half up; None without a target."""
    people = next((t.people for t in targets(db, as_of.year) if t.rate.code == fallback.target), 0)
    full = int(Fraction(people * fallback.times * rule.units * days, 365) + Fraction(1, 2))
    if not full:
        return None
    return Part(
        rule=rule, origin="target", dues=(), full_units=full, people=people,
        attendance=attendance((), load_rules().usual_attendance),
    )  # fmt: skip

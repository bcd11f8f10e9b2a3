"""Report facts: small signed rows that care writes and forms count.

A fact says that something countable happened: its kind and code (the vocabulary stands in
`reports/vocabulary.py`), when, and what a form may split it by. Facts are insert-only: a correction
writes the opposite of each fact of the visit, linked to it, and then the new ones. The month is the
month of the act of care, also when it is written late.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from appliance.core.periods import Month
from appliance.storage.unit import Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One countable fact. `age_months` and `age_days` are completed at `occurred_on`; None when not known.

    `zone` is AIRE or HAIRE (inside or outside the health area), `strategy` fixe, avancee or mobile.
    """

    kind: str
    code: str
    occurred_on: date
    age_months: int | None = None
    age_days: int | None = None
    sex: str | None = None
    zone: str | None = None
    strategy: str | None = None
    quantity: int = 1


COLUMNS = "id, month, kind, code, occurred_on, age_months, age_days, sex, zone, strategy, quantity, visit"


def write(unit: Unit, fact: Fact, visit: int | None = None, reverses: int | None = None) -> int:
    """Append a fact in its own month; returns its id."""
    return unit.append(
        "fact", month=str(Month.of(fact.occurred_on)), kind=fact.kind, code=fact.code,
        occurred_on=fact.occurred_on.isoformat(), age_months=fact.age_months, age_days=fact.age_days, sex=fact.sex,
        zone=fact.zone, strategy=fact.strategy, quantity=fact.quantity, visit=visit, reverses=reverses,
    )  # fmt: skip


def withdraw(unit: Unit, visit: int, kinds: tuple[str, ...] = ()) -> int:
    """Write the opposite of every fact of a visit that still stands (of some kinds, or of all); returns how many."""
    standing = unit.all(
        f"SELECT {COLUMNS} FROM fact f WHERE visit = ? AND reverses IS NULL"
        " AND NOT EXISTS (SELECT 1 FROM fact r WHERE r.reverses = f.id)",
        (visit,),
    )
    count = 0
    for row in standing:
        if kinds and row[2] not in kinds:
            continue
        unit.append(
            "fact", month=row[1], kind=row[2], code=row[3], occurred_on=row[4], age_months=row[5], age_days=row[6],
            sex=row[7], zone=row[8], strategy=row[9], quantity=-row[10], visit=visit, reverses=row[0],
        )  # fmt: skip
        count += 1
    return count

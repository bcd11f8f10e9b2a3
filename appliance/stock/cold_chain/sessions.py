"""Vaccination sessions: the calendar, the children expected at each, the vials that they need (rule V)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from appliance.core.errors import Refused
from appliance.core.periods import Month
from appliance.records.facility.services import populations
from appliance.records.facility.targets import area_population, targets
from appliance.stock.cold_chain.planning import Need, need_of_sessions, shared
from appliance.stock.cold_chain.policy import Vaccine, policy
from appliance.storage import Database, Unit

STRATEGIES = ("fixed", "outreach", "mobile")
STATUSES = ("planned", "held", "cancelled")
AHEAD_DAYS_MAX = 400
CHILDREN_MAX = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A session as it stands."""

    id: int
    occurred_on: date
    strategy: str
    village: int | None
    village_name: str
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionShare:
    """Children expected of one vaccine at one session; `is_typed` when somebody typed it instead of the target's share."""

    session: Session
    children: int
    is_typed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class VaccineNeed:
    """What the sessions of some days need of one vaccine, with the working of every session."""

    product: int
    code: str
    label: str
    doses_per_vial: int
    vaccine: Vaccine
    need: Need
    shares: tuple[SessionShare, ...]


def plan(unit: Unit, on: date, strategy: str, village: int | None = None) -> int:
    """Plan a session; returns its id. Raises `Refused`: "session-strategy", "session-date", "no-such-village"."""
    if strategy not in STRATEGIES:
        raise Refused("session-strategy", strategy=strategy[:40])
    if not -AHEAD_DAYS_MAX <= (on - unit.today).days <= AHEAD_DAYS_MAX:
        raise Refused("session-date", on=on.isoformat())
    if village is not None and unit.value("SELECT 1 FROM village WHERE id = ?", (village,)) is None:
        raise Refused("no-such-village", village=village)
    made = unit.append("vaccination_session", occurred_on=on.isoformat(), strategy=strategy, village=village)
    unit.append("vaccination_session_status", session=made, status="planned")
    return made


def set_status(unit: Unit, session: int, status: str) -> None:
    """Say that a session was held, is cancelled, or is planned after all. Raises "no-such-session", "session-status"."""
    _must_be(unit, session)
    if status not in STATUSES:
        raise Refused("session-status", status=status[:40])
    unit.append("vaccination_session_status", session=session, status=status)


def expect(unit: Unit, session: int, product: int, children: int) -> None:
    """Type how many children are expected of a vaccine at a session. Raises "no-such-session", "session-children"."""
    _must_be(unit, session)
    if not 0 <= children <= CHILDREN_MAX:
        raise Refused("session-children", children=children)
    unit.append("session_expectation", session=session, product=product, children=children)


def sessions(db: Database, since: date, until: date) -> list[Session]:
    """The sessions of some days, cancelled ones too, in the order of the calendar."""
    return [
        Session(
            id=row[0], occurred_on=date.fromisoformat(row[1]), strategy=row[2], village=row[3], village_name=row[4] or "",
            status=row[5],
        )
        for row in db.all(
            "SELECT s.id, s.occurred_on, s.strategy, s.village, v.name, (SELECT x.status FROM vaccination_session_status x"
            " WHERE x.session = s.id ORDER BY x.id DESC LIMIT 1) FROM vaccination_session s"
            " LEFT JOIN village v ON v.id = s.village WHERE s.occurred_on BETWEEN ? AND ? ORDER BY s.occurred_on, s.id",
            (since.isoformat(), until.isoformat()),
        )
    ]  # fmt: skip


def session_need(db: Database, since: date, until: date) -> list[VaccineNeed]:
    """Vials of every vaccine that the sessions from `since` to `until` need, cancelled sessions left out.

    Children of a month are the year's target x doses / 12, shared over the month's sessions: an outreach takes its
    village's part of the population, the fixed ones the rest in equal parts. What was typed replaces its share.
    """
    typed = _typed(db, since, until)
    months = list(Month.of(since).until(Month.of(until)))
    by_month = {
        month: [s for s in sessions(db, month.first, month.last) if s.status != "cancelled"] for month in months
    }
    weights = {month: _weights(db, month, held) for month, held in by_month.items()}
    people = {year: {t.rate.code: t.people for t in targets(db, year)} for year in {m.year for m in months}}
    found = []
    for product, code, label, doses in db.all(
        "SELECT id, code, trim(name || ' ' || strength), pack_units FROM product WHERE is_active = 1 ORDER BY folded"
    ):
        vaccine = policy().vaccines.get(code)
        if vaccine is None:
            continue
        shares = []
        for month, held in by_month.items():
            expected = people[month.year].get(vaccine.target or "", 0)
            children = shared(Fraction(expected * (vaccine.doses or 0), 12), weights[month])
            for session, share in zip(held, children, strict=True):
                if since <= session.occurred_on <= until:
                    one = typed.get((session.id, product))
                    shares.append(
                        SessionShare(session=session, children=share if one is None else one, is_typed=one is not None)
                    )
        need = need_of_sessions((share.children for share in shares), doses)
        found.append(
            VaccineNeed(product=product, code=code, label=label, doses_per_vial=doses, vaccine=vaccine, need=need, shares=tuple(shares))
        )  # fmt: skip
    return found


def _weights(db: Database, month: Month, held: list[Session]) -> list[Fraction]:
    """The part of the area's people whom each session of a month serves."""
    whole = area_population(db, month.year)
    known = {village: years[max(years)] for village, years in populations(db).items()}
    visits = Counter(s.village for s in held if s.village is not None)
    away = sum(known.get(village, 0) for village in visits)
    at_home = sum(1 for s in held if s.village is None)
    return [
        Fraction(max(whole - away, 0), at_home) if s.village is None else Fraction(known.get(s.village, 0), visits[s.village])
        for s in held
    ]  # fmt: skip


def _typed(db: Database, since: date, until: date) -> dict[tuple[int, int], int]:
    return {
        (row[0], row[1]): row[2]
        for row in db.all(
            "SELECT e.session, e.product, e.children FROM session_expectation e JOIN vaccination_session s ON s.id = e.session"
            " WHERE s.occurred_on BETWEEN ? AND ? ORDER BY e.id",
            (since.isoformat(), until.isoformat()),
        )
    }


def _must_be(unit: Unit, session: int) -> None:
    if unit.value("SELECT 1 FROM vaccination_session WHERE id = ?", (session,)) is None:
        raise Refused("no-such-session", session=session)

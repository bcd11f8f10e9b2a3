"""The first page: whose turn it is at my post, what is due there, my drafts, what the depot lacks, what is owed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from litestar import Request, Response, get

from appliance.access import deputies, staff
from appliance.access.sessions import Session
from appliance.core.actors import Role
from appliance.records.care import drafts, prescriptions, visits
from appliance.records.care.model import Station
from appliance.records.laboratory import repository as laboratory
from appliance.records.laboratory.repository import LabLine
from appliance.records.patients import repository as patients
from appliance.records.patients.model import PatientLine
from appliance.reports import due
from appliance.stock import alerts
from appliance.stock.counting import due as counting
from appliance.stock.expiry.repository import expired_count
from appliance.stock.orders import tasks as order_tasks
from appliance.storage import Database
from appliance.web.depot.cold_alerts import cold_alerts
from appliance.web.pages import Ask, page, session_of, state_of
from appliance.web.reading import in_reader
from appliance.web.staff.emergency import may_see_emergencies, unseen
from appliance.web.visitor import visitor_of
from appliance.web.words import _, labels

MINE, ALL = "moi", "tous"
LONG_MINUTES = 60
May = Callable[[str, str], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """One line of the queue. `tags` are (text, tone) of what is due at the post; `link` is None for who may not open."""

    visit: int
    patient: PatientLine
    age: str
    motive: str
    station: str
    waits: str
    is_long: bool
    priority: int
    tags: tuple[tuple[str, str], ...]
    link: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenDraft:
    """A draft to take up: of which visit, about whom, since when, and whose it is when it is an absent person's."""

    visit: str
    name: str
    saved_at: int
    device: str
    of_absent: str
    absent: int


@get("/", opt={"tab": "accueil", "level": "read"})
@in_reader
def home(request: Request[Any, Any, Any], file: str = "") -> Response[bytes]:
    """The queue with the danger signs first, one's drafts, the depot's alerts, the reports owed."""
    state, session = state_of(request), session_of(request)
    with state.opened.reading() as db:
        may, today = _asker(request, db), state.opened.clock.today()
        queue = visits.queue(db)
        posts = visits.posts_of(session.roles)
        chosen = file if file in (MINE, ALL, *Station) else MINE if posts else ALL
        shown = [v for v in queue if chosen == ALL or v.station in (posts if chosen == MINE else (chosen,))]
        return page(
            request, "home.html", db, waiting=_waiting(db, session, shown, may, request), chosen=chosen,
            switch=_switch(queue, posts), mine=MINE, drafts=_drafts(db, request, session), this_device=session.device,
            alerts=alerts.depot_alerts(db, today)[:8] if may("depot", "read") else [],
            order_tasks=order_tasks.tasks(db, today)[:5] if may("depot", "write") else [],
            cold=cold_alerts(db, state.opened.clock.now()) if may("froid", "read") else [],
            count_owed=counting.owed(db, today) if may("depot", "read") else None,
            expired=expired_count(db, today) if may("depot", "read") else 0,
            owed=due.owed(db, today) if may("rapports", "read") else [],
            emergencies=unseen(db) if may_see_emergencies(request, db) else [],
            is_laboratory=Role.LAB_TECHNICIAN in session.roles,
        )  # fmt: skip


def _switch(queue: list[visits.Visit], posts: tuple[Station, ...]) -> list[tuple[str, str, int]]:
    """The choices over the queue: code, label, how many wait there. Posts where nobody waits are left out."""
    found = [(MINE, _("À moi"), sum(v.station in posts for v in queue))] if posts else []
    found.append((ALL, _("Tous"), len(queue)))
    counts = {station: sum(v.station is station for v in queue) for station in Station}
    return found + [(post.value, labels.STATIONS[post], count) for post, count in counts.items() if count]


def _waiting(db: Database, session: Session, shown: list[visits.Visit], may: May, request: Ask) -> list[Waiting]:
    clock = state_of(request).opened.clock
    now, today = clock.now().ms, clock.today()
    people = {line.id: line for line in patients.lines(db, [v.patient for v in shown])}
    tests = laboratory.of_visits(db, [v.id for v in shown])
    to_serve = prescriptions.open_of_visits(db, [v.id for v in shown if v.station is Station.PHARMACY])
    begun = {d.subject for d in drafts.of_staff(db, [session.staff])}
    found = []
    for v in shown:
        if (patient := people.get(v.patient)) is None:
            continue
        minutes = max(now - v.station_since, 0) // 60_000
        served = to_serve.get(v.id)
        tags = (
            [(_("Signe de danger"), "loud")]
            if v.priority == 2
            else [(_("À voir vite"), "danger")]
            if v.priority == 1
            else []
        )
        tags += _due(v, tests.get(v.id, []), len(served.lines) if served else 0, may)
        tags += [(_("Brouillon"), "info")] if str(v.id) in begun else []
        found.append(
            Waiting(
                visit=v.id, patient=patient, age=patient.age(today), motive=v.motive, station=labels.STATIONS[v.station],
                waits=labels.minutes(minutes), is_long=minutes >= LONG_MINUTES, priority=v.priority, tags=tuple(tags),
                link=_link(v, served.id if served else None, may),
            )
        )  # fmt: skip
    return found


def _due(visit: visits.Visit, tests: list[LabLine], lines: int, may: May) -> list[tuple[str, str]]:
    """What is to be done at the post where someone waits; a sensitive test is not named in the queue."""
    if visit.station is Station.PHARMACY and lines:
        return [(_("1 ligne") if lines == 1 else _("%(n)s lignes") % {"n": lines}, "ok")]
    if visit.station is Station.LABORATORY:
        asked = [line for line in tests if not line.is_done]
        return [(_("%(test)s à faire") % {"test": _named(line)}, "info") for line in asked[:3]]
    if visit.station is Station.CONSULTATION and may("laboratoire", "read"):
        done = [line for line in tests if line.is_done and not line.test.is_sensitive]
        if any(line.is_done for line in tests) and not done:
            return [(_("Résultat arrivé"), "ok")]
        return [
            (_("%(test)s : %(result)s") % {"test": line.test.label, "result": line.text}, "danger" if line.is_alarming else "ok")
            for line in done[:3]
        ]  # fmt: skip
    return []


def _named(line: LabLine) -> str:
    return _("Examen") if line.test.is_sensitive else line.test.label


def _link(visit: visits.Visit, prescription: int | None, may: May) -> str | None:
    """Where a tap on a line leads: to the work of that post, for who may do it."""
    if visit.station is Station.PHARMACY and prescription and may("vente", "read"):
        return f"/vente/{prescription}"
    if visit.station is Station.LABORATORY and may("laboratoire", "write"):
        return f"/visites/{visit.id}/labo"
    if may("consultation", "write"):
        return f"/visites/{visit.id}"
    if visit.station is Station.TRIAGE and may("accueil", "write"):
        return f"/visites/{visit.id}/triage"
    return f"/visites/{visit.id}" if may("consultation", "read") else None


def _drafts(db: Database, request: Ask, session: Session) -> list[OpenDraft]:
    """One's own drafts, and those of the absent whom one stands in for."""
    absent = deputies.absent_for(db, session.staff, state_of(request).opened.clock.today())
    found = []
    for draft in drafts.of_staff(db, [session.staff, *absent]):
        held = visits.get(db, int(draft.subject)) if draft.form == "visite" and draft.subject.isdecimal() else None
        line = patients.get(db, held.patient) if held else None
        if line is None:
            continue
        is_own = draft.staff == session.staff
        found.append(
            OpenDraft(
                visit=draft.subject, name=line.name, saved_at=draft.saved_at, device=draft.device,
                of_absent="" if is_own else staff.name_of(db, draft.staff), absent=0 if is_own else draft.staff,
            )
        )  # fmt: skip
    return found


def _asker(request: Ask, db: Database) -> May:
    session, rights = visitor_of(request).session, staff.rights(db)

    def may(tab: str, level: str) -> bool:
        return session is not None and rights.may(tab, level, session.roles, session.staff)

    return may


@get("/vivant", opt={"public": True})
async def alive() -> Response[str]:
    """Whether the box answers: asked by a tablet before it sends a form."""
    return Response("oui", media_type="text/plain")


HANDLERS = [home, alive]

"""The first page: who waits, what the depot lacks, what is owed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from litestar import Request, Response, get

from appliance.records.care import visits
from appliance.records.patients import repository as patients
from appliance.records.patients.model import PatientLine
from appliance.reports import due
from appliance.stock import alerts
from appliance.web.emergency import may_see_emergencies, unseen
from appliance.web.pages import page, session_of, state_of
from appliance.web.reading import in_reader
from appliance.web.words import labels


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """One line of the queue."""

    visit: int
    patient: PatientLine
    age: str
    motive: str
    station: str
    minutes: int
    is_urgent: bool
    link: str


@get("/", opt={"tab": "accueil", "level": "read"})
@in_reader
def home(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The queue with the danger signs first, the depot's alerts, the reports owed."""
    state = state_of(request)
    with state.opened.reading() as db:
        now, today = state.opened.clock.now().ms, state.opened.clock.today()
        queue = visits.queue(db)
        people = {line.id: line for line in patients.lines(db, [v.patient for v in queue])}
        waiting = [
            Waiting(
                visit=v.id, patient=people[v.patient], age=people[v.patient].age(today), motive=v.motive,
                station=labels.STATIONS[v.station], minutes=max(now - v.station_since, 0) // 60_000,
                is_urgent=v.priority == 2, link=f"/visites/{v.id}",
            )
            for v in queue
            if v.patient in people
        ]  # fmt: skip
        return page(
            request, "home.html", db, waiting=waiting, alerts=alerts.depot_alerts(db, today)[:8], owed=due.owed(db, today),
            person=session_of(request), emergencies=unseen(db) if may_see_emergencies(request, db) else [],
        )  # fmt: skip


@get("/vivant", opt={"public": True})
async def alive() -> Response[str]:
    """Whether the box answers: asked by a tablet before it sends a form."""
    return Response("oui", media_type="text/plain")


HANDLERS = [home, alive]

"""Whose file a request is about, and which of its tabs an emergency has opened: asked by the gate before any page."""

from __future__ import annotations

from typing import Any

from litestar.connection import ASGIConnection

from appliance.records.care import prescriptions, visits
from appliance.records.patients import repository as patients
from appliance.storage import Database
from appliance.web.visitor import visitor_of


def subject_of(db: Database, params: dict[str, Any]) -> int | None:
    """The file (the one that stands) that a route's place names: a patient, a visit or a prescription."""
    found: int | None = params.get("patient") if isinstance(params.get("patient"), int) else None
    if isinstance(params.get("visit"), int):
        visit = visits.get(db, params["visit"])
        found = visit.patient if visit else None
    elif isinstance(params.get("prescription"), int):
        held = prescriptions.get(db, params["prescription"])
        found = held.patient if held else None
    return patients.survivor(db, found) if found is not None else None


def find_emergency(connection: ASGIConnection[Any, Any, Any, Any], db: Database) -> None:
    """Note on the visitor which tabs of the file that the request is about an emergency has opened."""
    visitor = visitor_of(connection)
    if visitor.session is None:
        return
    held = connection.app.state.appliance.open_glasses(db, visitor.session.staff)
    if held and (whose := subject_of(db, connection.path_params)) is not None:
        visitor.emergency = frozenset(g.tab for g in held if patients.survivor(db, g.patient) == whose)

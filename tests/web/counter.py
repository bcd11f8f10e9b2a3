"""A small depot inside one process: three products on the shelf, a prescription, and people at tablets."""

from __future__ import annotations

import asyncio
import re
import secrets
from datetime import date
from typing import Any

import httpx

from appliance.access.staff import add_member
from appliance.billing.tariffs.services import PriceLine, load_prices
from appliance.core.actors import Role
from appliance.records.care.model import PrescribedLine, Station
from appliance.records.care.prescriptions import prescribe
from appliance.records.care.visits import move_visit, open_visit
from appliance.records.patients.services import register_patient
from appliance.stock.catalogue import repository as catalogue
from appliance.stock.catalogue.services import STARTER, load_list, read_whole
from appliance.stock.ledger.services import ReceivedLot, receive
from appliance.stock.places.services import add_place
from appliance.storage import Store, Unit
from appliance.web.app import create_app
from appliance.web.security import SESSION_COOKIE
from appliance.web.state import AppState
from tests.records.people import open_centre, person

PARACETAMOL, METRONIDAZOLE, SYRUP = "MLS069", "MLS077", "MLS078"
RECEIVED = date(2026, 10, 1)


def lot(product: int, number: str, quantity: int, year: int, month: int) -> ReceivedLot:
    return ReceivedLot(product=product, lot_number=number, expires_year=year, expires_month=month, quantity=quantity)


def stocked(unit: Unit) -> dict[str, int]:
    """Paracetamol in two lots (12 that expire first, 40), metronidazole 9, its syrup 4; 10 F each."""
    open_centre(unit)
    place = add_place(unit, "depot", "Dépôt")
    load_list(unit, read_whole(STARTER))
    keys = {code: found.id for code in (PARACETAMOL, METRONIDAZOLE, SYRUP) if (found := catalogue.by_code(unit, code))}
    load_prices(unit, [PriceLine(code=c, unit_price_fcfa=10, valid_from=date(2026, 1, 1)) for c in keys], "essai")
    lots = [
        lot(keys[PARACETAMOL], "7A11", 12, 2026, 12), lot(keys[PARACETAMOL], "7B02", 40, 2027, 8),
        lot(keys[METRONIDAZOLE], "MZ19", 9, 2027, 1),
        lot(keys[SYRUP], "MS3", 4, 2027, 3),
    ]  # fmt: skip
    receive(unit, place, "BL-1", "DRC", lots, RECEIVED)
    return keys


def prescribed(unit: Unit, *lines: tuple[str, int]) -> int:
    """A man of 33 waits at the depot with a prescription; returns its id."""
    patient = register_patient(unit, person(f"Seydou Essai {secrets.token_hex(3)}", sex="M", age=33), is_other=True)
    visit = open_visit(unit, patient, "Fièvre")
    made = prescribe(unit, visit, [PrescribedLine(product=c, quantity=q, dosage="selon protocole") for c, q in lines])
    move_visit(unit, visit, Station.PHARMACY)
    return made


class Counter:
    """Tablets of several people over the same store, without a network in between."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.state = AppState(store=store)
        self.app = create_app(self.state)

    def tablet(self, act: Any, name: str, *roles: Role) -> Hand:
        member = act(add_member, name, list(roles))
        token, session = self.state.sessions.open(
            staff=member, name=name, initials="XX", roles=frozenset(roles), device="T", must_change_pin=False
        )
        return Hand(self.app, token, session.csrf)


class Hand:
    """One person at one tablet."""

    def __init__(self, app: Any, token: str, csrf: str) -> None:
        self.app, self.token, self.csrf = app, token, csrf

    def get(self, path: str, **headers: str) -> httpx.Response:
        return self._ask("GET", path, None, headers)

    def post(self, path: str, fields: dict[str, Any], **headers: str) -> httpx.Response:
        """Post a form as its page gives it, with a fresh request key unless one is given."""
        return self._ask("POST", path, {"csrf": self.csrf, "request_key": secrets.token_hex(16), **fields}, headers)

    def _ask(self, method: str, path: str, data: dict[str, Any] | None, headers: dict[str, str]) -> httpx.Response:
        async def run() -> httpx.Response:
            transport = httpx.ASGITransport(app=self.app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url="http://t", follow_redirects=True) as client:
                client.cookies.set(SESSION_COOKIE, self.token)
                return await client.request(method, path, data=data, headers=headers)

        return asyncio.run(run())


def line_fields(page: httpx.Response) -> list[str]:
    """The names of the quantity fields on a serving page, in the order of the lines."""
    return re.findall(r'id="(donne-\d+)"', page.text)


def balance(store: Store, product: int) -> int:
    with store.reading() as db:
        return int(db.value("SELECT coalesce(sum(quantity), 0) FROM balance WHERE product = ?", (product,)))

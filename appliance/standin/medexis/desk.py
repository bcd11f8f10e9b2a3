"""What MEDEXIS does: a form for each month reported, a delivery for each order confirmed, a note of what was received.

It knows what DHIS2 knows and nothing else: the values and completions that were sent, the events that stand there.
"""

from __future__ import annotations

import json
import math
import secrets
from datetime import date, timedelta
from typing import Any

from appliance.core.french import date_short, month_fr
from appliance.core.periods import Month
from appliance.standin.faults import struck
from appliance.standin.instance import Instance
from appliance.standin.medexis import papers, reading
from appliance.standin.medexis.reading import Reported
from appliance.standin.messages import files, mail
from appliance.standin.metadata import uid

Order = dict[str, Any]
MONTHS = 3


def look(here: Instance) -> None:
    """Do all that is due by now: nothing is done twice, however often it looks."""
    if not here.settings.medexis.is_on:
        return
    last = Month.of(here.clock.today()).plus(-1).dhis2  # a month reported too late is answered by the next form
    for unit, period in reading.months_reported(here):
        if period == last and not any(o["unit"] == unit and o["period"] == period for o in orders(here)):
            propose(here, unit, period)
    for order in orders(here):
        _hear(here, order)
        _ship(here, order)


def orders(here: Instance) -> list[Order]:
    """Every order so far, oldest first."""
    return [json.loads(row[0]) for row in here.store.rows("SELECT body FROM medexis ORDER BY rowid")]


def propose(here: Instance, unit: str, period: str, lines: list[dict[str, Any]] | None = None) -> Order | None:
    """Send the form of a month: three months' mean × max − stock, unless the lines are told; None when nothing is needed.

    `period` is DHIS2's (202610). A line told is `{"code", "name", "unit", "cmm", "max", "stock", "proposed"}`.
    """
    settings = here.settings.medexis
    lines = _needs(here, unit, period) if lines is None else lines
    if not lines:
        return None
    number = len(orders(here)) + 1
    order: Order = {
        "reference": f"BCM-{here.clock.today().year}-{number:05d}", "unit": unit, "period": period, "version": 1,
        "lines": lines, "confirmed": None, "ship_on": None, "notes": [], "received": {}, "told": 0,
    }  # fmt: skip
    if struck(settings, "wrong_code") and len(lines) > 1:
        lines[0] = {**lines[0], "code": lines[1]["code"]}
    _keep(here, order)
    _send_form(here, order)
    return order


def correct(here: Instance, reference: str, lines: list[dict[str, Any]]) -> Order:
    """Send a corrected form of an order. Raises `StopIteration` for one that is not there."""
    order = next(o for o in orders(here) if o["reference"] == reference)
    order |= {"version": order["version"] + 1, "lines": lines}
    _keep(here, order)
    _send_form(here, order)
    return order


def deliver(here: Instance, reference: str, lines: list[dict[str, Any]]) -> dict[str, Any]:
    """Send a delivery note with these lots, whatever was confirmed: `{"code", "name", "lot", "expires", "quantity", "unit"}`.

    An order that MEDEXIS does not know is one delivered without an order.
    """
    order = next((o for o in orders(here) if o["reference"] == reference), None)
    if order is None:
        order = {"reference": reference, "unit": here.metadata["organisationUnits"][0]["id"], "period": "", "version": 0,
                 "lines": [], "confirmed": {}, "ship_on": None, "notes": [], "received": {}, "told": 0}  # fmt: skip
    _note(here, order, lines)
    return order


def _needs(here: Instance, unit: str, period: str) -> list[dict[str, Any]]:
    """A line for each product that was used in the three months and of which too little is left."""
    settings, month = here.settings.medexis, _month(period)
    months = [month.plus(-n).dhis2 for n in range(MONTHS)]
    found = []
    for code, told in reading.reported(here, unit, months).items():
        if settings.products and code not in settings.products:
            continue
        used = [told.used[m] for m in months if m in told.used]
        stock = told.stock.get(period, 0)
        mean = sum(used) / len(used) if used else 0
        needed = math.ceil(mean * settings.max_months - stock - 1e-9)
        if mean > 0 and needed > 0:
            found.append(_line(code, told, mean, settings.max_months, stock, needed))
    return found


def _line(code: str, told: Reported, mean: float, months: int, stock: int, needed: int) -> dict[str, Any]:
    return {
        "code": code, "name": told.name, "unit": "unité", "cmm": round(mean), "max": math.ceil(mean * months),
        "stock": stock, "proposed": needed,
    }  # fmt: skip


def _send_form(here: Instance, order: Order) -> None:
    settings, today = here.settings.medexis, here.clock.today()
    period = month_fr(_month(order["period"])) if order["period"] else ""
    head = [
        ("N°", order["reference"]), ("Version", str(order["version"])), ("Structure", _unit_name(here, order["unit"])),
        ("Période", period), ("Date", date_short(today)), ("Réponse attendue avant le", date_short(today + timedelta(days=10))),
    ]  # fmt: skip
    paper = papers.order_form(
        head, order["lines"], changed=struck(settings, "changed_layout"), scanned=struck(settings, "scanned")
    )
    word = "Bon de commande" if order["version"] == 1 else "Bon de commande corrigé"
    _write(here, order, f"{word} {order['reference']}", f"{order['reference']}-v{order['version']}.pdf", paper)


def _hear(here: Instance, order: Order) -> None:
    """Read the events about an order: what was confirmed sets the delivery going, what was received is noted."""
    confirmed = reading.confirmed(here, order["reference"])
    received = reading.received(here, order["reference"])
    ship_on = order["ship_on"]
    if confirmed is not None and order["confirmed"] is None:
        settings = here.settings.medexis
        ship_on = None if struck(settings, "never_delivers") else (here.clock.today() + timedelta(days=settings.late_days)).isoformat()  # fmt: skip
        order |= {"confirmed": confirmed, "ship_on": ship_on}
        _keep(here, order)
    if received != order["received"]:
        order["received"] = received
        _keep(here, order)


def _ship(here: Instance, order: Order) -> None:
    """The delivery of what was confirmed, when its day has come; the second part the next time it looks."""
    if order["ship_on"] is None or here.clock.today() < date.fromisoformat(order["ship_on"]):
        return
    settings = here.settings.medexis
    lots = [
        {
            "code": code, "name": order_name(order, code), "lot": f"LM{uid(order['reference'] + code)[:5].upper()}",
            "expires": f"{here.clock.today().month:02d}/{here.clock.today().year + 2}", "quantity": quantity, "unit": "unité",
        }
        for code, quantity in order["confirmed"].items() if quantity > 0
    ]  # fmt: skip
    if struck(settings, "other_quantities"):
        lots = [{**lot, "quantity": max(lot["quantity"] * 4 // 5, 1)} for lot in lots]
    order["ship_on"] = None
    if struck(settings, "in_two"):
        halves = [{**lot, "quantity": lot["quantity"] // 2} for lot in lots if lot["quantity"] > 1]
        rest = {lot["code"]: lot["quantity"] for lot in halves}
        _note(here, order, halves)
        lots = [{**lot, "quantity": lot["quantity"] - rest.get(lot["code"], 0)} for lot in lots]
    if lots:
        _note(here, order, lots)
    else:
        _keep(here, order)


def order_name(order: Order, code: str) -> str:
    """How the form called a product."""
    return next((str(line["name"]) for line in order["lines"] if line["code"] == code), code)


def _note(here: Instance, order: Order, lots: list[dict[str, Any]]) -> None:
    settings, today = here.settings.medexis, here.clock.today()
    number = f"BL-{order['reference'].removeprefix('BCM-')}-{len(order['notes']) + 1}"
    order["notes"].append({"number": number, "lines": lots})
    _keep(here, order)
    head = [
        ("N°", number), ("Commande", order["reference"]), ("Structure", _unit_name(here, order["unit"])),
        ("Expédié le", date_short(today)), ("Arrivée prévue le", date_short(today + timedelta(days=3))), ("Transporteur", "Sahel Express"),
    ]  # fmt: skip
    paper = papers.delivery_note(
        head, lots, changed=struck(settings, "changed_layout"), scanned=struck(settings, "scanned")
    )
    _write(here, order, f"Bordereau de livraison {number}", f"{number}.pdf", paper)


def _write(here: Instance, order: Order, subject: str, name: str, paper: bytes) -> None:
    """A message with the paper to the account of the centre, in a new conversation."""
    settings = here.settings.medexis
    writer = next((u for u in here.users() if u.get("username") == settings.username), None)
    sender = (str(writer["id"]) if writer else uid(f"user:{settings.username}"), "MEDEXIS")
    for _ in range(2 if struck(settings, "duplicate") else 1):
        file = uid(secrets.token_hex(16))
        files.keep(here, file, name, "application/pdf", paper, domain="MESSAGE_ATTACHMENT", owner=sender[0])
        conversation = mail.start(here, subject, {here.me()["id"]}, sender[0])
        mail.say(here, conversation, sender, f"Veuillez trouver ci-joint : {subject}.", [file])
    order["told"] += 1
    _keep(here, order)


def _keep(here: Instance, order: Order) -> None:
    here.store.run(
        "INSERT INTO medexis VALUES (?, ?) ON CONFLICT (reference) DO UPDATE SET body = excluded.body",
        order["reference"], json.dumps(order),
    )  # fmt: skip


def _unit_name(here: Instance, unit: str) -> str:
    found: dict[str, Any] = next((u for u in here.metadata["organisationUnits"] if u["id"] == unit), {})
    return f"{found.get('name', unit)} ({found.get('code', unit)})"


def _month(period: str) -> Month:
    return Month.parse(f"{period[:4]}-{period[4:]}")

"""One running stand-in as tests speak to it, and the small national metadata that they share."""

from __future__ import annotations

import base64
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import httpx

from appliance.standin.app import StandIn
from appliance.standin.metadata import add_program, from_forms, uid
from appliance.standin.serve import server
from appliance.standin.settings import Settings
from appliance.standin.store import Store

TODAY = date(2026, 11, 2)
OU, DS = uid("ou:ML0417"), uid("ds:MINI")
CASES, SCABIES, STOCK, NOTE, SEEN, STATE = (
    uid(f"de:{c}") for c in ("CASES", "SCABIES", "STOCK", "NOTE", "SEEN", "STATE")
)
YOUNG, OLD_AGE = uid("coc:AGE:0_4"), uid("coc:AGE:5P")
PROGRAM, STAGE = uid("pr:ORDER"), uid("ps:ORDER")
NUMBER, CONFIRMED, REASON = (uid(f"de:{c}") for c in ("ORDER_NO", "CONFIRMED", "REASON"))
EVENT = "kT4mZq09AbX"
BASIC = "Basic " + base64.b64encode(b"cscom:District1").decode()
CLIENT = {"Authorization": BASIC, "Accept": "application/json", "X-Requested-With": "XMLHttpRequest"}


def metadata() -> dict[str, Any]:
    """Two data sets, of which the second shares an element with the first, and one event program."""
    ages = {"AGE": [{"code": "0_4", "name": "0-4 ans"}, {"code": "5P", "name": "5 ans et plus"}]}

    def element(code: str, kind: str, *, zero: bool = True, by: tuple[str, ...] = ()) -> dict[str, Any]:
        return {
            "code": code,
            "name": code.title(),
            "value_type": kind,
            "zero_is_significant": zero,
            "categories": list(by),
        }

    mini = [
        element("CASES", "INTEGER_ZERO_OR_POSITIVE", by=("AGE",)),
        element("SCABIES", "INTEGER_ZERO_OR_POSITIVE", zero=False, by=("AGE",)),
        element("STOCK", "NUMBER"), element("NOTE", "LONG_TEXT"), element("SEEN", "BOOLEAN"), element("STATE", "TEXT"),
    ]  # fmt: skip
    other = [element("STOCK", "NUMBER"), element("VISITS", "INTEGER")]
    made = from_forms(
        [
            {"code": "MINI", "name": "Rapport réduit", "elements": mini, "categories": ages},
            {"code": "OTHER", "name": "Autre", "elements": other, "categories": {}},
        ],
        "ML0417",
        "CSCom",
    )
    states = [{"code": "GOOD", "name": "Bon"}, {"code": "BAD", "name": "Mauvais"}]
    made["optionSets"].append(
        {
            "id": uid("os:STATE"),
            "name": "États",
            "version": 3,
            "options": [{"id": uid(f"o:{s['code']}"), **s} for s in states],
        }
    )
    made["dataSets"][0]["dataSetElements"][5]["dataElement"]["optionSet"] = {"id": uid("os:STATE")}
    add_program(
        made,
        {
            "code": "ORDER", "name": "Confirmation",
            "elements": [
                {"code": "ORDER_NO", "name": "Numéro", "compulsory": True},
                {"code": "CONFIRMED", "name": "Confirmé", "value_type": "BOOLEAN"},
                {"code": "REASON", "name": "Motif", "options": [{"code": "SHORT", "name": "Manque"}, {"code": "LATE", "name": "Retard"}]},
            ],
        },
    )  # fmt: skip
    made["users"].append(
        {
            "id": uid("user:cscom"),
            "username": "cscom",
            "displayName": "CSCom",
            "organisationUnits": made["organisationUnits"],
        }
    )
    made["users"].append({"id": uid("user:medexis"), "username": "medexis", "displayName": "MEDEXIS"})
    made["userGroups"].append({"id": uid("ug:depot"), "name": "Dépôt", "users": [{"id": uid("user:medexis")}]})
    return made


class Dhis2:
    """A running stand-in: the API as a well-behaved client calls it, and the control."""

    def __init__(self, url: str, app: StandIn) -> None:
        self.url, self.app = url, app
        self._bare = httpx.Client(base_url=url, follow_redirects=False)
        self._http = httpx.Client(base_url=url, headers=CLIENT, follow_redirects=False)

    def get(self, path: str, headers: dict[str, str] | None = None, **params: Any) -> httpx.Response:
        return self._http.get(path, params=params or None, headers=headers)

    def post(self, path: str, body: Any = None, headers: dict[str, str] | None = None, **params: Any) -> httpx.Response:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        head = {"Content-Type": "application/json", **(headers or {})}
        return self._http.post(path, params=params or None, headers=head, content=content)

    def delete(self, path: str, **params: Any) -> httpx.Response:
        return self._http.delete(path, params=params or None)

    def bare(self, path: str, **headers: str) -> httpx.Response:
        """A GET with these headers only and no cookie."""
        self._bare.cookies.clear()
        return self._bare.get(path, headers={k.replace("_", "-"): v for k, v in headers.items()})

    def control(self, verb: str, **sent: Any) -> Any:
        """Tell the stand-in something through its control address."""
        answer = self._bare.post(f"/_standin/{verb}", json=sent)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def kept(self, what: str) -> Any:
        """Read back through the control address."""
        return self._bare.get(f"/_standin/{what}").json()

    def fresh(self) -> None:
        """As it was at the start: no values, no faults, no cookie."""
        self.control("reset", store=True)
        self.control("metadata", **metadata())
        self._http.cookies.clear()

    def values(self, *sent: dict[str, Any], params: dict[str, str] | None = None, **top: Any) -> httpx.Response:
        """Send values of the small report for October 2026."""
        body = {"dataSet": DS, "period": "202610", "orgUnit": OU, "dataValues": list(sent), **top}
        return self.post("/api/dataValueSets", {k: v for k, v in body.items() if v is not None}, **(params or {}))

    def stored(self) -> dict[tuple[str, str], str]:
        """Element and combination -> value."""
        return {(v["dataElement"], v["categoryOptionCombo"]): v.get("value") for v in self.kept("values")}

    def events(self, *sent: dict[str, Any], **params: str) -> httpx.Response:
        """Send events synchronously, as new ones unless told otherwise."""
        given = {"async": "false", "importStrategy": "CREATE", **params}
        return self.post("/api/tracker", {"events": list(sent)}, **given)


def value(text: Any, element: str = CASES, combo: str | None = YOUNG, **more: Any) -> dict[str, Any]:
    """One value; an element without categories takes `combo=None`."""
    made = {"dataElement": element, "value": text, **more}
    return made if combo is None else {**made, "categoryOptionCombo": combo}


def event(**more: Any) -> dict[str, Any]:
    """A completed order confirmation."""
    values = [{"dataElement": NUMBER, "value": "BC-2026-00123"}, {"dataElement": CONFIRMED, "value": "true"}]
    return {
        "event": EVENT, "program": PROGRAM, "programStage": STAGE, "orgUnit": OU, "occurredAt": "2026-11-02",
        "status": "COMPLETED", "completedAt": "2026-11-02", "dataValues": values, **more,
    }  # fmt: skip


def summary(answer: httpx.Response) -> dict[str, Any]:
    """The import summary of an answer."""
    held: dict[str, Any] = answer.json()["response"]
    return held


def told(answer: httpx.Response) -> tuple[int, str, dict[str, int]]:
    """HTTP status, status, and the counts that are not zero."""
    held = summary(answer)
    return answer.status_code, held["status"], {n: c for n, c in held["importCount"].items() if c}


def codes(answer: httpx.Response) -> list[str]:
    """Error codes of the conflicts."""
    return [c["errorCode"] for c in summary(answer)["conflicts"]]


def event_codes(answer: httpx.Response) -> list[str]:
    """Error codes of an import report."""
    return [e["errorCode"] for e in answer.json()["validationReport"]["errorReports"]]


@contextmanager
def playing(directory: Path, **settings: Any) -> Iterator[Dhis2]:
    """A stand-in on a port of its own, its day fixed on 2 November 2026."""
    app = StandIn(Settings(**settings), Store(directory), json.loads(json.dumps(metadata())), lambda: TODAY)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        running = server(app, "127.0.0.1", 0)
        thread = threading.Thread(target=running.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        while not running.started:
            thread.join(0.01)
        try:
            yield Dhis2(f"http://127.0.0.1:{listening.getsockname()[1]}", app)
        finally:
            running.should_exit = True
            thread.join(10)

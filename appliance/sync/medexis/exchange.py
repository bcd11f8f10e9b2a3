"""How this centre exchanges with MEDEXIS: a data file's defaults, and over them what the centre set on its page.

Nothing of it is public, so everything is configuration: senders, subjects, recipients, and for each event program its
stage, its shape and the data element of each field of ours.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from appliance.core.datafile import Located, load_json
from appliance.core.errors import Refused
from appliance.core.french import fold
from appliance.storage import Database, Unit, settings
from appliance.storage.uids import make_site_key
from appliance.sync import link as links

DATA = Path(__file__).parent / "data"
_NAME = "medexis-exchange"
PAPERS = ("order_form", "delivery_note")
CONFIRMATION, ACKNOWLEDGEMENT = "order-confirmation", "shipment-acknowledgement"
_BOTH = ("reference", "decision", "line_count", "lines", "supplier", "note_text")
_LINE = ("product", "product_name", "reason")
FIELDS: dict[str, tuple[str, ...]] = {
    CONFIRMATION: (*_BOTH, "ordered_on", "confirmed_on", "expected_on", "kind", *_LINE, "proposed", "confirmed"),
    ACKNOWLEDGEMENT: (
        *_BOTH, "note", "received_on", "temperature", *_LINE, "ordered", "announced", "counted", "accepted", "refused",
        "surplus", "lot", "expires_on",
    ),
}  # fmt: skip
"""Every field of ours that an event can carry. Those of a line go out one event a line (`per` "line"), or, in an event
for a whole order, into one data element a product: then the element's code holds `{product}`."""
LINE_FIELDS = frozenset(
    {*_LINE, "proposed", "confirmed", "ordered", "announced", "counted", "accepted", "refused", "surplus", "lot", "expires_on"}
)  # fmt: skip
OPTIONS: dict[str, dict[str, tuple[str, ...]]] = {
    CONFIRMATION: {"decision": ("as_proposed", "changed"), "kind": ("normal", "emergency")},
    ACKNOWLEDGEMENT: {"decision": ("whole", "gaps")},
}
RECIPIENTS = ("users", "userGroups", "organisationUnits")
_UID = re.compile(r"[a-zA-Z][a-zA-Z0-9]{10}")


@dataclass(frozen=True, slots=True, kw_only=True)
class EventShape:
    """One event program: codes or UIDs of program and stage (empty: its only one), one event an order or a line, the
    code or UID of the data element of each field, and the option code of each of our words."""

    program: str
    stage: str
    per: str
    fields: Mapping[str, str]
    options: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """The whole configuration. `is_on`: whether messages are looked for and events sent at all; `layouts`: the ids that
    are accepted (none named: all); `poll_hours`: hours between two looks; `fetch_kb`: larger files wait for a person."""

    is_on: bool
    senders: tuple[str, ...]
    subjects: Mapping[str, str]
    recipients: Mapping[str, tuple[str, ...]]
    layouts: tuple[str, ...]
    poll_hours: int
    fetch_kb: int
    events: Mapping[str, EventShape]

    @property
    def fetch_bytes(self) -> int:
        """Up to how many bytes a known sender's file is fetched unasked."""
        return self.fetch_kb * 1000

    def is_known(self, uid: str, name: str) -> bool:
        """Whether a sender is MEDEXIS, by its UID or by the name it is shown under."""
        names = {fold(s) for s in self.senders if not _UID.fullmatch(s)}
        return bool(uid) and (uid in self.senders or fold(name) in names)

    def paper_of(self, subject: str) -> str | None:
        """Which paper a message's subject announces, or None."""
        return next((paper for paper, pattern in self.subjects.items() if re.search(pattern, subject)), None)


@cache
def defaults() -> Exchange:
    """The data file's exchange; off until the centre turns it on. Raises `DataFileError`."""
    located = load_json(DATA / "exchange.json")
    for name in ("id", "edition", "source", "label", "valid_from", "status"):
        located.need((name,), str)
    for paper in PAPERS:
        _pattern(located, ("subjects", paper))
    for kind in FIELDS:
        for name in ("program", "stage", "per"):
            located.need(("events", kind, name), str)
        for field in located.need(("events", kind, "fields"), dict):
            if field not in FIELDS[kind]:
                located.fault(("events", kind, "fields", field), f"is none of {', '.join(FIELDS[kind])}")
    try:
        return read(located.content | {"is_on": False})
    except Refused as fault:
        located.fault((str(fault.params.get("field", "")).split(".")[0],), f"is wrong: {fault.code}")


def get(db: Database) -> Exchange:
    """The exchange as it stands for this centre."""
    held = settings.get(db, _NAME)
    return read(held) if held else defaults()


def put(unit: Unit, exchange: Exchange) -> None:
    """Set the exchange. What waits under the old names is composed anew. Raises as `read`."""
    checked = read(as_dict(exchange))
    settings.put(unit, _NAME, as_dict(checked))
    make_site_key(unit)
    links.ask_pull(unit)
    unit.run(
        "UPDATE outbox SET payload = NULL, payload_hash = NULL WHERE kind IN (?, ?) AND state IN ('waiting', 'held', 'refused')"
        " AND attempts = 0",
        (CONFIRMATION, ACKNOWLEDGEMENT),
    )


def read(raw: Mapping[str, Any]) -> Exchange:
    """An exchange from plain values. Raises `Refused("exchange-field", field=…)` naming the first that is wrong."""
    for paper in PAPERS:
        if not _is_pattern(raw["subjects"].get(paper, "")):
            raise Refused("exchange-field", field=f"subjects.{paper}")
    if not 1 <= int(raw["poll_hours"]) <= 72:
        raise Refused("exchange-field", field="poll_hours")
    if not 0 <= int(raw["fetch_kb"]) <= 5_000:
        raise Refused("exchange-field", field="fetch_kb")
    events = {}
    for kind, known in FIELDS.items():
        told = raw["events"][kind]
        fields = {f: str(e).strip() for f, e in told["fields"].items() if f in known and str(e).strip()}
        if told["per"] not in ("order", "line"):
            raise Refused("exchange-field", field=f"{kind}.per")
        if "reference" not in fields:
            raise Refused("exchange-field", field=f"{kind}.reference")
        options = {f: {w: str(c).strip() for w, c in words.items() if str(c).strip()} for f, words in told.get("options", {}).items()}  # fmt: skip
        events[kind] = EventShape(
            program=str(told["program"]).strip(), stage=str(told["stage"]).strip(), per=told["per"], fields=fields,
            options=options,
        )  # fmt: skip
    return Exchange(
        is_on=bool(raw["is_on"]), senders=_list(raw["senders"]), subjects={p: raw["subjects"][p] for p in PAPERS},
        recipients={r: _list(raw["recipients"].get(r, ())) for r in RECIPIENTS}, layouts=_list(raw["layouts"]),
        poll_hours=int(raw["poll_hours"]), fetch_kb=int(raw["fetch_kb"]), events=events,
    )  # fmt: skip


def as_dict(exchange: Exchange) -> dict[str, Any]:
    """As it is kept in the store and shown by the command line."""
    return {
        "is_on": exchange.is_on, "senders": list(exchange.senders), "subjects": dict(exchange.subjects),
        "recipients": {k: list(v) for k, v in exchange.recipients.items()}, "layouts": list(exchange.layouts),
        "poll_hours": exchange.poll_hours, "fetch_kb": exchange.fetch_kb,
        "events": {
            kind: {
                "program": e.program, "stage": e.stage, "per": e.per, "fields": dict(e.fields),
                "options": {f: dict(w) for f, w in e.options.items()},
            }
            for kind, e in exchange.events.items()
        },
    }  # fmt: skip


def _list(raw: Any) -> tuple[str, ...]:
    return tuple(dict.fromkeys(s for x in raw if (s := str(x).strip())))


def _is_pattern(text: str) -> bool:
    try:
        re.compile(text)
    except re.error:
        return False
    return 0 < len(text) <= 200


def _pattern(located: Located, path: tuple[str, ...]) -> None:
    if not _is_pattern(located.need(path, str)):
        located.fault(path, "is not a pattern of 200 signs at most")

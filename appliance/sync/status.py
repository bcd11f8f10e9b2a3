"""The link in facts, for the command line and the page: what waits, what was tried last, what it cost."""

from __future__ import annotations

from typing import Any

from appliance.stock.orders.services import ORDER_FORM
from appliance.storage import Database
from appliance.sync import link as links
from appliance.sync.inbox import jobs
from appliance.sync.inbox import repository as mail
from appliance.sync.kinds import KINDS
from appliance.sync.medexis import events, order_form
from appliance.sync.medexis import exchange as exchanges
from appliance.sync.medexis.exchange import ACKNOWLEDGEMENT, CONFIRMATION
from appliance.sync.outbox import repository
from appliance.sync.outbox.model import State
from appliance.sync.outbox.repository import Item

NUMBERS = {CONFIRMATION: events.number_of, ACKNOWLEDGEMENT: events.number_of, ORDER_FORM: order_form.number_of}
SHOWN = 20
PURPOSES_MAX = 8


def status(db: Database) -> dict[str, Any]:
    """Everything but secrets; instants in milliseconds UTC, bytes as counted on the wire. `about` of a row of `queue` and
    `attempts` is its printed number (of an order, of a reception's record) or a report's form and period."""
    link, counted = links.get(db), repository.counts(db)
    open_items = repository.unsettled(db, 100)
    return {
        "link": link.base_url if link else None,
        "auth": ("token" if link.token else "basic") if link else None,
        "org_unit": link.org_unit if link else None,
        "data_sets": link.data_sets if link else {},
        "paused": links.paused(db), "resting": links.resting(db) or None, "server": links.server(db),
        "pull": links.pull_state(db) or None, "test": links.test_state(db) or None,
        "outbox": {s.value: counted.get(s, 0) for s in State},
        "queue": [_row(db, item) for item in open_items],
        "attempts": [
            {"item": item, "subject": subject, "about": about(db, repository.get(db, item)), "at": at, "step": step, "code": code, "http_status": http,
             "bytes_out": out, "bytes_in": in_}
            for item, subject, at, step, code, http, out, in_ in repository.last_attempts(db, SHOWN)
        ],
        "traffic": [
            {"month": month, "purpose": purpose, "bytes_out": out, "bytes_in": in_, "requests": n}
            for month, purpose, out, in_, n in repository.traffic(db, 12)
        ],
        "months": by_month(db), "inbox": inbox(db),
        "last_done_at": repository.last_done(db),
    }  # fmt: skip


def about(db: Database, item: Item | None) -> str:
    """What a row is about, as it is printed."""
    if item is None:
        return ""
    return NUMBERS[item.kind](db, item) if item.kind in NUMBERS else item.subject


def inbox(db: Database) -> dict[str, Any]:
    """How messages stand: `is_on`; `last_at` and `last_code` of the last look; `asked` when a person wants one now;
    `files` counted by state (waiting, shown, kept, given_up); `papers` kept in all, `undecided` before a person."""
    held = jobs.state(db)
    return {
        "is_on": exchanges.get(db).is_on, "last_at": held.get("at") or None, "last_code": held.get("code"),
        "asked": bool(held.get("asked")), "files": mail.files_by_state(db), "papers": mail.papers(db),
        "undecided": mail.undecided(db),
    }  # fmt: skip


def by_month(db: Database) -> list[dict[str, Any]]:
    """Bytes both ways by month, newest first, each month with its purposes: what a data plan pays."""
    months: dict[str, dict[str, Any]] = {}
    for month, purpose, out, in_, requests in repository.traffic(db, 12 * PURPOSES_MAX):
        held = months.setdefault(
            month, {"month": month, "bytes": 0, "bytes_out": 0, "bytes_in": 0, "requests": 0, "purposes": []}
        )
        for name, number in (("bytes", out + in_), ("bytes_out", out), ("bytes_in", in_), ("requests", requests)):
            held[name] += number
        held["purposes"].append({"purpose": purpose, "bytes_out": out, "bytes_in": in_, "requests": requests})
    return list(months.values())


def _row(db: Database, item: Item) -> dict[str, Any]:
    conflicts = item.detail.get("conflicts") or ()
    return {
        "id": item.id, "kind": item.kind, "subject": item.subject, "about": about(db, item), "revision": item.revision, "state": item.state, "attempts": item.attempts,
        "next_attempt_at": item.next_attempt_at or None, "last_code": item.last_code,
        "waits_for": KINDS[item.kind].obstacle(db, item) if item.state == State.WAITING and item.kind in KINDS else None,
        "refusals": sum(len(c.get("indexes") or c.get("keys") or (0,)) for c in conflicts),
        "payload_sha256": item.payload_hash.hex() if item.payload_hash else None,
    }  # fmt: skip

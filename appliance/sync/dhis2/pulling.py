"""Pulling the server's names: the org unit, the default combination, each data set with its elements and combinations."""

from __future__ import annotations

import re
from typing import Any

from appliance.sync.dhis2.book import DEFAULT_COMBO
from appliance.sync.dhis2.client import Client
from appliance.sync.dhis2.codes import Fate, Outcome
from appliance.sync.dhis2.journal import Journal, of_get
from appliance.sync.dhis2.programs import pull_program
from appliance.sync.dhis2.sets import BRIEF_FIELDS, pull_set
from appliance.sync.dhis2.transport import parse

ORG_UNIT_FIELDS = "id,code,name,openingDate,closedDate,dataSets[id],programs[id]"
_UID = re.compile(r"^[a-zA-Z][a-zA-Z0-9]{10}$")
_PAGES_MAX = 20


def pull_metadata(client: Client, journal: Journal, job: dict[str, Any]) -> None:
    """The org unit, and each data set. A form whose set is not there is named in `missing`: the others are still worth having.

    The brief look at a set (`lastUpdated`, `version`) settles it alone where the server gives no ETag to ask with and
    the last whole pull is not too old (`trusts_probe`): a new option moves neither.
    """
    unit = one_of(client, journal, "organisationUnits", job["org_unit"], ORG_UNIT_FIELDS)
    if unit is None:
        return
    default = default_combo(client, journal)
    if journal.fate != Fate.ACCEPTED:
        return
    journal.found |= {"org_unit": unit, "data_sets": {}, "missing": [], "programs": {}}
    for form, name in job["data_sets"].items():
        brief = one_of(client, journal, "dataSets", name, BRIEF_FIELDS)
        if brief is None:
            if journal.code != "not-found-there":
                return
            journal.found["missing"].append(form)
            continue
        held = (job.get("held") or {}).get(form) or {}
        if held.get("uid") != brief["id"]:
            held = {}
        if held.get("trusts_probe") and [brief.get("lastUpdated"), brief.get("version")] == held.get("stamp"):
            continue
        told = pull_set(client, journal, brief["id"], held)
        if told is None:
            return
        if told:
            if told["body"] is not None and default:
                told["body"][DEFAULT_COMBO] = default
            journal.found["data_sets"][form] = told
    for kind, name in (job.get("programs") or {}).items():
        told = pull_program(client, journal, name, (job.get("held_programs") or {}).get(kind))
        if told is None:
            return
        journal.found["programs"][kind] = told
    if journal.found["missing"]:
        journal.end(Outcome(fate=Fate.PERSON, code="data-set-missing"))


def one_of(client: Client, journal: Journal, kind: str, name: str, fields: str) -> dict[str, Any] | None:
    """The object whose code (or else UID) is `name`; None with the journal saying that it is not there."""
    answer = client.get(kind, {"filter": f"code:eq:{name}", "fields": fields, "paging": "false"})
    if not journal.add(kind, answer, of_get(answer)):
        return None
    found = [x for x in parse(answer.body).get(kind) or () if isinstance(x, dict) and x.get("id")]
    if found:
        return found[0]
    if _UID.match(name):
        answer = client.get(f"{kind}/{name}", {"fields": fields})
        if answer.status != 404 and journal.add(kind, answer, of_get(answer)):
            by_uid: dict[str, Any] = parse(answer.body)
            return by_uid if by_uid.get("id") == name else None
        if answer.status != 404:
            return None
    journal.add(f"{kind}:{name}"[:60], answer, Outcome(fate=Fate.PERSON, code="not-found-there"))
    return None


def default_combo(client: Client, journal: Journal) -> str | None:
    """The UID of the server's default combination, read from it page by page; None when the server names none."""
    page = 1
    while page <= _PAGES_MAX:
        answer = client.get(
            "categoryOptionCombos",
            {"filter": "name:eq:default", "fields": "id,name", "paging": "false"}
            | ({"page": str(page)} if page > 1 else {}),
        )
        if answer.status in (403, 404, 409):
            journal.add("categoryOptionCombos", answer, Outcome(fate=Fate.ACCEPTED, code="unreadable"))
            return None
        if not journal.add("categoryOptionCombos", answer, of_get(answer)):
            return None
        told = parse(answer.body)
        for row in told.get("categoryOptionCombos") or ():
            if isinstance(row, dict) and row.get("name") == "default" and row.get("id"):
                return str(row["id"])
        pager = told.get("pager")
        if not isinstance(pager, dict) or page >= int(pager.get("pageCount") or 1):
            return None
        page += 1
    return None

"""Event programs as the server has them: pulled with their option sets, and read by code or UID. Needs no enrolment."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from appliance.sync.dhis2.book import squeeze
from appliance.sync.dhis2.client import Client
from appliance.sync.dhis2.codes import Fate, Outcome
from appliance.sync.dhis2.journal import Journal, of_get
from appliance.sync.dhis2.transport import parse

FIELDS = (
    "id,code,name,programType,lastUpdated,version,expiryDays,expiryPeriodType,completeEventsExpiryDays,access[data],"
    "categoryCombo[id,isDefault,categoryOptionCombos[id,code,name]],"
    "programStages[id,name,blockEntryForm,validationStrategy,repeatable,"
    "programStageDataElements[compulsory,allowFutureDate,sortOrder,dataElement[id,code,name,valueType,optionSet[id]]]]"
)
OPTIONS = "optionSetsById"
"""Our own key inside a kept program: the codes of each option set by its UID."""
SINGLE = "WITHOUT_REGISTRATION"
_UID = re.compile(r"^[a-zA-Z][a-zA-Z0-9]{10}$")


def pull_program(
    client: Client, journal: Journal, name: str, held: Mapping[str, Any] | None = None
) -> dict[str, Any] | None:
    """A program by code or else UID, with its options: `{"body", "etag"}`, the body None when nothing changed; `{}` when it
    is not there; None with the journal holding why it could not be read."""
    uid = (held or {}).get("uid") or (name if _UID.match(name) else None)
    if (held or {}).get("name") != name or uid is None:
        answer = client.get("programs", {"filter": f"code:eq:{name}", "fields": "id", "paging": "false"})
        if not journal.add("programs", answer, of_get(answer)):
            return None
        found = [p for p in parse(answer.body).get("programs") or () if isinstance(p, dict) and p.get("id")]
        if not found and not _UID.match(name):
            return {}
        uid, held = (str(found[0]["id"]) if found else name), {}
    etag = (held or {}).get("etag")
    answer = client.get(f"programs/{uid}", {"fields": FIELDS}, etag)
    if answer.status == 304 and etag:
        journal.add("program", answer, Outcome(fate=Fate.ACCEPTED, code="unchanged"))
        return {"body": None, "etag": etag}
    if answer.status == 404 and isinstance(parse(answer.body), dict):
        journal.add("program", answer, Outcome(fate=Fate.ACCEPTED, code="unreadable"))
        return {}
    if not journal.add("program", answer, of_get(answer)):
        return None
    body: dict[str, Any] = parse(answer.body)
    sets = sorted({e["optionSet"]["id"] for e in _elements(body) if (e.get("optionSet") or {}).get("id")})
    body[OPTIONS] = {}
    if sets:
        asked = {"filter": f"id:in:[{','.join(sets)}]", "fields": "id,name,version,options[id,code,name,sortOrder]", "paging": "false"}  # fmt: skip
        answer = client.get("optionSets", asked)
        if not journal.add("option-sets", answer, of_get(answer)):
            return None
        for told in parse(answer.body).get("optionSets") or ():
            body[OPTIONS][told["id"]] = [o.get("code") for o in told.get("options") or () if o.get("code")]
    return {"body": body, "etag": answer.headers.get("etag")}


class Program:
    """A pulled program: its stage and the elements in it, by code or UID."""

    def __init__(self, body: Mapping[str, Any], stage: str = "") -> None:
        self.uid, self.name = str(body.get("id") or ""), str(body.get("name") or "")
        self.is_single = body.get("programType") == SINGLE
        self._options: Mapping[str, list[str]] = body.get(OPTIONS) or {}
        stages = [s for s in body.get("programStages") or () if isinstance(s, dict) and s.get("id")]
        wanted = [s for s in stages if stage in (s["id"], s.get("code"), s.get("name"))] if stage else stages
        self.stage: Mapping[str, Any] | None = wanted[0] if len(wanted) == 1 else None
        self.stages = [str(s.get("name") or s["id"]) for s in stages]
        parts = (self.stage or {}).get("programStageDataElements") or ()
        self.elements: list[Mapping[str, Any]] = [
            p["dataElement"] for p in parts if isinstance(p.get("dataElement"), dict)
        ]
        self.compulsory = {p["dataElement"]["id"] for p in parts if p.get("compulsory") and isinstance(p.get("dataElement"), dict)}  # fmt: skip
        self.access = (body.get("access") or {}).get("data") or {}

    def element(self, name: str) -> Mapping[str, Any] | None:
        """An element of the stage by UID, by code, or by its code with other separators."""
        for key in ("id", "code"):
            if found := next((e for e in self.elements if e.get(key) == name), None):
                return found
        loose = [e for e in self.elements if e.get("code") and squeeze(str(e["code"])) == squeeze(name)]
        return loose[0] if len(loose) == 1 else None

    def options(self, element: Mapping[str, Any]) -> list[str] | None:
        """The option codes that an element takes; None where it takes any value of its type."""
        identity = (element.get("optionSet") or {}).get("id")
        return self._options.get(identity, []) if identity else None


def _elements(body: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        part["dataElement"]
        for stage in body.get("programStages") or ()
        for part in stage.get("programStageDataElements") or ()
        if isinstance(part.get("dataElement"), dict)
    ]

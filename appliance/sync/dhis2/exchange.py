"""What the courier does on the wire for one job, step by step. Pure of storage: a job in, steps and an end out.

Every step is kept with its status, its bytes and its outcome, so that the centre can see what was said. A job
that is cut anywhere is simply done again: values are an upsert, completion is an update.
"""

from __future__ import annotations

import base64
import re
from dataclasses import asdict, dataclass, field
from typing import Any

from appliance.core.errors import Refused
from appliance.sync.dhis2.client import Answer, Client, Credentials
from appliance.sync.dhis2.outcomes import Fate, Outcome, of_failure, of_import, of_transport, parse

_DATA_SET_FIELDS = (
    "id,code,name,version,lastUpdated,periodType,openFuturePeriods,expiryDays,timelyDays,"
    "compulsoryFieldsCompleteOnly,validCompleteOnly,"
    "dataSetElements[categoryCombo[id,categoryOptionCombos[id,code,name,categoryOptions[id,code,name]]],"
    "dataElement[id,code,name,valueType,zeroIsSignificant,aggregationType,"
    "categoryCombo[id,categoryOptionCombos[id,code,name,categoryOptions[id,code,name]]]]]"
)
_VERSION = re.compile(r"^(?:2\.)?(\d{2})(?:\.|-|$)")
_UID = re.compile(r"^[a-zA-Z][a-zA-Z0-9]{10}$")


@dataclass(slots=True, kw_only=True)
class Journal:
    """Steps taken so far, and how the job ended."""

    steps: list[dict[str, Any]] = field(default_factory=list)
    fate: str = Fate.ACCEPTED
    code: str = "success"
    pauses_link: bool = False
    retry_after: int | None = None
    found: dict[str, Any] = field(default_factory=dict)

    def add(self, name: str, answer: Answer, outcome: Outcome) -> bool:
        """Keep a step; true when the job may go on."""
        self.steps.append(
            {
                "step": name, "http_status": answer.status or None, "bytes_out": answer.bytes_out,
                "bytes_in": answer.bytes_in, "fate": outcome.fate, "code": outcome.code,
                "conflicts": [asdict(c) for c in outcome.conflicts], "counts": outcome.counts,
                "server_date": answer.headers.get("date"),
                "answer": answer.body[:4000].decode("utf-8", "replace") if outcome.fate is not Fate.ACCEPTED else None,
            }
        )  # fmt: skip
        self.fate, self.code = outcome.fate, outcome.code
        self.pauses_link, self.retry_after = outcome.pauses_link, outcome.retry_after
        return outcome.fate is Fate.ACCEPTED

    def as_dict(self) -> dict[str, Any]:
        """As it travels through the socket."""
        return asdict(self)


def perform(job: dict[str, Any]) -> dict[str, Any]:
    """Do one job (`kind`: "report" or "metadata") against the link it names; returns the journal as a dict."""
    journal = Journal()
    link = job["link"]
    credentials = Credentials(
        username=link.get("username", ""), password=link.get("password", ""), token=link.get("token", "")
    )
    try:
        with Client(link["base_url"], credentials) as client:
            if _greet(client, journal, job.get("server") or {}):
                {"report": _send_report, "metadata": _pull_metadata}[job["kind"]](client, journal, job)
    except Refused as fault:
        journal.fate, journal.code, journal.pauses_link = Fate.PERSON, fault.code, True
    return journal.as_dict()


def _greet(client: Client, journal: Journal, server: dict[str, Any]) -> bool:
    """Learn the server's version, unless it was learnt lately; also the first proof that the account is good."""
    if server.get("fresh"):
        return True
    answer = client.get("system/info")
    if not journal.add("system-info", answer, _of_get(answer)):
        return False
    told = parse(answer.body)
    if not isinstance(told, dict) or "version" not in told:
        outcome = Outcome(fate=Fate.RETRY, code="not-dhis2")
        return journal.add("system-info", answer, outcome)
    version = str(told["version"])
    found = _VERSION.match(version)
    journal.found["version"] = version
    journal.found["minor"] = int(found[1]) if found else None
    return True


def _send_report(client: Client, journal: Journal, job: dict[str, Any]) -> None:
    """Values, then completion: never the other way round, and completion only once every value was taken."""
    answer = client.post(
        "dataValueSets",
        {"importStrategy": "CREATE_AND_UPDATE", "dataElementIdScheme": "UID", "orgUnitIdScheme": "UID"},
        base64.b64decode(job["payload"]), compress=True,
    )  # fmt: skip
    outcome = of_failure(answer.failure) if answer.failure else of_import(answer.status, answer.headers, answer.body)
    if not journal.add("values", answer, outcome):
        return
    if outcome.conflicts and not job.get("complete_with_refusals"):
        # Stored in part: a person looks at the refusals before the report is declared complete.
        journal.fate, journal.code = Fate.PERSON, "partly-refused"
        return
    answer = client.post("completeDataSetRegistrations", {}, base64.b64decode(job["completion"]), compress=True)
    outcome = of_failure(answer.failure) if answer.failure else of_import(answer.status, answer.headers, answer.body)
    journal.add("completion", answer, outcome)


def _pull_metadata(client: Client, journal: Journal, job: dict[str, Any]) -> None:
    """The org unit, and each data set with its elements and combinations."""
    unit = _one_of(client, journal, "organisationUnits", job["org_unit"], "id,code,name,openingDate,closedDate")
    if unit is None:
        return
    journal.found["org_unit"] = unit
    journal.found["data_sets"] = {}
    for form, name in job["data_sets"].items():
        brief = _one_of(client, journal, "dataSets", name, "id,code,name")
        if brief is None:
            if journal.fate != Fate.PERSON or journal.pauses_link or journal.code != "not-found-there":
                return
            continue  # this form's set is not there: the others are still worth having
        answer = client.get(f"dataSets/{brief['id']}", {"fields": _DATA_SET_FIELDS}, job.get("etags", {}).get(form))
        if answer.status == 304:
            journal.add("data-set", answer, Outcome(fate=Fate.ACCEPTED, code="unchanged"))
            continue
        if not journal.add("data-set", answer, _of_get(answer)):
            return
        journal.found["data_sets"][form] = {"etag": answer.headers.get("etag"), "body": parse(answer.body)}


def _one_of(client: Client, journal: Journal, kind: str, name: str, fields: str) -> dict[str, Any] | None:
    """The object whose code (or else UID) is `name`; None with the journal saying that it is not there."""
    answer = client.get(kind, {"filter": f"code:eq:{name}", "fields": fields, "paging": "false"})
    if not journal.add(kind, answer, _of_get(answer)):
        return None
    told = parse(answer.body)
    found = told.get(kind) if isinstance(told, dict) else None
    if found:
        first: dict[str, Any] = found[0]
        return first
    if _UID.match(name):
        answer = client.get(f"{kind}/{name}", {"fields": fields})
        if answer.status == 200 and journal.add(kind, answer, _of_get(answer)):
            by_uid: dict[str, Any] = parse(answer.body)
            return by_uid
    missing = Outcome(fate=Fate.PERSON, code="not-found-there")
    journal.add(f"{kind}:{name}", answer, missing)
    return None


def _of_get(answer: Answer) -> Outcome:
    if answer.failure:
        return of_failure(answer.failure)
    if settled := of_transport(answer.status, answer.headers, answer.body):
        return settled
    if answer.status == 200:
        return Outcome(fate=Fate.ACCEPTED, code="success")
    code = "bad-token" if answer.status == 400 else "not-found" if answer.status == 404 else f"http-{answer.status}"
    return Outcome(fate=Fate.PERSON, code=code, pauses_link=answer.status == 400)

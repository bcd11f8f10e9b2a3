"""One report on the wire: what stands there is read, the values go, then the completion; never another order."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import date
from typing import Any

from appliance.sync.dhis2.client import Answer, Client
from appliance.sync.dhis2.codes import Conflict, Fate, Outcome
from appliance.sync.dhis2.journal import Journal, of_get
from appliance.sync.dhis2.outcomes import Sent, of_import
from appliance.sync.dhis2.payloads import foreign, only, same_value, values_in
from appliance.sync.dhis2.transport import of_failure, parse

PARAMETERS = {"importStrategy": "CREATE_AND_UPDATE", "dataElementIdScheme": "UID", "orgUnitIdScheme": "UID"}
_PARTS_MAX = 60
_UNREADABLE = (403, 404, 405, 409)


def send_report(client: Client, journal: Journal, job: dict[str, Any]) -> None:
    """Values, then completion: never the other way round, and completion only once every value was taken."""
    payload = base64.b64decode(job["payload"])
    if job.get("read_back") is not None and not _read_back(client, journal, payload, job):
        return
    outcome = _Values(client, journal, job).send(payload)
    if outcome.code in ("partly-counted", "nothing-counted") and _stands_there(client, journal, payload):
        outcome = Outcome(fate=Fate.ACCEPTED, code="success", counts=outcome.counts)
    if outcome.fate is not Fate.ACCEPTED:
        if outcome.code == "http-400" and (job["link"] or {}).get("token"):
            _doubt_token(client, journal)
        return
    if (outcome.code != "success" or job.get("kept_back")) and not job.get("complete_with_refusals"):
        # Stored in part: a person looks at the rest before the report is declared complete.
        code = outcome.code if outcome.code != "success" else "values-kept-back"
        journal.end(Outcome(fate=Fate.PERSON, code=code))
        return
    answer = client.post("completeDataSetRegistrations", {}, base64.b64decode(job["completion"]), compress=True)
    outcome = _of_post(answer, None)
    if outcome.fate is Fate.ACCEPTED and outcome.code != "success":
        outcome = replace(outcome, fate=Fate.PERSON, code="completion-refused")
    elif outcome.code == "refused":
        outcome = replace(outcome, code="completion-refused")
    journal.add("completion", answer, outcome)


def _read_back(client: Client, journal: Journal, payload: bytes, job: dict[str, Any]) -> bool:
    """Look whether somebody else's figures stand where ours would go; true when sending may go on.

    An account that may not read goes on too, unless the job says that it must know (a late or second sending).
    """
    asked = job["read_back"]
    answer = _read(client, asked)
    if answer.status in _UNREADABLE and isinstance(parse(answer.body), dict):
        fate = Fate.PERSON if asked.get("must") else Fate.ACCEPTED
        return journal.add("read-back", answer, Outcome(fate=fate, code="read-back-refused"))
    outcome = of_get(answer)
    if not journal.add("read-back", answer, outcome):
        return False
    combo = asked.get("attributeOptionCombo")
    told = parse(answer.body).get("dataValues")
    values = [
        v for v in (told if isinstance(told, list) else ())
        if isinstance(v, dict) and (not combo or v.get("attributeOptionCombo") in (None, combo))
    ]  # fmt: skip
    ours = {(element, combo_): known for element, combo_, known in asked.get("ours", ())}
    found = foreign(values, dict(values_in(payload)), ours)
    if not found or job.get("overwrite"):
        return True
    conflicts = tuple(
        Conflict(
            code="edited-there", indexes=(at,),
            text=" · ".join(str(v[k]) for k in ("value", "storedBy", "lastUpdated") if v.get(k) is not None)[:300],
        )
        for at, v in found
    )  # fmt: skip
    silent = Answer(status=answer.status, headers=answer.headers, body=b"", bytes_out=0, bytes_in=0)
    return journal.add("compare", silent, Outcome(fate=Fate.PERSON, code="edited-there", conflicts=conflicts))


def _read(client: Client, place: Mapping[str, Any]) -> Answer:
    """The values of a place; compressed by DHIS2 itself, for a full form is 250 B a value as it is written."""
    return client.get(
        "dataValueSets", {k: place[k] for k in ("dataSet", "period", "orgUnit")} | {"compression": "gzip"}
    )


def _stands_there(client: Client, journal: Journal, payload: bytes) -> bool:
    """Whether the server holds every value sent, though it counted fewer: some versions do not count what is unchanged.

    A zero may be absent, and so must be what was withdrawn. Where reading is refused, the counts stand as they are.
    """
    body, before = json.loads(payload), (journal.fate, journal.code, journal.tries, journal.is_link)
    answer = _read(client, body)
    told = parse(answer.body) if answer.status == 200 else None
    is_there = isinstance(told, dict) and _holds(told, payload, body.get("attributeOptionCombo"))
    journal.add("proof", answer, Outcome(fate=Fate.ACCEPTED, code="success" if is_there else "not-all-there"))
    if not is_there:
        journal.fate, journal.code, journal.tries, journal.is_link = before
    return is_there


def _holds(told: Mapping[str, Any], payload: bytes, combo: str | None) -> bool:
    rows = told.get("dataValues")
    held = {
        (str(v.get("dataElement")), str(v.get("categoryOptionCombo"))): str(v.get("value"))
        for v in (rows if isinstance(rows, list) else ())
        if isinstance(v, dict) and v.get("value") is not None and v.get("deleted") is not True
        and (not combo or v.get("attributeOptionCombo") in (None, combo))
    }  # fmt: skip
    return all(
        same_value(value, held.get(key)) or (key not in held and value is not None and same_value(value, "0"))
        for key, value in values_in(payload)
    )


def _doubt_token(client: Client, journal: Journal) -> None:
    """A malformed token is answered 400 like a malformed body: another request tells which."""
    answer = client.get("system/info")
    if answer.status == 400:
        journal.add("system-info", answer, Outcome(fate=Fate.PERSON, code="bad-token", pauses_link=True))


class _Values:
    """Posting the values, in one piece or, when a proxy or one bad value makes it necessary, in parts."""

    def __init__(self, client: Client, journal: Journal, job: dict[str, Any]) -> None:
        self._client, self._journal = client, journal
        self._droppable = frozenset(job.get("droppable") or ())
        self._splits_faults = bool(job.get("split"))
        self._period_end = date.fromisoformat(job["period_end"]) if job.get("period_end") else None

    def send(self, payload: bytes) -> Outcome:
        """Post all; returns how it ended, with positions in the whole payload."""
        everything = range(len(json.loads(payload)["dataValues"]))
        outcome = self._post("values", payload, everything)
        cause = outcome.code
        if cause == "too-large" or (cause == "http-500" and self._splits_faults):
            outcome = self._in_parts(payload, everything, cause, outcome)
            self._journal.end(outcome)
            self._journal.found["conflicts"] = [asdict(c) for c in outcome.conflicts]
        return outcome

    def _post(self, step: str, payload: bytes, positions: Sequence[int]) -> Outcome:
        answer = self._client.post("dataValueSets", PARAMETERS, payload, compress=True)
        counted = len(positions) - len(self._droppable.intersection(positions))
        sent = Sent(values=len(positions), counted=counted, period_end=self._period_end)
        outcome = _of_post(answer, sent)
        placed = tuple(
            replace(c, indexes=tuple(positions[i] for i in c.indexes if i < len(positions))) for c in outcome.conflicts
        )
        outcome = replace(outcome, conflicts=placed)
        self._journal.add(step, answer, outcome)
        return outcome

    def _in_parts(self, payload: bytes, everything: Sequence[int], cause: str, whole: Outcome) -> Outcome:
        """Halve what was refused for its size, or what a server failed on, until it passes or one value is left."""
        waiting = [part for part in _halves(everything) if part]
        refused: list[Conflict] = []
        counts: dict[str, int] = {}
        posts = failed = 0
        while waiting:
            part = waiting.pop(0)
            posts += 1
            outcome = self._post("values-part", only(payload, part), part)
            if outcome.code == cause and len(part) > 1 and posts < _PARTS_MAX:
                failed += 1
                if cause == "http-500" and failed == posts == 2:
                    return replace(whole, fate=Fate.PERSON)  # both halves: the server is ill, not one value
                waiting += _halves(part)
            elif outcome.code == cause:
                refused.append(Conflict(code=cause, text="", indexes=tuple(part)))
            elif outcome.fate is Fate.ACCEPTED or outcome.conflicts:
                refused += outcome.conflicts if outcome.fate is Fate.ACCEPTED else _all_of(outcome.conflicts, part)
                counts = {k: counts.get(k, 0) + v for k, v in (outcome.counts or {}).items()} | {
                    k: v for k, v in counts.items() if k not in (outcome.counts or {})
                }
            else:
                return outcome
        if len({i for c in refused for i in c.indexes}) >= len(everything):
            return Outcome(fate=Fate.PERMANENT, code=refused[0].code, conflicts=tuple(refused), counts=counts)
        code = "partly-refused" if refused else "success"
        return Outcome(fate=Fate.ACCEPTED, code=code, conflicts=tuple(refused), counts=counts)


def _of_post(answer: Answer, sent: Sent | None) -> Outcome:
    return of_failure(answer.failure) if answer.failure else of_import(answer.status, answer.headers, answer.body, sent)


def _halves(part: Sequence[int]) -> list[Sequence[int]]:
    middle = (len(part) + 1) // 2
    return [h for h in (part[:middle], part[middle:]) if len(h)]


def _all_of(conflicts: Sequence[Conflict], part: Sequence[int]) -> list[Conflict]:
    """Conflicts of a part refused as a whole: those that name no position stand for all of it."""
    return [c if c.indexes else replace(c, indexes=tuple(part)) for c in conflicts]

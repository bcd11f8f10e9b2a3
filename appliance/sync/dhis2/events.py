"""Events on the wire: each in a request of its own, created under our own UID; one that stands already is read and compared.

A lost answer is met by sending again: the server says that the event exists (E1030), it is read back, and it is either
ours word for word, or an older one of ours to be updated, or another's, for a person.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from appliance.sync.dhis2.client import Answer, Client
from appliance.sync.dhis2.codes import Conflict, Fate, Outcome
from appliance.sync.dhis2.event_answers import of_legacy, of_tracker
from appliance.sync.dhis2.journal import Journal, of_get
from appliance.sync.dhis2.payloads import same_value
from appliance.sync.dhis2.transport import of_failure, parse

READ_FIELDS = (
    "event,status,program,programStage,orgUnit,occurredAt,completedAt,updatedAt,deleted,dataValues[dataElement,value]"
)
LAST_LEGACY = 41
_RENAMED = {"occurredAt": "eventDate", "completedAt": "completedDate"}
_SAID_MAX = 300


def send_events(client: Client, journal: Journal, job: dict[str, Any]) -> None:
    """Every event of the payload that is not known to stand. What stands is told as `found["done"]`, even when the line
    breaks at a later one; a refusal of one does not hold the others back."""
    done = set(job.get("done") or ())
    journal.found |= {"done": sorted(done), "conflicts": []}
    worst: Outcome | None = None
    for event in json.loads(base64.b64decode(job["payload"]))["events"]:
        if event["event"] in done:
            continue
        outcome = _Event(client, journal, job, event).settle()
        if outcome.fate is Fate.ACCEPTED:
            done.add(event["event"])
            journal.found["done"] = sorted(done)
            continue
        journal.found["conflicts"] += [asdict(replace(c, names=(event["event"],))) for c in outcome.conflicts]
        worst = worst if worst is not None and _weight(worst) >= _weight(outcome) else outcome
        if journal.is_link or outcome.fate in (Fate.RETRY, Fate.RETRY_FEW, Fate.WAIT):
            break
    journal.end(worst or Outcome(fate=Fate.ACCEPTED, code="success"))


def _weight(outcome: Outcome) -> int:
    """What outweighs what when events of one thing end differently: the line first, then what a person must see."""
    return (Fate.ACCEPTED, Fate.PERMANENT, Fate.PERSON, Fate.WAIT, Fate.RETRY_FEW, Fate.RETRY).index(outcome.fate)


class _Event:
    """Bringing one event to stand at the server exactly once."""

    def __init__(self, client: Client, journal: Journal, job: dict[str, Any], event: dict[str, Any]) -> None:
        self._client, self._journal, self._event = client, journal, event
        minor = (job.get("server") or {}).get("minor") or journal.found.get("minor")
        self._may_be_legacy = minor is not None and int(minor) <= LAST_LEGACY
        self._strategy = "UPDATE" if job.get("update") else "CREATE"
        self._overwrites = bool(job.get("overwrite"))
        self._ours = (job.get("ours") or {}).get(event["event"]) or []

    def settle(self) -> Outcome:
        """Send; and do what the answer asks for."""
        outcome = self._post(self._strategy, self._event)
        if outcome.code == "E1032" and self._strategy == "UPDATE":
            outcome = self._post("CREATE", self._event)  # the first sending never arrived
        if outcome.code in ("E1030", "E1326", "nothing-counted"):
            outcome = self._compared(outcome)
        return outcome

    def _compared(self, said: Outcome) -> Outcome:
        """The event that stands there under our UID, beside ours."""
        answer = self._client.get(f"tracker/events/{self._event['event']}", {"fields": READ_FIELDS})
        told = parse(answer.body)
        if answer.status in (403, 404) and isinstance(told, dict):
            if said.code == "nothing-counted":
                return said
            # It exists, and this account may not see it, or it was taken away there: the UID is used up.
            return self._add("read-back", answer, Outcome(fate=Fate.PERSON, code="event-hidden"))
        outcome = self._add("read-back", answer, of_get(answer))
        if outcome.fate is not Fate.ACCEPTED:
            return outcome
        if told.get("deleted") is True:
            return self._add_silent(answer, Outcome(fate=Fate.PERSON, code="E1082"))
        if same_event(self._event, told):
            return self._add_silent(answer, Outcome(fate=Fate.ACCEPTED, code="success"))
        if not self._overwrites and not any(same_event(known, told) for known in self._ours):
            conflict = Conflict(code="event-differs", text=_said(told), names=(self._event["event"],))
            return self._add_silent(answer, Outcome(fate=Fate.PERSON, code="event-differs", conflicts=(conflict,)))
        return self._updated(blocked=said.code == "E1326")

    def _updated(self, *, blocked: bool) -> Outcome:
        """Ours goes over an older one of ours, or as a person decided. A stage that blocks completed events is opened first."""
        if not blocked:
            outcome = self._post("UPDATE", self._event)
            if outcome.code != "E1326":
                return outcome
        opened = {k: v for k, v in self._event.items() if k != "completedAt"} | {"status": "ACTIVE"}
        outcome = self._post("UPDATE", opened)
        return self._post("UPDATE", self._event) if outcome.fate is Fate.ACCEPTED else outcome

    def _post(self, strategy: str, event: Mapping[str, Any]) -> Outcome:
        body = json.dumps({"events": [event]}, ensure_ascii=True, separators=(",", ":")).encode()
        asked = {"async": "false", "importStrategy": strategy, "atomicMode": "ALL", "reportMode": "ERRORS"}
        answer = self._client.post("tracker", asked, body, compress=False)
        if answer.status == 404 and isinstance(parse(answer.body), dict) and self._may_be_legacy:
            old = {_RENAMED.get(k, k): v for k, v in event.items()}
            body = json.dumps({"events": [old]}, ensure_ascii=True, separators=(",", ":")).encode()
            answer = self._client.post("events", {"strategy": strategy}, body, compress=False)
            return self._add("event-legacy", answer, of_legacy(answer.status, answer.headers, answer.body) if not answer.failure else of_failure(answer.failure))  # fmt: skip
        outcome = of_failure(answer.failure) if answer.failure else of_tracker(answer.status, answer.headers, answer.body, str(event["event"]))  # fmt: skip
        return self._add("event" if strategy == "CREATE" else "event-update", answer, outcome)

    def _add(self, step: str, answer: Answer, outcome: Outcome) -> Outcome:
        self._journal.add(step, answer, outcome)
        return outcome

    def _add_silent(self, answer: Answer, outcome: Outcome) -> Outcome:
        """What a comparison found: no bytes of its own."""
        silent = Answer(status=answer.status, headers=answer.headers, body=b"", bytes_out=0, bytes_in=0)
        return self._add("compare", silent, outcome)


def same_event(ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> bool:
    """Whether what stands there says what we send: place, day, state and every value of ours. Times come back with zeros,
    so that only their day counts; what others added beside ours does not matter."""
    for name in ("program", "programStage", "orgUnit"):
        if ours.get(name) and theirs.get(name) not in (None, ours[name]):
            return False
    if theirs.get("status") != ours.get("status"):
        return False
    if str(theirs.get("occurredAt") or "")[:10] != str(ours.get("occurredAt") or "")[:10]:
        return False
    held = {v.get("dataElement"): v.get("value") for v in theirs.get("dataValues") or () if isinstance(v, dict)}
    return all(
        _same(v["value"], held.get(v["dataElement"])) for v in ours.get("dataValues") or () if isinstance(v, dict)
    )


def _same(ours: str | None, theirs: Any) -> bool:
    text = None if theirs is None else str(theirs).lower() if isinstance(theirs, bool) else str(theirs)
    return same_value(ours, text) or (ours is not None and text is not None and ours.split() == text.split())


def _said(theirs: Mapping[str, Any]) -> str:
    """What stands there, in short, for a person."""
    values = [str(v.get("value")) for v in theirs.get("dataValues") or () if isinstance(v, dict)]
    when = str(theirs.get("updatedAt") or theirs.get("occurredAt") or "")[:16].replace("T", " ")
    return " · ".join((when, str(theirs.get("status") or ""), *values))[:_SAID_MAX]

"""What was done on the wire for one job, step by step, and how it ended. It travels to the resident process as a dict."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, field
from typing import Any

from appliance.sync.dhis2.client import Answer, Client
from appliance.sync.dhis2.codes import Fate, Outcome
from appliance.sync.dhis2.transport import of_failure, of_transport, parse

ANSWER_KEPT = 2_000
"""Bytes of an answer kept for a person, unless it was a plain yes."""
_VERSION = re.compile(r"^(?:2\.)?(\d{2,3})(?!\d)")


@dataclass(slots=True, kw_only=True)
class Journal:
    """Steps taken so far, and how the job ended.

    `is_link` says that the end is about the link (unreachable, account, address) and not about the thing sent.
    """

    steps: list[dict[str, Any]] = field(default_factory=list)
    fate: str = Fate.ACCEPTED
    code: str = "success"
    pauses_link: bool = False
    is_link: bool = False
    retry_after: int | None = None
    tries: int = 0
    found: dict[str, Any] = field(default_factory=dict)

    def add(self, name: str, answer: Answer, outcome: Outcome) -> bool:
        """Keep a step; true when the job may go on."""
        is_plain_yes = outcome.fate is Fate.ACCEPTED and not outcome.conflicts
        self.steps.append(
            {
                "step": name, "http_status": answer.status or None, "bytes_out": answer.bytes_out,
                "bytes_in": answer.bytes_in, "fate": outcome.fate, "code": outcome.code,
                "conflicts": [asdict(c) for c in outcome.conflicts], "counts": outcome.counts,
                "server_date": answer.headers.get("date"),
                "answer": None if is_plain_yes else answer.body[:ANSWER_KEPT].decode("utf-8", "ignore"),
            }
        )  # fmt: skip
        self.end(outcome)
        return outcome.fate is Fate.ACCEPTED

    def end(self, outcome: Outcome) -> None:
        """End as an outcome says, without a step of its own."""
        self.fate, self.code = outcome.fate, outcome.code
        self.pauses_link, self.retry_after, self.tries = outcome.pauses_link, outcome.retry_after, outcome.tries
        self.is_link = outcome.pauses_link or outcome.fate is Fate.RETRY

    def as_dict(self) -> dict[str, Any]:
        """As it travels through the socket."""
        return asdict(self)


def of_get(answer: Answer) -> Outcome:
    """What the answer to a GET of one object or list means."""
    if answer.failure:
        return of_failure(answer.failure)
    if settled := of_transport(answer.status, answer.headers, answer.body):
        return settled
    if answer.status == 200 and isinstance(parse(answer.body), dict):
        return Outcome(fate=Fate.ACCEPTED, code="success")
    if answer.status == 200:
        return Outcome(fate=Fate.RETRY, code="not-json")
    return Outcome(fate=Fate.PERSON, code=f"http-{answer.status}")


def greet(client: Client, journal: Journal, *, with_token: bool) -> bool:
    """Learn the server's version; also the first proof that address and account are good."""
    answer = client.get("system/info")
    outcome = of_get(answer)
    if answer.status == 400 and with_token:
        outcome = Outcome(fate=Fate.PERSON, code="bad-token", pauses_link=True)
    told = parse(answer.body)
    if outcome.fate is Fate.ACCEPTED and not (isinstance(told, dict) and told.get("version")):
        outcome = Outcome(fate=Fate.RETRY, code="not-dhis2")
    went_on = journal.add("system-info", answer, outcome)
    if went_on:
        journal.found["version"] = str(told["version"])
        journal.found["minor"] = minor_of(str(told["version"]))
    else:
        journal.is_link = True
    return went_on


def minor_of(version: str) -> int | None:
    """The version that matters: 40 of `2.40.3.1`, 44 of `2.44-SNAPSHOT`, 43 of a bare `43.1`; None when unreadable."""
    found = _VERSION.match(version.strip())
    return int(found[1]) if found else None

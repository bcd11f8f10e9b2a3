"""What an answer of DHIS2 means for the thing that was sent. Pure: a status, headers and a body in, an outcome out.

The rules: decide by the import summary and its counts, never by the HTTP code alone (a partial success is 409
up to 2.42 and 200 from 2.43 on); never count "imported" as "accepted"; anything that is not JSON where JSON is
due was not accepted. Error codes are those of dhis2-core's `ErrorCode` and `ValidationCode`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Fate(StrEnum):
    """What to do with the thing sent."""

    ACCEPTED = "accepted"  # done; some values may still be refused, see conflicts
    RETRY = "retry"  # passing: again later, without end
    RETRY_FEW = "retry-few"  # perhaps passing: a few times, then a person
    WAIT = "wait"  # not yet: again when the period has ended
    PERSON = "person"  # someone must act (rights, locks, account) before it can pass
    PERMANENT = "permanent"  # never passes until the record or the mapping changes


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """One refusal inside an answer. `indexes` are positions in the values sent; empty means the whole group."""

    code: str
    text: str
    indexes: tuple[int, ...] = ()
    object: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """Fate, a stable code of ours or of DHIS2, and the refusals; `retry_after` in seconds when the server said."""

    fate: Fate
    code: str
    conflicts: tuple[Conflict, ...] = ()
    counts: dict[str, int] | None = None
    retry_after: int | None = None
    pauses_link: bool = False


_PERMANENT = {
    "E7600", "E7603", "E7604", "E7610", "E7612", "E7613", "E7614", "E7615", "E7616", "E8003", "E8004", "E8005",
    "E8101", "E8102", "E8103", "E8104", "E8105", "E8106", "E8107", "E8108", "E8109", "E8110", "E8111", "E8126",
    "E8127", "E7611", "E8100", "E8021", "E7618", "E7619", "E7620", "E7621", "E8120", "E8121", "E8122", "E8123",
    "E8124", "E8125", "E7630", "E7631", "E7632", "E7633", "E7634", "E7635", "E7636", "E7639", "E8020", "E8022",
    "E8023", "E8024", "E8025", "E8002", "E8128", "E8008", "E8009", "E1048", "E1076", "E1123", "E1125", "E1300",
    "E1301", "E1302", "E1303", "E1304", "E1305", "E1031", "E1050", "E1051", "E1315", "E1316", "E1318", "E1128", "E1009",
}  # fmt: skip
_PERSON = {
    "E7601", "E7617", "E8010", "E8011", "E8012", "E7638", "E7640", "E7642", "E7643", "E7644", "E8030", "E8031",
    "E8032", "E8033", "E1000", "E1010", "E1011", "E1012", "E1013", "E1029", "E1043", "E1047", "E1082", "E1083",
    "E1091", "E1095", "E1096", "E1099", "E1089", "E1054", "E1055", "E1115", "E1116",
}  # fmt: skip
_WAIT = {"E7641"}


def of_failure(kind: str) -> Outcome:
    """No answer at all: `dns`, `connect`, `tls`, `timeout`, `cut`. A bad certificate needs a person: often the clock."""
    if kind == "certificate":
        return Outcome(fate=Fate.PERSON, code="certificate", pauses_link=True)
    return Outcome(fate=Fate.RETRY, code=kind)


def of_transport(status: int, headers: dict[str, str], body: bytes) -> Outcome | None:
    """The part of an answer that means the same for every request; None when the body has to be read."""
    retry_after = _seconds(headers.get("retry-after"))
    if 300 <= status < 400:
        return Outcome(fate=Fate.PERSON, code="redirected-to-login", pauses_link=True)
    if status in (408, 429, 502, 503, 504):
        return Outcome(fate=Fate.RETRY, code=f"http-{status}", retry_after=retry_after)
    if status == 401:
        return Outcome(fate=Fate.PERSON, code="unauthorized", pauses_link=True)
    if status == 403:
        return Outcome(fate=Fate.PERSON, code="forbidden")
    if status == 413:
        return Outcome(fate=Fate.PERMANENT, code="too-large")
    if status in (406, 415):
        return Outcome(fate=Fate.PERMANENT, code=f"http-{status}")
    parsed = parse(body)
    if status == 404 and not isinstance(parsed, dict):
        return Outcome(fate=Fate.RETRY_FEW, code="not-found")
    if status == 500:
        return Outcome(fate=Fate.RETRY_FEW, code="http-500", retry_after=retry_after)
    if status >= 500:
        return Outcome(fate=Fate.RETRY, code=f"http-{status}", retry_after=retry_after)
    if parsed is None:
        # A captive portal, a proxy's page, an empty body: nobody at DHIS2 said yes.
        return Outcome(fate=Fate.RETRY, code="not-json")
    return None


def parse(body: bytes) -> Any:
    """The JSON of a body, or None when it is not JSON."""
    try:
        return json.loads(body)
    except ValueError:
        return None


def of_import(status: int, headers: dict[str, str], body: bytes) -> Outcome:
    """What the answer to `POST /api/dataValueSets` or to a completion means, on either engine."""
    if settled := of_transport(status, headers, body):
        return settled
    envelope = parse(body)
    if not isinstance(envelope, dict):
        return Outcome(fate=Fate.RETRY, code="not-json")
    inner = envelope.get("response")
    summary = inner if isinstance(inner, dict) else envelope
    if "importCount" not in summary and "conflicts" not in summary and "response" not in envelope:
        return _without_summary(status, envelope)
    conflicts = tuple(_conflict(c) for c in summary.get("conflicts") or ())
    counts = {k: v for k, v in (summary.get("importCount") or {}).items() if isinstance(v, int)}
    verdict = summary.get("status")
    if verdict == "SUCCESS":
        return Outcome(fate=Fate.ACCEPTED, code="success", conflicts=conflicts, counts=counts)
    if verdict == "WARNING":
        worst = _worst(conflicts)
        code = "partly-refused" if conflicts else "success"
        if conflicts and not any(c.indexes for c in conflicts) and not _stored(counts):
            return Outcome(fate=worst[0], code=worst[1], conflicts=conflicts, counts=counts)
        return Outcome(fate=Fate.ACCEPTED, code=code, conflicts=conflicts, counts=counts)
    if not conflicts:
        return Outcome(fate=Fate.RETRY_FEW, code=envelope.get("errorCode") or "import-failed", counts=counts)
    fate, code = _worst(conflicts)
    return Outcome(fate=fate, code=code, conflicts=conflicts, counts=counts)


def fate_of(code: str) -> Fate:
    """What one DHIS2 error code asks for; an unknown code is a person's to read."""
    if code in _WAIT:
        return Fate.WAIT
    if code in _PERSON:
        return Fate.PERSON
    return Fate.PERMANENT if code in _PERMANENT else Fate.PERSON


def _without_summary(status: int, envelope: dict[str, Any]) -> Outcome:
    code = str(envelope.get("errorCode") or f"http-{status}")
    if status == 400:
        return Outcome(fate=Fate.PERMANENT, code=code, conflicts=(_said(envelope, code),))
    if status == 404:
        return Outcome(fate=Fate.PERSON, code="not-found", conflicts=(_said(envelope, code),))
    if status == 409 and code == "http-409":
        return Outcome(fate=Fate.RETRY_FEW, code="conflict-without-summary", conflicts=(_said(envelope, code),))
    if status < 300 and envelope.get("status") in ("OK", "SUCCESS"):
        return Outcome(fate=Fate.ACCEPTED, code="success")
    if status < 300:
        return Outcome(fate=Fate.RETRY, code="not-json")
    return Outcome(fate=fate_of(code), code=code, conflicts=(_said(envelope, code),))


def _said(envelope: dict[str, Any], code: str) -> Conflict:
    return Conflict(code=code, text=str(envelope.get("message") or "")[:300])


def _conflict(raw: dict[str, Any]) -> Conflict:
    indexes = raw.get("indexes") or ()
    return Conflict(
        code=str(raw.get("errorCode") or ""),
        text=str(raw.get("value") or "")[:300],
        indexes=tuple(i for i in indexes if isinstance(i, int)),
        object=raw.get("object"),
    )


def _worst(conflicts: tuple[Conflict, ...]) -> tuple[Fate, str]:
    """The fate of a group refused as a whole: what needs a person outweighs what only needs waiting."""
    order = (Fate.PERSON, Fate.PERMANENT, Fate.WAIT)
    ranked = sorted(((fate_of(c.code), c.code) for c in conflicts), key=lambda pair: order.index(pair[0]))
    return ranked[0] if ranked else (Fate.RETRY_FEW, "import-failed")


def _stored(counts: dict[str, int]) -> int:
    return counts.get("imported", 0) + counts.get("updated", 0) + counts.get("deleted", 0)


def _seconds(text: str | None) -> int | None:
    return int(text) if text and text.isdigit() else None

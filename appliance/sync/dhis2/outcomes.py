"""What an answer of DHIS2 means for the thing that was sent. Pure: a status, headers and a body in, an outcome out.

The rules: decide by the import summary and its counts, never by the HTTP code alone (a partial success is 409
up to 2.42 and 200 from 2.43 on); never count "imported" as "accepted"; anything that is not an import summary
where one is due was not accepted. Reading is liberal (missing, extra and null keys), accepting is strict.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from appliance.sync.dhis2.codes import Conflict, Fate, Outcome, fate_of
from appliance.sync.dhis2.transport import http_date, of_failure, of_transport, parse, retry_after

__all__ = ["Conflict", "Fate", "Outcome", "Sent", "of_failure", "of_import", "of_transport", "parse"]
_UID = re.compile(r"(?<![A-Za-z0-9])[a-zA-Z][a-zA-Z0-9]{10}(?![A-Za-z0-9])")
_COUNTS = ("imported", "updated", "ignored", "deleted")
_CONFLICTS_MAX = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What was sent, to hold the answer against: how many values, how many of them every server counts, and the
    last day of the period. (Up to 2.42 a zero that is not significant is dropped without being counted.)"""

    values: int
    counted: int
    period_end: date | None = None


def of_import(status: int, headers: dict[str, str], body: bytes, sent: Sent | None = None) -> Outcome:
    """What the answer to `POST /api/dataValueSets` or to a completion means, on either engine."""
    if settled := of_transport(status, headers, body):
        return settled
    envelope = parse(body)
    if not isinstance(envelope, dict):
        return Outcome(fate=Fate.RETRY, code="not-json")
    summary = _summary(envelope) if status in (200, 201, 202, 409) else None
    if summary is None:
        return _without_summary(status, envelope, headers)
    too_early = _is_too_early(headers, sent)
    raw = summary.get("conflicts")
    conflicts = (
        tuple(_conflict(c) for c in raw[:_CONFLICTS_MAX] if isinstance(c, dict)) if isinstance(raw, list) else ()
    )
    counts = _counts(summary.get("importCount"))
    verdict = summary.get("status")
    if verdict == "ERROR":
        return _refused_whole(conflicts, counts, envelope, too_early)
    if verdict not in ("SUCCESS", "WARNING") or counts is None:
        return Outcome(fate=Fate.RETRY_FEW, code="unreadable", conflicts=conflicts, counts=counts)
    if conflicts:
        return _refused_partly(conflicts, counts, sent, too_early)
    if verdict == "WARNING" and counts.get("ignored", 0):
        return Outcome(fate=Fate.ACCEPTED, code="partly-refused", counts=counts)  # refused, but not said which
    return _counted(counts, sent)


def _summary(envelope: dict[str, Any]) -> dict[str, Any] | None:
    """The import summary of an answer, wrapped or bare; None when there is none in it (a job's ticket is none)."""
    inner = envelope.get("response")
    if (
        isinstance(inner, dict)
        and isinstance(inner.get("importSummaries"), list)
        and len(inner["importSummaries"]) == 1
    ):
        inner = inner["importSummaries"][0]
    for candidate in (inner, envelope):
        if not isinstance(candidate, dict):
            continue
        if "importCount" in candidate or "conflicts" in candidate or candidate.get("responseType") == "ImportSummary":
            return candidate
    return None


def _refused_whole(
    conflicts: tuple[Conflict, ...], counts: dict[str, int] | None, envelope: dict[str, Any], too_early: bool
) -> Outcome:
    if conflicts:
        fate, code = _worst(conflicts, too_early)
        return Outcome(fate=fate, code=code, conflicts=conflicts, counts=counts)
    said = str(envelope.get("errorCode") or "")
    if said:
        return Outcome(fate=fate_of(said, is_too_early=too_early), code=said, conflicts=(_said(envelope, said),))
    return Outcome(
        fate=Fate.RETRY_FEW, code="import-failed", counts=counts, conflicts=(_said(envelope, "import-failed"),)
    )


def _refused_partly(
    conflicts: tuple[Conflict, ...], counts: dict[str, int], sent: Sent | None, too_early: bool
) -> Outcome:
    """Some values refused. Where nothing at all was taken it is a refusal of the whole, whatever the status says."""
    stored = sum(counts.get(name, 0) for name in ("imported", "updated", "deleted"))
    named = {i for c in conflicts for i in c.indexes}
    if stored == 0 and (not named or (sent is not None and len(named) >= sent.values)):
        fate, code = _worst(conflicts, too_early)
        return Outcome(fate=fate, code=code, conflicts=conflicts, counts=counts)
    return Outcome(fate=Fate.ACCEPTED, code="partly-refused", conflicts=conflicts, counts=counts)


def _counted(counts: dict[str, int], sent: Sent | None) -> Outcome:
    """A yes is believed when the server counted what was sent: an empty body, swallowed on the way, is a yes too."""
    if sent is not None and sum(counts.values()) < sent.counted:
        if not any(counts.values()):
            return Outcome(fate=Fate.RETRY_FEW, code="nothing-counted", counts=counts)
        return Outcome(fate=Fate.ACCEPTED, code="partly-counted", counts=counts)
    return Outcome(fate=Fate.ACCEPTED, code="success", counts=counts)


def _without_summary(status: int, envelope: dict[str, Any], headers: dict[str, str]) -> Outcome:
    said = str(envelope.get("errorCode") or "")
    told = (_said(envelope, said or f"http-{status}"),)
    if status < 300:
        return Outcome(fate=Fate.RETRY_FEW, code="no-summary", conflicts=told)
    if status == 400:
        return Outcome(fate=Fate.PERMANENT, code=said or "http-400", conflicts=told)
    if said:
        return Outcome(fate=fate_of(said), code=said, conflicts=told)
    if status == 409:
        return Outcome(
            fate=Fate.RETRY_FEW, code="conflict-without-summary", conflicts=told, retry_after=retry_after(headers)
        )
    return Outcome(fate=Fate.PERSON, code=f"http-{status}", conflicts=told)


def _said(envelope: dict[str, Any], code: str) -> Conflict:
    inner = envelope.get("response")
    described = inner.get("description") if isinstance(inner, dict) else envelope.get("description")
    text = str(envelope.get("message") or "")
    if described and str(described) != text:
        text = f"{text} {described}".strip()
    return Conflict(code=code, text=text[:300])


def _conflict(raw: dict[str, Any]) -> Conflict:
    indexes = raw.get("indexes")
    objects = raw.get("objects")
    spoken: Iterable[Any] = (
        raw.get("object"), *(objects.values() if isinstance(objects, dict) else ()), raw.get("value"),
    )  # fmt: skip
    names = dict.fromkeys(name for text in spoken if isinstance(text, str) for name in _UID.findall(text))
    return Conflict(
        code=str(raw.get("errorCode") or "refused"),
        text=str(raw.get("value") or "")[:300],
        indexes=tuple(i for i in indexes if isinstance(i, int) and i >= 0) if isinstance(indexes, list) else (),
        names=tuple(names)[:20],
    )


def _worst(conflicts: tuple[Conflict, ...], too_early: bool) -> tuple[Fate, str]:
    """The fate of a group refused as a whole: what needs a person outweighs what only needs waiting."""
    order = (Fate.PERSON, Fate.PERMANENT, Fate.WAIT)
    ranked = sorted(
        ((fate_of(c.code, is_too_early=too_early), c.code) for c in conflicts), key=lambda pair: order.index(pair[0])
    )
    return ranked[0]


def _counts(raw: Any) -> dict[str, int] | None:
    """The four counts; None when there are none to read."""
    if not isinstance(raw, dict):
        return None
    return {k: v for k, v in raw.items() if k in _COUNTS and isinstance(v, int) and not isinstance(v, bool)}


def _is_too_early(headers: dict[str, str], sent: Sent | None) -> bool:
    """Whether the period had not ended by the server's own clock."""
    there = http_date(headers.get("date"))
    return bool(sent and sent.period_end and there and there.date() <= sent.period_end)

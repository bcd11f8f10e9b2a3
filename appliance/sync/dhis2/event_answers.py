"""What an answer to an event means. Pure. The tracker answers without the envelope, with 409 for any refusal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from appliance.sync.dhis2.codes import Conflict, Fate, Outcome, fate_of
from appliance.sync.dhis2.outcomes import of_import
from appliance.sync.dhis2.transport import of_transport, parse, retry_after

_STOOD_BEFORE = "already exists or was deleted earlier"
_FIRST = ("E1082", "E1030", "E1032", "E1326")
"""Codes that say what to do next, whatever else is said beside them."""


def of_tracker(status: int, headers: dict[str, str], body: bytes, uid: str) -> Outcome:
    """The outcome of `POST /api/tracker` with one event. Accepted: a status that is not ERROR, no error about our event,
    and something counted; an answer that counts nothing is to be proved by reading (`nothing-counted`)."""
    if settled := of_transport(status, headers, body):
        return settled
    told = parse(body)
    if not isinstance(told, dict):
        return Outcome(fate=Fate.RETRY, code="not-json")
    if not isinstance(told.get("validationReport"), dict) and isinstance(told.get("response"), dict):
        told = {**told["response"], **{k: told[k] for k in ("errorCode", "message") if told.get(k)}}
    if not _is_report(told):
        return _without_report(status, told, headers)
    errors = [c for c in _errors(told) if not c.names or uid in c.names]
    if errors:
        return _refused(errors)
    if status not in (200, 201, 409) or told.get("status") == "ERROR":
        return Outcome(fate=Fate.RETRY_FEW, code="import-failed", conflicts=(_said(told, "import-failed"),))
    counts = told.get("stats")
    if isinstance(counts, dict):
        kept = {k: v for k, v in counts.items() if isinstance(v, int) and not isinstance(v, bool)}
        if kept.get("created", 0) + kept.get("updated", 0) + kept.get("deleted", 0) == 0:
            return Outcome(fate=Fate.RETRY_FEW, code="nothing-counted", counts=kept)
        return Outcome(fate=Fate.ACCEPTED, code="success", counts=kept)
    return Outcome(fate=Fate.ACCEPTED, code="success")


def of_legacy(status: int, headers: dict[str, str], body: bytes) -> Outcome:
    """The outcome of `POST /api/events` (up to 2.41) with one event; what stood before reads as E1030."""
    outcome = of_import(status, headers, body)
    if outcome.fate is Fate.ACCEPTED and not outcome.conflicts:
        return outcome
    if _STOOD_BEFORE in body.decode("utf-8", "ignore"):
        return Outcome(fate=Fate.PERSON, code="E1030", conflicts=outcome.conflicts)
    if outcome.fate is Fate.ACCEPTED:  # refused in part is refused: there is but one
        return Outcome(fate=Fate.PERSON, code=outcome.conflicts[0].code, conflicts=outcome.conflicts)
    return outcome


def _is_report(told: dict[str, Any]) -> bool:
    return isinstance(told.get("validationReport"), dict) or (
        told.get("status") in ("OK", "WARNING", "ERROR")
        and (isinstance(told.get("stats"), dict) or isinstance(told.get("bundleReport"), dict))
    )


def _errors(told: dict[str, Any]) -> Iterator[Conflict]:
    """Every error of a report: of the validation, and of the storing of single objects."""
    report = told.get("validationReport")
    raw = [*(report.get("errorReports") or ())] if isinstance(report, dict) else []
    bundle = told.get("bundleReport")
    kinds = bundle.get("typeReportMap") if isinstance(bundle, dict) else None
    for kind in kinds.values() if isinstance(kinds, dict) else ():
        for entry in (kind or {}).get("objectReports") or ():
            raw += [{"uid": entry.get("uid"), **e} for e in entry.get("errorReports") or () if isinstance(e, dict)]
    for error in raw:
        if isinstance(error, dict):
            named = error.get("uid")
            yield Conflict(
                code=str(error.get("errorCode") or "refused"), text=str(error.get("message") or "")[:300],
                names=(str(named),) if named else (),
            )  # fmt: skip


def _refused(errors: list[Conflict]) -> Outcome:
    """Several errors: those that say what to do next, then what a person must act on, then what can never pass."""
    for code in _FIRST:
        if any(e.code == code for e in errors):
            return Outcome(fate=Fate.PERSON, code=code, conflicts=tuple(errors))
    order = (Fate.PERSON, Fate.PERMANENT, Fate.WAIT)
    fate, code = min(((fate_of(e.code), e.code) for e in errors), key=lambda pair: order.index(pair[0]))
    return Outcome(fate=fate, code=code, conflicts=tuple(errors))


def _without_report(status: int, told: dict[str, Any], headers: dict[str, str]) -> Outcome:
    code = str(told.get("errorCode") or "")
    said = (_said(told, code or f"http-{status}"),)
    if status == 400:
        return Outcome(fate=Fate.PERMANENT, code=code or "http-400", conflicts=said)
    if status == 409 and not code:
        return Outcome(fate=Fate.RETRY_FEW, code="conflict-without-summary", conflicts=said, retry_after=retry_after(headers))  # fmt: skip
    if status < 300:
        return Outcome(fate=Fate.RETRY_FEW, code="no-summary", conflicts=said)  # a job's ticket: sent again, it exists
    if code:
        return Outcome(fate=fate_of(code), code=code, conflicts=said)
    return Outcome(fate=Fate.PERSON, code=f"http-{status}", conflicts=said)


def _said(told: dict[str, Any], code: str) -> Conflict:
    return Conflict(code=code, text=str(told.get("message") or "")[:300])

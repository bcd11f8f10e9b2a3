"""Faults to come: what a bad line, a proxy or a tired server does to one of the next requests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from appliance.standin.wire.answers import Answer, html


@dataclass(slots=True, kw_only=True)
class Faults:
    """How many times each shall still strike; each count falls by one when it does."""

    lose_answer: int = 0  # a POST is done and kept, its answer never leaves
    cut_body: int = 0  # the connection breaks in the middle of an answer
    truncated_pdf: int = 0  # half of an attachment, with a length that says it is whole
    html_502: int = 0
    login_302: int = 0
    busy_503: int = 0
    portal_200: int = 0  # a captive portal's page
    passing_409: int = 0  # a database fault: a 409 without a summary
    slow_jobs: int = 0  # how many polls an asynchronous job still needs
    delay_ms: int = 0  # every answer waits so long; does not fall
    retry_after: int = 0  # seconds named beside a 503; does not fall


def early(faults: Faults, login: str) -> Answer | None:
    """The answer that a fault gives before the request is even read."""
    retry = {"retry-after": str(faults.retry_after)} if faults.retry_after else {}
    answers: dict[str, Answer] = {
        "html_502": html(502, "Bad Gateway"),
        "login_302": (302, {"location": login}, b""),
        "busy_503": html(503, "Service Unavailable", retry),
        "portal_200": html(200, "Bienvenue sur le Wi-Fi"),
    }
    return next((answer for name, answer in answers.items() if struck(faults, name)), None)


def struck(faults: Any, name: str) -> bool:
    """Whether a fault (a count of that name) strikes now; if so there is one less to come."""
    left: int = getattr(faults, name)
    if left <= 0:
        return False
    setattr(faults, name, left - 1)
    return True

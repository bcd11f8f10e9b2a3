"""What the courier does on the wire for one job. Pure of storage: a job in, steps and an end out.

Every step is kept with its status, its bytes and its outcome, so that the centre can see what was said. A job
that is cut anywhere is simply done again: values are an upsert, completion is an update.
"""

from __future__ import annotations

from types import TracebackType
from typing import Any, Self

from appliance.core.errors import Refused
from appliance.sync.dhis2.client import Client, Credentials
from appliance.sync.dhis2.codes import Fate
from appliance.sync.dhis2.events import send_events
from appliance.sync.dhis2.journal import Journal, greet
from appliance.sync.dhis2.messages import fetch_file, look, mark_read, send_message
from appliance.sync.dhis2.probing import probe
from appliance.sync.dhis2.pulling import pull_metadata
from appliance.sync.dhis2.sending import send_report

_WORK = {
    "report": send_report, "metadata": pull_metadata, "test": probe, "inbox": look, "file": fetch_file,
    "mark-read": mark_read, "event": send_events, "order-form": send_message,
}  # fmt: skip


class Line:
    """The connection kept open while one job follows another: one handshake for the whole round."""

    def __init__(self) -> None:
        self._client: Client | None = None
        self._to: tuple[str, ...] = ()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.hang_up()

    def client(self, link: dict[str, Any]) -> Client:
        """The client for this link; another address or account is another connection. Raises `Refused("link-url")`."""
        to = tuple(str(link.get(k, "")) for k in ("base_url", "username", "password", "token"))
        if self._client is None or to != self._to:
            self.hang_up()
            credentials = Credentials(username=to[1], password=to[2], token=to[3])
            self._client, self._to = Client(to[0], credentials), to
        return self._client

    def hang_up(self) -> None:
        """Close; TLS sessions are remembered."""
        if self._client is not None:
            self._client.__exit__(None, None, None)
            self._client = None


def perform(job: dict[str, Any], line: Line | None = None) -> dict[str, Any]:
    """Do one job (its `kind` is a name in `_WORK`) against the link it names; returns the journal as a dict."""
    if line is None:
        with Line() as own:
            return perform(job, own)
    journal = Journal()
    link = job["link"]
    try:
        client = line.client(link)
        is_fresh = bool((job.get("server") or {}).get("fresh")) and job["kind"] != "test"
        if is_fresh or greet(client, journal, with_token=bool(link.get("token"))):
            _WORK[job["kind"]](client, journal, job)
    except Refused as fault:
        journal.fate, journal.code, journal.pauses_link, journal.is_link = Fate.PERSON, fault.code, True, True
    if journal.fate != Fate.ACCEPTED:
        line.hang_up()
    return journal.as_dict()

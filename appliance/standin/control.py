"""`/_standin/…`, which is no part of DHIS2: set faults and quirks, play other people, read back what was received.

Only this machine may call it. `POST reset` puts settings, quirks, faults and clock back as they were at the start, and
with `{"store": true}` forgets all that was received.
"""

from __future__ import annotations

import base64
import copy
import json
import secrets
from collections.abc import Callable
from dataclasses import asdict, fields
from datetime import date
from typing import Any

from appliance.standin.aggregate import completions, values
from appliance.standin.instance import Instance
from appliance.standin.medexis import desk, programs
from appliance.standin.messages import files, mail
from appliance.standin.metadata import uid
from appliance.standin.quirks import of_version
from appliance.standin.signin import SignIn
from appliance.standin.tracker import events
from appliance.standin.wire.answers import Answer, json_answer

PREFIX = "/_standin/"


class Control:
    """The control address of one instance."""

    def __init__(self, here: Instance, door: SignIn) -> None:
        self._here, self._door = here, door
        self._at_start = (copy.deepcopy(here.settings), here.clock.fixed)

    def answer(self, method: str, path: str, body: bytes) -> Answer:
        """Do or read one thing; 400 names what was wrong, 404 what there is."""
        part = path.removeprefix(PREFIX)
        todo, held = self._verbs(), self._readable()
        if method == "POST" and part in todo:
            try:
                return json_answer(200, todo[part](json.loads(body or b"{}")))
            except (ValueError, TypeError, KeyError, StopIteration) as fault:
                return json_answer(400, {"fault": f"{type(fault).__name__}: {fault}"})
        if method == "GET" and part in held:
            return json_answer(200, held[part]())
        return json_answer(404, {"POST": sorted(todo), "GET": sorted(held)})

    def _verbs(self) -> dict[str, Callable[[Any], Any]]:
        return {
            "faults": lambda sent: _set(self._here.settings.faults, sent),
            "quirks": lambda sent: _set(self._here.settings.quirks, sent) and self._quirks(),
            "settings": self._settings, "metadata": self._metadata, "clock": self._clock, "messages": self._message,
            "medexis": self._medexis, "medexis/form": self._form, "medexis/note": self._note,
            "medexis/by-line": lambda _: {"programs": programs.by_line(self._here.metadata)},
            "night": lambda _: {"removed": files.clean_up(self._here)}, "reset": self._reset,
        }  # fmt: skip

    def _readable(self) -> dict[str, Callable[[], Any]]:
        here = self._here
        return {
            "values": lambda: values.read(here), "completions": lambda: completions.read(here),
            "events": lambda: events.every(here), "messages": lambda: mail.conversations(here, None),
            "files": lambda: [mail.described(here, r[0]) for r in here.store.rows("SELECT id FROM file ORDER BY rowid")],
            "medexis": lambda: desk.orders(here), "requests": here.store.requests, "metadata": lambda: here.metadata, "quirks": self._quirks,
            "faults": lambda: asdict(here.settings.faults), "settings": lambda: asdict(here.settings),
        }  # fmt: skip

    def _quirks(self) -> dict[str, Any]:
        """Every quirk as it stands now."""
        return {name: self._here.quirk(name) for name in of_version(self._here.settings.at)}

    def _settings(self, sent: dict[str, Any]) -> dict[str, Any]:
        """Version, account and its rights; forgets sessions and counted failures."""
        self._door.reset()
        return _set(self._here.settings, {n: v for n, v in sent.items() if n not in ("quirks", "faults", "medexis")})

    def _metadata(self, sent: dict[str, Any]) -> dict[str, Any]:
        if not isinstance(sent.get("dataSets"), list) or not isinstance(sent.get("organisationUnits"), list):
            raise ValueError("metadata hold at least dataSets and organisationUnits")
        self._here.metadata = sent
        return {kind: len(held) for kind, held in sent.items() if isinstance(held, list)}

    def _medexis(self, sent: dict[str, Any]) -> dict[str, Any]:
        """Set how MEDEXIS behaves (`{"is_on": true, "scanned": 1}`), and let it do what is due."""
        behaviour = _set(self._here.settings.medexis, sent)
        with self._here.store.whole():
            desk.look(self._here)
        return behaviour

    def _form(self, sent: dict[str, Any]) -> Any:
        """Send a form: of a month (`{"period": "202610"}`), of lines told (`"lines"`), or corrected (`"reference"`)."""
        unit = sent.get("unit") or self._here.metadata["organisationUnits"][0]["id"]
        with self._here.store.whole():
            if sent.get("reference"):
                return desk.correct(self._here, sent["reference"], sent["lines"])
            return desk.propose(self._here, unit, sent.get("period", ""), sent.get("lines"))

    def _note(self, sent: dict[str, Any]) -> Any:
        """Send a delivery note with these lots: `{"reference": of the order, "lines": […]}`."""
        with self._here.store.whole():
            return desk.deliver(self._here, sent["reference"], sent["lines"])

    def _clock(self, sent: dict[str, Any]) -> dict[str, Any]:
        """Fix the day (`{"today": "2026-11-02"}`), or let it run again (`{"today": null}`)."""
        day = date.fromisoformat(sent["today"]) if sent["today"] else None
        self._here.clock.fixed = (lambda: day) if day else None
        return {"now": self._here.clock.stamp()}

    def _message(self, sent: dict[str, Any]) -> dict[str, Any]:
        """Somebody else writes.

        `{"from": name, "subject", "text", "attachments": [{"name", "contentType", "base64", "storageStatus"}]}`, to the
        account unless `"to"` lists other user names; with `"conversation"` it is a reply there.
        """
        here, sender = self._here, str(sent["from"])
        known = {u.get("username", u["displayName"]): u["id"] for u in here.users()}
        writer = (known.get(sender, uid(f"user:{sender}")), sender)
        attachments = [(a, base64.b64decode(a["base64"], validate=True)) for a in sent.get("attachments", [])]
        with here.store.whole():
            made = []
            for described, content in attachments:
                file = uid(secrets.token_hex(16))
                kind, status = described.get("contentType", "application/pdf"), described.get("storageStatus", "STORED")
                files.keep(
                    here,
                    file,
                    described["name"],
                    kind,
                    content,
                    domain="MESSAGE_ATTACHMENT",
                    owner=writer[0],
                    status=status,
                )
                made.append(file)
            conversation = sent.get("conversation")
            if conversation is None:
                people = {known[name] for name in sent.get("to", [here.settings.username])}
                conversation = mail.start(
                    here, str(sent["subject"]), people, writer[0], kind=sent.get("messageType", "PRIVATE")
                )
            elif not mail.exists(here, conversation):
                raise ValueError(f"no conversation {conversation}")
            said = mail.say(here, conversation, writer, str(sent["text"]), made)
        return {"conversation": conversation, "message": said, "attachments": made}

    def _reset(self, sent: dict[str, Any]) -> dict[str, Any]:
        settings, fixed = copy.deepcopy(self._at_start[0]), self._at_start[1]
        for part in fields(settings):
            setattr(self._here.settings, part.name, getattr(settings, part.name))
        self._here.clock.fixed = fixed
        self._door.reset()
        if sent.get("store"):
            self._here.store.empty()
        return {"reset": True, "store": bool(sent.get("store"))}


def _set(target: Any, sent: dict[str, Any]) -> dict[str, Any]:
    """Set known names; raises ValueError for the others, so that a slip of the pen is seen."""
    known = {part.name for part in fields(target)}
    if unknown := sorted(set(sent) - known):
        raise ValueError(f"not known: {unknown}; there is {sorted(known)}")
    for name, value in sent.items():
        setattr(target, name, value)
    return asdict(target)

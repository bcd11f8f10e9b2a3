"""`POST /api/messageConversations`: a new conversation, a reply. Neither can be repeated without doing it twice."""

from __future__ import annotations

from typing import Any

from appliance.standin.instance import Instance
from appliance.standin.messages import mail
from appliance.standin.messages.conversations import check_access
from appliance.standin.wire.answers import Answer, Refusal, message
from appliance.standin.wire.request import Request

FEEDBACK_AUTHORITY = "M_feedback_recipient"
"""Stands for membership in the group that handles feedback: only its people may write internal messages."""


def start(here: Instance, request: Request) -> Answer:
    """Write to users, groups and the users of org units; attachments must be unused."""
    request.needs_type("application/json")
    sent = request.json_object(sniffed=False)
    people = _people(here, sent)
    if not people:
        return message(409, "No recipients selected.")
    files = _unused(here, [a.get("id", "") for a in sent.get("attachments") or []])
    me = here.me()
    made = mail.start(here, str(sent.get("subject") or ""), people, me["id"])
    mail.say(here, made, (me["id"], me["displayName"]), str(sent.get("text") or ""), files)
    return message(201, "Message conversation created", {"location": f"/messageConversations/{made}"})


def reply(here: Instance, request: Request, conversation: str) -> Answer:
    """Say something in a conversation: the body is the text itself."""
    request.needs_type("text/plain")
    check_access(here, conversation)
    internal = request.flag("internal")
    if internal and not here.settings.may(FEEDBACK_AUTHORITY):
        return message(403, "Not authorized to send internal messages")
    files = _unused(here, [f for text in request.every("attachments") for f in text.split(",") if f])
    me = here.me()
    mail.say(
        here,
        conversation,
        (me["id"], me["displayName"]),
        request.body.decode("utf-8", "replace"),
        files,
        internal=internal,
    )
    return message(201, "Message conversation created", {"location": f"/messageConversations/{conversation}"})


def _people(here: Instance, sent: dict[str, Any]) -> set[str]:
    """Everyone addressed. An unknown user or org unit is 409, an unknown group 404."""
    users = {u["id"]: u for u in here.users()}
    units = {u["id"] for u in here.metadata["organisationUnits"]}
    groups = {g["id"]: g for g in here.metadata.get("userGroups", [])}
    people: set[str] = set()
    for user in sent.get("users") or []:
        if user.get("id") not in users:
            raise Refusal(message(409, f"User does not exist: {user.get('id')}"))
        people.add(user["id"])
    for group in sent.get("userGroups") or []:
        if group.get("id") not in groups:
            raise Refusal(message(404, f"User group does not exist: {group.get('id')}"))
        people |= {u["id"] for u in groups[group["id"]].get("users", [])}
    for unit in sent.get("organisationUnits") or []:
        if unit.get("id") not in units:
            raise Refusal(message(409, f"Organisation unit does not exist: {unit.get('id')}"))
        people |= {
            u["id"] for u in users.values() if any(o["id"] == unit["id"] for o in u.get("organisationUnits", []))
        }
    return people


def _unused(here: Instance, files: list[str]) -> list[str]:
    for file in files:
        row = here.store.row("SELECT message FROM file WHERE id = ? AND domain = 'MESSAGE_ATTACHMENT'", file)
        if row is None:
            raise Refusal(message(409, f"Attachment does not exist: {file}"))
        if row[0] is not None:
            raise Refusal(message(409, f"Attachment is used already: {file}"))
    return files

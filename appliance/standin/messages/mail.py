"""The kept conversations."""

from __future__ import annotations

import secrets
from typing import Any

from appliance.standin.instance import Instance
from appliance.standin.metadata import uid

KINDS = ("PRIVATE", "SYSTEM", "VALIDATION_RESULT", "TICKET", "SYSTEM_VERSION_UPDATE")


def start(here: Instance, subject: str, participants: set[str], sender: str, *, kind: str = "PRIVATE") -> str:
    """Open a conversation; returns its id."""
    now, made = here.clock.stamp(), uid(secrets.token_hex(16))
    here.store.run("INSERT INTO conversation VALUES (?,?,?,?,?)", made, subject, kind, now, now)
    for user in sorted(participants | {sender}):
        here.store.run("INSERT INTO participant VALUES (?,?,?)", made, user, int(user == sender))
    return made


def say(
    here: Instance, conversation: str, sender: tuple[str, str], text: str, files: list[str], *, internal: bool = False
) -> str:
    """Add a message by a sender (id and name); everyone else has it unread. Returns its id."""
    now, made = here.clock.stamp(), uid(secrets.token_hex(16))
    here.store.run(
        "INSERT INTO message (id, conversation, sender, name, text, internal, created) VALUES (?,?,?,?,?,?,?)",
        made, conversation, sender[0], sender[1], text, int(internal), now,
    )  # fmt: skip
    for file in files:
        here.store.run("UPDATE file SET message = ? WHERE id = ?", made, file)
    here.store.run("UPDATE conversation SET updated = ? WHERE id = ?", now, conversation)
    here.store.run("UPDATE participant SET read = (user = ?) WHERE conversation = ?", sender[0], conversation)
    return made


def exists(here: Instance, conversation: str) -> bool:
    """Whether there is such a conversation."""
    return here.store.row("SELECT 1 FROM conversation WHERE id = ?", conversation) is not None


def takes_part(here: Instance, conversation: str, user: str) -> bool:
    """Whether a user is in it."""
    return (
        here.store.row("SELECT 1 FROM participant WHERE conversation = ? AND user = ?", conversation, user) is not None
    )


def mark_read(here: Instance, conversation: str, user: str) -> None:
    """The user has read all of it."""
    here.store.run("UPDATE participant SET read = 1 WHERE conversation = ? AND user = ?", conversation, user)


def conversations(here: Instance, user: str | None) -> list[dict[str, Any]]:
    """A user's conversations (everyone's for None), newest message first, each with its messages."""
    rows = here.store.rows("SELECT id, subject, kind, created, updated FROM conversation ORDER BY rowid DESC")
    found = []
    for identity, subject, kind, created, updated in rows:
        part = here.store.row("SELECT read FROM participant WHERE conversation = ? AND user = ?", identity, user)
        if user is not None and part is None:
            continue
        said = messages(here, identity)
        found.append(
            {
                "id": identity, "subject": subject, "displayName": subject, "messageType": kind, "created": created,
                "lastUpdated": updated, "lastMessage": said[-1]["created"] if said else created, "messageCount": len(said),
                "read": bool(part and part[0]), "followUp": False, "messages": said,
                "userMessages": [{"id": uid(f"{identity}:{u}"), "user": {"id": u}, "read": bool(r)} for u, r in here.store.rows("SELECT user, read FROM participant WHERE conversation = ?", identity)],
            }
        )  # fmt: skip
    found.sort(key=lambda c: str(c["lastMessage"]), reverse=True)
    return found


def messages(here: Instance, conversation: str) -> list[dict[str, Any]]:
    """The messages of a conversation, oldest first, with what is attached."""
    rows = here.store.rows(
        "SELECT id, sender, name, text, internal, created FROM message WHERE conversation = ? ORDER BY seq",
        conversation,
    )
    return [
        {
            "id": identity, "text": text, "created": created, "internal": bool(internal),
            "sender": {"id": sender, "displayName": name}, "attachments": attached(here, identity),
        }
        for identity, sender, name, text, internal, created in rows
    ]  # fmt: skip


def attached(here: Instance, message: str) -> list[dict[str, Any]]:
    """The files of a message, without their bytes."""
    rows = here.store.rows("SELECT id FROM file WHERE message = ? ORDER BY rowid", message)
    return [described(here, row[0]) for row in rows]


def described(here: Instance, file: str) -> dict[str, Any]:
    """A file as DHIS2 tells it."""
    row = here.store.row("SELECT name, kind, length(content), md5, domain, status FROM file WHERE id = ?", file)
    names = ("name", "contentType", "contentLength", "contentMd5", "domain", "storageStatus")
    return {"id": file, **dict(zip(names, row or (), strict=False))}

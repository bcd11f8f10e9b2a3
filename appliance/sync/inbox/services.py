"""Keeping what came: messages as told, files whole with their hash, and only then the mark of having read them."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Mapping
from typing import Any

from appliance.core.errors import Refused
from appliance.core.identifiers import new_uuid
from appliance.storage import Unit
from appliance.sync.dhis2.codes import Fate
from appliance.sync.inbox import repository
from appliance.sync.inbox.model import (
    NAME_MAX,
    SIZE_MAX,
    SUBJECT_MAX,
    TEXT_MAX,
    FileState,
    after_try,
    begins_as,
)

IsKnown = Callable[[str, str], bool]
"""Whether a sender, by UID and by shown name, is one whose papers are fetched."""


def keep_conversation(unit: Unit, told: Mapping[str, Any], is_known: IsKnown, limit: int) -> int:
    """Keep the messages of a conversation that are not here yet; returns how many came.

    `limit` is the size in bytes up to which a known sender's file is fetched unasked.
    """
    held = unit.one("SELECT id FROM inbox_conversation WHERE uid = ?", (told["id"],))
    if held is None:
        conversation = unit.insert(
            "inbox_conversation", uid=told["id"], subject=_text(told.get("subject"), SUBJECT_MAX),
            kind=_text(told.get("messageType"), 40), last_message="", message_count=0, is_read_owed=0, act=unit.act,
        )  # fmt: skip
    else:
        conversation = int(held[0])
    came = known = 0
    for message in told.get("messages") or ():
        identity = message.get("id") if isinstance(message, dict) else None
        if not isinstance(identity, str) or not identity:
            continue
        sender = message.get("sender") if isinstance(message.get("sender"), dict) else {}
        uid, name = _text(sender.get("id"), 40), _text(sender.get("displayName"), NAME_MAX)
        files = [f for f in message.get("attachments") or () if isinstance(f, dict) and f.get("id")]
        kept = unit.one("SELECT id FROM inbox_message WHERE uid = ?", (identity,))
        if kept is None:
            came += 1
            row = unit.append(
                "inbox_message", uid=identity, conversation=conversation, sender=uid, sender_name=name,
                text=_text(message.get("text"), TEXT_MAX, lines=True), created=_text(message.get("created"), 40),
            )  # fmt: skip
            known += is_known(uid, name)
        else:
            row = int(kept[0])
        for file in files:
            _name_file(unit, row, file, is_known(uid, name), limit)
    unit.run(
        "UPDATE inbox_conversation SET last_message = ?, message_count = ?, is_read_owed = max(is_read_owed, ?),"
        " act = ? WHERE id = ?",
        (
            str(told.get("lastMessage") or ""),
            int(told.get("messageCount") or 0),
            int(known > 0),
            unit.act,
            conversation,
        ),
    )
    return came


def keep_file(unit: Unit, attachment: int, journal: Mapping[str, Any]) -> int | None:
    """Keep the bytes that a try brought, or how it failed; returns the document's key when they are here.

    Raises `Refused("no-such-file")`. Bytes that are not what the server said they are are never kept.
    """
    file = repository.attachment(unit, attachment)
    if file is None:
        raise Refused("no-such-file", file=attachment)
    if file.state == FileState.KEPT:
        return repository.document_of(unit, attachment)
    found = journal.get("found") or {}
    if status := found.get("storage"):
        unit.run(
            "UPDATE inbox_attachment SET storage_status = ?, size = coalesce(?, size), md5 = coalesce(?, md5) WHERE id = ?",
            (str(status["status"]), status.get("size"), status.get("md5"), attachment),
        )
    if journal["fate"] == Fate.ACCEPTED and found.get("content") is not None:
        content = base64.b64decode(found["content"])
        document = _keep(unit, file.name, file.content_type, content, attachment)
        unit.run(
            "UPDATE inbox_attachment SET state = 'kept', size = ?, last_code = 'success', act = ? WHERE id = ?",
            (len(content), unit.act, attachment),
        )
        return document
    tried = after_try(
        str(journal["code"]), file.tries, is_link=bool(journal.get("is_link")), today=unit.today,
        tries_on=file.tries_on, now_ms=unit.now.ms,
    )  # fmt: skip
    unit.run(
        "UPDATE inbox_attachment SET state = ?, tries = ?, tries_on = ?, not_before = ?, last_code = ?, act = ? WHERE id = ?",
        (tried.state, tried.tries, unit.today.isoformat(), tried.not_before, journal["code"], unit.act, attachment),
    )
    return None


def keep_by_hand(unit: Unit, name: str, content_type: str, content: bytes) -> int:
    """Keep a paper that a person brought on a stick or a telephone; returns the document's key.

    Raises `Refused` ("file-empty", "file-too-large").
    """
    if not content:
        raise Refused("file-empty")
    if len(content) > SIZE_MAX:
        raise Refused("file-too-large", size=len(content), limit=SIZE_MAX)
    return _keep(unit, _text(name, NAME_MAX) or "document.pdf", _text(content_type, 80), content, None)


def ask_file(unit: Unit, attachment: int) -> None:
    """A person has seen the size and wants the file. Raises `Refused` ("no-such-file", "file-too-large")."""
    file = repository.attachment(unit, attachment)
    if file is None or file.state in (FileState.KEPT, FileState.GIVEN_UP):
        raise Refused("no-such-file" if file is None or file.state == FileState.KEPT else "file-too-large")
    unit.run(
        "UPDATE inbox_attachment SET state = 'waiting', tries = 0, not_before = ?, act = ? WHERE id = ?",
        (unit.now.ms, unit.act, attachment),
    )


def know_sender(unit: Unit, is_known: IsKnown, limit: int) -> None:
    """A sender has become known: its files that only waited for that are fetched."""
    for message in repository.messages(unit, 200):
        if not is_known(message.sender, message.sender_name):
            continue
        for file in message.files:
            if file.state == FileState.SHOWN and (file.size is None or file.size <= limit):
                ask_file(unit, file.id)


def marked_read(unit: Unit, uids: list[str]) -> None:
    """The server has been told that these conversations were read, or knows none of them any more."""
    for uid in uids:
        unit.run("UPDATE inbox_conversation SET is_read_owed = 0, act = ? WHERE uid = ?", (unit.act, uid))


def _keep(unit: Unit, name: str, content_type: str, content: bytes, attachment: int | None) -> int:
    digest = hashlib.sha256(content).digest()
    document = unit.append(
        "inbox_document", uuid=new_uuid(), attachment=attachment, name=name, content_type=content_type,
        content=content, sha256=digest,
    )  # fmt: skip
    unit.note(document=document, sha256=digest.hex(), size=len(content))
    return document


def _name_file(unit: Unit, message: int, file: Mapping[str, Any], known: bool, limit: int) -> None:
    size = file.get("contentLength")
    size = size if isinstance(size, int) and not isinstance(size, bool) and size >= 0 else None
    md5 = file.get("contentMd5") if isinstance(file.get("contentMd5"), str) else None
    status = _text(file.get("storageStatus"), 20) or "STORED"
    if unit.one("SELECT 1 FROM inbox_attachment WHERE message = ? AND uid = ?", (message, str(file["id"])[:40])):
        return
    unit.insert(
        "inbox_attachment", message=message, uid=str(file["id"])[:40], name=_file_name(file.get("name")),
        content_type=_text(file.get("contentType"), 80), size=size, md5=md5, storage_status=status,
        state=begins_as(size, is_known=known, limit=limit), tries=0, tries_on="", not_before=unit.now.ms, last_code=None,
        act=unit.act,
    )  # fmt: skip


def _text(raw: Any, limit: int, *, lines: bool = False) -> str:
    """A text from outside: printable, of a bounded length, on one line unless its lines matter."""
    text = str(raw or "")[: limit * 2]
    kept = "".join(c for c in text if c.isprintable() or (lines and c in "\n\t"))
    return (kept if lines else " ".join(kept.split()))[:limit].strip()


def _file_name(raw: Any) -> str:
    """A name without folders, as a file may be called here."""
    name = _text(raw, NAME_MAX * 2).replace("\\", "/").rpartition("/")[2].lstrip(".")
    return "".join("_" if c in '<>:"|?*' else c for c in name)[-NAME_MAX:] or "document"

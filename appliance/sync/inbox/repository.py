"""Reading the inbox: what is to be fetched, what came, what was read in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec
from peewee import JOIN, fn

from appliance.storage import Database
from appliance.storage.tables import ActRow
from appliance.sync.inbox.model import FileState
from appliance.sync.inbox.tables import (
    InboxAttachmentRow,
    InboxConversationRow,
    InboxDocumentRow,
    InboxMessageRow,
    InboxOutcomeRow,
    InboxReadingRow,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file named by a message, with the identifiers by which it is fetched; `size` in bytes when it was told."""

    id: int
    uid: str
    message_uid: str
    conversation_uid: str
    name: str
    content_type: str
    size: int | None
    md5: str | None
    storage_status: str
    state: str
    tries: int
    tries_on: str
    not_before: int
    last_code: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message with its files; `created` as the server wrote it."""

    id: int
    conversation: int
    subject: str
    sender: str
    sender_name: str
    text: str
    created: str
    files: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A document without its bytes: where it came from, what was read in it, what was made of it."""

    id: int
    uuid: bytes
    name: str
    content_type: str
    size: int
    sha256: bytes
    kept_at: int
    sender: str
    sender_name: str
    subject: str
    layout: str | None
    reading: dict[str, Any] | None
    outcome: str | None
    record: bytes | None
    content: dict[str, Any] | None


def conversations(db: Database) -> dict[str, list[Any]]:
    """Every conversation known: UID to its last message and how many it has."""
    query = InboxConversationRow.select(
        InboxConversationRow.uid, InboxConversationRow.last_message, InboxConversationRow.message_count
    )
    return {row["uid"]: [row["last_message"], row["message_count"]] for row in db.rows(query)}


def read_owed(db: Database) -> list[str]:
    """Conversations to be marked as read there: all of them is here."""
    query = InboxConversationRow.select(InboxConversationRow.uid).where(
        (InboxConversationRow.is_read_owed == 1)
        & InboxConversationRow.id.not_in(
            InboxMessageRow.select(InboxMessageRow.conversation)
            .join(InboxAttachmentRow, on=(InboxAttachmentRow.message == InboxMessageRow.id))
            .where(InboxAttachmentRow.state == "waiting")
        )
    )
    return [row["uid"] for row in db.rows(query.limit(50))]


def next_file(db: Database, now_ms: int) -> Attachment | None:
    """The next file to be fetched, the oldest first."""
    query = _FILES.where((InboxAttachmentRow.state == "waiting") & (InboxAttachmentRow.not_before <= now_ms))
    return next(iter(_files(db, query.order_by(InboxAttachmentRow.id).limit(1))), None)


def next_file_instant(db: Database, after_ms: int) -> int | None:
    """When the next file that waits may be tried again, in milliseconds."""
    query = InboxAttachmentRow.select(fn.min(InboxAttachmentRow.not_before).alias("at")).where(
        (InboxAttachmentRow.state == "waiting") & (InboxAttachmentRow.not_before > after_ms)
    )
    found: int | None = db.rows(query)[0]["at"]
    return found


def attachment(db: Database, identity: int) -> Attachment | None:
    """One file by its key."""
    return next(iter(_files(db, _FILES.where(InboxAttachmentRow.id == identity))), None)


def messages(db: Database, limit: int = 60, before: int | None = None) -> list[Message]:
    """The newest messages with their files, paged by key."""
    query = (
        InboxMessageRow.select(
            InboxMessageRow.id, InboxMessageRow.conversation, InboxConversationRow.subject, InboxMessageRow.sender,
            InboxMessageRow.sender_name, InboxMessageRow.text, InboxMessageRow.created,
        )
        .join(InboxConversationRow, on=(InboxConversationRow.id == InboxMessageRow.conversation))
        .order_by(InboxMessageRow.id.desc())
        .limit(limit)
    )  # fmt: skip
    rows = db.rows(query.where(InboxMessageRow.id < before) if before else query)
    files: dict[int, list[Attachment]] = {}
    if rows:
        named = InboxAttachmentRow.select(InboxAttachmentRow.id, InboxAttachmentRow.message).where(
            InboxAttachmentRow.message.in_([row["id"] for row in rows])
        )
        owners = {row["id"]: row["message"] for row in db.rows(named)}
        for found in _files(db, _FILES.where(InboxAttachmentRow.id.in_(list(owners) or [0]))):
            files.setdefault(owners[found.id], []).append(found)
    return [Message(**row, files=tuple(files.get(row["id"], ()))) for row in rows]


def document_of(db: Database, attachment_: int) -> int | None:
    """The document that holds a file's bytes."""
    found: int | None = db.value("SELECT id FROM inbox_document WHERE attachment = ?", (attachment_,))
    return found


def bytes_of(db: Database, document_: int) -> bytes:
    """The bytes of a document, as they came."""
    found: bytes = db.value("SELECT content FROM inbox_document WHERE id = ?", (document_,))
    return found


def unread(db: Database, edition: str) -> list[int]:
    """Documents that no reader of this edition has looked at and nobody has made anything of."""
    rows = db.all(
        "SELECT d.id FROM inbox_document d WHERE NOT EXISTS (SELECT 1 FROM inbox_outcome o WHERE o.document = d.id)"
        " AND NOT EXISTS (SELECT 1 FROM inbox_reading r WHERE r.document = d.id AND r.edition = ?) ORDER BY d.id LIMIT 20",
        (edition,),
    )
    return [row[0] for row in rows]


def documents(db: Database, limit: int = 60) -> list[Document]:
    """The newest documents."""
    return _documents(db, _DOCUMENTS.order_by(InboxDocumentRow.id.desc()).limit(limit))


def document(db: Database, identity: int) -> Document | None:
    """One document."""
    return next(iter(_documents(db, _DOCUMENTS.where(InboxDocumentRow.id == identity))), None)


def undecided(db: Database) -> int:
    """How many documents nobody has made anything of yet."""
    return int(
        db.value(
            "SELECT count(*) FROM inbox_document d WHERE NOT EXISTS (SELECT 1 FROM inbox_outcome o WHERE o.document = d.id)"
        )
    )


def papers(db: Database) -> int:
    """How many documents are kept."""
    return int(db.value("SELECT count(*) FROM inbox_document"))


def files_by_state(db: Database) -> dict[str, int]:
    """How many files of messages stand in each state."""
    counted: dict[str, int] = dict(db.all("SELECT state, count(*) FROM inbox_attachment GROUP BY state"))
    return {state.value: counted.get(state.value, 0) for state in FileState}


def same_bytes(db: Database, sha256: bytes, other_than: int) -> int | None:
    """An earlier document of the very same bytes."""
    found: int | None = db.value("SELECT min(id) FROM inbox_document WHERE sha256 = ? AND id < ?", (sha256, other_than))
    return found


_FILES = (
    InboxAttachmentRow.select(
        InboxAttachmentRow.id, InboxAttachmentRow.uid, InboxMessageRow.uid.alias("message_uid"),
        InboxConversationRow.uid.alias("conversation_uid"), InboxAttachmentRow.name, InboxAttachmentRow.content_type,
        InboxAttachmentRow.size, InboxAttachmentRow.md5, InboxAttachmentRow.storage_status, InboxAttachmentRow.state,
        InboxAttachmentRow.tries, InboxAttachmentRow.tries_on, InboxAttachmentRow.not_before,
        InboxAttachmentRow.last_code,
    )
    .join(InboxMessageRow, on=(InboxMessageRow.id == InboxAttachmentRow.message))
    .join(InboxConversationRow, on=(InboxConversationRow.id == InboxMessageRow.conversation))
)  # fmt: skip
_LAST_READING = InboxReadingRow.select(fn.max(InboxReadingRow.id)).where(
    InboxReadingRow.document == InboxDocumentRow.id
)
_LAST_OUTCOME = InboxOutcomeRow.select(fn.max(InboxOutcomeRow.id)).where(
    InboxOutcomeRow.document == InboxDocumentRow.id
)
_DOCUMENTS = (
    InboxDocumentRow.select(
        InboxDocumentRow.id, InboxDocumentRow.uuid, InboxDocumentRow.name, InboxDocumentRow.content_type,
        fn.length(InboxDocumentRow.content).alias("size"), InboxDocumentRow.sha256, ActRow.at.alias("kept_at"),
        InboxMessageRow.sender, InboxMessageRow.sender_name, InboxConversationRow.subject, InboxReadingRow.layout,
        InboxReadingRow.result.alias("reading"), InboxOutcomeRow.outcome, InboxOutcomeRow.record,
        InboxOutcomeRow.content,
    )
    .join(ActRow, on=(ActRow.seq == InboxDocumentRow.act))
    .join(InboxAttachmentRow, JOIN.LEFT_OUTER, on=(InboxAttachmentRow.id == InboxDocumentRow.attachment))
    .join(InboxMessageRow, JOIN.LEFT_OUTER, on=(InboxMessageRow.id == InboxAttachmentRow.message))
    .join(InboxConversationRow, JOIN.LEFT_OUTER, on=(InboxConversationRow.id == InboxMessageRow.conversation))
    .join(InboxReadingRow, JOIN.LEFT_OUTER, on=(InboxReadingRow.id == _LAST_READING))
    .join(InboxOutcomeRow, JOIN.LEFT_OUTER, on=(InboxOutcomeRow.id == _LAST_OUTCOME))
)  # fmt: skip


def _files(db: Database, query: Any) -> list[Attachment]:
    return [Attachment(**row) for row in db.rows(query)]


def _documents(db: Database, query: Any) -> list[Document]:
    found = []
    for row in db.rows(query):
        for name in ("reading", "content"):
            row[name] = msgspec.json.decode(row[name]) if row[name] else None
        for name in ("sender", "sender_name", "subject"):
            row[name] = row[name] or ""
        found.append(Document(**row))
    return found

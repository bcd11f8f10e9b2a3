"""Messages and their files as peewee sees them."""

from __future__ import annotations

import peewee

from appliance.storage.mapping import Mapped


class InboxConversationRow(Mapped):
    """A conversation that our account takes part in, and how it stood when it was last read."""

    id = peewee.AutoField()
    uid = peewee.TextField()
    subject = peewee.TextField()
    kind = peewee.TextField()
    last_message = peewee.TextField()
    message_count = peewee.IntegerField()
    is_read_owed = peewee.IntegerField()
    act = peewee.IntegerField()


class InboxMessageRow(Mapped):
    """One message; `created` is the server's own time as it writes it."""

    id = peewee.AutoField()
    uid = peewee.TextField()
    conversation = peewee.IntegerField()
    sender = peewee.TextField()
    sender_name = peewee.TextField()
    text = peewee.TextField()
    created = peewee.TextField()
    act = peewee.IntegerField()


class InboxAttachmentRow(Mapped):
    """A file named by a message, and how fetching it stands."""

    id = peewee.AutoField()
    message = peewee.IntegerField()
    uid = peewee.TextField()
    name = peewee.TextField()
    content_type = peewee.TextField()
    size = peewee.IntegerField(null=True)
    md5 = peewee.TextField(null=True)
    storage_status = peewee.TextField()
    state = peewee.TextField()
    tries = peewee.IntegerField()
    tries_on = peewee.TextField()
    not_before = peewee.IntegerField()
    last_code = peewee.TextField(null=True)
    act = peewee.IntegerField()


class InboxDocumentRow(Mapped):
    """The bytes of a file, whole."""

    id = peewee.AutoField()
    uuid = peewee.BlobField()
    attachment = peewee.IntegerField(null=True)
    name = peewee.TextField()
    content_type = peewee.TextField()
    content = peewee.BlobField()
    sha256 = peewee.BlobField()
    act = peewee.IntegerField()


class InboxReadingRow(Mapped):
    """What was read in a document, as JSON."""

    id = peewee.AutoField()
    document = peewee.IntegerField()
    layout = peewee.TextField(null=True)
    edition = peewee.TextField()
    result = peewee.TextField()
    act = peewee.IntegerField()


class InboxOutcomeRow(Mapped):
    """What was made of a document: an order, a shipment, or nothing."""

    id = peewee.AutoField()
    document = peewee.IntegerField()
    outcome = peewee.TextField()
    record = peewee.BlobField(null=True)
    content = peewee.TextField()
    act = peewee.IntegerField()

"""Tries, proofs and bytes as peewee sees them; the outbox itself is the store's."""

from __future__ import annotations

import peewee

from appliance.storage.mapping import Mapped


class AttemptRow(Mapped):
    """One step of a try and what the counterparty answered."""

    id = peewee.AutoField()
    item = peewee.IntegerField()
    at = peewee.IntegerField()
    step = peewee.TextField()
    outcome = peewee.TextField()
    code = peewee.TextField()
    http_status = peewee.IntegerField(null=True)
    bytes_out = peewee.IntegerField()
    bytes_in = peewee.IntegerField()
    answer = peewee.TextField(null=True)
    act = peewee.IntegerField()


class SentRow(Mapped):
    """A payload as it went out, compressed."""

    id = peewee.AutoField()
    item = peewee.IntegerField()
    at = peewee.IntegerField()
    payload = peewee.BlobField()
    hash = peewee.BlobField()
    act = peewee.IntegerField()


class TrafficRow(Mapped):
    """Bytes each way by day and purpose."""

    day = peewee.TextField()
    purpose = peewee.TextField()
    bytes_out = peewee.IntegerField()
    bytes_in = peewee.IntegerField()
    requests = peewee.IntegerField()

    class Meta:
        primary_key = peewee.CompositeKey("day", "purpose")

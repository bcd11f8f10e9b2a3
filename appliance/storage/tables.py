"""The tables that every room writes through the store itself: acts, settings, facts, the outbox."""

from __future__ import annotations

import peewee

from appliance.storage.mapping import Mapped


class ActRow(Mapped):
    """One use case: who, when, under which clock, and the chain. `at` in milliseconds UTC; `seq` is the server's order."""

    seq = peewee.AutoField()
    kind = peewee.TextField()
    staff = peewee.IntegerField(null=True)
    device = peewee.TextField()
    at = peewee.IntegerField()
    trusted = peewee.IntegerField()
    request_key = peewee.BlobField(null=True)
    body_hash = peewee.BlobField(null=True)
    detail = peewee.TextField(null=True)
    result = peewee.TextField(null=True)
    rows_hash = peewee.BlobField()
    hash = peewee.BlobField()


class ClockSettlementRow(Mapped):
    """How far the clock was off during acts `first_act` to `last_act`, in milliseconds."""

    id = peewee.AutoField()
    first_act = peewee.IntegerField()
    last_act = peewee.IntegerField()
    offset_ms = peewee.IntegerField()
    act = peewee.IntegerField()


class HeartbeatRow(Mapped):
    """The one row that the watchdog rewrites; it means nothing else."""

    id = peewee.IntegerField(primary_key=True)
    at = peewee.IntegerField()


class SettingRow(Mapped):
    """A setting of the centre; `value` is JSON."""

    name = peewee.TextField(primary_key=True)
    value = peewee.TextField()
    act = peewee.IntegerField()


class FactRow(Mapped):
    """A countable fact of care, signed: a correction is one of the opposite `quantity` that `reverses` it."""

    id = peewee.AutoField()
    month = peewee.TextField()
    kind = peewee.TextField()
    code = peewee.TextField()
    occurred_on = peewee.TextField()
    age_months = peewee.IntegerField(null=True)
    age_days = peewee.IntegerField(null=True)
    sex = peewee.TextField(null=True)
    zone = peewee.TextField(null=True)
    strategy = peewee.TextField(null=True)
    quantity = peewee.IntegerField()
    visit = peewee.IntegerField(null=True)
    reverses = peewee.IntegerField(null=True)
    act = peewee.IntegerField()


class OutboxRow(Mapped):
    """A thing that must leave the box; a smaller `priority` goes first, instants in milliseconds UTC."""

    id = peewee.AutoField()
    uuid = peewee.BlobField()
    kind = peewee.TextField()
    subject = peewee.TextField()
    revision = peewee.IntegerField()
    priority = peewee.IntegerField()
    state = peewee.TextField()
    payload = peewee.BlobField(null=True)
    payload_hash = peewee.BlobField(null=True)
    attempts = peewee.IntegerField()
    next_attempt_at = peewee.IntegerField()
    last_code = peewee.TextField(null=True)
    last_detail = peewee.TextField(null=True)
    done_at = peewee.IntegerField(null=True)
    act = peewee.IntegerField()


class EventUidRow(Mapped):
    """The identifier of one of our records at the counterparty; `part` tells the lines of one record apart."""

    id = peewee.AutoField()
    uid = peewee.TextField()
    kind = peewee.TextField()
    subject = peewee.TextField()
    part = peewee.TextField()
    act = peewee.IntegerField()

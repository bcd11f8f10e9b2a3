"""People, rights, and who looked at which file, as peewee sees them."""

from __future__ import annotations

import peewee

from appliance.storage.mapping import Mapped


class StaffRow(Mapped):
    """A person who works here; instants in milliseconds UTC, `pin_hash` is argon2id or null before a first PIN."""

    id = peewee.AutoField()
    uuid = peewee.BlobField()
    name = peewee.TextField()
    initials = peewee.TextField()
    pin_hash = peewee.TextField(null=True)
    pin_is_initial = peewee.IntegerField()
    pin_set_at = peewee.IntegerField(null=True)
    failures = peewee.IntegerField()
    locked_until = peewee.IntegerField()
    is_active = peewee.IntegerField()
    act = peewee.IntegerField()


class StaffRoleRow(Mapped):
    """A function that a person holds."""

    staff = peewee.IntegerField()
    role = peewee.TextField()
    act = peewee.IntegerField()

    class Meta:
        primary_key = peewee.CompositeKey("staff", "role")


class DeputyRow(Mapped):
    """`deputy` holds the functions of `absent` from a first to a last day, both included."""

    id = peewee.AutoField()
    absent = peewee.IntegerField()
    deputy = peewee.IntegerField()
    first_day = peewee.TextField()
    last_day = peewee.TextField()
    ended_act = peewee.IntegerField(null=True)
    act = peewee.IntegerField()


class MatrixCellRow(Mapped):
    """A level that the head of the centre set for a tab and a function."""

    tab = peewee.TextField()
    role = peewee.TextField()
    level = peewee.TextField()
    act = peewee.IntegerField()

    class Meta:
        primary_key = peewee.CompositeKey("tab", "role")


class MatrixExceptionRow(Mapped):
    """A level on a tab for one person alone."""

    tab = peewee.TextField()
    staff = peewee.IntegerField()
    level = peewee.TextField()
    act = peewee.IntegerField()

    class Meta:
        primary_key = peewee.CompositeKey("tab", "staff")


class BreakGlassRow(Mapped):
    """A closed tab of one file opened in an emergency, `until` an instant in milliseconds UTC."""

    id = peewee.AutoField()
    staff = peewee.IntegerField()
    patient = peewee.IntegerField()
    tab = peewee.TextField()
    reason = peewee.TextField()
    until = peewee.IntegerField()
    act = peewee.IntegerField()


class BreakGlassEndRow(Mapped):
    """The person closed it before its two hours."""

    id = peewee.AutoField()
    glass = peewee.IntegerField()
    act = peewee.IntegerField()


class BreakGlassAckRow(Mapped):
    """The head of the centre has seen it."""

    id = peewee.AutoField()
    glass = peewee.IntegerField()
    staff = peewee.IntegerField()
    act = peewee.IntegerField()


class ReadEntryRow(Mapped):
    """One reading of a file: who, which tab, on which tablet, when (milliseconds UTC)."""

    id = peewee.AutoField()
    staff = peewee.IntegerField()
    patient = peewee.IntegerField()
    tab = peewee.TextField()
    device = peewee.TextField()
    at = peewee.IntegerField()
    act = peewee.IntegerField()

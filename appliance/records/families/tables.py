"""Ties between people, and households, as peewee sees them."""

from __future__ import annotations

import peewee

from appliance.storage.mapping import Mapped


class FamilyLinkRow(Mapped):
    """A tie: `person` is the `kind` (mother, father, couple, twin) of `relative`."""

    id = peewee.AutoField()
    person = peewee.IntegerField()
    relative = peewee.IntegerField()
    kind = peewee.TextField()
    act = peewee.IntegerField()


class FamilyLinkEndRow(Mapped):
    """A tie that holds no more, and why."""

    id = peewee.AutoField()
    link = peewee.IntegerField()
    reason = peewee.TextField()
    act = peewee.IntegerField()


class HouseholdRow(Mapped):
    """A household: people who live in one concession under one head."""

    id = peewee.AutoField()
    uuid = peewee.BlobField()
    act = peewee.IntegerField()


class HouseholdMemberRow(Mapped):
    """A person came to live in a household."""

    id = peewee.AutoField()
    household = peewee.IntegerField()
    patient = peewee.IntegerField()
    act = peewee.IntegerField()


class HouseholdMemberEndRow(Mapped):
    """A person lives there no more, and why."""

    id = peewee.AutoField()
    member = peewee.IntegerField()
    reason = peewee.TextField()
    act = peewee.IntegerField()


class HouseholdHeadRow(Mapped):
    """Who heads a household; the last row counts."""

    id = peewee.AutoField()
    household = peewee.IntegerField()
    patient = peewee.IntegerField()
    act = peewee.IntegerField()

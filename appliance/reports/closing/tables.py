"""Typed figures, previews and closed reports as peewee sees them."""

from __future__ import annotations

import peewee

from appliance.storage.mapping import Mapped


class TypedCellRow(Mapped):
    """A figure that a person gave; the last row of a cell counts, null withdraws it."""

    id = peewee.AutoField()
    form = peewee.TextField()
    period = peewee.TextField()
    code = peewee.TextField()
    disaggregation = peewee.TextField()
    value = peewee.TextField(null=True)
    staff = peewee.IntegerField(null=True)
    act = peewee.IntegerField()


class ClosingRow(Mapped):
    """A closed report: `cells` is the frozen JSON, `hash` its seal; each rectificatif is one version more."""

    id = peewee.AutoField()
    uuid = peewee.BlobField()
    form = peewee.TextField()
    form_edition = peewee.TextField()
    period = peewee.TextField()
    version = peewee.IntegerField()
    cells = peewee.TextField()
    hash = peewee.BlobField()
    explanation = peewee.TextField(null=True)
    staff = peewee.IntegerField(null=True)
    act = peewee.IntegerField()


class ReportPreviewRow(Mapped):
    """When a report that is owed was last made, in milliseconds UTC."""

    form = peewee.TextField()
    period = peewee.TextField()
    made_at = peewee.IntegerField()
    act = peewee.IntegerField()

    class Meta:
        primary_key = peewee.CompositeKey("form", "period")

"""Visits and what was found and decided, as peewee sees them."""

from __future__ import annotations

import peewee

from appliance.storage.mapping import Mapped


class VisitRow(Mapped):
    """A visit at a post since an instant (milliseconds UTC); `priority` 2 is a danger sign."""

    id = peewee.AutoField()
    uuid = peewee.BlobField()
    patient = peewee.IntegerField()
    occurred_on = peewee.TextField()
    opened_at = peewee.IntegerField()
    station = peewee.TextField()
    station_since = peewee.IntegerField()
    motive = peewee.TextField()
    strategy = peewee.TextField()
    priority = peewee.IntegerField()
    act = peewee.IntegerField()


class VitalsRow(Mapped):
    """Measures, whole numbers in the unit that the column names; `danger_signs` is JSON."""

    id = peewee.AutoField()
    visit = peewee.IntegerField()
    replaces = peewee.IntegerField(null=True)
    reason = peewee.TextField(null=True)
    temperature_decidegrees = peewee.IntegerField(null=True)
    weight_grams = peewee.IntegerField(null=True)
    height_mm = peewee.IntegerField(null=True)
    muac_mm = peewee.IntegerField(null=True)
    respiration_per_minute = peewee.IntegerField(null=True)
    pulse_per_minute = peewee.IntegerField(null=True)
    systolic_mmhg = peewee.IntegerField(null=True)
    diastolic_mmhg = peewee.IntegerField(null=True)
    oedema = peewee.IntegerField(null=True)
    danger_signs = peewee.TextField(null=True)
    act = peewee.IntegerField()


class ConsultationRow(Mapped):
    """One version of what was found; a correction `replaces` the one before and says why."""

    id = peewee.AutoField()
    visit = peewee.IntegerField()
    replaces = peewee.IntegerField(null=True)
    reason = peewee.TextField(null=True)
    case_type = peewee.TextField()
    motive = peewee.TextField()
    signs = peewee.TextField()
    diagnosis = peewee.TextField()
    other_diagnoses = peewee.TextField()
    malaria_suspected = peewee.IntegerField()
    rdt = peewee.TextField()
    microscopy = peewee.TextField()
    pregnant = peewee.TextField()
    outcome = peewee.TextField()
    died_on = peewee.TextField(null=True)
    notes = peewee.TextField(null=True)
    act = peewee.IntegerField()


class PrescriptionRow(Mapped):
    """A prescription with its state."""

    id = peewee.AutoField()
    uuid = peewee.BlobField()
    visit = peewee.IntegerField()
    patient = peewee.IntegerField()
    occurred_on = peewee.TextField()
    state = peewee.TextField()
    act = peewee.IntegerField()


class PrescriptionLineRow(Mapped):
    """A line; `product` is the catalogue's code, `quantity` in base units."""

    id = peewee.AutoField()
    prescription = peewee.IntegerField()
    rank = peewee.IntegerField()
    product = peewee.TextField()
    quantity = peewee.IntegerField()
    dosage = peewee.TextField()
    days = peewee.IntegerField(null=True)
    act = peewee.IntegerField()


class DraftRow(Mapped):
    """What a person was typing, as JSON; `version` tells a second tablet that it is late."""

    id = peewee.AutoField()
    form = peewee.TextField()
    subject = peewee.TextField()
    staff = peewee.IntegerField()
    request_key = peewee.BlobField()
    version = peewee.IntegerField()
    body = peewee.TextField()
    saved_at = peewee.IntegerField()
    device = peewee.TextField()

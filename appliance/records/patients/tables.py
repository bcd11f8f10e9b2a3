"""A patient's history as peewee sees it, for the pages that list it."""

from __future__ import annotations

import peewee


class PatientNameRow(peewee.Model):
    """A name a person bears or bore."""

    id = peewee.AutoField()
    patient = peewee.IntegerField()
    kind = peewee.TextField()
    text = peewee.TextField()
    folded = peewee.TextField()
    is_current = peewee.IntegerField()
    act = peewee.IntegerField()

    class Meta:
        table_name = "patient_name"


class PatientChangeRow(peewee.Model):
    """What particulars were before a correction, as JSON, and why it was made."""

    id = peewee.AutoField()
    patient = peewee.IntegerField()
    before = peewee.TextField()
    reason = peewee.TextField()
    act = peewee.IntegerField()

    class Meta:
        table_name = "patient_change"


class CardRow(peewee.Model):
    """A printed card: blank until bound, useless once ended."""

    code = peewee.TextField(primary_key=True)
    patient = peewee.IntegerField(null=True)
    bound_act = peewee.IntegerField(null=True)
    ended_act = peewee.IntegerField(null=True)
    act = peewee.IntegerField()

    class Meta:
        table_name = "card"

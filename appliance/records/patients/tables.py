"""Patients as peewee sees them: the file without a name, and identity apart."""

from __future__ import annotations

import peewee

from appliance.storage.mapping import Mapped


class PatientRow(Mapped):
    """A file: number, sex, birth with its precision, beside what was said of the age. No name."""

    id = peewee.AutoField()
    uuid = peewee.BlobField()
    number = peewee.TextField()
    sex = peewee.TextField()
    born_on = peewee.TextField()
    born_precision = peewee.TextField()
    age_value = peewee.IntegerField(null=True)
    age_unit = peewee.TextField(null=True)
    age_said_on = peewee.TextField(null=True)
    village = peewee.IntegerField(null=True)
    mother = peewee.IntegerField(null=True)
    allergies = peewee.TextField()
    allergies_asked = peewee.IntegerField()
    registered_on = peewee.TextField()
    deceased_on = peewee.TextField(null=True)
    merged_into = peewee.IntegerField(null=True)
    last_visit_on = peewee.TextField(null=True)
    act = peewee.IntegerField()


class PatientNameRow(Mapped):
    """A name a person bears or bore."""

    id = peewee.AutoField()
    patient = peewee.IntegerField()
    kind = peewee.TextField()
    text = peewee.TextField()
    folded = peewee.TextField()
    is_current = peewee.IntegerField()
    act = peewee.IntegerField()


class PatientContactRow(Mapped):
    """Parents' names, phone and household of a person."""

    patient = peewee.IntegerField(primary_key=True)
    mother_name = peewee.TextField(null=True)
    father_name = peewee.TextField(null=True)
    phone = peewee.TextField(null=True)
    household = peewee.TextField(null=True)
    note = peewee.TextField(null=True)
    act = peewee.IntegerField()


class PatientContactBeforeRow(Mapped):
    """What mother's name, phone and household were before a correction."""

    id = peewee.AutoField()
    patient = peewee.IntegerField()
    mother_name = peewee.TextField(null=True)
    phone = peewee.TextField(null=True)
    act = peewee.IntegerField()
    household = peewee.TextField(null=True)


class PatientSearchRow(Mapped):
    """A key by which a person is found: a word (x), a sound (n), the mother's (m), a phone's digits (p)."""

    key = peewee.TextField()
    kind = peewee.TextField()
    patient = peewee.IntegerField()

    class Meta:
        primary_key = peewee.CompositeKey("key", "kind", "patient")


class CardRow(Mapped):
    """A printed card: blank until bound, useless once ended."""

    code = peewee.TextField(primary_key=True)
    patient = peewee.IntegerField(null=True)
    bound_act = peewee.IntegerField(null=True)
    ended_act = peewee.IntegerField(null=True)
    act = peewee.IntegerField()


class PatientMergeRow(Mapped):
    """A file found to be another person's: `absorbed` speaks for `survivor` from then on."""

    id = peewee.AutoField()
    absorbed = peewee.IntegerField()
    survivor = peewee.IntegerField()
    reason = peewee.TextField()
    act = peewee.IntegerField()


class PatientUnmergeRow(Mapped):
    """A merge taken back."""

    id = peewee.AutoField()
    merge = peewee.IntegerField()
    reason = peewee.TextField()
    act = peewee.IntegerField()


class PatientChangeRow(Mapped):
    """What particulars were before a correction, as JSON, and why it was made."""

    id = peewee.AutoField()
    patient = peewee.IntegerField()
    before = peewee.TextField()
    reason = peewee.TextField()
    act = peewee.IntegerField()


class PatientCoverNumberRow(Mapped):
    """The number on the card of whoever is covered: identity, destroyed with it."""

    cover = peewee.IntegerField(primary_key=True)
    patient = peewee.IntegerField()
    number = peewee.TextField()
    act = peewee.IntegerField()

"""What the machine did by itself, as peewee sees it."""

from __future__ import annotations

import peewee

from appliance.storage.mapping import Mapped


class JobRunRow(Mapped):
    """One ended run of a duty, at an instant in milliseconds UTC; `detail` is JSON."""

    id = peewee.AutoField()
    job = peewee.TextField()
    at = peewee.IntegerField()
    outcome = peewee.TextField()
    detail = peewee.TextField(null=True)
    act = peewee.IntegerField()

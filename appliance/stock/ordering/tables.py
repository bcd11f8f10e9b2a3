"""What ordering is set to, as peewee sees it."""

from __future__ import annotations

import peewee

from appliance.storage.mapping import Mapped


class OrderSettingRow(Mapped):
    """A value of an ordering rule at a scope; `subject` is the programme, supplier or product code, empty for the centre."""

    id = peewee.AutoField()
    scope = peewee.TextField()
    subject = peewee.TextField()
    name = peewee.TextField()
    value = peewee.TextField(null=True)
    act = peewee.IntegerField()

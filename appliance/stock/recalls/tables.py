"""Who was reached of a recalled lot, as peewee sees it."""

from __future__ import annotations

import peewee

from appliance.storage.mapping import Mapped


class LotContactRow(Mapped):
    """What came of looking for somebody who received a lot; the last row of a person counts."""

    id = peewee.AutoField()
    lot = peewee.IntegerField()
    patient = peewee.IntegerField()
    outcome = peewee.TextField()
    note = peewee.TextField(null=True)
    act = peewee.IntegerField()

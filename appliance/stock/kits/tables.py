"""What kits hold, as peewee sees it."""

from __future__ import annotations

import peewee

from appliance.storage.mapping import Mapped


class KitPartRow(Mapped):
    """So many base units of a product in one base unit of a kit; the last row of a part counts, 0 takes it out."""

    id = peewee.AutoField()
    kit = peewee.IntegerField()
    part = peewee.IntegerField()
    quantity = peewee.IntegerField()
    act = peewee.IntegerField()

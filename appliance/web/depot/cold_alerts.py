"""What the cold chain asks of the first page: a fridge out of the band, a reading that nobody took, a vial to throw away."""

from __future__ import annotations

from datetime import datetime

from appliance.core.clock import Instant
from appliance.stock.cold_chain import repository, temperatures
from appliance.storage import Database
from appliance.web.words import _
from appliance.web.words.cold import EXPOSURES, degrees, duration

SHOWN_MAX = 6


def cold_alerts(db: Database, instant: Instant) -> list[tuple[str, str, str]]:
    """Text, tone and page of each, what is worst first."""
    now: datetime = instant.datetime.replace(tzinfo=None)
    alarms, asked = [], []
    for fridge in temperatures.state_of_fridges(db, now):
        name = fridge.equipment.name
        if fridge.alarm:
            text = _("%(name)s : %(what)s depuis %(long)s, au pire %(worst)s") % {
                "name": name, "what": EXPOSURES[fridge.alarm.exposure], "long": duration(fridge.alarm.hours(now)),
                "worst": degrees(fridge.alarm.worst_tenths),
            }  # fmt: skip
            alarms.append((text, "danger", "/depot/froid"))
        if fridge.missed:
            day, moment = fridge.missed[-1]
            text = _("%(name)s : relevé manqué (%(moment)s du %(day)s)") % {
                "name": name, "moment": moment.label.lower(), "day": f"{day:%d/%m}",
            }  # fmt: skip
            asked.append((text, "warn", f"/depot/froid/fiche?appareil={fridge.equipment.id}"))
    over = [
        (_("Flacon à jeter : %(label)s") % {"label": vial.label}, "danger", "/depot/froid/flacons")
        for vial in repository.open_vials(db)
        if vial.use_until <= instant.ms
    ]
    return (alarms + over + asked)[:SHOWN_MAX]

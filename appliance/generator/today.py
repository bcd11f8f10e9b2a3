"""This morning at the invented centre: people in the queue, one of them in danger, and prescriptions to serve."""

from __future__ import annotations

import random
from typing import Any

from appliance.core.actors import MACHINE
from appliance.records.care import prescriptions, visits
from appliance.records.care.model import CaseType, Consultation, PrescribedLine, Rdt, Station, Vitals
from appliance.storage import Store, Unit

WAITING = (("Fièvre, vomit tout", True), ("Toux, fièvre", False), ("Selles liquides", False), ("Plaie au pied", False))
TO_SERVE = ((("MLS069", 15), ("MLS072", 21)), (("MLS040", 4), ("MLS041", 10)))


def open_today(store: Store, seed: int) -> int:
    """Fill the queue when nobody has come yet today; returns how many people wait."""
    today = store.clock.today().isoformat()
    with store.reading() as db:
        if db.value("SELECT 1 FROM visit WHERE occurred_on = ? LIMIT 1", (today,)):
            return 0
        people = [
            r[0] for r in db.all("SELECT id FROM patient WHERE deceased_on IS NULL AND merged_into IS NULL ORDER BY id")
        ]
    chosen = random.Random(seed).sample(people, min(len(people), len(WAITING) + len(TO_SERVE)))

    def fill(unit: Unit) -> dict[str, Any]:
        for patient, (motive, in_danger) in zip(chosen, WAITING, strict=False):
            visit = visits.open_visit(unit, patient, motive)
            if in_danger:
                visits.record_vitals(
                    unit, visit, Vitals(temperature_decidegrees=394, danger_signs={"vomits-everything": "yes"})
                )
        for patient, lines in zip(chosen[len(WAITING) :], TO_SERVE, strict=False):
            visit = visits.open_visit(unit, patient, "Consultation")
            found = Consultation(case_type=CaseType.NEW, motive="Consultation", diagnosis="autre", rdt=Rdt.NOT_DONE)
            visits.record_consultation(unit, visit, found)
            listed = [PrescribedLine(product=p, quantity=q, dosage="selon protocole", days=5) for p, q in lines]
            prescriptions.prescribe(unit, visit, listed)
            visits.move_visit(unit, visit, Station.PHARMACY)
        return {"waiting": len(chosen)}

    return int(store.act_now("open-today", MACHINE, fill).result["waiting"])

"""Who acts: a member of staff at a tablet, or the machine itself."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """Functions of people at a centre, as the access matrix names them."""

    HEAD = "dtc"
    PHYSICIAN = "medecin"
    MIDWIFE = "sage_femme"
    BIRTH_ATTENDANT = "matrone"
    NURSE = "infirmier"
    VACCINATOR = "vaccinateur"
    LAB_TECHNICIAN = "laborantin"
    DEPOT_KEEPER = "gerant_depot"
    CASHIER = "caissier"
    TREASURER = "tresorier_asaco"
    PRESIDENT = "president_asaco"
    DISTRICT_SUPERVISOR = "superviseur_district"
    TECHNICIAN = "technicien"


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """The person (or machine) in whose name an act is written.

    `staff_id` is None for the machine. `device` names the tablet or the process, never a person.
    """

    staff_id: int | None
    roles: frozenset[Role] = frozenset()
    device: str = ""


MACHINE = Actor(staff_id=None, device="machine")
"""The appliance acting by itself: month generation, courier results, maintenance."""

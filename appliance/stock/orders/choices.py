"""How a centre orders: who proposes, from whom it buys, how an order of its own goes out. One default, and by programme.

MEDEXIS reaches some regions and some programmes only, so both models live side by side in one depot.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

from appliance.core.errors import Refused
from appliance.records.facility.services import facility
from appliance.stock.orders.model import Model, Way
from appliance.storage import Database, Unit, settings

_NAME = "supply-choices"
DEFAULT = ""
"""The key of the choice that holds where a programme has none of its own."""
SUPPLIER_MAX = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """How the products of a programme are ordered. `supplier`: its name on papers; `way`: how our own orders go out."""

    model: str
    supplier: str
    way: str


def choices(db: Database) -> dict[str, Choice]:
    """The choice of each programme that has one, and the default under `DEFAULT`."""
    held = {name: Choice(**values) for name, values in settings.get(db, _NAME, {}).items()}
    if DEFAULT not in held:
        centre = facility(db)
        supplier = centre.supplier if centre and centre.supplier != "none" else "DRC"
        model = Model.PUSH if supplier == "MEDEXIS" else Model.PULL
        held[DEFAULT] = Choice(model=model.value, supplier=supplier, way=Way.PAPER.value)
    return held


def choice_of(db: Database, programme: str | None) -> Choice:
    """How the products of a programme are ordered here."""
    held = choices(db)
    return held.get(programme or DEFAULT, held[DEFAULT])


def set_choice(unit: Unit, programme: str, choice: Choice | None) -> None:
    """Set a programme's choice (`DEFAULT` for the centre's); None takes it back. Raises `Refused("supply-choice")`."""
    held = {name: asdict(value) for name, value in choices(unit).items()}
    if choice is None:
        if programme == DEFAULT:
            raise Refused("supply-choice")
        held.pop(programme, None)
    else:
        name = " ".join(choice.supplier.split())
        if choice.model not in set(Model) or choice.way not in set(Way) or not 2 <= len(name) <= SUPPLIER_MAX:
            raise Refused("supply-choice")
        held[programme] = asdict(Choice(model=choice.model, supplier=name, way=choice.way))
    settings.put(unit, _NAME, held)

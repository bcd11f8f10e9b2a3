"""A centre whose orders are confirmed and received by hand, through the services that its pages use."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from appliance.access import staff
from appliance.core.actors import Actor, Role
from appliance.core.clock import FixedClock
from appliance.stock.catalogue import repository as catalogue
from appliance.stock.orders import repository, services
from appliance.stock.orders.model import Answer, FormLine, Model, Order, OrderForm
from appliance.stock.places.services import add_place
from appliance.stock.reception import repository as receptions
from appliance.stock.reception.model import CountedLine, ReceptionForm
from appliance.stock.reception.services import sign
from appliance.storage import Store
from tests.sync.medexis import Centre
from tests.sync_support import national

CONFIRMATION, ACKNOWLEDGEMENT = "order-confirmation", "shipment-acknowledgement"


class Depot(Centre):
    """A centre with two people who sign."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)

        def make(unit: Any) -> tuple[int, int]:
            add_place(unit, "depot", "Dépôt")
            head = staff.add_member(unit, "Mariam Essai", [Role.HEAD])
            return head, staff.add_member(unit, "Moussa Essai", [Role.DEPOT_KEEPER])

        head, keeper = self.act(make)
        self.head = Actor(staff_id=head, roles=frozenset({Role.HEAD}), device="T-1")
        self.keeper = Actor(staff_id=keeper, roles=frozenset({Role.DEPOT_KEEPER}), device="T-2")

    def by(self, actor: Actor, service: Any, *args: Any) -> None:
        def run(unit: Any) -> dict[str, Any]:
            service(unit, *args)
            return {}

        self.store.act_now("test", actor, run)

    def product(self, code: str) -> int:
        found = self.read(catalogue.by_code, code)
        assert found is not None
        return int(found.id)

    def form(self, reference: str = "BCM-7", *, model: Model = Model.PUSH, **quantities: int) -> int:
        """An order form of these products, kept as the order it is."""
        lines = tuple(FormLine(product=self.product(c), label=c, code=c, quantity=q) for c, q in quantities.items())
        begin = services.form_received if model is Model.PUSH else services.begin_order
        return int(self.act(begin, OrderForm(supplier="MEDEXIS", reference=reference, lines=lines, model=model)))

    def confirm(self, order: int, **quantities: int) -> None:
        """Both signatures, for what was proposed unless told otherwise."""
        answers = [
            Answer(line=x.id, quantity=quantities.get(x.code_written, x.theirs or 0), reason="outbreak")
            for x in self.read(repository.lines, order)
        ]
        self.by(self.keeper, services.confirm, order, answers)
        self.by(self.head, services.countersign, order)

    def receive(self, order: int | None, slip: str = "BL-1", shipment: int | None = None, **counted: int) -> int:
        """A reception of these quantities, all accepted, signed by three."""
        lines = tuple(
            CountedLine(product=self.product(c), counted=q, accepted=q, refused=0, lot_number=f"L{c}", expires_year=2028, expires_month=6)
            for c, q in counted.items()
        )  # fmt: skip
        form = ReceptionForm(
            supplier="MEDEXIS", slip=slip, lines=lines, head_name="Mariam Essai", keeper_name="Moussa Essai",
            asaco_name="Bakary Essai", order=order, shipment=shipment,
        )  # fmt: skip
        return int(self.act(sign, form))

    def order(self, key: int) -> Order:
        return self.read(repository.order, key)  # type: ignore[no-any-return]

    def proofs(self, order: int) -> list[Any]:
        return self.read(receptions.proofs_of, order)  # type: ignore[no-any-return]

    def events(self, program: str) -> list[dict[str, str]]:
        """The events of a program as they stand there: values by element code."""
        metadata = self.there.app.metadata
        known = next(p for p in metadata["programs"] if p["code"] == program)
        codes = {
            x["dataElement"]["id"]: x["dataElement"]["code"]
            for s in known["programStages"]
            for x in s["programStageDataElements"]
        }
        return [
            {codes[v["dataElement"]]: v["value"] for v in e["dataValues"]}
            for e in self.there.read("events") if e["program"] == known["id"] and not e["deleted"]
        ]  # fmt: skip

    def row(self, kind: str) -> Any:
        """The newest row of a kind."""
        key = self.read(lambda db: db.value("SELECT max(id) FROM outbox WHERE kind = ?", (kind,)))
        return self.item(key)


@contextmanager
def depot(
    store: Store, clock: FixedClock, directory: Path, version: str = "2.40.12", **settings: Any
) -> Iterator[Depot]:
    """A depot beside a fresh stand-in whose MEDEXIS keeps still."""
    with national(directory, version, clock.today(), **settings) as there:
        there.follow(clock.today)
        yield Depot(store, clock, there)

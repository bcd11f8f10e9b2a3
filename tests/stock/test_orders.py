"""The life of an order: who may sign what, what supersedes what, what is on its way, and how each ends."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from appliance.access import staff
from appliance.core.actors import Actor, Role
from appliance.core.clock import FixedClock
from appliance.core.errors import Refused
from appliance.core.periods import Month
from appliance.stock.catalogue.services import STARTER, load_list, read_whole
from appliance.stock.checks import CHECKS
from appliance.stock.dashboard.repository import board
from appliance.stock.ordering.services import set_parameters
from appliance.stock.orders import repository, services
from appliance.stock.orders.model import AnnouncedLine, Announcement, Answer, FormLine, Model, OrderForm, State, Way
from appliance.stock.orders.ours import our_proposals
from appliance.stock.orders.shipments import shipment_announced
from appliance.stock.orders.tasks import tasks
from appliance.stock.places.services import add_place
from appliance.stock.reception import repository as receptions
from appliance.stock.reception.model import CountedLine, ReceptionForm
from appliance.stock.reception.services import sign, take_back
from appliance.stock.undoing import undo
from appliance.storage import Store, Unit
from tests.conftest import Act

PRODUCTS = read_whole(STARTER)[:4]


@dataclass(frozen=True)
class Centre:
    """Two people who sign, and four products of the catalogue."""

    head: Actor
    keeper: Actor
    products: tuple[int, ...]


@pytest.fixture
def centre(act: Act) -> Centre:
    def make(unit: Unit) -> tuple[int, int, tuple[int, ...]]:
        add_place(unit, "depot", "Dépôt")
        load_list(unit, PRODUCTS)
        head = staff.add_member(unit, "Mariam Essai", [Role.HEAD, Role.DEPOT_KEEPER])
        keeper = staff.add_member(unit, "Moussa Essai", [Role.DEPOT_KEEPER])
        return head, keeper, tuple(row[0] for row in unit.all("SELECT id FROM product ORDER BY id"))

    head, keeper, products = act(make)
    return Centre(
        head=Actor(staff_id=head, roles=frozenset({Role.HEAD}), device="T-1"),
        keeper=Actor(staff_id=keeper, roles=frozenset({Role.DEPOT_KEEPER}), device="T-2"), products=products,
    )  # fmt: skip


def form(centre: Centre, *quantities: int, reference: str = "MDX-11") -> OrderForm:
    lines = tuple(
        FormLine(product=product, label=f"Produit {product}", code=f"C{product}", quantity=quantity)
        for product, quantity in zip(centre.products, quantities, strict=False)
    )
    return OrderForm(supplier="MEDEXIS", reference=reference, lines=lines)


def answers(store: Store, order: int, *quantities: int, reason: str | None = "outbreak") -> list[Answer]:
    with store.reading() as db:
        lines = repository.lines(db, order)
    return [Answer(line=line.id, quantity=q, reason=reason) for line, q in zip(lines, quantities, strict=True)]


def confirmed(act: Act, store: Store, centre: Centre, *quantities: int) -> int:
    order: int = act(services.form_received, form(centre, *quantities))
    act(services.confirm, order, answers(store, order, *quantities, reason=None), actor=centre.keeper)
    act(services.countersign, order, actor=centre.head)
    return order


def reception(centre: Centre, *counted: int, **fields: object) -> ReceptionForm:
    lines = tuple(
        CountedLine(
            product=product, counted=quantity, accepted=quantity, refused=0, lot_number="L1", expires_year=2028,
            expires_month=6,
        )
        for product, quantity in zip(centre.products, counted, strict=False)
    )  # fmt: skip
    given = {"supplier": "MEDEXIS", "slip": "BL-1", "lines": lines, **fields}
    return ReceptionForm(head_name="Mariam Essai", keeper_name="Moussa Essai", asaco_name="Bakary Essai", **given)


def state(store: Store, order: int) -> State:
    with store.reading() as db:
        return repository.order(db, order).state


def queued(store: Store) -> list[tuple[str, int]]:
    with store.reading() as db:
        return db.all("SELECT kind, revision FROM outbox ORDER BY id")


def on_order(store: Store, product: int) -> list[int]:
    with store.reading() as db:
        return [line.quantity for line in repository.awaited(db, product)]


def held(store: Store, product: int) -> int:
    with store.reading() as db:
        return int(db.value("SELECT coalesce(sum(quantity), 0) FROM balance WHERE product = ?", (product,)))


def test_a_pushed_order_lives_from_the_form_to_its_acknowledgement(
    act: Act, store: Store, centre: Centre, clock: FixedClock
) -> None:
    order = confirmed(act, store, centre, 300, 50)
    assert queued(store) == [("order-confirmation", 1)]
    assert on_order(store, centre.products[0]) == [300]
    act(services.acknowledged, order)
    act(services.acknowledged, order)
    clock.set(date(2026, 10, 27))
    lines = tuple(
        AnnouncedLine(product=p, label="x", lot_number="L1", announced=q)
        for p, q in zip(centre.products, (300, 50), strict=False)
    )
    note = Announcement(number="BL-1", supplier="MEDEXIS", order_reference="MDX-11", lines=lines)
    shipment = act(shipment_announced, note)
    assert act(shipment_announced, note) == shipment, "the note said twice is one shipment"
    assert state(store, order) is State.SHIPPED
    proof = act(sign, reception(centre, 300, 50, order=order, shipment=shipment), actor=centre.keeper)
    assert state(store, order) is State.RECEIVED
    assert held(store, centre.products[0]) == 300
    assert on_order(store, centre.products[0]) == []
    assert queued(store) == [("order-confirmation", 1), ("shipment-acknowledgement", 1)]
    with store.reading() as db:
        assert repository.lead_times_days(db, "MEDEXIS") == [12]
        assert repository.fill_rate(db, date(2026, 10, 1), date(2026, 10, 31)) == 1
        assert receptions.to_count(db) == []
        steps = [s.state.value for s in repository.timeline(db, order)]
        assert receptions.proof(db, proof).number == "PVR-2026-0001"
    assert steps == ["proposed", "confirmed", "countersigned", "sent", "shipped", "received"]


def test_the_dashboard_says_what_came_of_what_was_asked_and_how_long_it_took(
    act: Act, store: Store, centre: Centre, clock: FixedClock
) -> None:
    order = confirmed(act, store, centre, 300, 50)
    clock.set(date(2026, 10, 29))
    act(sign, reception(centre, 200, 50, order=order), actor=centre.keeper)
    other = act(services.form_received, form(centre, 40, reference="MDX-12"))
    act(services.confirm, other, answers(store, other, 40, reason=None), actor=centre.keeper)
    with store.reading() as db:
        found = board(db, date(2026, 10, 30), Month(2026, 10))
        assert [(f.order.id, f.asked, f.came, f.whole_lines, f.lines) for f in found.fills] == [(order, 350, 250, 1, 2)]
        assert found.fill_rate == Fraction(250, 350) == repository.fill_rate(db, date(2026, 10, 1), date(2026, 10, 31))
        assert [(t.supplier, t.days, t.middle, t.is_learned) for t in found.times] == [("MEDEXIS", (14,), 14, False)]
        assert found.normal_days == 14
        only = board(db, date(2026, 10, 30), Month(2026, 10), "PF")
        assert (only.fills, only.fill_rate) == ((), None)


def test_a_second_person_signs_and_only_the_head(act: Act, store: Store, centre: Centre) -> None:
    order = act(services.form_received, form(centre, 300))
    act(services.confirm, order, answers(store, order, 300, reason=None), actor=centre.head)
    with pytest.raises(Refused, match="countersign-same"):
        act(services.countersign, order, actor=centre.head)
    with pytest.raises(Refused, match="countersign-role"):
        act(services.countersign, order, actor=centre.keeper)
    assert state(store, order) is State.CONFIRMED


def test_another_quantity_needs_a_reason_and_another_word_for_other(act: Act, store: Store, centre: Centre) -> None:
    order = act(services.form_received, form(centre, 300))
    (answer,) = answers(store, order, 500, reason=None)
    for wrong, code in ((answer, "reason-for-quantity"), (replace(answer, reason="other"), "reason-note")):
        with pytest.raises(Refused, match=code):
            act(services.confirm, order, [wrong], actor=centre.keeper)
    act(services.confirm, order, [replace(answer, reason="other", note="fête de la santé")], actor=centre.keeper)
    with store.reading() as db:
        (line,) = repository.lines(db, order)
    assert (line.theirs, line.confirmed, line.reason, line.note) == (300, 500, "other", "fête de la santé")


def test_the_same_form_twice_is_one_order_and_a_corrected_one_supersedes(
    act: Act, store: Store, centre: Centre
) -> None:
    first = act(services.form_received, form(centre, 300))
    assert act(services.form_received, form(centre, 300)) == first
    second = act(services.form_received, form(centre, 200))
    assert (state(store, first), state(store, second)) == (State.SUPERSEDED, State.PROPOSED)
    with store.reading() as db:
        assert [line.theirs for line in repository.lines(db, first)] == [300], "the old one stays readable"


def test_an_old_form_that_arrives_again_after_its_correction_makes_no_third_order(
    act: Act, store: Store, centre: Centre
) -> None:
    first = act(services.form_received, form(centre, 300))
    second = act(services.form_received, form(centre, 200))
    assert act(services.form_received, form(centre, 300)) == first
    assert (state(store, first), state(store, second)) == (State.SUPERSEDED, State.PROPOSED)


def test_a_correction_that_was_refused_and_arrives_again_is_the_one_refused(
    act: Act, store: Store, centre: Centre
) -> None:
    first = confirmed(act, store, centre, 300)
    second = act(services.form_received, form(centre, 200))
    act(services.refuse_correction, second, "le camion est parti")
    assert act(services.form_received, form(centre, 200)) == second
    line = AnnouncedLine(product=centre.products[0], label="Produit", code="C", announced=300)
    note = Announcement(number="BL-1", supplier="MEDEXIS", lines=(line,), order_reference="MDX-11")
    act(shipment_announced, note)
    assert (state(store, first), state(store, second)) == (State.SHIPPED, State.CANCELLED)
    third = act(services.form_received, form(centre, 250))
    fourth = act(services.form_received, form(centre, 260))
    assert state(store, third) is State.SUPERSEDED
    with pytest.raises(Refused, match="correction-to-decide"):
        act(services.confirm, fourth, answers(store, fourth, 260, reason=None), actor=centre.keeper)
    act(services.refuse_correction, fourth, "le camion est arrivé")
    assert on_order(store, centre.products[0]) == [300]


def test_an_order_is_asked_after_from_twice_the_time_set_for_its_supplier(
    act: Act, store: Store, centre: Centre
) -> None:
    confirmed(act, store, centre, 300)
    today = date(2026, 10, 15)

    def late(days: int) -> list[str]:
        with store.reading() as db:
            return [task.name for task in tasks(db, today + timedelta(days)) if task.code == "overdue"]

    assert (late(28), late(29)) == ([], ["MDX-11"]), "14 days until somebody sets another time"
    act(set_parameters, "supplier", "MEDEXIS", {"lead_time_days": "20"})
    assert (late(40), late(41)) == ([], ["MDX-11"])


@pytest.mark.parametrize("accepted", [True, False])
def test_a_correction_of_a_confirmed_order_is_asked_of_a_person(
    act: Act, store: Store, centre: Centre, accepted: bool
) -> None:
    first = confirmed(act, store, centre, 300)
    second = act(services.form_received, form(centre, 200))
    with pytest.raises(Refused, match="correction-to-decide"):
        act(services.confirm, second, answers(store, second, 200, reason=None), actor=centre.keeper)
    if accepted:
        act(services.accept_correction, second)
        act(services.confirm, second, answers(store, second, 200, reason=None), actor=centre.keeper)
        assert on_order(store, centre.products[0]) == [200]
    else:
        act(services.refuse_correction, second, "le camion est parti")
        assert on_order(store, centre.products[0]) == [300]
        assert state(store, first) is State.COUNTERSIGNED


def test_deliveries_in_two_parts_leave_the_rest_on_order(act: Act, store: Store, centre: Centre) -> None:
    order, product = confirmed(act, store, centre, 300), centre.products[0]
    act(sign, reception(centre, 120, order=order))
    assert (state(store, order), on_order(store, product)) == (State.RECEIVED_PARTLY, [180])
    act(sign, reception(centre, 180, order=order, slip="BL-2"))
    assert (state(store, order), on_order(store, product)) == (State.RECEIVED, [])
    assert held(store, product) == 300


def test_what_never_comes_stops_counting_and_may_come_after_all(act: Act, store: Store, centre: Centre) -> None:
    order, product = confirmed(act, store, centre, 300), centre.products[0]
    act(services.never_delivered, order, "la DRC n'a rien")
    assert on_order(store, product) == []
    with store.reading() as db:
        assert repository.fill_rate(db, date(2026, 10, 1), date(2026, 10, 31)) == 0
    act(sign, reception(centre, 300, order=order))
    assert (state(store, order), held(store, product)) == (State.RECEIVED, 300)


def test_a_line_taken_back_is_put_right_and_acknowledged_again(act: Act, store: Store, centre: Centre) -> None:
    order, product = confirmed(act, store, centre, 300), centre.products[0]
    proof = act(sign, reception(centre, 300, order=order))
    with store.reading() as db:
        (line,) = receptions.proof_lines(db, proof)
    right = replace(reception(centre, 280).lines[0], lot_number="L2")
    act(take_back, line.id, "lot mal lu", right)
    assert (held(store, product), state(store, order), on_order(store, product)) == (280, State.RECEIVED_PARTLY, [20])
    with store.reading() as db:
        assert receptions.proof(db, proof).revision == 2
    assert queued(store)[-1] == ("shipment-acknowledgement", 2)
    with pytest.raises(Refused, match="already-reversed"):
        act(take_back, line.id, "encore une fois")


def test_the_line_put_right_says_what_is_beyond_the_order(act: Act, store: Store, centre: Centre) -> None:
    order = confirmed(act, store, centre, 300)
    act(sign, reception(centre, 100, order=order))
    second = act(sign, reception(centre, 150, order=order, slip="BL-2"))

    def standing() -> list[tuple[int, int, int]]:
        with store.reading() as db:
            lines = receptions.proof_lines(db, second)
        return [(line.id, line.counted, line.surplus) for line in lines if not line.is_reversed]

    for counted, surplus in ((230, 30), (180, 0)):
        ((line, _, _),) = standing()
        act(take_back, line, "mal compté", reception(centre, counted).lines[0])
        assert [row[1:] for row in standing()] == [(counted, surplus)]


def test_our_own_order_is_handed_over_answered_and_received(act: Act, store: Store, centre: Centre) -> None:
    product = centre.products[0]
    own = OrderForm(supplier="DRC", model=Model.PULL, lines=(FormLine(product=product),))
    order = act(services.begin_order, own)
    act(services.confirm, order, answers(store, order, 400), actor=centre.keeper)
    act(services.countersign, order, actor=centre.head)
    assert queued(store) == [], "paper or stick or message: a person says which"
    act(services.hand_over, order, Way.MESSAGE, recipient="DRC de Kati", actor=centre.keeper)
    assert queued(store) == [("order-form", 1)]
    act(services.approve, order, answers(store, order, 250))
    assert on_order(store, product) == [250]
    act(sign, reception(centre, 250, order=order, supplier="DRC"))
    assert (state(store, order), queued(store)) == (State.RECEIVED, [("order-form", 1)])
    with store.reading() as db:
        assert repository.fill_rate(db, date(2026, 10, 1), date(2026, 10, 31), "DRC") == Fraction(1)


def test_it_is_said_when_a_reception_s_movement_is_undone_behind_its_back(
    act: Act, store: Store, centre: Centre
) -> None:
    act(sign, reception(centre, 300))
    with store.reading() as db:
        movement = db.value("SELECT movement FROM proof_of_delivery_line")
    with pytest.raises(Refused, match="movement-of-a-reception"):
        act(undo, movement, "mal lu")


def test_on_order_stands_in_our_own_next_proposal(act: Act, store: Store, centre: Centre) -> None:
    """T14 and T15: CMM 120, three months, 130 in stock: 230 wanted, 130 with a hundred on order."""
    product = centre.products[0]
    act(sign, reception(centre, 130))
    act(
        lambda unit: [
            unit.append("paper_consumption", product=product, month=f"2026-0{m}", quantity=120) for m in (7, 8, 9)
        ]
    )
    with store.reading() as db:
        before = our_proposals(db, [product], date(2026, 10, 15))[product].working
    confirmed(act, store, centre, 100)
    with store.reading() as db:
        after = our_proposals(db, [product], date(2026, 10, 15))[product].working
    assert (before["on_order"], after["on_order"]) == ("0", "100")
    assert Fraction(before["need"]) - Fraction(after["need"]) == 100


QUANTITIES = st.tuples(st.integers(0, 400), st.integers(0, 400), st.integers(0, 60))


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(QUANTITIES, min_size=1, max_size=4), st.data())
def test_whatever_comes_the_ledger_holds_what_was_accepted_and_each_proof_is_acknowledged_once(
    act: Act, store: Store, centre: Centre, deliveries: list[tuple[int, int, int]], data: st.DataObject
) -> None:
    with store.reading() as db:
        begun = len(repository.orders(db, limit=1_000))
    order = act(services.form_received, form(centre, 500, 300, reference=f"R{begun}"))
    act(services.confirm, order, answers(store, order, 500, 300, reason=None), actor=centre.keeper)
    act(services.countersign, order, actor=centre.head)
    for first, second, refused in deliveries:
        lines = tuple(
            replace(
                line,
                refused=min(refused, line.counted),
                accepted=line.counted - min(refused, line.counted),
                refusal="damaged",
            )
            for line in reception(centre, first, second).lines
        )
        if first + second:
            act(sign, replace(reception(centre, order=order), lines=lines))
    with store.reading() as db:
        lines_ = [line for p in receptions.proofs_of(db, order) for line in receptions.proof_lines(db, p.id)]
    if lines_ and data.draw(st.booleans()):
        act(take_back, data.draw(st.sampled_from(lines_)).id, "mal compté")
    with store.reading() as db:
        accepted = db.value(
            "SELECT coalesce(sum(l.accepted), 0) FROM proof_of_delivery_line l WHERE NOT EXISTS"
            " (SELECT 1 FROM proof_of_delivery_reversal r WHERE r.line = l.id)"
        )
        ledger = db.value("SELECT coalesce(sum(quantity), 0) FROM movement WHERE kind = 'receipt'")
        proofs = receptions.proofs_of(db, order)
        sent = db.all(
            "SELECT subject, count(*) FROM outbox WHERE kind = 'shipment-acknowledgement' AND revision = 1 GROUP BY subject"
        )
        waiting = db.value("SELECT count(*) FROM outbox WHERE kind = 'shipment-acknowledgement' AND state = 'waiting'")
        for line in repository.lines(db, order):
            assert line.missing == max((line.asked or 0) - line.received, 0)
        assert {name: check(db) for name, check in CHECKS.items() if check(db)} == {}
    assert accepted == ledger
    assert {p.uuid.hex() for p in proofs} <= {subject for subject, count in sent if count == 1}
    assert waiting == len(sent), "of each proof one revision waits"


def test_a_signature_that_is_cut_anywhere_leaves_nothing_of_it(
    act: Act, store: Store, centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last thing a signature writes is its place in the outbox: what fails there takes the ledger's rows with it."""
    order = confirmed(act, store, centre, 300)

    def cut(*_: object, **__: object) -> int:
        raise Refused("disk-full")

    monkeypatch.setattr("appliance.stock.reception.services.outbox.enqueue", cut)
    with pytest.raises(Refused, match="disk-full"):
        act(sign, reception(centre, 300, order=order))
    monkeypatch.undo()
    assert (held(store, centre.products[0]), state(store, order)) == (0, State.COUNTERSIGNED)
    with store.reading() as db:
        assert receptions.latest_proofs(db) == []
    act(sign, reception(centre, 300, order=order))
    assert (held(store, centre.products[0]), state(store, order)) == (300, State.RECEIVED)

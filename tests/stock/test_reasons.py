"""Every kind of movement has its sign and its column; the file of reasons can't contradict them; a fault names its line."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from appliance.core.errors import DataFileError, Refused
from appliance.core.identifiers import new_uuid
from appliance.stock.ledger import services
from appliance.stock.ledger.model import EFFECTS, PAIRS, MovementKind
from appliance.stock.ledger.reasons import FILE, default_reasons, load_reasons, reason_of
from appliance.stock.ledger.services import Movement, ReceivedLot
from appliance.storage import Store, Unit
from tests.conftest import TODAY, Act
from tests.stock.test_ledger import set_up

K = MovementKind
SIGNS_AND_COLUMNS = {
    K.OPENING: (1, "SI"), K.RECEIPT: (1, "QR"), K.DONATION: (1, "QR"), K.DISPENSE: (-1, "QU"), K.SERVICE_USE: (-1, "QU"),
    K.LOSS_EXPIRY: (-1, "QP"), K.LOSS_BREAKAGE: (-1, "QP"), K.LOSS_THEFT: (-1, "QP"), K.LOSS_COLD_CHAIN: (-1, "QP"),
    K.ADJUSTMENT: (0, "QA"), K.COUNT_VARIANCE: (0, "QA"), K.TRANSFER_OUT: (-1, "QA"), K.TRANSFER_IN: (1, "QA"),
    K.LOAN_OUT: (-1, "QA"), K.LOAN_RETURN_IN: (1, "QA"), K.LOAN_IN: (1, "QA"), K.LOAN_RETURN_OUT: (-1, "QA"),
    K.GIFT_OUT: (-1, "QA"), K.GIFT_IN: (1, "QA"), K.RETURN_TO_SUPPLIER: (-1, "QA"), K.KIT_OUT: (-1, "QA"), K.KIT_IN: (1, "QA"),
}  # fmt: skip


def test_every_kind_is_said_here() -> None:
    assert set(SIGNS_AND_COLUMNS) == set(MovementKind) == set(EFFECTS)


@pytest.mark.parametrize("kind", MovementKind)
def test_the_ledger_takes_a_kind_with_its_sign_and_counts_it_in_its_column(
    store: Store, act: Act, kind: MovementKind
) -> None:
    place = act(set_up)
    lot = ReceivedLot(product=1, lot_number="A", expires_year=2028, expires_month=6, quantity=100)
    act(services.open_stock, place, [lot], TODAY)
    sign, column = SIGNS_AND_COLUMNS[kind]

    def moved(quantity: int) -> Movement:
        return Movement(
            kind=kind, product=1, lot=1, place=place, quantity=quantity, occurred_on=TODAY, reason="essai de sens"
        )

    def written(unit: Unit, quantity: int) -> int:
        """What expired leaves inside a destruction only."""
        made = None
        if kind is K.LOSS_EXPIRY:
            made = unit.append(
                "destruction", uuid=new_uuid(), number=1, occurred_on=TODAY.isoformat(), destination="drc", note=None
            )
        return services.write(unit, replace(moved(quantity), destruction=made))

    for quantity in (7, -7):
        if sign * quantity < 0:
            with pytest.raises(Refused) as refusal:
                act(services.write, moved(quantity))
            assert refusal.value.code == "quantity-sign"
        else:
            act(written, quantity)
    with store.reading() as db:
        found = db.all("SELECT report_column, quantity FROM movement WHERE id > 1 ORDER BY id")
        kept = db.value("SELECT sum(quantity) FROM stock_day WHERE report_column = ?", (column,))
    assert found == [(column, quantity) for quantity in (7, -7) if sign * quantity >= 0]
    assert kept == sum(quantity for _, quantity in found) + (100 if column == "SI" else 0)


def test_only_what_is_handed_over_or_used_in_the_centre_is_consumption() -> None:
    """Rule A6."""
    assert {kind for kind in K if EFFECTS[kind].is_consumption} == {K.DISPENSE, K.SERVICE_USE}
    assert {kind for reason in default_reasons().values() if reason.column == "QU" for kind in reason.kinds} == {
        K.DISPENSE,
        K.SERVICE_USE,
    }


def test_what_goes_out_and_comes_in_together_stands_in_one_column() -> None:
    for out, into in PAIRS.items():
        assert (EFFECTS[out].column, EFFECTS[out].sign) == (EFFECTS[into].column, -EFFECTS[into].sign)


def test_a_reason_decides_the_column_where_its_kind_leaves_a_choice(store: Store, act: Act) -> None:
    place = act(set_up)
    act(
        services.open_stock,
        place,
        [ReceivedLot(product=1, lot_number="A", expires_year=2028, expires_month=6, quantity=100)],
        TODAY,
    )
    for code, column in (("returned_surplus", "QA"), ("returned_expired", "QP")):
        move = Movement(
            kind=K.RETURN_TO_SUPPLIER, product=1, lot=1, place=place, quantity=-5, occurred_on=TODAY, reason_code=code
        )
        moved = act(services.write, move)
        with store.reading() as db:
            assert db.value("SELECT report_column FROM movement WHERE id = ?", (moved,)) == column


def test_a_reason_of_another_kind_is_refused() -> None:
    with pytest.raises(Refused) as refusal:
        reason_of("stolen", K.LOSS_BREAKAGE)
    assert refusal.value.code == "reason-kind"


@pytest.mark.parametrize(
    ("code", "changed", "told"),
    [
        ("expired", {"sign": 1}, "sign must be -1"),
        ("expired", {"column": "QU"}, "QU is not a column of loss_expiry"),
        ("lent", {"column": "QU"}, "QU is not a column of loan_out"),
        ("resupply", {"kinds": ["transfer_out"]}, "out before in"),
        ("resupply", {"kinds": ["transfer_in", "transfer_out"]}, "out before in"),
        ("kit_unpacked", {"kinds": ["kit_out", "transfer_in"]}, "out before in"),
        ("expired", {"kinds": ["loss_mice"]}, "is no kind of movement"),
        ("expired", {"evidence": ["photo"]}, "must be one of counterpart, text, document, witness"),
        ("expired", {"code": "broken"}, "broken stands twice"),
        ("expired", {"kinds": ["loss_theft"]}, "has no reason of kind loss_expiry"),
    ],
)
def test_a_file_that_contradicts_a_kind_is_refused_with_its_line(
    tmp_path: Path, code: str, changed: dict[str, Any], told: str
) -> None:
    held = json.loads(FILE.read_text())
    for row in held["reasons"]:
        if row["code"] == code:
            row |= changed
            break
    wrong = tmp_path / "reasons.json"
    wrong.write_text(json.dumps(held, indent=1))
    with pytest.raises(DataFileError) as fault:
        load_reasons(wrong)
    assert told in fault.value.fault
    assert fault.value.line > 1

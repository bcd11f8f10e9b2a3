"""Billing a payer: faults first, one payer and one period, answers sheet by sheet, billed again after a rejection."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest

from appliance.billing.claims import repository, services
from appliance.billing.claims.paper import COLUMNS, csv_of, invoice_of
from appliance.billing.payers.services import CoverForm, record_cover
from appliance.billing.sales.pricing import ChargedAct
from appliance.billing.sales.services import SaleForm, reverse_sale, sell
from appliance.core.errors import Refused
from appliance.core.printing.slip import draw
from appliance.storage import Store
from tests.billing.test_shares import centre, insured, sound
from tests.conftest import TODAY, Act

FIRST = TODAY.replace(day=1)


@pytest.fixture
def sheets(store: Store, act: Act) -> list[int]:
    """Two sheets of AMO, of a consultation (319 F of 455) and of a delivery (4 000 F of 5 000), nothing to mend."""
    keys = act(centre)
    act(insured, keys["patient"], verified_on=TODAY)
    for code, day in (("CONSULTATION", TODAY), ("ACCOUCHEMENT", TODAY - timedelta(days=1))):
        act(sell, SaleForm(acts=(ChargedAct(code=code),), patient=keys["patient"], care_day=day))
    for sheet in (1, 2):
        act(services.mend_sheet, sheet, reference=f"CAN-{sheet}", prescriber="Dr Essai")
    return [1, 2]


def states(store: Store) -> list[str]:
    with store.reading() as db:
        return [repository.sheet(db, key).state for key in (1, 2)]  # type: ignore[union-attr]


def test_a_sheet_says_what_the_payer_would_refuse_it_for(store: Store, act: Act) -> None:
    keys = act(centre)
    act(insured, keys["patient"], "GRATUITE", number="")
    act(sell, SaleForm(acts=(ChargedAct(code="ACCOUCHEMENT"),), patient=keys["patient"]))
    with store.reading() as db:
        held = repository.sheet(db, 1)
    assert held is not None and held.faults == ("no-prescriber", "no-number", "not-verified")
    with pytest.raises(Refused, match="batch-empty"):
        act(services.bill, "GRATUITE", FIRST, TODAY)
    assert act(services.bill, "GRATUITE", FIRST, TODAY, with_faults=True) == 1


def test_a_number_or_a_verification_that_comes_later_mends_the_sheet(store: Store, act: Act) -> None:
    keys = act(centre)
    cover = act(insured, keys["patient"])
    act(sell, SaleForm(acts=(ChargedAct(code="CONSULTATION"),), patient=keys["patient"]))
    form = CoverForm(patient=keys["patient"], payer="AMO-CMSS", number="1", valid_from=FIRST, verified_on=TODAY)
    act(record_cover, form, replaces=cover, reason="vérifié")
    with store.reading() as db:
        held = repository.sheet(db, 1)
    assert held is not None and held.faults == ("no-prescriber",)


def test_a_batch_is_paid_cut_rejected_and_billed_again(store: Store, act: Act, sheets: list[int]) -> None:
    batch = act(services.bill, "AMO-CMSS", FIRST, TODAY)
    assert states(store) == ["billed", "billed"]
    with pytest.raises(Refused, match="batch-empty"):
        act(services.bill, "AMO-CMSS", FIRST, TODAY)
    with pytest.raises(Refused, match="sheet-billed"):
        act(services.mend_sheet, 1, reference="autre")
    with pytest.raises(Refused, match="reason-needed"):
        act(services.answer_sheet, batch, 2, 3_000)
    assert act(services.answer_sheet, batch, 2, 3_000, "prix dépassé") == "cut"
    assert act(services.answer_sheet, batch, 1, 0, "droits fermés") == "rejected"
    with pytest.raises(Refused, match="sheet-answered"):
        act(services.answer_sheet, batch, 1, 319)
    act(services.receive_payment, batch, 3_000, "transfer", TODAY, "VIR 12")
    with store.reading() as db:
        held = repository.batch(db, batch)
        assert held is not None and (held.asked_fcfa, held.received_fcfa, held.cut_fcfa, held.left_fcfa) == (
            4_319,
            3_000,
            1_319,
            0,
        )
    again = act(services.bill, "AMO-CMSS", FIRST, TODAY)
    assert states(store) == ["rebilled", "cut"]
    with store.reading() as db:
        assert repository.ageing(db, TODAY + timedelta(days=65)) == {"AMO-CMSS": (0, 0, 319, 0)}
    assert act(services.answer_sheet, again, 1, 319) == "paid"
    with pytest.raises(Refused, match="paid-too-much"):
        act(services.receive_payment, again, 320, "transfer", TODAY)
    sound(store)


def test_the_bordereau_has_the_payer_s_columns_and_adds_up(store: Store, act: Act, sheets: list[int]) -> None:
    batch = act(services.bill, "AMO-CMSS", FIRST, TODAY)
    with store.reading() as db:
        rows = list(csv.reader(io.StringIO(csv_of(db, batch))))
        told = invoice_of(db, batch)
    assert tuple(rows[0]) == COLUMNS
    assert [(r[0], r[3], *r[4:]) for r in rows[1:]] == [
        ("CAN-2", "Accouchement × 1", "5000", "4000", "1000"), ("CAN-1", "Consultation curative × 1", "455", "319", "136"),
    ]  # fmt: skip
    assert told["tables"][0]["rows"][-1][4:] == ["5\u202f455", "4\u202f319", "1\u202f136"]
    assert "Seydou" not in str(told)
    assert draw(told).startswith(b"%PDF")


def test_a_sale_taken_back_after_billing_leaves_the_invoice_as_it_went(
    store: Store, act: Act, sheets: list[int]
) -> None:
    act(services.bill, "AMO-CMSS", FIRST, TODAY)
    act(reverse_sale, 1, "erreur")
    with store.reading() as db:
        held = repository.sheet(db, 1)
        assert held is not None and held.payer_fcfa == 0
        assert repository.billed_amounts(db, 1)[1] == (455, 319, 136)
    sound(store)

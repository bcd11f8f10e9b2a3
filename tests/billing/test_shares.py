"""Who bears what of a sale: free care by its bearer, the payer's share, an exemption by hand, cash rounded apart."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.access.staff import add_member
from appliance.billing import checks
from appliance.billing.payers.editions import national_payer
from appliance.billing.payers.model import NumberRule
from appliance.billing.payers.numbers import clean_number
from appliance.billing.payers.repository import covers_of, payer_on
from appliance.billing.payers.services import CoverForm, OwnPayerForm, record_cover, save_own_payer, set_cash_rounding
from appliance.billing.sales.pricing import Buyer, ChargedAct, PricedLine
from appliance.billing.sales.services import HandExemption, SaleForm, reverse_sale, sell
from appliance.billing.sales.shares import parts_of
from appliance.billing.tariffs import services as tariffs
from appliance.billing.tariffs.csv_file import PriceLine
from appliance.billing.till import repository as till
from appliance.billing.till.services import pay
from appliance.core.actors import Role
from appliance.core.errors import Refused
from appliance.records.patients.services import erase_identity, register_patient
from appliance.storage import Store, Unit
from tests.billing.test_sales import PAID, basket, stocked
from tests.conftest import TODAY, Act
from tests.records.people import open_centre, person


def centre(unit: Unit) -> dict[str, int]:
    """A centre with paracetamol at 91 F, an antimalarial at 50 F, consultations at 300 F; returns a patient and products."""
    open_centre(unit)
    keys = stocked(unit, {PAID: 91, "MLS001": 50})
    acts = {"CONSULTATION": 300, "ACCOUCHEMENT": 5_000, "LAB-VIH": 1_000}
    lines = [PriceLine(code=c, unit_price_fcfa=p, valid_from=date(2020, 1, 1)) for c, p in acts.items()]
    lines.append(PriceLine(code="CONSULTATION", unit_price_fcfa=455, valid_from=date(2020, 1, 1), payer="amo"))
    tariffs.load_prices(unit, lines, "essai")
    keys["patient"] = register_patient(unit, person("Seydou Essai", sex="M", age=33), is_other=True)
    keys["staff"] = add_member(unit, "Le Caissier", [Role.CASHIER])
    return keys


def insured(unit: Unit, patient: int, payer: str = "AMO-CMSS", **changes: Any) -> int:
    form = CoverForm(patient=patient, payer=payer, number="12 345", valid_from=TODAY - timedelta(days=30))
    return record_cover(unit, replace(form, **changes))


def sound(store: Store) -> None:
    with store.reading() as db:
        assert {n: f for n, c in checks.CHECKS.items() if (f := c(db))} == {}


lines = st.lists(
    st.tuples(st.integers(0, 300), st.integers(0, 5_000), st.booleans(), st.booleans()), min_size=1, max_size=6
)


@given(
    lines, st.sampled_from(("AMO-CMSS", "RAMED", "MUTUELLE", None)), st.sampled_from(("ambulatoire", "hospitalisation"))
)
def test_total_is_exempt_and_payer_and_due_whatever_is_sold(
    sold: list[tuple[int, int, bool, bool]], payer: str | None, care: str
) -> None:
    who = Buyer(payer=national_payer(payer, TODAY) if payer else None)
    priced = [
        PricedLine(
            product=n, quantity=q, unit_price_fcfa=p, amount_fcfa=q * p, exemption="PALU_U5" if free else None, is_covered=covered
        )
        for n, (q, p, free, covered) in enumerate(sold)
    ]  # fmt: skip
    parts = parts_of(priced, [], who, care)
    assert parts.total_fcfa == parts.exempt_fcfa + parts.payer_fcfa + parts.due_fcfa
    assert min(parts.exempt_fcfa, parts.payer_fcfa, parts.due_fcfa) >= 0
    borne = {kind: sum(s.amount_fcfa for s in parts.shares if s.kind == kind) for kind in ("exemption", "cover")}
    assert borne == {"exemption": parts.exempt_fcfa, "cover": parts.payer_fcfa}
    if parts.due_fcfa:
        hand = HandExemption(bearer="asaco", reason="indigent", authorised_by=1)
        all_of_it = parts_of(priced, [], who, care, hand)
        assert all_of_it.due_fcfa == 0 and all_of_it.payer_fcfa == parts.payer_fcfa


def test_amo_pays_its_share_at_its_own_price_and_cash_is_rounded_on_a_line_of_its_own(store: Store, act: Act) -> None:
    keys = act(centre)
    act(insured, keys["patient"])
    sale = act(sell, SaleForm(acts=(ChargedAct(code="CONSULTATION"),), patient=keys["patient"]))
    assert (sale.total_fcfa, sale.payer_fcfa, sale.due_fcfa, sale.paid_fcfa) == (455, 319, 136, 135)
    with store.reading() as db:
        held = till.sale(db, sale.sale)
        assert held is not None and (held.left_fcfa, held.rounded_fcfa) == (0, -1)
        assert db.all("SELECT payer, care_type, amount_fcfa, patient_fcfa, sheet FROM sale_share") == [
            ("AMO-CMSS", "ambulatoire", 319, 136, 1)
        ]
    sound(store)
    act(reverse_sale, sale.sale, "erreur")
    with store.reading() as db:
        assert db.value("SELECT sum(amount_fcfa) FROM sale_share") == 0
        assert db.value("SELECT sum(amount_fcfa) FROM sale_rounding") == 0
    sound(store)


def test_mobile_money_pays_to_the_franc_and_the_last_cash_of_a_debt_is_rounded(store: Store, act: Act) -> None:
    keys = act(centre)
    act(insured, keys["patient"])
    form = SaleForm(acts=(ChargedAct(code="CONSULTATION"),), patient=keys["patient"])
    assert act(sell, replace(form, means="mobile_money")).paid_fcfa == 136
    debt = act(sell, replace(form, paid_fcfa=0))
    with pytest.raises(Refused, match="paid-too-much"):
        act(pay, debt.sale, 140)
    act(pay, debt.sale, 100)
    act(pay, debt.sale, 35)
    act(set_cash_rounding, 10, "up")
    up = act(sell, form)
    assert up.paid_fcfa == 140
    with store.reading() as db:
        assert [till.sale(db, key).left_fcfa for key in (debt.sale, up.sale)] == [0, 0]  # type: ignore[union-attr]
        assert db.all("SELECT amount_fcfa, rule FROM sale_rounding") == [(-1, "nearest-5"), (4, "up-10")]
    sound(store)


def test_what_is_free_is_borne_by_the_rule_s_bearer_and_what_is_forgiven_by_whom_the_person_named(
    store: Store, act: Act
) -> None:
    keys = act(centre)
    child = act(register_patient, person("Petit Essai", sex="M", age=3), is_other=True)
    given = replace(basket((keys["MLS001"], 2), (keys[PAID], 3)), patient=child)
    hand = HandExemption(bearer="asaco", reason="orphelin", authorised_by=keys["staff"], amount_fcfa=200)
    sale = act(sell, SaleForm(dispense=given, exemption=hand))
    assert (sale.total_fcfa, sale.exempt_fcfa, sale.due_fcfa) == (373, 300, 73)
    with store.reading() as db:
        assert db.all("SELECT payer, rule, amount_fcfa, reason, authorised_by FROM sale_share ORDER BY id") == [
            ("programme", "PALU_U5", 100, None, None), ("asaco", None, 200, "orphelin", keys["staff"]),
        ]  # fmt: skip
    sound(store)
    for wrong, code in (
        (replace(hand, amount_fcfa=274), "exemption-too-much"), (replace(hand, reason="x"), "reason-needed"),
        (replace(hand, bearer="roi"), "exemption-bearer"),
    ):  # fmt: skip
        with pytest.raises(Refused, match=code):
            act(sell, SaleForm(dispense=given, exemption=wrong))


def test_cover_counts_by_the_day_of_care_and_never_blocks_it(store: Store, act: Act) -> None:
    keys = act(centre)
    form = SaleForm(acts=(ChargedAct(code="ACCOUCHEMENT"),), patient=keys["patient"], paid_fcfa=0)
    ended = act(insured, keys["patient"], valid_to=TODAY - timedelta(days=1))
    assert act(sell, form).payer_fcfa == 0
    assert act(sell, replace(form, care_day=TODAY - timedelta(days=1))).payer_fcfa == 4_000
    again = CoverForm(patient=keys["patient"], payer="AMO-CMSS", number="12345", valid_from=TODAY - timedelta(days=30))
    act(record_cover, again, replaces=ended, reason="renouvelé")
    assert act(sell, form).payer_fcfa == 4_000
    with pytest.raises(Refused, match="already-replaced"):
        act(record_cover, again, replaces=ended, reason="encore")
    with store.reading() as db:
        assert [(c.number, c.verified_on) for c in covers_of(db, keys["patient"])] == [("12345", None)]
    act(erase_identity, keys["patient"], "demande-2026-1")
    with store.reading() as db:
        assert [c.number for c in covers_of(db, keys["patient"])] == [""]
    sound(store)


def test_a_mutuelle_of_the_centre_s_own_has_its_dates_its_rates_and_its_numbers(store: Store, act: Act) -> None:
    keys = act(centre)
    form = OwnPayerForm(
        code="Mutuelle Farako", label="Mutuelle de Farako", kind="mutuelle", rates={"ambulatoire": 6_050},
        number=NumberRule(required=True, rule="modulo", root=7), valid_from=TODAY, valid_to=None,
    )  # fmt: skip
    act(save_own_payer, form)
    with store.reading() as db:
        found = payer_on(db, "mutuelle-farako", TODAY)
        assert found is not None and found.basis_points("ambulatoire") == 6_050
        assert payer_on(db, "MUTUELLE-FARAKO", TODAY - timedelta(days=1)) is None
    act(insured, keys["patient"], "MUTUELLE-FARAKO", number="123454", valid_from=TODAY)  # 12345 = 7 x 1763 + 4
    act(save_own_payer, replace(form, rates={"ambulatoire": 10_000}))
    sale = act(sell, SaleForm(acts=(ChargedAct(code="ACCOUCHEMENT"),), patient=keys["patient"]))
    assert sale.payer_fcfa == 5_000
    for wrong, code in (
        (replace(form, code="AMO-CMSS"), "own-payer-national"),
        (replace(form, rates={}), "own-payer-rates"),
    ):
        with pytest.raises(Refused, match=code):
            act(save_own_payer, wrong)


@pytest.mark.parametrize(
    ("number", "root", "is_right"),
    [
        ("123452", 7, False), ("123454", 7, True), ("0000000000", 7, True), ("79927398713", 10, False),
        ("4539578763621486", 10, True), ("79927398710", 10, False), ("12A", 7, None), ("", 7, None),
    ],
)  # fmt: skip
def test_a_number_follows_its_payer_s_rule(number: str, root: int, is_right: bool | None) -> None:
    rule = NumberRule(required=True, rule="modulo", root=root)
    if is_right:
        assert clean_number(f" {number} ", rule) == number
    else:
        code = {False: "cover-number-wrong", None: "cover-number-digits" if number else "cover-number-needed"}[is_right]
        with pytest.raises(Refused, match=code):
            clean_number(number, rule)


@given(st.text("0123456789", min_size=1, max_size=20))
def test_root_ten_is_luhn_only_where_the_count_of_digits_is_even(base: str) -> None:
    def luhn(number: str) -> bool:
        digits = [int(d) * (1 + at % 2) for at, d in enumerate(reversed(number))]
        return sum(d - 9 if d > 9 else d for d in digits) % 10 == 0

    rule = NumberRule(rule="modulo", root=10)
    right = [d for d in "0123456789" if _is_taken(base + d, rule)]
    assert len(right) == 1
    if len(base) % 2:
        assert luhn(base + right[0])


def _is_taken(number: str, rule: NumberRule) -> bool:
    try:
        return clean_number(number, rule) == number
    except Refused:
        return False

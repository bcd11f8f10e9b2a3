"""Cards: printed blank, bound once, lost and replaced; nothing of the person on them."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import pytest
from pypdf import PdfReader

from appliance.core.errors import Refused
from appliance.core.identifiers import card_code
from appliance.records.patients import cards, history
from appliance.records.patients.services import bind_card, blank_cards, card_for, end_card
from appliance.storage import Store
from tests.conftest import Act

Register = Callable[..., int]


def test_a_card_is_bound_once_and_never_after_it_was_lost(act: Act, register: Register, store: Store) -> None:
    awa, sira, (code, other) = register("Awa Diarra"), register("Sira Sow"), act(blank_cards, 2)
    act(bind_card, awa, code)
    act(bind_card, awa, code)  # scanned twice
    refusals = []
    for patient, card in ((sira, code), (sira, code[:-1] + ("A" if code[-1] != "A" else "B")), (99, other)):
        with pytest.raises(Refused) as fault:
            act(bind_card, patient, card)
        refusals.append(fault.value.code)
    assert refusals == ["card-taken", "card-unreadable", "no-such-patient"]
    act(end_card, code)
    with pytest.raises(Refused) as fault:
        act(bind_card, awa, code)
    assert fault.value.code == "card-ended"
    new = act(card_for, awa)
    assert new == act(card_for, awa) != code
    with store.reading() as db:
        assert set(history.cards(db, awa)) == {(new, True), (code, False)}


@pytest.mark.parametrize("count", [0, -1, 501])
def test_only_as_many_cards_as_a_printer_takes(act: Act, villages: list[int], count: int) -> None:
    with pytest.raises(Refused) as fault:
        act(blank_cards, count)
    assert fault.value.code == "card-count"


def test_a_card_of_another_centre_is_unknown(act: Act, register: Register) -> None:
    with pytest.raises(Refused) as fault:
        act(bind_card, register("Awa Diarra"), card_code())
    assert fault.value.code == "card-unknown"


def test_the_sheet_holds_ten_to_a_page_and_says_code_and_centre_only() -> None:
    codes = [f"ABC{n:05d}X" for n in range(11)]
    pdf = cards.sheet(codes, "CSCom de Sœur-Koura l\u2019Ancienne")
    text = _text(pdf)
    assert len(re.findall(rb"/Type /Page\b", pdf)) == 2
    assert all(cards.grouped(code) in text for code in codes)
    assert "Sœur-Koura" in text


def test_a_single_card_is_of_bank_card_size_whatever_the_name_of_the_centre() -> None:
    pdf = cards.single("ABC00001X", "Centre de santé communautaire de " + "Très-Long-Nom " * 6)
    assert re.search(rb"/MediaBox \[ 0 0 242.6\d+ 153.0\d+ \]", pdf)
    assert cards.single("ABC00001X", "")


def _text(pdf: bytes) -> str:
    return " ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)

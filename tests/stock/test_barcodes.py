"""What the code of a box says, by the rules of GS1, from scanners of every temper; and nonsense, which raises nothing."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from appliance.core.errors import DataFileError, Refused
from appliance.stock.barcodes import services
from appliance.stock.barcodes.gs1 import LENGTH_MAX, read, year_of
from appliance.stock.barcodes.identifiers import FILE, identifiers, load_identifiers
from appliance.stock.barcodes.model import Reading, check_digit, has_check_digit
from appliance.stock.barcodes.repository import by_gtin, of_product
from appliance.stock.barcodes.wedge import cleaned
from appliance.storage import Store
from tests.conftest import TODAY, Act
from tests.web.counter import PARACETAMOL, SYRUP, stocked

GTIN = "03453120000011"
FNC1 = "\x1d"


def of(text: str) -> Reading:
    return read(text, TODAY)


def expiry(text: str) -> tuple[str, str] | None:
    found = of(text).expiry
    return (found.on.isoformat(), found.precision) if found else None


@pytest.mark.parametrize(
    "text",
    [
        f"]d201{GTIN}17260930" + f"10AB-12{FNC1}21SN9",
        f"{FNC1}01{GTIN}1726093010AB-12{FNC1}21SN9",
        f"01{GTIN}1726093010AB-12{FNC1}21SN9",
        f"]C101{GTIN}17260930{FNC1}10AB-12{FNC1}21SN9{FNC1}",  # separators where none is needed do no harm
        f"]Q301{GTIN}1726093021SN9{FNC1}10AB-12\r\n",
        f"01{GTIN}1726093010AB-12<GS>21SN9",
        f"01{GTIN}1726093010AB-12\\x1d21SN9",
        f"01{GTIN}1726093010AB-12|21SN9",
        f"(01){GTIN}(17)260930(10)AB-12(21)SN9",
        f"(01) {GTIN} (17) 260930 (10) AB-12 (21) SN9",
        f"https://exemple.test/01/{GTIN}/10/AB-12/21/SN9?17=260930",
    ],
)
def test_the_same_box_read_in_every_way_says_the_same(text: str) -> None:
    found = of(text)
    assert (found.gtin, found.lot, found.serial) == (GTIN, "AB-12", "SN9")
    assert expiry(text) == ("2026-09-30", "day")
    assert not found.cautions
    assert not found.fault


@pytest.mark.parametrize(
    ("element", "expected"),
    [
        ("(17)260900", ("2026-09-30", "month")),  # T30
        ("(17)280200", ("2028-02-29", "month")),
        ("(17)270200", ("2027-02-28", "month")),
        ("(17)260915", ("2026-09-15", "day")),
        ("(17)260931", None),
        ("(17)261300", None),
        ("(17)000000", None),
        ("(17)26090A", None),
        ("(7003)2609301430", ("2026-09-30", "day")),
        ("(7003)2609302530", None),
        ("(15)260930", None),  # a date of quality is no expiry
    ],
)
def test_the_last_usable_day(element: str, expected: tuple[str, str] | None) -> None:
    assert expiry(element + "(10)A") == expected


def test_a_month_is_usable_to_its_end_and_not_a_day_longer() -> None:
    from appliance.stock.ledger.fefo import LotOnShelf, usable

    last = of("(17)260900").expiry
    assert last is not None
    shelf = [LotOnShelf(lot=1, number="A", expires_on=last.on, quantity=5)]
    assert usable(shelf, date(2026, 9, 30))
    assert not usable(shelf, date(2026, 10, 1))


@pytest.mark.parametrize(
    ("two", "this_year", "year"),
    [(26, 2026, 2026), (76, 2026, 2076), (77, 2026, 1977), (99, 2026, 1999), (0, 2026, 2000), (49, 1999, 2049),
     (50, 1999, 1950), (10, 2060, 2110), (11, 2060, 2011), (9, 2060, 2109)],
)  # fmt: skip
def test_two_digits_of_a_year_lie_from_49_back_to_50_ahead(two: int, this_year: int, year: int) -> None:
    assert year_of(two, this_year) == year


@given(st.integers(0, 99), st.integers(1990, 2150))
def test_each_two_digits_have_one_year_in_the_window(two: int, this_year: int) -> None:
    found = year_of(two, this_year)
    assert found % 100 == two
    assert -49 <= found - this_year <= 50


@pytest.mark.parametrize(
    ("text", "gtin"),
    [
        ("3400930000014", "03400930000014"), ("]E03400930000014", "03400930000014"), ("96385074", "00000096385074"),
        ("]E496385074", "00000096385074"), ("036000291452", "00036000291452"), ("13453120000018", "13453120000018"),
        ("340 0930 000 014", "03400930000014"), ("]E3340093000001412", "03400930000014"),
    ],
)  # fmt: skip
def test_a_bare_number_is_a_gtin_of_fourteen_digits(text: str, gtin: str) -> None:
    assert has_check_digit(gtin), check_digit(gtin[:-1])
    found = of(text)
    assert (found.gtin, found.lot, found.expiry, found.cautions) == (gtin, None, None, ())


@pytest.mark.parametrize("text", ["3400930000015", "]E03400930000015"])
def test_a_number_with_a_wrong_check_digit_names_no_product(text: str) -> None:
    found = of(text)
    assert found.gtin is None
    assert "gtin-check-digit" in found.cautions


def test_a_wrong_gtin_takes_neither_lot_nor_expiry_away() -> None:
    found = of("(01)03453120000012(17)260930(10)AB")
    assert (found.gtin, found.lot, found.other["01"]) == (None, "AB", "03453120000012")
    assert found.cautions == ("gtin-check-digit",)
    assert expiry("(01)03453120000012(17)260930(10)AB") == ("2026-09-30", "day")


def test_every_other_element_is_kept_as_it_stands() -> None:
    found = of(f"(01){GTIN}(11)240105(240)REF-1(3103)001250(710)1234567(99)maison(30)25")
    assert found.other == {"11": "240105", "240": "REF-1", "3103": "001250", "710": "1234567", "99": "maison"}
    assert (found.count, found.cautions) == (25, ())


def test_an_element_nobody_knows_is_kept_and_said() -> None:
    found = of(f"{FNC1}01{GTIN}88XY{FNC1}10A")
    assert (found.gtin, found.lot) == (GTIN, None)
    assert found.other == {"unparsed": "88XY|10A"}
    assert "unknown-ai" in found.cautions
    assert of("(29)XY(10)A").other == {"29": "XY"}


def test_a_carton_says_its_content_and_how_many() -> None:
    found = of(f"(02){GTIN}(37)24(10)A")
    assert (found.gtin, found.count, found.lot) == (GTIN, 24, "A")
    assert found.cautions == ("gtin-of-content",)


def test_a_lot_may_hold_brackets() -> None:
    assert of(f"(01){GTIN}(10)A(B)C(999)D(17)260930").lot == "A(B)C(999)D"


def test_a_separator_that_was_never_sent_is_said_where_it_can_be_told() -> None:
    run_on = of(f"01{GTIN}1726093010LOT4421SERIE99")
    assert run_on.lot == "LOT4421SERIE99"  # by the specification it is one lot; only a person can know better
    assert run_on.cautions == ("separator-doubtful",)
    too_long = of(f"01{GTIN}1726093010LOT4421SERIE990123456789")
    assert (too_long.lot, too_long.cautions) == (None, ("separator-doubtful", "separator-missing"))
    assert of(f"01{GTIN}1726093010LOT44").cautions == ()
    assert of(f"01{GTIN}70032609301430" + "10AB").cautions == ("separator-missing", "expiry-has-hour")


def test_a_keyboard_of_another_country_is_undone() -> None:
    french = cleaned(f"]d201{GTIN}1726093010AB7")
    assert french.text == f"01{GTIN}1726093010AB7"
    typed = '$déà&à"\'("&éààààà&&&èé-àç"à&àQBè'  # the same code on a tablet that believes in a French keyboard
    found = of(typed)
    assert (found.gtin, found.lot, found.symbology) == (GTIN, "AB7", "]d2")
    assert found.cautions == ("keyboard-layout",)
    english = of(")!)#$%#!@)))))!!!&@^)(#)!)QB")  # and the other way about
    assert (english.gtin, english.lot) == (GTIN, "AB")


def test_words_with_accents_are_words() -> None:
    assert of("Paracétamol").other == {"plain": "Paracétamol"}


@pytest.mark.parametrize(
    "text", ["", "   ", "\x1d\x1d", "]d2", "(17)261399", "(01)0345312000001", "x" * (LENGTH_MAX + 1)]
)
def test_of_some_codes_nothing_is_read(text: str) -> None:
    assert of(text).fault in {"code-empty", "code-unreadable", "code-too-long"}


def test_a_symbol_that_says_it_is_none_of_gs1_is_not_read_as_one() -> None:
    found = of(f"]d101{GTIN}")
    assert (found.gtin, set(found.cautions)) == (None, {"plain-code", "not-gs1"})


def test_the_same_element_twice_is_said_when_it_differs() -> None:
    assert of("(10)A(10)A").cautions == ()
    found = of("(10)A(10)B")
    assert (found.lot, found.cautions) == ("A", ("repeated-ai",))


TEXTS = st.text(max_size=60) | st.text(alphabet="0123456789()\x1d]dC1AZ", max_size=60)


@given(TEXTS, st.dates(date(1990, 1, 1), date(2100, 1, 1)))
@example("(٣١)x", TODAY)
@example("]d2²²", TODAY)
@example("http://[", TODAY)
def test_nonsense_is_answered_and_raises_nothing(text: str, today: date) -> None:
    found = read(text, today)
    assert found.gtin is None or has_check_digit(found.gtin)
    assert found.facts()["warnings"] == list(found.cautions)


LOTS = st.text(alphabet="ABCDEFGHJKLMNPRSTUVWXYZ-./0123456789", min_size=1, max_size=20)


@given(st.integers(0, 10**13 - 1), LOTS, LOTS, st.dates(date(2020, 1, 1), date(2060, 12, 31)))
def test_what_a_maker_writes_is_read_back(number: int, lot: str, serial: str, day: date) -> None:
    digits = f"{number:013d}"
    gtin = digits + check_digit(digits)
    found = of(f"]d201{gtin}17{day:%y%m%d}10{lot}{FNC1}21{serial}")
    assert (found.gtin, found.lot, found.serial) == (gtin, lot, serial)
    assert found.expiry is not None
    assert found.expiry.on == day
    assert not found.cautions


def test_the_table_of_elements_is_checked_as_it_is_read(tmp_path: object) -> None:
    from pathlib import Path

    assert len(identifiers().known) > 500
    wrong = Path(str(tmp_path)) / "wrong.json"
    wrong.write_text(FILE.read_text("utf-8").replace('"N14"', '"N15"', 1), encoding="utf-8")
    with pytest.raises(DataFileError, match="01 has not the length"):
        load_identifiers(wrong)


def test_a_pack_is_learned_once_and_a_wrong_one_is_withdrawn(store: Store, act: Act) -> None:
    keys = act(stocked)
    first = act(services.learn, keys[PARACETAMOL], "boîte de 100", 100, GTIN)
    assert act(services.learn, keys[PARACETAMOL], "boîte de 100", 100, GTIN) == first
    with pytest.raises(Refused, match="gtin-of-another"):
        act(services.learn, keys[SYRUP], "flacon", 1, GTIN)
    with pytest.raises(Refused, match="gtin-wrong"):
        act(services.learn, keys[SYRUP], "flacon", 1, "03453120000012")
    act(services.withdraw, GTIN)
    act(services.learn, keys[SYRUP], "flacon", 1, GTIN)
    with store.reading() as db:
        assert by_gtin(db, GTIN).product == keys[SYRUP]  # type: ignore[union-attr]
        assert of_product(db, keys[PARACETAMOL]) == []
        assert [p.label for p in of_product(db, keys[SYRUP])] == ["flacon"]

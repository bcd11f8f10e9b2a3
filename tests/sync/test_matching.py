"""However a district has modelled the form, a cell finds its place by code; where it can't, it is shown, never guessed."""

from __future__ import annotations

from typing import Any

import pytest

from appliance.core.errors import DataFileError
from appliance.sync.dhis2.book import COMBOS, DEFAULT_COMBO, Book, combos_wanted
from appliance.sync.dhis2.mapping import Named
from appliance.sync.dhis2.mapping_file import HEAD, Forms, parse_mapping, write_mapping
from appliance.sync.dhis2.matching import Cell, match
from appliance.sync.dhis2.payloads import Misfit, added_up, data_values, same_value, values_in, written

DEFAULT = {"id": "HllvX50cXC0", "name": "default"}
MORBIDITY = Cell(code="MOR_PALU_C", disaggregation={"AGE6": "1_4A", "SEXE": "F"}, option_names=("1-4 ans", "Féminin"))
STOCK = Cell(
    code="PARA500", disaggregation={"column": "QU"}, option_names=("Quantité utilisée",), name="Paracétamol 500 mg"
)
PLAIN = Cell(code="SEANCES", disaggregation={})


def element(
    code: str, *combos: dict[str, Any], uid: str = "", own: list[dict[str, Any]] | None = None, **more: Any
) -> dict[str, Any]:
    made: dict[str, Any] = {
        "dataElement": {"id": uid or f"e{code[:10]:_<10}", "code": code, "name": code, "valueType": "INTEGER", **more}
        | {"categoryCombo": {"id": "cc", "categoryOptionCombos": list(combos)}}
    }
    if own is not None:
        made["categoryCombo"] = {"id": "own", "categoryOptionCombos": own}
    return made


def combo(uid: str, *options: str, name: str = "", code: str = "", names: tuple[str, ...] = ()) -> dict[str, Any]:
    made: dict[str, Any] = {"id": uid, "name": name or ", ".join(names or options), "code": code or None}
    if options or names:
        given = options or ("",) * len(names)
        labels = names or options
        made["categoryOptions"] = [{"code": o or None, "name": n} for o, n in zip(given, labels, strict=True)]
    return made


def where(cell: Cell, *elements: dict[str, Any], **body: Any) -> tuple[str, str] | None:
    found = match([cell], {"id": "set", "dataSetElements": list(elements), **body})
    return found.targets[0].key if found.targets else None


@pytest.mark.parametrize(
    ("cell", "elements"),
    [
        (MORBIDITY, [element("MOR_PALU_C", combo("right", "F", "1_4A"), combo("wrong", "M", "1_4A"))]),
        (MORBIDITY, [element("MOR_PALU_C", combo("right", "AGE6_1_4A", "SEXE_F"), combo("wrong", "AGE6_1_4A", "SEXE_M"))]),
        (MORBIDITY, [element("mor-palu-c", combo("right", "1-4a", "f"))]),
        (MORBIDITY, [element("MOR_PALU_C", combo("right", code="F_1_4A"), combo("wrong", code="M_1_4A"))]),
        (MORBIDITY, [element("MOR_PALU_C", combo("right", names=("FEMININ", "1-4 Ans")), combo("wrong", names=("Masculin", "1-4 ans")))]),
        (MORBIDITY, [element("MOR_PALU_C", {"id": "right", "name": "Féminin, 1-4 ans"})]),
        (MORBIDITY, [element("MOR_PALU_C_1_4A_F", {"id": "right", "name": "default"})]),
        (MORBIDITY, [element("MOR_PALU_C_F_1_4A", {"id": "right", "name": "default"})]),
        (MORBIDITY, [element("MOR_PALU_C_F", combo("right", "1_4A"), combo("wrong", "0_11M"))]),
        (MORBIDITY, [element("MOR_PALU_C_1_4A", combo("right", "F"), combo("wrong", "M"))]),
        (MORBIDITY, [element("MOR_PALU_C", combo("wrong", "1_4A", "F"), own=[combo("right", "1_4A", "F")])]),
        (STOCK, [element("PARA500_QU", {"id": "right", "name": "default"})]),
        (STOCK, [element("QU_PARA500", {"id": "right", "name": "default"})]),
        (STOCK, [element("PARA500", combo("right", "QU"), combo("wrong", "QR"))]),
        (STOCK, [element("PARA500", combo("right", names=("Quantité utilisée",)), combo("wrong", names=("Quantité reçue",)))]),
        (STOCK, [element("QU", combo("right", "PARA500"), combo("wrong", "AMOX500"))]),
        (STOCK, [element("QU", combo("right", names=("Paracétamol 500 mg",)))]),
        (PLAIN, [element("SEANCES", {"id": "right", "name": "default", "code": "default"})]),
    ],
)  # fmt: skip
def test_each_way_of_modelling_a_form_is_matched(cell: Cell, elements: list[dict[str, Any]]) -> None:
    found = where(cell, *elements)
    assert found is not None
    assert found[1] == "right"


def test_the_default_combination_is_the_servers_own() -> None:
    assert where(PLAIN, element("SEANCES"), **{DEFAULT_COMBO: "otherDef001"}) == ("eSEANCES___", "otherDef001")
    assert where(PLAIN, element("SEANCES")) is None


def test_a_name_with_a_comma_in_it_is_still_one_option() -> None:
    cell = Cell(code="PAL", disaggregation={"PALU2": "5P"}, option_names=("5 ans et plus, y compris les FE",))
    assert where(cell, element("PAL", combo("right", names=("5 ans et plus, y compris les FE",)))) == (
        "ePAL_______",
        "right",
    )
    assert where(cell, element("PAL", {"id": "right", "name": "5 ans et plus, y compris les FE"})) is not None


def test_where_two_would_fit_none_is_taken() -> None:
    assert where(MORBIDITY, element("MOR_PALU_C", combo("one", "1_4A", "F"), combo("two", "F", "1_4A"))) is None
    twins = (
        element("MOR-PALU-C", combo("one", "1_4A", "F"), uid="eA"),
        element("MOR.PALU.C", combo("two", "1_4A", "F"), uid="eB"),
    )
    assert where(MORBIDITY, *twins) is None


def test_a_total_there_is_not_filled_with_a_part_of_ours() -> None:
    assert where(MORBIDITY, element("MOR_PALU_C", DEFAULT)) is None
    assert where(PLAIN, element("SEANCES", combo("one", "F"), combo("two", "M"))) is None


def test_partly_known_codes_match_what_they_can_and_name_the_rest_on_both_sides() -> None:
    cells = [MORBIDITY, STOCK, PLAIN]
    found = match(cells, {"dataSetElements": [element("SEANCES", DEFAULT), element("INCONNU", DEFAULT), element("")]})
    assert list(found.targets) == [2]
    assert found.unmapped == (0, 1)
    assert "INCONNU" in found.unfed


@pytest.mark.parametrize(
    "body",
    [
        {}, {"dataSetElements": None}, {"dataSetElements": [None, {}, {"dataElement": None}, {"dataElement": {"id": None}}]},
        {"dataSetElements": [{"dataElement": {"id": "x", "code": "SEANCES", "categoryCombo": None}}]},
        {"dataSetElements": [{"dataElement": {"id": "x", "code": "SEANCES", "categoryCombo": {"categoryOptionCombos": [{}, None]}}}]},
        {"dataSetElements": "x", "categoryCombo": [], "compulsoryDataElementOperands": [{}]},
    ],
)  # fmt: skip
def test_metadata_with_holes_is_read_over(body: dict[str, Any]) -> None:
    assert match([MORBIDITY, PLAIN], body).unmapped == (0, 1)


def test_a_data_set_with_attributes_is_known_as_one() -> None:
    assert Book({"categoryCombo": {"isDefault": True}}).is_plain
    assert Book({"categoryCombo": {"categoryOptionCombos": [{"name": "default"}]}}).is_plain
    assert Book({}).is_plain
    assert not Book({"categoryCombo": {"isDefault": False, "categoryOptionCombos": [{"name": "PNLP"}]}}).is_plain
    assert not Book({"categoryCombo": {"categoryOptionCombos": [{"name": "PNLP"}, {"name": "ONG"}]}}).is_plain


def test_only_pairs_of_the_set_are_valid() -> None:
    book = Book({"dataSetElements": [element("A", combo("one", "F"), uid="eA"), element("B", DEFAULT, uid="eB")]})
    assert book.pair(("eA", "one")) and book.pair(("eB", "HllvX50cXC0"))
    assert not book.pair(("eA", "HllvX50cXC0"))
    assert not book.pair(("eC", "one"))


def test_which_places_lose_a_zero() -> None:
    def loses(**more: Any) -> bool:
        return Book({"dataSetElements": [element("A", DEFAULT, uid="eA", **more)]}).elements["eA"].loses_zero

    assert loses() and loses(zeroIsSignificant=False)
    assert not loses(zeroIsSignificant=True)
    assert not loses(valueType="TEXT")
    assert not loses(aggregationType="AVERAGE")


@pytest.mark.parametrize(
    ("value", "value_type", "as_written"),
    [
        (12, "INTEGER", "12"), ("12.0", "INTEGER", "12"), (-3, "INTEGER", "-3"), (0, "INTEGER_ZERO_OR_POSITIVE", "0"),
        ("301.64", "NUMBER", "301.64"), (100, "PERCENTAGE", "100"), ("true", "BOOLEAN", "true"), ("true", "TRUE_ONLY", "true"),
        ("false", "TRUE_ONLY", None), (5, "TEXT", "5"), ("2026-10-31", "DATE", "2026-10-31"),
    ],
)  # fmt: skip
def test_a_figure_is_written_as_its_type_wants_it(value: Any, value_type: str, as_written: str | None) -> None:
    assert written(value, value_type) == as_written


@pytest.mark.parametrize(
    ("value", "value_type", "code"),
    [
        ("1.5", "INTEGER", "value-not-integer"), (-1, "INTEGER_ZERO_OR_POSITIVE", "value-out-of-range"), (0, "INTEGER_POSITIVE", "value-out-of-range"),
        (2**31, "INTEGER", "value-out-of-range"), (0, "INTEGER_NEGATIVE", "value-out-of-range"), ("true", "INTEGER", "value-not-number"),
        ("1e3", "NUMBER", "value-not-number"), ("1,5", "NUMBER", "value-not-number"), ("NaN", "NUMBER", "value-not-number"),
        (101, "PERCENTAGE", "value-out-of-range"), (1, "BOOLEAN", "value-not-boolean"), ("31/10/2026", "DATE", "value-not-date"),
        ("", "TEXT", "value-not-text"), (1, "COORDINATE", "value-type-unknown"),
    ],
)  # fmt: skip
def test_a_figure_that_does_not_fit_is_kept_here(value: Any, value_type: str, code: str) -> None:
    with pytest.raises(Misfit) as fault:
        written(value, value_type)
    assert fault.value.code == code


def test_several_cells_for_one_place_are_added_and_words_must_agree() -> None:
    assert added_up([1, 2, "0.5"]) == "3.5"
    assert added_up([5, 5]) == "10"
    assert added_up(["true", "true"]) == "true"
    with pytest.raises(Misfit):
        added_up(["true", "false"])


def test_the_payload_is_ascii_with_every_value_a_string() -> None:
    payload = data_values("set", "202610", "ou", [(("e", "c"), "é"), (("e", "d"), None)], "aocUID00001")
    assert payload.isascii()
    assert values_in(payload) == [(("e", "c"), "é"), (("e", "d"), None)]
    assert b'"attributeOptionCombo":"aocUID00001"' in payload


@pytest.mark.parametrize(("a", "b", "same"), [("5", "5.0", True), ("05", "5", True), ("5", "6", False), ("true", "true", True), ("", "5", False), (None, None, True), (None, "5", False)])  # fmt: skip
def test_equal_numbers_are_equal(a: str | None, b: str | None, same: bool) -> None:
    assert same_value(a, b) is same


BODY = {"name": "RMA", "dataSetElements": [
    element("MOR_PALU_C", combo("cocF1", "F", "1_4A", name="Féminin, 1-4 ans"), combo("cocM1", "M", "1_4A", name="Masculin, 1-4 ans"), uid="eMOR"),
    element("AUTRE", DEFAULT, uid="eAUT"),
]}  # fmt: skip
OTHER = Cell(code="CUR_NC", disaggregation={"AGE6": "1_4A"}, option_names=("1-4 ans",), name="NC")
FORMS = Forms(cells={"RMA": [MORBIDITY, OTHER]}, books={"RMA": Book(BODY)})
NC = ("CUR_NC", '{"AGE6":"1_4A"}')


def taken(*lines: str, head: str = HEAD) -> Any:
    return parse_mapping(head + "\n".join(lines), "carte.csv", FORMS)["RMA"]


def test_a_hand_made_line_names_element_and_combination_by_uid_code_or_name() -> None:
    assert taken("RMA;CUR_NC;AGE6=1_4A;AUTRE;")[NC][0].key == ("eAUT", "HllvX50cXC0")
    assert taken("RMA;CUR_NC;AGE6=1_4A;eMOR;cocM1")[NC][0].key == ("eMOR", "cocM1")
    assert taken("RMA;CUR_NC;AGE6=1_4A;eMOR;masculin, 1-4 ans")[NC][0].key == ("eMOR", "cocM1")
    both = taken("RMA;CUR_NC;AGE6=1_4A;eMOR;cocM1", "# remark", "RMA;CUR_NC;AGE6=1_4A;AUTRE;")[NC]
    assert [t.key for t in both] == [("eMOR", "cocM1"), ("eAUT", "HllvX50cXC0")]
    assert taken("RMA;CUR_NC;AGE6=1_4A;-;") == {NC: []}
    assert taken("RMA;CUR_NC;AGE6=1_4A;;") == {}
    assert taken("CUR_NC,RMA,AGE6=1_4A,,eAUT", head="code,form,disaggregation,category_option_combo,data_element\n")[NC]


@pytest.mark.parametrize(
    ("lines", "line", "word"),
    [
        (["CRGS;CUR_NC;AGE6=1_4A;AUTRE;"], 2, "form 'CRGS'"), (["RMA;CUR_NC;;AUTRE;"], 2, "no cell"),
        (["", "RMA;CUR_NC;AGE6;AUTRE;"], 3, "CATEGORY=OPTION"), (["RMA;CUR_NC;AGE6=1_4A;RIEN;"], 2, "'RIEN' is not in"),
        (["RMA;CUR_NC;AGE6=1_4A;eMOR;"], 2, "combination ''"), (["RMA;CUR_NC;AGE6=1_4A;eMOR;cocX"], 2, "cocF1"),
        (["RMA;CUR_NC;AGE6=1_4A;AUTRE;", "RMA;CUR_NC;AGE6=1_4A;AUTRE;"], 3, "same as line 2"), (["RMA;CUR_NC"], 2, "columns"),
        (["RMA;CUR_NC;AGE6=1_4A;-;", "RMA;CUR_NC;AGE6=1_4A;AUTRE;"], 3, "nowhere"),
        (["RMA;CUR_NC;AGE6=1_4A;AUTRE;", "RMA;CUR_NC;AGE6=1_4A;-;"], 3, "nowhere"),
        (['RMA;"CUR_NC;AGE6=1_4A;AUTRE;'], 2, "can't be read"),
    ],
)  # fmt: skip
def test_a_fault_in_the_file_is_named_by_file_and_line_and_nothing_is_taken(
    lines: list[str], line: int, word: str
) -> None:
    with pytest.raises(DataFileError) as fault:
        taken(*lines)
    assert (fault.value.line, fault.value.file) == (line, "carte.csv")
    assert word in str(fault.value)


def test_a_file_without_its_columns_or_its_names_is_refused() -> None:
    with pytest.raises(DataFileError, match="no column 'code'"):
        taken("x", head="form;data_element\n")
    with pytest.raises(DataFileError, match="is empty"):
        parse_mapping("\n# x\n", "carte.csv", FORMS)
    with pytest.raises(DataFileError, match="not been read yet"):
        parse_mapping(HEAD + "RMA;CUR_NC;AGE6=1_4A;AUTRE;", "carte.csv", Forms(cells=FORMS.cells, books={}))


def test_what_is_written_out_reads_back_and_freezes_nothing() -> None:
    named = [
        Named(code="MOR_PALU_C", disaggregation='{"AGE6":"1_4A","SEXE":"F"}', data_element="eMOR", category_option_combo="cocF1", origin="code"),
        Named(code="CUR_NC", disaggregation='{"AGE6":"1_4A"}', data_element="eAUT", category_option_combo="HllvX50cXC0", origin="person"),
    ]  # fmt: skip
    text = HEAD + write_mapping("RMA", FORMS.cells["RMA"], named, FORMS.books["RMA"])
    found = parse_mapping(text, "carte.csv", FORMS)["RMA"]
    assert {k: [t.key for t in v] for k, v in found.items()} == {NC: [("eAUT", "HllvX50cXC0")]}
    blank = write_mapping("RMA", FORMS.cells["RMA"], [], FORMS.books["RMA"])
    assert "RMA;CUR_NC;AGE6=1_4A;;;;NC · 1-4 ans" in blank
    assert "# RMA: nothing goes to eAUT AUTRE" in blank


def test_combinations_told_apart_are_read_as_if_they_stood_under_each_element() -> None:
    apart = {
        COMBOS: {
            "cc": {"id": "cc", "categoryOptionCombos": [combo("right", "F", "1_4A"), combo("wrong", "M", "1_4A")]},
            "own": {"id": "own", "categoryOptionCombos": [combo("better", "1_4A", "F")]},
            "def": {"id": "def", "isDefault": True, "categoryOptionCombos": [DEFAULT]},
        }
    }
    lean = {"dataElement": {"id": "eMOR", "code": "MOR_PALU_C", "categoryCombo": {"id": "cc"}}}
    assert where(MORBIDITY, lean, **apart) == ("eMOR", "right")
    assert where(MORBIDITY, lean | {"categoryCombo": {"id": "own"}}, **apart) == ("eMOR", "better")
    plain = {"dataElement": {"id": "eSEA", "code": "SEANCES", "categoryCombo": {"id": "def"}}}
    assert where(PLAIN, plain, **apart) == ("eSEA", "HllvX50cXC0")
    assert combos_wanted({"dataSetElements": [lean, lean | {"categoryCombo": {"id": "own"}}, plain, None, {}]}) == [
        "cc", "own", "def",
    ]  # fmt: skip


def test_a_combination_that_was_named_and_not_told_gives_no_place() -> None:
    element_of = {"dataElement": {"id": "eSEA", "code": "SEANCES", "categoryCombo": {"id": "unknown"}}}
    known = {COMBOS: {"cc": {"id": "cc", "categoryOptionCombos": [DEFAULT]}}, DEFAULT_COMBO: "HllvX50cXC0"}
    assert where(PLAIN, element_of, **known) is None

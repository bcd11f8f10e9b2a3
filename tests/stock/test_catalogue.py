"""The product list: it loads as it is; each fault is named by line; nothing is half-loaded."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from appliance.billing.tariffs.services import read_prices
from appliance.core.errors import DataFileError, Refused
from appliance.stock.catalogue import repository
from appliance.stock.catalogue.csv_file import parse_products
from appliance.stock.catalogue.services import STARTER, load_list, read_whole
from appliance.storage import Store
from tests.conftest import Act


def test_the_starter_list_loads_and_loading_again_changes_nothing(store: Store, act: Act) -> None:
    products = read_whole(STARTER)
    for _ in range(2):
        act(load_list, products)
        with store.reading() as db:
            assert db.value("SELECT count(*) FROM product") == 118


def test_every_fault_is_named_with_its_line_and_nothing_is_taken(tmp_path: Path) -> None:
    lines = STARTER.read_text("utf-8").splitlines()
    lines[2] = lines[2].replace("MLS002", "MLS001", 1)
    lines[4] = lines[4].replace(",30,", ",trente,", 1)
    lines[6] = lines[6].replace("MLS006", "", 1)
    (tmp_path / "p.csv").write_text("\n".join(lines), "utf-8")
    with pytest.raises(Refused) as refusal:
        read_whole(tmp_path / "p.csv")
    faults = " ".join(refusal.value.params["faults"])  # type: ignore[arg-type]
    assert ":3: code MLS001 stands on line 2 already" in faults
    assert ":5: unites_par_conditionnement must be a whole number" in faults
    assert ":7: code is empty" in faults


@pytest.mark.parametrize("text", ["", "a,b,c\n1,2,3\n", "\x00\x01"])
def test_what_is_no_product_list_is_said_to_be_none(text: str) -> None:
    with pytest.raises(DataFileError):
        parse_products(text, Path("x.csv"))


def test_prices_name_their_faulty_lines(tmp_path: Path) -> None:
    file = tmp_path / "prix.csv"
    file.write_text(
        "code,prix_unitaire_fcfa,a_partir_du\nMLS001,10,2026-01-01\nMLS002,12.5,2026-01-01\nMLS003,5,hier\n"
    )
    with pytest.raises(Refused) as refusal:
        read_prices(file)
    faults = " ".join(refusal.value.params["faults"])  # type: ignore[arg-type]
    assert "prix.csv:3:" in faults
    assert "prix.csv:4:" in faults


def test_a_changed_list_is_seen_by_who_has_read_the_catalogue_before(store: Store, act: Act) -> None:
    products = read_whole(STARTER)[:3]
    act(load_list, products)
    with store.reading() as db:
        assert {p.pack_units for p in repository.listed(db)} == {p.pack_units for p in products}
    act(load_list, [replace(products[0], pack_units=7777)])
    with store.reading() as db:
        assert 7777 in {p.pack_units for p in repository.listed(db)}
        assert len(repository.listed(db)) == 3
        assert len(repository.listed(db, limit=2)) == 2

"""The bar of a post leads to its pages, and never to one that the visitor may not open."""

from __future__ import annotations

import pytest

from appliance.web import sections
from appliance.web.sections import NAMES, SECTIONS, bar


@pytest.fixture
def depot(monkeypatch: pytest.MonkeyPatch) -> None:
    pages = {
        "day": (("/depot", "depot"), ("/depot/commandes", "depot")),
        "month": (("/depot/tableau", "depot"),),
        "set": (("/depot/prix", "caisse"),),
    }
    names = {"/depot": "A", "/depot/commandes": "B", "/depot/tableau": "C", "/depot/prix": "D"}
    monkeypatch.setattr(sections, "SECTIONS", {"/depot": pages})
    monkeypatch.setattr(sections, "NAMES", names)


def row(path: str, *tabs: str) -> list[tuple[str, bool]]:
    found = bar(path, lambda tab: not tabs or tab in tabs)
    return [(name, on) for _path, name, on in found.row] if found else []


@pytest.mark.usefixtures("depot")
def test_the_page_shown_is_the_one_whose_path_begins_the_address_furthest() -> None:
    assert row("/depot/commandes/3") == [("A", False), ("B", True)]
    assert row("/depot/produits/MLS001") == [("A", True), ("B", False)]


@pytest.mark.usefixtures("depot")
def test_a_page_opened_seldom_joins_the_row_only_while_it_is_shown() -> None:
    assert row("/depot/prix") == [("A", False), ("B", False), ("D", True)]
    found = bar("/depot", lambda _: True)
    assert found
    assert [(heading, [name for _path, name, _on in links]) for heading, links in found.groups] == [
        ("Chaque jour", ["A", "B"]), ("Selon besoin", ["C"]), ("À régler une fois", ["D"]),
    ]  # fmt: skip
    assert (found.more, found.seldom) == (True, "")
    assert (shown := bar("/depot/prix", lambda _: True))
    assert shown.seldom == "D"


@pytest.mark.usefixtures("depot")
def test_a_page_of_a_closed_tab_is_not_offered() -> None:
    found = bar("/depot", lambda tab: tab == "depot")
    assert found
    assert "D" not in [name for _heading, links in found.groups for _path, name, _on in links]
    assert bar("/depot", lambda tab: tab == "caisse") is None  # one page alone needs no bar


def test_who_has_no_daily_page_finds_the_others_in_the_row() -> None:
    assert [name for name, _on in row("/caisse/banque", "comptes")] == [
        "Trésor", "Cahier", "Banque", "ASACO", "Budget", "Solidarité",
    ]  # fmt: skip
    found = bar("/caisse/banque", lambda tab: tab == "comptes")
    assert found
    assert not found.more


def test_elsewhere_there_is_no_bar() -> None:
    assert bar("/", lambda _: True) is None
    assert bar("/depotoir", lambda _: True) is None


@pytest.mark.parametrize(
    ("path", "page"),
    [
        ("/depot/reception", "/depot/receptions"), ("/depot/livraisons/nouveau/3", "/depot/receptions"),
        ("/depot/receptions/2", "/depot/receptions"), ("/depot/pieces/9", "/depot/mouvements"),
        ("/depot/produits/MLS001/fiche", "/depot"),
    ],
)  # fmt: skip
def test_a_page_that_belongs_to_another_shows_that_one(path: str, page: str) -> None:
    found = bar(path, lambda _: True)
    assert found
    assert [shown for shown, _, on in found.row if on] == [page]


def test_each_page_of_a_bar_has_a_name() -> None:
    assert {page for post in SECTIONS.values() for pages in post.values() for page, _tab in pages} == set(NAMES)

"""The bar of a post leads to its pages, and never to one that the visitor may not open."""

from __future__ import annotations

import pytest

from appliance.web import sections
from appliance.web.sections import NAMES, SECTIONS, bar


@pytest.fixture
def depot(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        sections,
        "SECTIONS",
        {"/depot": (("/depot", "depot"), ("/depot/commandes", "depot"), ("/depot/prix", "caisse"))},
    )
    monkeypatch.setattr(sections, "NAMES", {"/depot": "A", "/depot/commandes": "B", "/depot/prix": "C"})


@pytest.mark.usefixtures("depot")
def test_the_page_shown_is_the_one_whose_path_begins_the_address_furthest() -> None:
    assert bar("/depot/commandes/3", lambda _: True) == [
        ("/depot", "A", False), ("/depot/commandes", "B", True), ("/depot/prix", "C", False),
    ]  # fmt: skip
    assert [on for _, _, on in bar("/depot/produits/MLS001", lambda _: True)] == [True, False, False]


@pytest.mark.usefixtures("depot")
def test_a_page_of_a_closed_tab_is_not_offered() -> None:
    assert [path for path, _, _ in bar("/depot", lambda tab: tab == "depot")] == ["/depot", "/depot/commandes"]
    assert bar("/depot", lambda tab: tab == "caisse") == []  # one page alone needs no bar


def test_elsewhere_there_is_no_bar() -> None:
    assert bar("/", lambda _: True) == bar("/depotoir", lambda _: True) == []


@pytest.mark.parametrize(
    ("path", "page"),
    [
        ("/depot/reception", "/depot/receptions"), ("/depot/livraisons/nouveau/3", "/depot/receptions"),
        ("/depot/receptions/2", "/depot/receptions"), ("/depot/pieces/9", "/depot/mouvements"),
        ("/depot/produits/MLS001/fiche", "/depot"),
    ],
)  # fmt: skip
def test_a_page_that_belongs_to_another_shows_that_one(path: str, page: str) -> None:
    assert [shown for shown, _, on in bar(path, lambda _: True) if on] == [page]


def test_each_page_of_a_bar_has_a_name() -> None:
    assert {path for pages in SECTIONS.values() for path, _ in pages} == set(NAMES)

"""The bar under the title of a post that has several pages: what stands beside the one shown, for those who may open it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from appliance.web.words import Words

DAY, MONTH, SET = "day", "month", "set"
Pages = Mapping[str, tuple[tuple[str, str], ...]]
SECTIONS: dict[str, Pages] = {
    "/depot": {
        DAY: (
            ("/depot", "depot"),
            ("/depot/mouvements", "depot"),
            ("/depot/receptions", "depot"),
            ("/depot/commandes", "depot"),
            ("/depot/inventaire", "depot"),
            ("/depot/froid", "froid"),
        ),
        MONTH: (
            ("/depot/tableau", "depot"),
            ("/depot/peremptions", "depot"),
            ("/depot/lieux", "depot"),
            ("/depot/prets", "depot"),
            ("/depot/lots", "depot"),
            ("/depot/papiers", "depot"),
        ),
        SET: (
            ("/depot/codes", "depot"),
            ("/depot/reglages", "depot"),
        ),
    },
    "/caisse": {
        DAY: (
            ("/caisse", "caisse"),
            ("/caisse/remises", "caisse"),
            ("/caisse/dettes", "caisse"),
            ("/caisse/registre", "caisse"),
            ("/caisse/depenses", "caisse"),
            ("/caisse/tiers-payants", "caisse"),
        ),
        MONTH: (
            ("/caisse/tresor", "comptes"),
            ("/caisse/brouillard", "comptes"),
            ("/caisse/banque", "comptes"),
            ("/caisse/asaco", "comptes"),
            ("/caisse/budget", "comptes"),
            ("/caisse/solidarite", "comptes"),
        ),
        SET: (
            ("/caisse/actes", "caisse"),
            ("/caisse/payeurs", "caisse"),
        ),
    },
}
"""By post: its pages by how often they are opened, each with the tab of the matrix that opens it.

What is opened every day or week stands in the bar; the rest one tap further, under its heading. A path must have a name
in `NAMES`.
"""
WITHIN = {
    "/depot/reception": "/depot/receptions", "/depot/livraisons": "/depot/receptions",
    "/depot/pieces": "/depot/mouvements", "/depot/kits": "/depot/mouvements",
}  # fmt: skip
"""Pages that belong to one of a bar without their path beginning as its path does."""
HEADINGS = Words({DAY: "Chaque jour", MONTH: "Selon besoin", SET: "À régler une fois"})
NAMES = Words({
    "/depot": "Produits", "/depot/tableau": "Tableau",
    "/depot/commandes": "Commandes", "/depot/receptions": "Réceptions", "/depot/papiers": "Papiers",
    "/depot/mouvements": "Mouvements", "/depot/lieux": "Lieux", "/depot/prets": "Prêts", "/depot/lots": "Lots bloqués",
    "/depot/inventaire": "Inventaire", "/depot/peremptions": "Péremptions",
    "/depot/codes": "Codes",
    "/depot/froid": "Froid",
    "/depot/reglages": "Réglages",
    "/caisse": "Journée", "/caisse/registre": "Registre", "/caisse/dettes": "Dettes", "/caisse/tiers-payants": "Tiers payants", "/caisse/payeurs": "Payeurs", "/caisse/actes": "Actes", "/caisse/remises": "Remises",
    "/caisse/depenses": "Dépenses",
    "/caisse/tresor": "Trésor", "/caisse/brouillard": "Cahier", "/caisse/banque": "Banque", "/caisse/solidarite": "Solidarité",
    "/caisse/budget": "Budget", "/caisse/asaco": "ASACO",
})  # fmt: skip


Link = tuple[str, str, bool]
"""Path, name, and whether it is the page shown."""


@dataclass(frozen=True, slots=True)
class Bar:
    """`row` stands in the bar, on a phone only the page shown. `groups`, by heading, holds every page: the list that
    opens. `more` says whether it has pages that the row lacks; `seldom` names the page shown where it is one of those."""

    row: tuple[Link, ...]
    groups: tuple[tuple[str, tuple[Link, ...]], ...]
    more: bool
    seldom: str


def bar(path: str, may: Callable[[str], bool]) -> Bar | None:
    """The pages beside the one shown; None where a post has one page, or outside of the posts.

    The row holds the first group that has a page for this visitor, and the page shown where it is of another group. The
    longest path that begins the address is where one stands: `/depot/produits/…` belongs to `/depot`.
    """
    post = next((post for post in SECTIONS if path == post or path.startswith(f"{post}/")), None)
    if post is None:
        return None
    open_to = {group: [page for page, tab in pages if may(tab)] for group, pages in SECTIONS[post].items()}
    paths = [page for pages in open_to.values() for page in pages]
    begins = [begin for begin in (*paths, *WITHIN) if path == begin or path.startswith(f"{begin}/")]
    longest = max(begins, key=len, default="")
    here = WITHIN.get(longest, longest)
    groups = tuple(
        (HEADINGS[group], tuple((page, NAMES[page], page == here) for page in pages))
        for group, pages in open_to.items()
        if pages
    )
    every = [link for _heading, links in groups for link in links]
    if len(every) < 2:
        return None
    first = groups[0][1]
    others = [link for link in every if link not in first]
    shown = [link for link in others if link[2]]
    return Bar(row=(*first, *shown), groups=groups, more=bool(others), seldom=shown[0][1] if shown else "")

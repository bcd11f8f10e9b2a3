"""The bar under the title of a post that has several pages: what stands beside the one shown, for those who may open it."""

from __future__ import annotations

from collections.abc import Callable

from appliance.web.words import Words

SECTIONS: dict[str, tuple[tuple[str, str], ...]] = {
    # What is opened every day or week comes first, last what is set once and for all.
    "/depot": (
        ("/depot", "depot"),
        ("/depot/tableau", "depot"),
        ("/depot/commandes", "depot"),
        ("/depot/receptions", "depot"),
        ("/depot/mouvements", "depot"),
        ("/depot/inventaire", "depot"),
        ("/depot/peremptions", "depot"),
        ("/depot/froid", "froid"),
        ("/depot/lieux", "depot"),
        ("/depot/prets", "depot"),
        ("/depot/lots", "depot"),
        ("/depot/papiers", "depot"),
        ("/depot/codes", "depot"),
        ("/depot/reglages", "depot"),
    ),
    # What the cashier opens every day comes first, then the treasurer's books, last what is set once and for all.
    "/caisse": (
        ("/caisse", "caisse"),
        ("/caisse/remises", "caisse"),
        ("/caisse/dettes", "caisse"),
        ("/caisse/registre", "caisse"),
        ("/caisse/depenses", "caisse"),
        ("/caisse/tiers-payants", "caisse"),
        ("/caisse/tresor", "comptes"),
        ("/caisse/brouillard", "comptes"),
        ("/caisse/banque", "comptes"),
        ("/caisse/asaco", "comptes"),
        ("/caisse/budget", "comptes"),
        ("/caisse/solidarite", "comptes"),
        ("/caisse/actes", "caisse"),
        ("/caisse/payeurs", "caisse"),
    ),
}
"""By post: each page's path and the tab of the matrix that opens it. A path must have a name in `NAMES`."""
WITHIN = {
    "/depot/reception": "/depot/receptions", "/depot/livraisons": "/depot/receptions",
    "/depot/pieces": "/depot/mouvements", "/depot/kits": "/depot/mouvements",
}  # fmt: skip
"""Pages that belong to one of a bar without their path beginning as its path does."""
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


def bar(path: str, may: Callable[[str], bool]) -> list[tuple[str, str, bool]]:
    """Path, name and whether it is the page shown; empty where a post has one page, or outside of the posts.

    The longest path that begins the address is where one stands: `/depot/produits/…` belongs to `/depot`.
    """
    post = next((post for post in SECTIONS if path == post or path.startswith(f"{post}/")), None)
    if post is None:
        return []
    open_to = [section for section, tab in SECTIONS[post] if may(tab)]
    begins = [begin for begin in (*open_to, *WITHIN) if path == begin or path.startswith(f"{begin}/")]
    longest = max(begins, key=len, default="")
    here = WITHIN.get(longest, longest)
    return [(section, NAMES[section], section == here) for section in open_to] if len(open_to) > 1 else []

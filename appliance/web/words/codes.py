"""French of the codes on boxes: what a code says, and what to look at again."""

from __future__ import annotations

from appliance.core.french import date_short
from appliance.stock.barcodes.identifiers import identifiers
from appliance.stock.barcodes.model import Reading
from appliance.web.words import Words, _

CODE_CAUTIONS = Words({
    "unknown-ai": "Une partie du code n'est pas connue : elle n'est pas utilisée.",
    "gtin-check-digit": "Le numéro du produit (GTIN) est mal lu ou mal imprimé : choisissez le produit vous-même.",
    "check-digit": "Un numéro du code a un chiffre faux : il n'est pas utilisé.",
    "bad-date": "Une date du code n'existe pas : lisez-la sur la boîte.",
    "bad-value": "Une partie du code contient un signe qui ne va pas : elle n'est pas utilisée.",
    "truncated": "Le code est coupé : il manque des chiffres. Présentez la boîte de nouveau.",
    "separator-missing": "Le lecteur n'a pas envoyé la séparation entre deux parties (FNC1) : vérifiez lot et série sur la boîte.",
    "separator-doubtful": "Le lot lu peut contenir autre chose, si le lecteur n'envoie pas la séparation (FNC1) : comparez-le à la boîte.",
    "repeated-ai": "Le code dit deux fois la même chose autrement : la première est gardée, vérifiez sur la boîte.",
    "keyboard-layout": "Le lecteur et la tablette n'ont pas le même clavier ; c'est corrigé. Vérifiez les lettres A et Q, Z et W, M.",
    "plain-code": "Ce code ne dit ni lot ni péremption.",
    "not-gs1": "Ce code n'est pas un code GS1.",
    "expiry-differs": "Deux péremptions différentes dans le code : vérifiez sur la boîte.",
    "expiry-has-hour": "Ce lot périme à une heure dite : lisez-la sur la boîte.",
    "best-before-only": "Le code dit « à utiliser de préférence avant », pas la péremption : lisez-la sur la boîte.",
    "gtin-of-content": "C'est le code d'un carton : le produit est celui qu'il contient.",
})  # fmt: skip
PRECISIONS = Words({"day": "jour", "month": "fin du mois"})
REFUSALS = {
    "code-empty": "Aucun code n'est lu : présentez la boîte de nouveau, ou tapez les cases.",
    "code-too-long": "Ce n'est pas le code d'une boîte : il est trop long.",
    "code-unreadable": "Ce code ne se lit pas. Recommencez, ou tapez ce qui est imprimé sur la boîte.",
    "gtin-of-another": "Ce code est déjà celui d'un autre produit. Retirez-le d'abord à ce produit.",
    "gtin-wrong": "Ce code n'a pas les 14 chiffres d'un GTIN, ou un chiffre est faux.",
    "pack-units": "Le nombre d'unités de la boîte n'est pas possible.",
    "no-such-pack": "Ce code ne désigne aucune boîte ici.",
}  # fmt: skip


def code_lines(found: Reading) -> list[tuple[str, str]]:
    """What was read as lines of a name and a value, in the order of a box."""
    lines = [(_("GTIN"), found.gtin), (_("Lot"), found.lot)]
    if found.expiry:
        lines.append((_("Péremption"), f"{date_short(found.expiry.on)} ({PRECISIONS[found.expiry.precision]})"))
    lines += [(_("N° de série"), found.serial), (_("Nombre"), None if found.count is None else str(found.count))]
    known = identifiers().known
    lines += [
        (known[ai].label if ai in known else _("Autre (%(ai)s)") % {"ai": ai}, v) for ai, v in found.other.items()
    ]
    return [(name, value) for name, value in lines if value]

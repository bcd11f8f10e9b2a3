"""The French of orders and receptions: states, ways, what to do when one is refused."""

from __future__ import annotations

from fractions import Fraction

from appliance.core.french import number_fr
from appliance.stock.orders.gaps import Gap
from appliance.web.words import Words, _

REFUSALS = {
    "answer-missing": "Écrivez une quantité sur chaque ligne, 0 pour ne pas commander.",
    "box-state": "Choisissez l'état de la boîte dans la liste.",
    "correction-to-decide": "Ce formulaire corrige une commande déjà confirmée : choisissez d'abord laquelle vaut.",
    "counted-differs": "Compté doit être la somme d'accepté et de refusé.",
    "countersign-role": "La deuxième signature est celle du médecin chef ou de son intérim.",
    "countersign-same": "Deux personnes signent : une autre que celle qui a confirmé.",
    "draft-too-big": "Ce comptage est trop long : signez-le, puis continuez sur une autre réception.",
    "line-unmatched": "Dites quel est ce produit chez nous, ou mettez 0.",
    "movement-of-a-reception": "Ce mouvement vient d'une réception signée : corrigez la ligne du procès-verbal, tout suivra.",
    "no-correction": "Il n'y a plus de correction à décider ici.",
    "no-such-order": "Cette commande n'existe pas.",
    "no-such-order-line": "Cette ligne n'est pas de cette commande.",
    "no-such-proof": "Cette réception n'existe pas.",
    "no-such-proof-line": "Cette ligne de réception n'existe pas.",
    "no-such-shipment": "Ce bordereau n'existe pas.",
    "order-empty": "Ajoutez au moins un produit.",
    "order-nothing": "Tout est à 0 : annulez plutôt la commande en disant pourquoi.",
    "order-state": "La commande a avancé entre-temps : rouvrez-la pour voir où elle en est.",
    "programme-unknown": "Choisissez un programme de la liste.",
    "product-twice": "Ce produit est déjà sur une autre ligne de cette commande.",
    "reason-for-quantity": "Dites pourquoi la quantité diffère de la proposition.",
    "reason-note": "Écrivez quelques mots à côté de « Autre ».",
    "reception-empty": "Comptez au moins une boîte.",
    "reception-names": "Trois personnes signent le procès-verbal : écrivez leurs noms.",
    "refusal-reason": "Dites pourquoi des boîtes sont refusées.",
    "supply-choice": "Donnez le fournisseur, qui propose, et la voie.",
    "shipment-empty": "Ce bordereau n'a pas de ligne.",
    "shipment-received": "Ce bordereau est déjà réceptionné. Corrigez une ligne du procès-verbal, ou recevez sans bordereau.",
    "temperature": "Cette température n'est pas possible.",
    "vvm": "La pastille va de 1 à 4.",
}
STATES = Words({
    "proposed": "à confirmer", "confirmed": "à contresigner", "countersigned": "contresignée", "sent": "envoyée",
    "approved": "réponse reçue", "shipped": "en route", "received_partly": "reçue en partie", "received": "reçue",
    "cancelled": "annulée", "never_delivered": "jamais livrée", "superseded": "remplacée",
})  # fmt: skip
STATE_TAGS = {
    "proposed": "warn", "confirmed": "warn", "countersigned": "info", "sent": "info", "approved": "info", "shipped": "info",
    "received_partly": "warn", "received": "ok", "cancelled": "", "never_delivered": "danger", "superseded": "",
}  # fmt: skip
STEPS = Words({
    "proposed": "proposée", "confirmed": "confirmée", "countersigned": "contresignée", "sent": "envoyée",
    "approved": "réponse du fournisseur", "shipped": "bordereau", "received_partly": "reçue en partie", "received": "reçue",
    "cancelled": "annulée", "never_delivered": "jamais livrée", "superseded": "remplacée par une version corrigée",
})  # fmt: skip
KINDS = Words({"normal": "Normale", "emergency": "Urgence"})
MODELS = Words({"push": "Le fournisseur propose", "pull": "Le centre commande"})
WAYS = Words({"message": "Message DHIS2", "stick": "Clé USB", "paper": "Papier"})
GAPS = Words({
    "cmm-unknown": "CMM inconnue ici", "stockout": "%(days)s j de rupture corrigés", "unmet": "%(n)s non servis",
    "season": "saison × %(index)s", "expiry": "%(n)s périmeront avant usage", "loan": "%(n)s en prêt",
    "overstock": "surstock, %(months)s mois", "on_order": "%(n)s déjà en commande",
    "small-use": "une boîte dure plus que sa validité", "other-mean": "CMM ici %(cmm)s", "rounding": "arrondi à la boîte",
})  # fmt: skip


def gap_text(gap: Gap) -> str:
    """A cause of a difference with its figures, as short as it stands in a table."""
    return GAPS[gap.code] % {name: _figure(name, value) for name, value in gap.figures.items()}


def _figure(name: str, value: Fraction) -> str:
    return number_fr(value, 1 if name in ("months", "index") else 0)


def wide_gaps(count: int) -> str:
    """How many lines differ by more than a fifth, as a sentence."""
    if not count:
        return _("Aucune ligne ne diffère de plus de 20 %.")
    return (
        _("1 ligne diffère de plus de 20 %.")
        if count == 1
        else _("%(n)d lignes diffèrent de plus de 20 %%.") % {"n": count}
    )

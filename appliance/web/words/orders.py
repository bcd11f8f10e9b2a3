"""The French of orders and receptions: states, ways, what to do when one is refused."""

from __future__ import annotations

from appliance.web.words import Words

REFUSALS = {
    "answer-missing": "Écrivez une quantité sur chaque ligne, 0 pour ne pas commander.",
    "box-state": "Choisissez l'état de la boîte dans la liste.",
    "correction-to-decide": "Ce formulaire corrige une commande déjà confirmée : choisissez d'abord laquelle vaut.",
    "counted-differs": "Compté doit être la somme d'accepté et de refusé.",
    "countersign-role": "La deuxième signature est celle du médecin chef ou de son intérim.",
    "countersign-same": "Deux personnes signent : une autre que celle qui a confirmé.",
    "draft-too-big": "Ce comptage est trop long : signez-le, puis continuez sur une autre réception.",
    "line-unmatched": "Dites quel est ce produit chez nous, ou mettez 0.",
    "no-correction": "Il n'y a plus de correction à décider ici.",
    "no-such-order": "Cette commande n'existe pas.",
    "no-such-order-line": "Cette ligne n'est pas de cette commande.",
    "no-such-proof": "Cette réception n'existe pas.",
    "no-such-proof-line": "Cette ligne de réception n'existe pas.",
    "no-such-shipment": "Ce bordereau n'existe pas.",
    "order-empty": "Ajoutez au moins un produit.",
    "order-nothing": "Tout est à 0 : annulez plutôt la commande en disant pourquoi.",
    "order-state": "La commande a avancé entre-temps : rouvrez-la pour voir où elle en est.",
    "product-twice": "Ce produit est déjà sur une autre ligne de cette commande.",
    "reason-for-quantity": "Dites pourquoi la quantité diffère de la proposition.",
    "reason-note": "Écrivez quelques mots à côté de « Autre ».",
    "reception-empty": "Comptez au moins une boîte.",
    "reception-names": "Trois personnes signent le procès-verbal : écrivez leurs noms.",
    "refusal-reason": "Dites pourquoi des boîtes sont refusées.",
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

"""French of the tills and of the books: what is refused, what a row is called."""

from __future__ import annotations

REFUSALS = {
    "till-name": "Donnez un nom à la caisse (40 lettres au plus).",
    "till-known": "Une caisse porte déjà ce nom.",
    "no-such-till": "Cette caisse n'existe pas, ou elle est à quelqu'un d'autre.",
    "no-such-payment": "Ce paiement n'existe pas.",
    "till-is-open": "Cette caisse est déjà ouverte par quelqu'un : prenez-en une autre, ou faites-la clôturer.",
    "till-yours-open": "Vous tenez déjà une caisse ouverte : clôturez-la d'abord.",
    "till-not-open": "Cette caisse n'est plus ouverte : ouvrez-la, puis recommencez.",
    "till-not-counted": "Comptez d'abord l'argent de la caisse.",
    "count-stale": "De l'argent est entré ou sorti depuis le comptage : comptez de nouveau.",
    "variance-reason": "La caisse ne tombe pas juste : donnez la raison de l'écart.",
    "opening-variance": "Le fond compté n'est pas ce que la dernière clôture a laissé : recomptez, ou donnez la raison.",
    "coin": "Vérifiez le nombre de billets et de pièces.",
    "no-such-handover": "Cette remise n'existe pas.",
    "till-yours-needed": "Ouvrez d'abord votre caisse : l'argent reçu y entre.",
    "handover-empty": "Écrivez le montant remis.",
    "handover-self": "Celui qui remet et celui qui reçoit doivent être deux personnes.",
    "till-too-low": "La caisse n'a pas autant d'argent.",
    "operator": "Choisissez l'opérateur dans la liste.",
    "reference-known": "Cette référence de mobile money a déjà servi pour un autre reçu : relisez le message.",
}

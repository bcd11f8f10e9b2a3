"""French of the tills and of the books: what is refused, what a row is called."""

from __future__ import annotations

from appliance.web.words import Words

REFUSALS = {
    "till-name": "Donnez un nom à la caisse (40 lettres au plus).",
    "till-known": "Une caisse porte déjà ce nom.",
    "no-such-till": "Cette caisse n'existe pas, ou elle est à quelqu'un d'autre.",
    "no-such-payment": "Ce paiement n'existe pas.",
    "till-is-open": "Cette caisse est déjà ouverte par quelqu'un : prenez-en une autre, ou faites-la clôturer.",
    "till-yours-open": "Vous tenez déjà une caisse ouverte : clôturez-la d'abord.",
    "till-not-open": "Cette caisse n'est plus ouverte : ouvrez-la, puis recommencez.",
    "till-not-counted": "Comptez d'abord l'argent de la caisse.",
    "till-blind": "Vous tenez une caisse ouverte : ces chiffres se lisent après la clôture.",
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
    "account-too-low": "Il n'y a pas assez d'argent sur ce compte : vérifiez le montant.",
    "account-unknown": "Choisissez le compte dans la liste.",
    "already-cleared": "Cette ligne est déjà pointée sur un relevé.",
    "already-signed": "Cette fonction a déjà signé.",
    "amount": "Écrivez un montant au-dessus de zéro.",
    "approvers-only": "L'accord est donné par le trésorier et par le président de l'ASACO.",
    "document-needed": "Écrivez le numéro de la pièce (reçu, facture, lettre).",
    "drc-too-much": "Le paiement dépasse ce qui est dû au DRC.",
    "entry-of-closing": "Cette écriture vient d'un comptage de caisse : elle ne s'annule pas.",
    "expense-paid": "Cette dépense est déjà payée.",
    "expense-refused": "Cette dépense a été refusée.",
    "expense-waits": "Cette dépense attend l'accord du trésorier et du président.",
    "month-stated": "Ce mois est arrêté : datez l'écriture dans un mois ouvert.",
    "no-such-entry": "Cette écriture n'existe pas sur ce compte.",
    "no-such-expense": "Cette dépense n'existe pas.",
    "no-such-statement": "Ce relevé n'existe pas.",
    "purpose": "Dites à quoi sert la dépense (trois lettres au moins).",
    "repaid-too-much": "Le remboursement dépasse ce qui reste à rembourser.",
    "session-needed": "Choisissez la caisse ouverte qui reçoit le fond.",
    "signers-only": "La situation est signée par le trésorier, le président et le médecin chef.",
    "statement-before-open": "Un mois plus ancien n'est pas arrêté : commencez par lui.",
    "stock-month-open": "Le mois du dépôt n'est pas clôturé : clôturez d'abord le CRGS.",
    "till-today": "Ce qui passe par une caisse se note le jour même.",
    "treasurer-only": "C'est le trésorier qui arrête le mois.",
    "year": "Vérifiez l'année.",
}
ENTRIES = Words({
    "opening_balance": "Solde de départ", "till_variance": "Écart de caisse", "income": "Recette", "expense": "Dépense",
    "drc_payment": "Paiement au DRC", "bank_deposit": "Versement à la banque", "bank_withdrawal": "Retrait de la banque",
    "mobile_to_bank": "Mobile money vers la banque", "mobile_to_cash": "Mobile money retiré en espèces",
    "float": "Fond donné à une caisse", "solidarity_contribution": "Cotisation de solidarité",
    "solidarity_evacuation": "Évacuation payée, à rembourser", "solidarity_aid": "Aide, sans remboursement",
    "solidarity_repayment": "Remboursement", "payment": "Paiement", "handover": "Remise au trésorier", "claim": "Tiers payant",
})  # fmt: skip
SIDES = Words({"patients": "Patients", "payers": "Tiers payants"})
TILL_MOVES = Words({"payment": "Paiement", "refund": "Rendu", "handover": "Remise"})
EXPENSES = Words({"paid": "payée", "refused": "refusée", "waiting": "attend l'accord", "to_pay": "à payer"})
EXPENSE_TAGS = {"paid": "ok", "refused": "danger", "waiting": "warn", "to_pay": "info"}
STATEMENT = Words({
    "stock": "Stock au coût d'achat", "till": "Caisses du centre", "treasury": "Caisse du trésorier", "bank": "Banque",
    "mobile_money": "Mobile money", "patients": "Dû par les patients", "payers": "Dû par les tiers payants", "drc": "Dû au DRC",
    "margin": "Marge", "exemptions": "Gratuités non remboursées", "cuts": "Coupures des tiers payants",
    "losses": "Pertes et manquants", "expenses": "Dépenses", "income": "Autres recettes",
    "opening": "Soldes et stocks de départ", "donations": "Dons reçus en produits",
    "services": "Produits utilisés par les services", "cash_variance": "Écarts de caisse", "rounding": "Arrondis de caisse",
    "loans": "Prêts, emprunts et kits",
})  # fmt: skip

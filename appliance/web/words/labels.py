"""French for every value that a screen shows: roles, posts, kinds, states, bands."""

from __future__ import annotations

from appliance.stock.ledger.reasons import default_reasons
from appliance.web.words import Words, _
from appliance.web.words.answers import CHECKS, MISFITS, PURPOSES, STEPS, answer, check_name
from appliance.web.words.money import ENTRIES, EXPENSE_TAGS, EXPENSES, SIDES, STATEMENT, TILL_MOVES

__all__ = [
    "CHECKS",
    "ENTRIES",
    "EXPENSES",
    "EXPENSE_TAGS",
    "MISFITS",
    "PURPOSES",
    "SIDES",
    "STATEMENT",
    "STEPS",
    "TILL_MOVES",
    "answer",
    "check_name",
]

RAIL = Words({
    "accueil": "Accueil", "patients": "Patients", "depot": "Dépôt", "froid": "Froid", "caisse": "Caisse", "rapports": "Rapports", "envois": "Envois",
    "personnel": "Personnel", "entretien": "Entretien",
})  # fmt: skip
ROLES = Words({
    "dtc": "Médecin chef (DTC)", "medecin": "Médecin", "sage_femme": "Sage-femme", "matrone": "Matrone",
    "infirmier": "Infirmier", "vaccinateur": "Vaccinateur", "laborantin": "Laborantin", "gerant_depot": "Gérant de dépôt",
    "caissier": "Caissier", "tresorier_asaco": "Trésorier ASACO", "president_asaco": "Président ASACO", "superviseur_district": "Superviseur du district",
    "technicien": "Technicien",
})  # fmt: skip
STATIONS = Words({
    "triage": "Triage", "consultation": "Consultation", "laboratory": "Laboratoire", "pharmacy": "Dépôt",
    "cashier": "Caisse", "done": "Terminé", "left": "Parti",
})  # fmt: skip
MOVEMENTS = Words({
    "opening": "Stock initial", "receipt": "Réception", "dispense": "Dispensation", "service_use": "Usage du service",
    "loss_expiry": "Perte : péremption", "loss_breakage": "Perte : casse", "loss_theft": "Perte : vol",
    "loss_cold_chain": "Perte : chaîne du froid", "adjustment": "Ajustement", "count_variance": "Écart d'inventaire",
    "donation": "Don", "transfer_out": "Transfert : sortie", "transfer_in": "Transfert : entrée", "loan_out": "Prêt à un voisin",
    "loan_return_in": "Prêt rendu", "loan_in": "Emprunt à un voisin", "loan_return_out": "Emprunt rendu",
    "gift_out": "Cession à un voisin", "gift_in": "Cession d'un voisin", "return_to_supplier": "Retour au DRC",
    "kit_out": "Kit ouvert", "kit_in": "Contenu de kit",
})  # fmt: skip
REASONS = Words({code: reason.label for code, reason in default_reasons().items()})
GROUPS = Words({
    "loss": "Perte", "use": "Usage d'un service", "place": "Transfert entre deux lieux du centre", "neighbour": "Prêt ou don avec un centre voisin",
    "return": "Retour au DRC", "donation": "Don d'un partenaire", "kit": "Kit à ouvrir", "adjustment": "Correction du stock",
})  # fmt: skip
_GROUP_OF = {
    "loss_expiry": "loss", "loss_breakage": "loss", "loss_theft": "loss", "loss_cold_chain": "loss", "service_use": "use",
    "adjustment": "adjustment", "transfer_out": "place", "loan_out": "neighbour", "loan_in": "neighbour",
    "gift_out": "neighbour", "gift_in": "neighbour", "return_to_supplier": "return", "donation": "donation", "kit_out": "kit",
}  # fmt: skip
COUNTERPARTS = Words({
    "loan_out": "Centre qui emprunte", "loan_in": "Centre qui prête", "gift_out": "Centre qui reçoit",
    "gift_in": "Centre qui cède", "return_to_supplier": "Rendu à", "donation": "Donateur",
})  # fmt: skip
PAPERS = Words({
    "loss_expiry": "Procès-verbal de péremption", "loss_breakage": "Procès-verbal de perte", "loss_theft": "Procès-verbal de vol",
    "loss_cold_chain": "Procès-verbal de perte (chaîne du froid)", "service_use": "Bon d'utilisation",
    "adjustment": "Procès-verbal d'ajustement", "count_variance": "Procès-verbal d'écart", "transfer_out": "Bon de transfert",
    "loan_out": "Bon de prêt inter-CSCom", "loan_in": "Bon d'emprunt inter-CSCom", "loan_return_in": "Bon de retour de prêt",
    "loan_return_out": "Bon de retour d'emprunt", "gift_out": "Bon de cession inter-CSCom", "gift_in": "Bon de cession inter-CSCom",
    "return_to_supplier": "Procès-verbal de retour au DRC", "donation": "Procès-verbal de réception de don",
    "kit_out": "Procès-verbal d'ouverture de kit", "opening": "Stock initial", "receipt": "Réception", "dispense": "Dispensation",
})  # fmt: skip
PLACES = Words({
    "store": "Dépôt", "on_call": "Garde", "care_room": "Salle de soins", "maternity": "Maternité", "vaccination": "PEV",
    "nutrition": "URENAS", "laboratory": "Laboratoire", "other": "Autre lieu",
})  # fmt: skip
LOT_STATES = Words({"usable": "utilisable", "quarantined": "en quarantaine", "recalled": "rappelé"})
CONTACTS = Words({
    "reached": "Prévenu", "gave_back": "A rendu le reste", "all_taken": "A tout pris", "unwell": "Se sent mal : à voir",
    "not_found": "Introuvable",
})  # fmt: skip
CAUSES = Words({
    "stockout": "Rupture", "too_expensive": "Trop cher", "refused": "Refusé", "substituted": "Remplacé", "other": "Autre",
})  # fmt: skip
MEANS = Words({"cash": "Espèces", "mobile_money": "Mobile money"})
PAYERS = Words({
    "patient": "Patient", "amo": "AMO", "ramed": "RAMED", "mutuelle": "Mutuelle", "projet": "Projet ou ONG",
})  # fmt: skip
ACT_GROUPS = Words({
    "consultation": "Consultation", "laboratoire": "Laboratoire", "maternite": "Maternité", "soins": "Soins",
    "hospitalisation": "Mise en observation", "autre": "Autres",
})  # fmt: skip
SHEET_STATES = Words({
    "issued": "à facturer", "billed": "facturée", "paid": "payée", "cut": "payée en partie", "rejected": "rejetée",
    "rebilled": "refacturée",
})  # fmt: skip
SHEET_FAULTS = Words({
    "no-prescriber": "prescripteur manquant", "no-posology": "posologie manquante", "no-number": "numéro d'assuré manquant",
    "not-verified": "droits non vérifiés",
})  # fmt: skip
CLAIM_MEANS = Words({"transfer": "Virement", "cheque": "Chèque", "cash": "Espèces"})
ROUNDINGS = Words({"nearest": "au plus près", "down": "toujours en dessous", "up": "toujours au-dessus"})
BANDS = Words({
    "rupture": "rupture", "urgence": "urgence", "sous-stock": "sous-stock", "adéquat": "adéquat",
    "surstock": "surstock", "dormant": "sans sortie", "inconnu": "CMM inconnue",
})  # fmt: skip
BAND_TAGS = {
    "rupture": "loud", "urgence": "danger", "sous-stock": "warn", "adéquat": "ok", "surstock": "info", "dormant": "",
    "inconnu": "",
}  # fmt: skip
CONFIDENCES = Words({"good": "bonne", "fair": "moyenne", "low": "faible"})
ORDER_WARNINGS = Words({
    "cmm-unknown": "CMM inconnue", "usable-differs-from-lots": "la SDU donnée n'est pas la somme des lots : les lots comptent",
    "cmm-differs-from-months": "la CMM donnée n'est pas celle des mois : la CMM donnée compte",
    "at-risk": "une partie du stock périmera avant d'être utilisée", "over-max-plus-one": "l'arrondi couvre plus que le maximum et un mois",
    "rounded-to-nearest": "arrondi au conditionnement le plus proche, à cause de la péremption",
    "capped-by-life": "limité à ce qui peut être utilisé avant péremption, d'après les dernières livraisons",
    "small-use": "petite consommation : demander le détail au DRC ou emprunter",
    "order-overdue": "une commande attendue depuis plus de deux délais ne compte plus : relancez le fournisseur",
    "not-an-emergency": "le stock est au-dessus du point d'urgence : attendez la commande normale",
    "stockout-near": "rupture imminente : le stock finit avant qu'une commande faite aujourd'hui n'arrive",
    "order-comes-late": "une commande est en route, mais le stock peut finir avant : empruntez ou commandez en urgence",
    "outlier": "un mois inhabituel compte dans la CMM : gardez-le, ou écartez-le avec un motif",
    "negative-month": "un mois est négatif : une annulation d'après clôture y est comptée",
})  # fmt: skip
ORDER_PARAMETERS = Words({
    "window_months": "Mois de la CMM", "levels": "Niveaux", "minimum_months": "Minimum (mois)", "maximum_months": "Maximum (mois)",
    "emergency_months": "Point d'urgence (mois)", "lead_time_days": "Délai de livraison (jours)",
    "emergency_lead_time_days": "Délai en urgence (jours)", "safety_months": "Stock de sécurité (mois)",
    "review_months": "Période entre commandes (mois)", "shelf_life_months": "Vie à l'arrivée (mois)",
    "order_multiple": "Multiple de commande (unités)", "season": "Saison", "supplier": "Fournisseur",
})  # fmt: skip
ORDER_CHOICES = Words({
    "typed": "fixés ci-dessous", "computed": "calculés : délai + sécurité + période", "no": "non", "yes": "oui",
})  # fmt: skip
ORDER_SCOPES = Words({
    "product": "produit", "catalogue": "catalogue", "programme": "programme", "supplier": "fournisseur", "facility": "centre",
    "default": "usage courant",
})  # fmt: skip
LEVEL_ORIGINS = Words({
    "typed": "fixé", "computed": "délai + sécurité + période", "learned": "appris des délais de nos commandes",
})  # fmt: skip
SEASON_ORIGINS = Words({
    "history": "d'après les années passées du centre", "profile": "profil du district, à confirmer",
    "none": "inconnue, comptée 1", "off": "produit sans saison", "given": "donnée",
})  # fmt: skip
DEMAND_ORIGINS = Words({
    "people": "personnes inscrites", "sessions": "séances prévues", "target": "cible de l'année, personne d'inscrit",
})  # fmt: skip
PEOPLE_GAPS = Words({
    "same": "les deux disent la même chose", "unknown": "elle n'est pas connue",
    "more": "il viendra plus de monde que d'habitude, ou des personnes ne sont pas venues ou n'ont pas été servies jusqu'ici",
    "less": "le produit sert aussi à d'autres, ou toutes les personnes ne sont pas inscrites",
})  # fmt: skip
GAPS = Words({
    "stockouts": "Jours sans stock corrigés", "demand": "Demandes non servies comptées", "window": "Autres mois retenus",
    "season": "Saison qui vient", "at-risk": "Stock qui périmera avant usage", "on-order": "Commandes en route",
    "loans-due-in": "Prêts à nous rendre", "loans-due-out": "Emprunts à rendre", "reserved": "Ordonnances à servir",
})  # fmt: skip
DOSE_REFUSALS = Words({
    "weight-needed": "Pesez d'abord : la dose se compte au poids.", "age-needed": "Notez l'âge en mois : la dose en dépend.",
    "weight-too-low": "Poids trop petit pour ce médicament : avis médical.", "weight-too-high": "Poids au-delà du tableau : dose d'adulte, à vérifier.",
    "age-too-low": "Trop jeune pour ce médicament : avis médical.", "age-too-high": "Trop âgé pour ce tableau.",
    "pregnancy-too-early": "Grossesse trop jeune : pas avant la 13e semaine.",
})  # fmt: skip
RDT = Words({"not_done": "Non fait", "positive": "Positif", "negative": "Négatif", "invalid": "Invalide"})
MICROSCOPY = Words({"not_done": "Non faite", "positive": "Positive", "negative": "Négative"})
OUTCOMES = Words({
    "home": "À domicile", "observation": "En observation", "referred": "Référé", "evacuated": "Évacué", "died": "Décédé",
    "left": "Parti sans être vu",
})  # fmt: skip
ALARMS = Words({
    "read-only": "Lecture seule, appelez le technicien",
        "check-failed": "Données à vérifier", "battery-low": "Batterie faible", "disk-low": "Disque presque plein",
    "memory-low": "Mémoire presque pleine", "hot": "Appareil trop chaud",
})  # fmt: skip
PRESCRIPTIONS = Words({
    "issued": "à servir", "part_served": "servie en partie", "served": "servie", "closed": "fermée", "cancelled": "annulée",
})  # fmt: skip
SEXES = Words({"F": "Féminin", "M": "Masculin"})
FACTS = Words({
    "consultation": "Consultation", "death": "Décès", "hospitalisation": "Hospitalisation", "morbidity": "Maladie",
    "referral": "Référence", "malaria-suspect": "Paludisme suspect", "malaria-test": "Test du paludisme",
    "malaria-case": "Cas de paludisme", "malaria-treatment": "Traitement du paludisme",
})  # fmt: skip
STATES = Words({
    "waiting": "à envoyer", "sending": "envoi en cours", "done": "reçu par DHIS2", "refused": "refusé en partie",
    "held": "attend quelqu'un", "superseded": "remplacé",
})  # fmt: skip
STATE_TAGS = {"waiting": "info", "sending": "info", "done": "ok", "refused": "danger", "held": "warn", "superseded": ""}
PAPER_STATES = Words({"open": "à voir", "order": "commande", "shipment": "livraison", "aside": "mis de côté"})
PAPER_KINDS = Words({"order_form": "un bon de commande", "delivery_note": "un bordereau de livraison"})
PAPER_FAULTS = Words({
    "no-text": "Ce papier est une image : ouvrez-le et tapez ses lignes ci-dessous.",
    "not-recognised": "Ce papier n'a pas une forme connue : tapez ses lignes ci-dessous.",
    "column-missing": "La forme du papier a changé. Il manque la colonne :", "field-missing": "Il manque dans l'en-tête :",
    "value-unreadable": "Ce chiffre n'est pas lisible :", "no-lines": "Aucune ligne n'est lisible : tapez-les ci-dessous.",
    "not-a-pdf": "Ce fichier n'est pas un PDF : ouvrez-le et tapez ses lignes ci-dessous.",
    "unreadable": "Ce fichier ne se laisse pas lire : ouvrez-le et tapez ses lignes ci-dessous.",
})  # fmt: skip
GUESSES = Words({
    "alias": "déjà reconnu", "code": "code et nom concordent", "name": "par le nom : à vérifier",
    "differs": "le code et le nom ne disent pas le même produit : choisissez", "none": "produit à choisir",
})  # fmt: skip
FILES = Words(
    {"waiting": "à télécharger", "shown": "pas encore téléchargé", "kept": "gardé", "given_up": "trop grand ou disparu"}
)
EVENT_KINDS = Words(
    {"order-confirmation": "Confirmation de commande", "shipment-acknowledgement": "Accusé de réception"}
)
RECIPIENTS = Words({
    "users": "Destinataires des bons de commande : utilisateurs (identifiants)", "userGroups": "… groupes d'utilisateurs (identifiants)",
    "organisationUnits": "… structures (identifiants)",
})  # fmt: skip
EVENT_FIELDS = Words({
    "reference": "Numéro de commande", "decision": "Décision", "line_count": "Nombre de lignes", "lines": "Lignes en un texte",
    "supplier": "Fournisseur", "note_text": "Réserves", "ordered_on": "Date de commande", "confirmed_on": "Date de confirmation",
    "expected_on": "Date attendue", "kind": "Normale ou urgente", "product": "Produit (code)", "product_name": "Produit (nom)",
    "reason": "Motif", "proposed": "Quantité proposée", "confirmed": "Quantité confirmée", "note": "Numéro du bordereau",
    "received_on": "Date de réception", "temperature": "Température", "ordered": "Quantité commandée",
    "announced": "Quantité annoncée", "counted": "Quantité comptée", "accepted": "Quantité acceptée", "refused": "Quantité refusée",
    "surplus": "Surplus", "lot": "Lot", "expires_on": "Péremption",
})  # fmt: skip
EVENT_WORDS = Words({
    "as_proposed": "telle que proposée", "changed": "avec changements", "normal": "normale", "emergency": "urgente",
    "whole": "tout est conforme", "gaps": "écarts",
})  # fmt: skip
CSV_FAULTS = Words({
    "columns": "la première ligne doit nommer les colonnes", "not-csv": "ce n'est pas un tableau CSV", "too-long": "trop de lignes",
    "product": "ce code de produit n'est pas dans la liste", "lot": "numéro de lot manquant ou trop long",
    "expiry": "péremption à écrire 03/2027 ou 15/03/2027", "quantity": "la quantité doit être un nombre entier",
    "month": "mois à écrire 08/2026", "month-twice": "ce mois est cité deux fois pour ce produit",
    "months-count": "il faut de 3 à 12 mois pour chaque produit",
})  # fmt: skip
PRODUCT_FAULTS = Words({
    "not-csv": "ce n'est pas un tableau CSV", "cells": "%(found)s cases au lieu de %(wanted)s",
    "code-twice": "le code %(found)s est déjà à la ligne %(wanted)s", "empty": "la colonne %(column)s est vide",
    "too-long": "la colonne %(column)s dépasse %(wanted)s lettres",
    "code-letters": "le code %(found)s a d'autres signes que lettres, chiffres, - et _",
    "pack-units": "unites_par_conditionnement doit être un nombre entier, au moins 1, pas « %(found)s »",
    "ven": "ven doit être V, E, N ou vide, pas « %(found)s »", "cold-chain": "chaine_froid doit commencer par oui ou non, pas « %(found)s »",
})  # fmt: skip
DESTROYED = ("expired", "returned_expired")
"""Reasons that only old papers bear: what expired is destroyed before a committee, or given to the DRC for it."""
REASON_GROUPS = {
    group: tuple(
        code
        for code, reason in default_reasons().items()
        if _GROUP_OF.get(reason.kind.value) == group and code not in DESTROYED
    )
    for group in GROUPS
}
"""The reasons that a person may choose, by what happened: that is asked first."""
LEVELS = Words({"none": "—", "read": "Lire", "write": "Écrire"})


def minutes(count: int) -> str:
    """How long someone waits: "12 min", "1 h 05", "2 jours"."""
    if count < 60:
        return _("%(n)s min") % {"n": count}
    if count < 24 * 60:
        return _("%(hours)s h %(minutes)02d") % {"hours": count // 60, "minutes": count % 60}
    days = count // (24 * 60)
    return _("1 jour") if days == 1 else _("%(n)s jours") % {"n": days}

"""French for every value that a screen shows: roles, posts, kinds, states, bands."""

from __future__ import annotations

from appliance.web.words import Words, _

RAIL = Words({
    "accueil": "Accueil", "patients": "Patients", "depot": "Dépôt", "caisse": "Caisse", "rapports": "Rapports", "envois": "Envois",
    "personnel": "Personnel", "entretien": "Entretien",
})  # fmt: skip
ROLES = Words({
    "dtc": "Médecin chef (DTC)", "medecin": "Médecin", "sage_femme": "Sage-femme", "matrone": "Matrone",
    "infirmier": "Infirmier", "vaccinateur": "Vaccinateur", "laborantin": "Laborantin", "gerant_depot": "Gérant de dépôt",
    "caissier": "Caissier", "tresorier_asaco": "Trésorier ASACO", "superviseur_district": "Superviseur du district",
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
})  # fmt: skip
LOSSES = Words({k: v for k, v in MOVEMENTS.items() if k.startswith("loss_")})
CAUSES = Words({
    "stockout": "Rupture", "too_expensive": "Trop cher", "refused": "Refusé", "substituted": "Remplacé", "other": "Autre",
})  # fmt: skip
MEANS = Words({"cash": "Espèces", "mobile_money": "Mobile money"})
PAYERS = Words({
    "patient": "Patient", "amo": "AMO", "ramed": "RAMED", "mutuelle": "Mutuelle", "projet": "Projet ou ONG",
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
    "small-use": "petite consommation : demander le détail au DRC ou emprunter",
    "order-overdue": "une commande attendue depuis plus de deux délais ne compte plus : relancez le fournisseur",
})  # fmt: skip
RDT = Words({"not_done": "Non fait", "positive": "Positif", "negative": "Négatif", "invalid": "Invalide"})
MICROSCOPY = Words({"not_done": "Non faite", "positive": "Positive", "negative": "Négative"})
OUTCOMES = Words({
    "home": "À domicile", "observation": "En observation", "referred": "Référé", "evacuated": "Évacué", "died": "Décédé",
    "left": "Parti sans être vu",
})  # fmt: skip
ALARMS = Words({
    "check-failed": "Données à vérifier", "battery-low": "Batterie faible", "disk-low": "Disque presque plein",
    "memory-low": "Mémoire presque pleine", "hot": "Appareil trop chaud",
})  # fmt: skip
SEXES = Words({"F": "Féminin", "M": "Masculin"})
STATES = Words({
    "waiting": "à envoyer", "sending": "envoi en cours", "done": "reçu par DHIS2", "refused": "refusé en partie",
    "held": "attend quelqu'un", "superseded": "remplacé",
})  # fmt: skip
STATE_TAGS = {"waiting": "info", "sending": "info", "done": "ok", "refused": "danger", "held": "warn", "superseded": ""}
LEVELS = Words({"none": "—", "read": "Lire", "write": "Écrire"})
ANSWERS = Words({
    "success": "Accepté", "partly-refused": "Des valeurs sont refusées : voir ci-dessous, puis corriger ou compléter sans elles",
    "unauthorized": "Le compte ou le jeton est refusé : vérifiez-les dans Réglages", "forbidden": "Le compte n'a pas le droit : demandez au district",
    "redirected-to-login": "Le serveur demande de se connecter : vérifiez le compte", "timeout": "Pas de réponse à temps : nouvel essai automatique",
    "dns": "Pas d'Internet : nouvel essai automatique", "connect": "Le serveur ne répond pas : nouvel essai automatique",
    "cut": "La liaison a été coupée : nouvel essai automatique", "not-json": "La réponse n'est pas celle de DHIS2 (portail ou panne) : nouvel essai automatique",
    "certificate": "Le certificat du serveur est refusé : vérifiez d'abord la date de l'appareil", "tls": "La liaison sûre a échoué : nouvel essai automatique",
    "not-found": "L'adresse n'est pas celle de DHIS2 : vérifiez-la", "not-found-there": "Ce code n'existe pas dans DHIS2 : vérifiez le centre et les formulaires",
    "http-500": "Panne du serveur : quelques essais, puis quelqu'un", "conflict-without-summary": "Le serveur a refusé sans dire pourquoi : quelques essais",
    "too-large": "L'envoi est trop grand pour le serveur", "bad-token": "Le jeton est mal écrit", "import-failed": "L'import a échoué : quelques essais",
    "unmapped": "Les noms de DHIS2 ne sont pas encore connus", "E7640": "Le délai de saisie est passé : demandez une exception au district",
    "E7641": "La période n'est pas encore ouverte : nouvel essai plus tard", "E7642": "Le district a déjà approuvé ce mois",
    "E7643": "La période de saisie est fermée", "E7644": "La période de saisie n'est pas ouverte", "E8030": "Hors du délai de saisie : demandez au district",
    "E7619": "La valeur n'a pas le type attendu", "E8120": "La valeur n'a pas le type attendu",
})  # fmt: skip


def answer(code: str) -> str:
    """What an answer code of the link means for the centre."""
    if code.startswith("http-"):
        return ANSWERS.get(code, _("Le serveur est occupé : nouvel essai automatique"))
    return ANSWERS.get(code, _("Refusé par DHIS2 (%(code)s) : montrez cette page au district") % {"code": code})

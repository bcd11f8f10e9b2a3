"""What an answer of the national instance means for the centre, and what to do. One sentence a code."""

from __future__ import annotations

from appliance.sync.dhis2.codes import Kind, kind_of
from appliance.web.words import Words, _

ANSWERS = Words({
    "success": "Accepté", "not-all-there": "Tout n'est pas arrivé là-bas", "unchanged": "Rien n'a changé là-bas",
    "partly-refused": "Des valeurs sont refusées, les autres sont enregistrées : corriger, ou compléter sans elles",
    "partly-counted": "DHIS2 n'a pas compté toutes les valeurs : vérifiez là-bas, puis renvoyez ou complétez",
    "values-kept-back": "Des chiffres n'ont pas la forme attendue par DHIS2 : corriger, ou compléter sans eux",
    "nothing-counted": "DHIS2 a dit oui sans rien compter : nouvel essai automatique, quelques fois",
    "no-summary": "DHIS2 a répondu sans bilan : nouvel essai automatique, quelques fois",
    "unreadable": "La réponse de DHIS2 est illisible : nouvel essai automatique, quelques fois",
    "edited-there": "D'autres chiffres sont déjà dans DHIS2 : choisissez lesquels gardent la place",
    "read-back-refused": "Le compte ne peut pas lire ce qui est déjà dans DHIS2 : demandez le droit de lecture, ou envoyez quand même",
    "completion-refused": "Les chiffres sont enregistrés mais le rapport n'est pas déclaré complet : lisez la raison, complétez les cases obligatoires",
    "unauthorized": "Le compte ou le jeton est refusé : vérifiez-les dans Liaison. Quatre refus peuvent bloquer le compte",
    "forbidden": "Le compte n'a pas le droit : demandez-le au district",
    "redirected-to-login": "Le serveur demande de se connecter : vérifiez le compte dans Liaison",
    "redirected": "Le serveur renvoie à une autre adresse : vérifiez l'adresse dans Liaison (https, chemin)",
    "portal": "Un portail ou un autre site répond à la place de DHIS2 : nouvel essai automatique",
    "not-dhis2": "Ce serveur n'est pas DHIS2 : vérifiez l'adresse dans Liaison",
    "timeout": "Pas de réponse à temps : nouvel essai automatique", "dns": "Pas d'Internet : nouvel essai automatique",
    "connect": "Le serveur ne répond pas : nouvel essai automatique", "too-long": "La réponse n'en finit pas : nouvel essai automatique",
    "cut": "La liaison a été coupée : nouvel essai automatique", "tls": "La liaison sûre a échoué : nouvel essai automatique",
    "not-json": "La réponse n'est pas celle de DHIS2 (portail ou panne) : nouvel essai automatique",
    "certificate": "Le certificat du serveur est refusé : vérifiez d'abord la date de l'appareil, puis appelez le district",
    "clock-wrong": "La date de l'appareil est fausse : mettez-le à l'heure, l'envoi reprendra seul",
    "not-found": "L'adresse n'est pas celle de DHIS2 : vérifiez-la dans Liaison",
    "not-found-there": "Ce code n'existe pas dans DHIS2 : vérifiez le centre et les jeux de données dans Liaison",
    "data-set-missing": "Ce jeu de données n'existe pas dans DHIS2 : vérifiez son code dans Liaison",
    "data-set-not-assigned": "Le jeu de données n'est pas attribué à ce centre : demandez-le au district",
    "data-set-attributes": "Ce jeu de données demande une combinaison d'attributs : écrivez-la dans Liaison",
    "data-set-empty": "Ce jeu de données n'a aucune case où un nombre peut aller",
    "period-type": "Ce jeu de données n'est pas mensuel : choisissez-en un autre dans Liaison",
    "no-data-entry-right": "Le compte n'a pas le droit de saisir des données (F_DATAVALUE_ADD) : demandez-le au district",
    "version-unknown": "La version de DHIS2 n'est pas lisible", "nothing-to-send": "Aucune case remplie n'a de nom chez DHIS2 : voyez Correspondance",
    "unmapped": "Les noms de DHIS2 ne sont pas encore connus", "link-url": "L'adresse est mal écrite : vérifiez-la dans Liaison",
    "http-400": "DHIS2 ne comprend pas l'envoi : montrez cette page au technicien", "bad-token": "Le jeton est mal écrit : recopiez-le dans Liaison",
    "http-500": "Panne du serveur : quelques essais, puis quelqu'un doit voir",
    "conflict-without-summary": "Le serveur a refusé sans dire pourquoi : quelques essais, puis quelqu'un doit voir",
    "too-large": "L'envoi est trop grand pour le serveur : montrez cette page au technicien",
    "import-failed": "L'import a échoué : quelques essais, puis quelqu'un doit voir", "refused": "Refusé par DHIS2 : lisez la raison",
    "E7640": "Le délai de saisie est passé : demandez une exception au district, l'envoi sera réessayé chaque jour",
    "E7641": "La période n'est pas encore ouverte : nouvel essai plus tard", "E7642": "Le district a déjà approuvé ce mois : demandez de retirer l'approbation",
    "E7643": "La période de saisie est fermée : demandez au district de la rouvrir", "E7644": "Cette période n'est pas dans le calendrier de saisie : demandez au district",
    "E8030": "Hors du délai de saisie : demandez au district, l'envoi sera réessayé chaque jour",
    "E8031": "Le centre est noté fermé à cette date dans DHIS2 : demandez au district", "E8033": "Le district a déjà approuvé ce mois : demandez de retirer l'approbation",
    "E7617": "Le centre n'est pas dans la zone du compte : demandez au district", "E8010": "Le compte n'a pas accès à ce jeu de données : demandez au district",
    "exchange-off": "L'échange avec MEDEXIS n'est pas réglé : voyez Envois, MEDEXIS",
    "program-missing": "Ce programme n'existe pas dans DHIS2 : vérifiez son code dans Envois, MEDEXIS",
    "program-registers": "Ce programme suit des personnes, ce n'est pas un programme d'événements : vérifiez son code dans Envois, MEDEXIS",
    "program-not-assigned": "Le programme n'est pas attribué à ce centre : demandez-le au district",
    "program-no-write": "Le compte n'a pas le droit d'écrire dans ce programme : demandez-le au district",
    "stage-missing": "L'étape du programme n'est pas trouvée : écrivez son nom dans Envois, MEDEXIS",
    "element-missing": "Un champ n'a pas d'élément dans ce programme : voyez Envois, MEDEXIS",
    "element-type": "L'élément n'a pas le type qu'il faut pour ce champ : choisissez-en un autre dans Envois, MEDEXIS",
    "element-compulsory": "DHIS2 exige cet élément et aucun champ n'y va : voyez Envois, MEDEXIS",
    "option-missing": "Un code n'est pas dans la liste de DHIS2 : voyez Envois, MEDEXIS",
    "no-recipient": "Aucun destinataire n'est réglé : voyez Envois, MEDEXIS", "unknown-kind": "Cet envoi vient d'une version plus récente",
    "event-differs": "Un autre contenu est déjà dans DHIS2 sous ce numéro : choisissez lequel garde la place",
    "event-hidden": "L'événement est déjà dans DHIS2 mais le compte ne peut pas le lire : demandez le droit de lecture au district",
    "message-refused": "Le message est refusé : vérifiez les destinataires dans Envois, MEDEXIS. Quelques essais automatiques",
    "damaged-file": "Le fichier est arrivé incomplet : nouvel essai automatique, quatre fois par jour au plus",
    "still-pending": "Le fichier n'est pas encore prêt chez DHIS2 : nouvel essai automatique",
    "conversation-gone": "Ce message n'existe plus chez DHIS2",
    "E1000": "Le centre n'est pas dans la zone de saisie du compte : demandez au district",
    "E1009": "Ce fichier a déjà servi", "E1010": "Le programme n'existe pas (ou plus) dans DHIS2 : voyez Envois, MEDEXIS",
    "E1011": "Le centre n'existe pas (ou plus) dans DHIS2 : voyez Liaison", "E1013": "L'étape du programme n'existe pas (ou plus) : voyez Envois, MEDEXIS",
    "E1029": "Le programme n'est pas attribué à ce centre : demandez-le au district", "E1030": "Déjà dans DHIS2 : relecture et comparaison",
    "E1032": "Pas encore dans DHIS2 : il est créé", "E1043": "L'événement est complété depuis trop longtemps : demandez au district de le rouvrir",
    "E1047": "La période est close pour ce programme : demandez au district, l'envoi sera réessayé chaque jour",
    "E1076": "Une valeur obligatoire est vide : voyez Envois, MEDEXIS", "E1082": "L'événement a été supprimé dans DHIS2 : demandez au district pourquoi. Ce numéro ne peut plus servir",
    "E1083": "Le compte n'a pas le droit de rouvrir un événement complété : demandez-le au district",
    "E1091": "Le compte n'a pas le droit d'écrire dans ce programme : demandez-le au district", "E1095": "Le compte n'a pas le droit d'écrire dans cette étape : demandez-le au district",
    "E1096": "Le compte n'a pas le droit de lire ce programme : demandez-le au district", "E1099": "Le compte n'a pas le droit d'écrire sous cette catégorie : demandez-le au district",
    "E1125": "Un code n'est pas dans la liste de DHIS2 : voyez Envois, MEDEXIS", "E1300": "Une règle de DHIS2 refuse ce contenu : lisez la raison, corrigez la commande ou la réception",
    "E1301": "Une règle de DHIS2 exige une valeur de plus : lisez la raison", "E1302": "Une valeur n'a pas le type attendu : voyez Envois, MEDEXIS",
    "E1303": "Une valeur obligatoire manque : voyez Envois, MEDEXIS", "E1304": "Un élément n'existe pas dans DHIS2 : voyez Envois, MEDEXIS",
    "E1305": "Un élément n'est pas dans cette étape : voyez Envois, MEDEXIS", "E1326": "DHIS2 bloque les événements complétés : relecture et comparaison",
    "E7619": "La valeur n'a pas le type attendu : corrigez la case", "E7618": "La valeur est vide", "E7621": "La valeur n'est pas dans la liste de DHIS2",
})  # fmt: skip
BY_KIND = Words({
    Kind.MAPPING: "DHIS2 ne connaît pas (ou plus) ce nom : voyez Correspondance avec le technicien",
    Kind.RIGHTS: "Le compte n'a pas ce droit : demandez-le au district",
    Kind.PERIOD: "Ce n'est pas une période de ce jeu de données : voyez Liaison",
    Kind.VALUE: "DHIS2 n'accepte pas cette valeur : corrigez la case",
    Kind.LOCK: "La saisie est verrouillée : demandez au district, l'envoi sera réessayé chaque jour",
    Kind.OURS: "Erreur de l'appareil : montrez cette page au technicien",
})  # fmt: skip
MISFITS = Words({
    "value-not-integer": "DHIS2 attend un nombre entier", "value-out-of-range": "hors de ce que DHIS2 accepte",
    "value-not-number": "DHIS2 attend un nombre", "value-not-boolean": "DHIS2 attend oui ou non",
    "value-not-text": "DHIS2 attend un texte", "value-not-date": "DHIS2 attend une date",
    "value-type-unknown": "DHIS2 attend autre chose qu'un chiffre", "two-values-one-place": "deux cases différentes pour une place",
    "pair-not-in-set": "cette combinaison n'est plus dans le jeu de données : voyez Correspondance",
})  # fmt: skip
STEPS = Words({
    "system-info": "Prise de contact", "read-back": "Lecture de ce qui est là-bas", "compare": "Comparaison",
    "proof": "Relecture de ce qui est arrivé", "values": "Chiffres", "values-part": "Chiffres, par parties", "completion": "Rapport déclaré complet",
    "event": "Événement", "event-update": "Correction de l'événement", "event-legacy": "Événement (ancienne adresse)",
    "search": "Recherche d'un envoi déjà fait", "upload": "Pièce jointe", "message": "Message",
})  # fmt: skip
PURPOSES = Words(
    {
        "reports": "Rapports",
        "metadata": "Noms de DHIS2",
        "test": "Essais de la liaison",
        "inbox": "Messages reçus",
        "events": "Commandes et réceptions",
        "messages": "Messages envoyés",
    }
)
CHECKS = Words({
    "version": "Version de DHIS2", "account": "Compte", "rights": "Droit de saisie", "org-unit": "Centre chez DHIS2",
    "data-set": "Jeu de données", "assigned": "Attribué au centre", "read": "Lecture du jeu", "period": "Période",
    "program": "Programme", "stage": "Étape", "element": "Champ", "option": "Codes", "events-write": "Droit d'écrire",
    "compulsory": "Obligatoire", "attributes": "Attributs", "write": "Essai d'écriture (sans rien garder)",
})  # fmt: skip


def answer(code: str) -> str:
    """What an answer code of the link means for the centre."""
    if code in ANSWERS:
        return ANSWERS[code]
    if sentence := BY_KIND.get(kind_of(code)):
        return f"{sentence} ({code})"
    if code.startswith("http-5") or code in ("http-408", "http-425", "http-429"):
        return _("Le serveur est occupé : nouvel essai automatique")
    return _("Refusé par DHIS2 (%(code)s) : montrez cette page au district") % {"code": code}


def check_name(check: str) -> str:
    """The name of one check of a link test: `write RMA` is `Essai d'écriture … RMA`."""
    what, _, form = check.partition(" ")
    return f"{CHECKS.get(what, what)} {form}".strip()

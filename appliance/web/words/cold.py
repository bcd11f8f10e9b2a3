"""French of the cold chain's pages."""

from __future__ import annotations

from appliance.core.french import number_fr
from appliance.web.words import Words, _

PAGES = Words({
    "/depot/froid": "Relevés", "/depot/froid/fiche": "Fiche du mois", "/depot/froid/flacons": "Flacons ouverts",
    "/depot/froid/pcv": "PCV et lots", "/depot/froid/seances": "Séances", "/depot/froid/pertes": "Pertes de doses",
    "/depot/froid/incidents": "Incidents", "/depot/froid/appareils": "Appareils",
})  # fmt: skip
EQUIPMENT_KINDS = Words({"refrigerator": "Réfrigérateur", "freezer": "Congélateur", "cooler": "Glacière"})
EXPOSURES = Words({"heat": "trop chaud", "freeze": "trop froid (gel)", "vvm": "pastille (PCV) tournée"})
STRATEGIES = Words({"fixed": "Fixe, au centre", "outreach": "Avancée", "mobile": "Mobile"})
SESSION_STATUSES = Words({"planned": "prévue", "held": "tenue", "cancelled": "annulée"})
SENSITIVITIES = Words({"heat": "craint la chaleur", "freeze": "craint le gel"})
LOT_STATUSES = Words({"usable": "utilisable", "quarantined": "mis de côté", "recalled": "rappelé"})
REFUSALS = {
    "equipment-name": "Donnez un nom à l'appareil (60 lettres au plus).",
    "equipment-kind": "Choisissez le type d'appareil.",
    "equipment-known": "Un appareil porte déjà ce nom.",
    "equipment-band": "La bande doit aller d'une température à une plus haute.",
    "no-such-equipment": "Cet appareil n'existe pas, ou il est retiré du service.",
    "temperature-moment": "Choisissez matin, soir ou « de plus ».",
    "temperature-value": "Cette température n'est pas possible : vérifiez le nombre.",
    "hour-ahead": "Cette heure n'est pas encore passée, ou n'existe pas.",
    "measure-missing": "Écrivez ce qui a été fait.",
    "no-such-reading": "Ce relevé n'existe pas.",
    "vvm-stage": "Choisissez le stade de la pastille, de 1 à 4.",
    "vvm-backward": "Une pastille ne revient jamais en arrière. Relisez-la ; un faux stade se corrige le jour même.",
    "vvm-turned": "La pastille (PCV) de ce lot est au stade 3 ou 4 : il ne redevient pas utilisable.",
    "not-a-vaccine": "Ce produit n'a pas de règle de flacon ouvert.",
    "vials-count": "Écrivez de 1 à 500 flacons.",
    "lot-unusable": "Ce lot ne se donne plus : périmé, mis de côté, ou pastille tournée.",
    "no-such-vial": "Ce flacon n'est pas ouvert.",
    "vial-used": "Des doses de ce flacon sont déjà données : l'ouverture ne s'annule plus.",
    "vial-doses": "C'est plus que ce qui reste dans les flacons ouverts.",
    "discard-reason": "Choisissez la raison.",
    "session-strategy": "Choisissez la stratégie.",
    "session-date": "Cette date est trop loin.",
    "session-status": "Choisissez tenue, prévue ou annulée.",
    "session-children": "Ce nombre d'enfants n'est pas possible.",
    "no-such-session": "Cette séance n'existe pas.",
    "incident-exposure": "Dites ce qui s'est passé : trop chaud, gel ou pastille tournée.",
    "incident-empty": "Notez au moins une quantité perdue, ou un lot mis de côté.",
    "no-such-incident": "Cet incident n'existe pas.",
}  # fmt: skip


def degrees(tenths: int) -> str:
    """Tenths of a degree as written: "4,5 °C", "−0,5 °C"."""
    sign = "−" if tenths < 0 else ""
    return f"{sign}{abs(tenths) // 10},{abs(tenths) % 10} °C"


def percent(rate: object) -> str:
    """A rate as written: "16,7 %"; "—" when it can't be said."""
    return "—" if rate is None else f"{number_fr(rate * 100, 1)} %"  # type: ignore[operator]


def duration(hours: int) -> str:
    """So many hours as said: "5 h", "3 jours"."""
    if hours < 48:
        return _("%(n)d h") % {"n": hours}
    return _("%(n)d jours") % {"n": hours // 24}

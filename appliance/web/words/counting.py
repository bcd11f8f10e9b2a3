"""The French of counts and destructions: states, and what to do when one is refused."""

from __future__ import annotations

from appliance.web.words import Words

REFUSALS = {
    "count-again-missing": "Des lots restent à recompter.",
    "count-again-none": "Cochez au moins une ligne à recompter.",
    "count-contradicted": "Il est sorti depuis plus que ce qui était compté : faites recompter ce lot.",
    "count-decision": "Écrivez la décision (trois lettres au moins).",
    "count-decision-head": "Seul le médecin chef (DTC), ou son intérimaire, décide des écarts.",
    "count-empty": "Rien n'est compté encore.",
    "count-found-known": "Ce lot est déjà dans la liste : comptez-le à sa ligne.",
    "count-found-late": "Le premier comptage est clos : notez ce lot au prochain inventaire, ou par un ajustement.",
    "count-found-scope": "Ce produit n'est pas de cet inventaire.",
    "count-lot": "Ce lot n'est pas à compter ici.",
    "count-not-compared": "Cet inventaire n'est pas à décider : il se compte encore, ou il est terminé.",
    "count-not-open": "Cet inventaire ne se compte plus : il est comparé, terminé ou abandonné.",
    "count-open": "Un inventaire est déjà en cours à cet endroit : continuez-le, ou abandonnez-le avec sa raison.",
    "count-quantity": "La quantité comptée n'est pas possible. Vérifiez boîtes et unités.",
    "count-reason-missing": "Donnez le motif de chaque écart hors tolérance.",
    "count-reason-sign": "Ce motif ne va pas avec le sens de l'écart.",
    "count-same-person": "Le second comptage se fait par une autre personne que le premier.",
    "count-scope": "Choisissez un rayon où il y a des produits, ou au moins un produit.",
    "count-stands": "Un écart d'inventaire ne s'annule pas : comptez de nouveau ce lot.",
    "count-uncounted": "Des lots ne sont pas comptés. Comptez-les, ou dites pourquoi ils restent.",
    "count-who": "Dites qui a compté.",
    "counted-since": "Ce lot a été compté depuis : le comptage a déjà corrigé cette écriture. L'annuler la corrigerait deux fois.",
    "destruction-cause": "Choisissez la cause de chaque lot.",
    "destruction-committee": "Écrivez le nom et la qualité des membres de la commission.",
    "destruction-destination": "Choisissez où vont les produits.",
    "destruction-empty": "Cochez au moins un lot à détruire.",
    "no-such-count": "Cet inventaire n'existe pas.",
    "no-such-destruction": "Cette destruction n'existe pas.",
    "expiry-undestroyed": "Un périmé sort par une destruction devant une commission : Dépôt, Péremptions.",
    "expired-stays": "Le lot %(lot)s est périmé : il ne se donne, ne se transfère et ne se rend plus. Détruisez-le : Dépôt, Péremptions.",
    "not-expired": "Ce lot n'est pas périmé : il ne se détruit pas ici.",
    "shelf-name": "Le nom du rayon est trop long.",
}
TOLD = Words({
    "count-again-missing": "Il reste %(n)s lots à recompter.",
    "count-contradicted": "%(product)s, lot %(lot)s : depuis le comptage il en est sorti %(n)s de plus que ce qui était compté. Faites recompter ce lot.",
    "count-reason-missing": "%(n)s écarts hors tolérance attendent leur motif.",
    "count-reason-sign": "%(product)s : le motif « %(reason)s » ne va pas avec le sens de l'écart.",
    "count-same-person": "%(name)s a fait le comptage précédent : celui-ci se fait par une autre personne.",
    "destruction-committee": "La commission a au moins %(n)s personnes : écrivez leur nom et leur qualité.",
    "count-uncounted": "%(n)s lots ne sont pas comptés (ce n'est pas zéro). Comptez-les, ou dites pourquoi ils restent.",
})  # fmt: skip
"""What is said of a refusal that brings figures."""
STATES = Words({
    "counting": "comptage en cours", "compared": "à décider", "finalised": "terminé", "abandoned": "abandonné",
})  # fmt: skip
STATE_TAGS = {"counting": "info", "compared": "warn", "finalised": "ok", "abandoned": ""}
SCOPES = Words({"full": "Tout le lieu", "shelf": "Un rayon", "products": "Des produits"})
LOT_STATES = Words({"usable": "", "quarantined": "en quarantaine", "recalled": "rappelé"})

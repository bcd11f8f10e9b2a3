"""The French of families: what people are to each other, and what to do when a tie is refused."""

from __future__ import annotations

from appliance.web.words import Words

KIN = Words({
    "mother": "Mère", "father": "Père", "couple": "Conjoint(e)", "child": "Enfant", "twin": "Jumeau ou jumelle",
    "sibling": "Frère ou sœur", "household": "Vit ici",
})  # fmt: skip
REFUSALS = {
    "family-age": "Le parent n'a pas dix ans de plus que l'enfant. Vérifiez les deux âges, ou qui est le parent.",
    "family-circle": "Cette personne descend déjà de l'enfant : elle ne peut pas être son parent.",
    "family-kind": "Choisissez le lien : mère, père, enfant, conjoint, jumeau, ou vit ici.",
    "family-known": "Cet enfant a déjà une mère ou un père noté : corrigez d'abord ce lien.",
    "family-self": "C'est la même personne : choisissez un autre dossier.",
    "family-sex": "La mère est une femme, le père un homme : vérifiez le sexe noté sur les deux dossiers.",
    "household-other": "Cette personne vit dans un autre ménage. Cochez « quitte l'autre ménage » si elle a déménagé.",
    "newborn-known": "Cette femme a déjà un enfant né vers cette date, ou un dossier lui ressemble. Regardez avant d'en créer un autre.",
    "no-such-household": "Ce ménage n'existe pas, ou cette personne n'est dans aucun ménage.",
    "no-such-link": "Ce lien n'existe plus.",
}

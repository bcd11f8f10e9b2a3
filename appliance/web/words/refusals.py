"""What to tell a person when an act is refused: what is wrong, and what to do. One sentence a code."""

from __future__ import annotations

from appliance.core.errors import ApplianceError
from appliance.core.french import date_short, fcfa
from appliance.core.periods import parse_date
from appliance.web.words import Words, _, codes, cold, counting, families, money, orders

_FRENCH = {
    "already-saved": "C'est déjà enregistré avec un autre contenu. Ouvrez la fiche pour voir ce qui est gardé, puis corrigez.",
    "amount-out-of-range": "Ce montant n'est pas possible.",
    "care-type-unknown": "Ce payeur n'a pas de taux pour ce type de soins : complétez-le dans la liste des payeurs.",
    "payer-unknown": "Ce payeur n'est pas dans la liste à cette date.",
    "payers-no-edition": "Aucune liste de payeurs ne vaut à cette date.",
    "already-charged": "Cet acte est déjà facturé.",
    "care-act-unknown": "Cet acte n'est pas dans la liste des actes.",
    "cash-rounding": "Choisissez l'arrondi dans la liste.",
    "cover-days": "La fin est avant le début : vérifiez les dates.",
    "cover-number-needed": "Ce payeur demande le numéro de la carte.",
    "cover-number-length": "Le numéro de la carte n'a pas le bon nombre de signes.",
    "cover-number-digits": "Le numéro de cette carte n'a que des chiffres.",
    "cover-number-wrong": "Le numéro est mal tapé : son chiffre de contrôle n'est pas le bon. Relisez la carte.",
    "exemption-bearer": "Choisissez qui supporte l'exonération.",
    "exemption-too-much": "On n'exonère pas plus que ce que le patient doit.",
    "no-act-price": "Cet acte n'a pas de prix : ajoutez-le au tarif des actes.",
    "no-such-cover": "Cette prise en charge n'existe pas.",
    "own-payer-name": "Donnez un code (2 à 30 lettres), un nom, et dites si c'est une mutuelle ou un projet.",
    "own-payer-national": "Ce code est déjà celui d'un payeur national.",
    "own-payer-rates": "Donnez au moins un taux, de 0 à 100 %.",
    "sale-empty": "Notez au moins un acte ou un produit.",
    "batch-days": "Vérifiez la période : elle finit aujourd'hui au plus tard.",
    "batch-empty": "Aucune feuille prête dans cette période : corrigez d'abord celles qui ont un défaut.",
    "claim-empty": "Notez une réponse du payeur ou un montant reçu.",
    "no-such-batch": "Cette facture n'existe pas.",
    "no-such-sheet": "Cette feuille de soins n'existe pas.",
    "sheet-answered": "Le payeur a déjà répondu pour cette feuille.",
    "sheet-billed": "Cette feuille est déjà chez le payeur.",
    "receipt-paper": "Ce format de reçu n'existe pas.",
    "return-empty": "Notez ce qui revient.",
    "already-merged": "Ce dossier est déjà fusionné : défaites d'abord cette fusion.",
    "already-replaced": "Quelqu'un a corrigé cette fiche entre-temps. Rouvrez-la et recommencez la correction.",
    "already-reversed": "C'est déjà annulé.",
    "already-undone": "Cette fusion est déjà défaite.",
    "age-out-of-range": "Cet âge n'est pas possible. Vérifiez le nombre et l'unité.",
    "age-unit": "Choisissez jours, semaines, mois ou ans.",
    "antenatal-schedule": "Choisissez huit contacts, ou les quatre visites de l'ancien registre.",
    "antenatal-week": "Cette semaine de grossesse n'est pas possible. Vérifiez la date des dernières règles.",
    "pregnancy-evidence": "Cette date ou cette mesure de la grossesse n'est pas possible : vérifiez-la.",
    "protocol-unknown": "Ce protocole n'existe pas.",
    "bad-date": "Cette date n'existe pas. Écrivez jour/mois/année.",
    "bad-expiry": "La date de péremption n'existe pas. Vérifiez la boîte.",
    "born-ahead": "La naissance est dans l'avenir. Vérifiez la date.",
    "born-too-long-ago": "Cette naissance est trop ancienne. Vérifiez l'année.",
    "card-count": "Choisissez de 1 à 500 cartes.",
    "card-ended": "Cette carte a été déclarée perdue. Prenez-en une autre.",
    "card-taken": "Cette carte est déjà à une autre personne. Prenez-en une autre.",
    "card-unknown": "Cette carte n'a pas été imprimée ici.",
    "card-unreadable": "Le code est mal lu ou mal tapé. Relisez la carte.",
    "catalogue-faults": "La liste a des erreurs : rien n'est chargé. Corrigez les lignes citées.",
    "clock-below-floor": "Cette heure est avant la dernière écriture sûre de l'appareil. Vérifiez le jour et l'année.",
    "consultation-exists": "Cette visite a déjà sa consultation. Utilisez « Corriger ».",
    "csrf": "La page était trop ancienne. Rien n'est perdu : vérifiez et enregistrez encore.",
    "cell-not-typed": "Cette case est calculée : elle ne se tape pas. Corrigez la fiche qui la compose.",
    "cell-value": "Écrivez un nombre entier, ou laissez vide.",
    "checks-block": "Un contrôle bloquant n'est pas respecté : corrigez-le avant de clôturer.",
    "danger-sign-unknown": "Ce signe de danger n'est pas dans la liste.",
    "date-ahead": "La date est dans l'avenir.",
    "date-too-old": "La date est trop ancienne pour être saisie ici.",
    "deceased": "Ce patient est noté décédé avant cette date.",
    "deputy": "L'intérim n'est pas possible : vérifiez les deux personnes et les dates.",
    "dose-unknown-drug": "Ce médicament n'a pas de tableau de doses ici. Demandez au médecin chef.",
    "dose-weight": "Ce poids n'est pas possible. Écrivez des kilogrammes, par exemple 14,9.",
    "growth-measure": "Cette mesure n'est pas possible. Mesurez encore, puis vérifiez l'unité.",
    "pack-unknown": "Cette règle n'est pas connue ici.",
    "pcime-age": "La PCIME sert de la naissance à 59 mois. Vérifiez l'âge.",
    "pcime-finding": "Cette réponse n'est pas prévue pour ce signe. Choisissez dans la liste.",
    "vaccine-born-later": "La naissance est après ce jour. Vérifiez les dates.",
    "vaccine-day": "Une dose est datée avant la naissance, ou dans l'avenir. Vérifiez la date.",
    "vaccine-given": "Il manque le vaccin ou la date d'une dose. Complétez la ligne.",
    "vaccine-sex": "Choisissez féminin ou masculin.",
    "vaccine-unknown": "Ce vaccin n'est pas au calendrier. Choisissez dans la liste.",
    "data-file": "Le fichier a une erreur : rien n'est chargé.",
    "description-missing": "Choisissez le fichier centre.json.",
    "diagnosis-unknown": "Choisissez un diagnostic de la liste.",
    "died-on": "La date du décès doit être entre la visite et aujourd'hui.",
    "disk-full": "Le disque est plein : rien n'est enregistré. Ce qui était gardé le reste. Appelez le technicien.",
    "dispense-empty": "Notez au moins une quantité.",
    "draft-newer": "Ce brouillon a été continué sur une autre tablette. Reprenez le plus récent.",
    "draft-too-large": "Le brouillon est trop long.",
    "draft-yours": "Vous avez déjà un brouillon sur cette fiche : finissez-le ou jetez-le d'abord.",
    "facility-code": "Donnez le code du centre.",
    "facility-kind": "Choisissez le type de centre.",
    "facility-missing": "Le centre n'est pas encore réglé.",
    "facility-name": "Donnez le nom du centre.",
    "facility-supplier": "Choisissez le fournisseur.",
    "forbidden": "Cette page n'est pas ouverte à votre fonction. Demandez au médecin chef.",
    "form": "Vérifiez les cases marquées en rouge.",
    "is-a-reversal": "Une annulation ne s'annule pas : refaites l'opération.",
    "key-missing": "La clé du dossier manque.",
    "lab-answered": "Ce résultat est déjà noté. Corrigez-le en donnant la raison.",
    "lab-empty": "Cochez au moins un examen.",
    "lab-outcome": "Choisissez le résultat, ou écrivez un nombre.",
    "lab-test-unknown": "Cet examen n'est pas dans la liste du laboratoire.",
    "lab-value": "Ce résultat n'est pas possible : vérifiez le nombre et l'unité.",
    "last-head": "Le centre doit garder un médecin chef (DTC).",
    "ledger-refused": "Le grand livre a refusé cette ligne.",
    "level": "Choisissez rien, lecture ou écriture.",
    "link-credentials": "Donnez un jeton, ou un compte et son mot de passe.",
    "exchange-field": "Ce champ de l'échange avec MEDEXIS est mal rempli : %(field)s. Rien n'est changé.",
    "no-such-document": "Ce papier n'existe pas.",
    "paper-taken": "Ce papier est déjà pris : continuez avec la commande ou la livraison qui en est faite.",
    "file-empty": "Le fichier est vide. Choisissez-en un autre.",
    "file-too-large": "Le fichier est trop grand : 5 Mo au plus. Demandez-en un plus petit.",
    "no-such-file": "Ce fichier n'est pas à chercher : il est déjà gardé, ou il n'existe pas.",
    "link-url": "L'adresse doit commencer par https:// (ou http://).",
    "lot-expired": "Ce lot est périmé : il n'entre pas en rayon. Notez-le au procès-verbal.",
    "lot-status": "Choisissez l'état du lot.",
    "lots-do-not-add-up": "Les quantités par lot ne font pas la quantité servie.",
    "lots-reason": "Dites pourquoi ce n'est pas le lot qui périme d'abord.",
    "malaria-with-negative-test": "Le test est négatif : choisissez un autre diagnostic, ou corrigez le test.",
    "mapping-missing": "Choisissez le fichier de correspondance rempli.",
    "means": "Choisissez espèces ou mobile money.",
    "month-closed": "Ce mois est déjà clôturé.",
    "month-not-over": "Le mois n'est pas fini : il se clôture à partir du 1er.",
    "month-before-open": "Un mois plus ancien n'est pas clôturé : commencez par lui.",
    "month-already-aside": "Ce mois est déjà écarté.",
    "month-not-aside": "Ce mois n'est pas écarté : il compte.",
    "motive-too-long": "Le motif est trop long.",
    "name-empty": "Écrivez le nom.",
    "name-letters": "Un mot du nom mélange des alphabets qui se ressemblent : tapez-le de nouveau.",
    "name-too-long": "Le nom est trop long.",
    "no-link": "La liaison avec DHIS2 n'est pas réglée.",
    "no-price": "Ce produit n'a pas de prix. Le gérant doit l'ajouter au tarif.",
    "no-such-dispense": "Cette dispensation n'existe pas.",
    "no-such-lab-order": "Cet examen n'a pas été demandé.",
    "no-such-lot": "Ce lot n'existe pas.",
    "no-such-merge": "Cette fusion n'existe pas.",
    "no-such-movement": "Ce mouvement n'existe pas.",
    "no-such-patient": "Ce patient n'existe pas ici.",
    "no-such-product": "Ce produit n'est pas dans le catalogue.",
    "no-such-sale": "Cette vente n'existe pas.",
    "no-such-staff": "Cette personne n'existe pas.",
    "no-such-visit": "Cette visite n'existe pas.",
    "nothing-changed": "Rien n'a changé depuis la dernière version : il n'y a pas de rectificatif à faire.",
    "not-found": "Cette page n'existe pas.",
    "not-held": "Cet envoi n'attend personne.",
    "not-partly-refused": "Cet envoi n'a pas de valeurs refusées.",
    "order-kind": "Choisissez commande normale ou urgente.",
    "order-levels": "Les niveaux doivent se suivre : urgence, puis minimum, puis maximum.",
    "order-scope": "Ce réglage n'existe pas pour ce choix.",
    "order-setting": "Cette valeur n'est pas possible pour ce réglage.",
    "paid-too-much": "Le montant payé dépasse ce qui est dû.",
    "period-closed": "Ce mois est clôturé. Datez le mouvement dans le mois ouvert.",
    "phone": "Le numéro de téléphone doit avoir de 6 à 15 chiffres.",
    "pin-digits": "Le code a 4 à 8 chiffres.",
    "pin-same": "C'est l'ancien code. Choisissez-en un autre.",
    "pin-trivial": "Ce code est trop facile à deviner (suite ou répétition). Choisissez-en un autre.",
    "pin-wrong": "Le code n'est pas le bon.",
    "pin-locked": "Trop d'essais. Attendez avant de réessayer.",
    "possible-duplicate": "Cette personne a peut-être déjà un dossier. Regardez avant de créer.",
    "pregnant": "Enceinte : oui, non ou inconnu.",
    "prescription-empty": "L'ordonnance est vide.",
    "prescription-not-open": "Cette ordonnance est déjà servie ou fermée.",
    "prescription-too-long": "L'ordonnance a trop de lignes.",
    "price-unknown-product": "Le tarif cite un produit qui n'est pas au catalogue : rien n'est chargé.",
    "prices-faults": "Le tarif a des erreurs : rien n'est chargé. Corrigez les lignes citées.",
    "product-twice": "Un produit est cité deux fois.",
    "quantity": "Vérifiez la quantité : entre 0 et ce qui est demandé.",
    "quantity-sign": "La quantité doit être un nombre au-dessus de zéro.",
    "reason-needed": "Donnez la raison (trois lettres au moins).",
    "reason-kind": "Ce motif ne va pas avec ce mouvement. Choisissez un motif de la liste.",
    "receipt-empty": "Notez au moins un lot.",
    "same-patient": "C'est le même dossier.",
    "setup-code": "Le code de mise en service n'est pas le bon. Il est imprimé par l'installateur.",
    "sex": "Choisissez masculin ou féminin.",
    "staff-known": "Une personne porte déjà ce nom. Ajoutez de quoi les distinguer.",
    "staff-name": "Donnez le nom (2 à 80 lettres).",
    "staff-roles": "Choisissez au moins une fonction.",
    "stock-too-low": "Il ne reste pas assez.",
    "stock-too-low-then": "À cette date le stock serait passé sous zéro.",
    "store-damaged": "Le dossier est abîmé. Rien n'est effacé. Appelez le technicien.",
    "store-read-only": "Le dossier est abîmé : on peut lire, on ne peut plus écrire. Appelez le technicien.",
    "tab-unknown": "Cet onglet n'existe pas.",
    "text-too-long": "Le texte est trop long.",
    "too-busy": "Trop de demandes à la fois. Attendez quelques secondes et recommencez.",
    "typed-unknown-cell": "Cette case n'est pas dans le formulaire.",
    "unmet-cause": "Dites pourquoi tout n'est pas servi.",
    "village-known": "Ce village est déjà dans la liste.",
    "village-name": "Donnez le nom du village.",
    "village-unknown": "Choisissez un village de la liste.",
    "vitals-impossible": "Une mesure n'est pas possible. Vérifiez les cases marquées.",
    "before-birth": "Cette date est avant la naissance.",
    "days": "La durée va de 1 à 366 jours.",
    "draft-finished": "Cette fiche est déjà enregistrée.",
    "last-name": "Il faut garder au moins un nom.",
    "name-kind": "Choisissez le type de nom.",
    "no-such-name": "Ce nom n'existe pas.",
    "no-such-village": "Ce village n'existe pas.",
    "population": "Vérifiez la population et l'année.",
    "strategy": "Choisissez fixe, avancée ou mobile.",
    "target-rate": "Ce taux n'est pas possible.",
    "no-such-item": "Cet envoi n'existe pas.",
    "no-such-form": "Ce formulaire n'existe pas.",
    "bad-month": "Ce mois n'existe pas.",
    "month-not-closed": "Ce mois n'est pas clôturé.",
    "glass-not-for-you": "L'accès d'urgence n'est pas ouvert à votre fonction.",
    "glass-tab": "Cet onglet ne s'ouvre pas en urgence.",
    "glass-reason": "Écrivez la raison de l'urgence (cinq lettres au moins).",
    "glass-own": "On ne vise pas son propre accès d'urgence : un autre responsable doit le voir.",
    "no-such-glass": "Cet accès d'urgence n'existe pas.",
    "too-large-body": "L'envoi est trop grand : rien n'est enregistré. Raccourcissez le texte ou le fichier.",
    "movement-of-a-sale": "Ce mouvement vient d'une vente : annulez la vente, tout reviendra ensemble.",
    "before-count": "Ce lot a été compté après cette date : ce qui a été compté ne change plus. Datez après le comptage.",
    "payment-empty": "Écrivez le montant reçu.",
    "no-such-reason": "Ce motif n'est pas dans la liste.",
    "no-such-place": "Ce lieu n'existe pas, ou ne sert plus.",
    "no-such-event": "Cette pièce n'existe pas.",
    "no-such-loan": "Ce prêt n'existe pas.",
    "evidence": "Il manque une preuve que ce motif demande. Complétez les cases marquées.",
    "event-empty": "Notez au moins un lot, et 40 au plus.",
    "lot-twice": "Un lot est cité deux fois : mettez tout sur une ligne.",
    "lot-not-usable": "Ce lot est périmé, bloqué ou rappelé : il ne se donne pas. Choisissez-en un autre.",
    "transfer-places": "Choisissez deux lieux différents.",
    "loan-settled": "Une partie de ce prêt est déjà rendue : annulez d'abord le retour.",
    "loan-direction": "Ce prêt va dans l'autre sens.",
    "loan-over": "Ce prêt est déjà réglé.",
    "loan-return-too-much": "C'est plus que ce qui reste dû.",
    "due-date": "La date de retour doit suivre le prêt, d'un an au plus.",
    "place-kind": "Choisissez le genre du lieu.",
    "place-name": "Donnez un nom de 2 à 40 lettres.",
    "place-known": "Un lieu porte déjà ce nom.",
    "place-not-empty": "Il reste du stock dans ce lieu : ramenez-le au dépôt d'abord.",
    "place-main": "Le dépôt reste ouvert et sert toujours ; sa dotation n'est pas fixée ici.",
    "place-not-serving": "On ne sert pas depuis ce lieu.",
    "kit-part": "Vérifiez le contenu du kit.",
    "kit-in-kit": "Un kit ne contient pas un autre kit.",
    "kit-empty": "Le contenu de ce kit n'est pas encore noté.",
    "contact-outcome": "Choisissez le résultat de la recherche.",
    "not-a-recipient": "Cette personne n'a pas reçu ce lot.",
    "internal": "Une erreur est survenue. Ce qui était enregistré l'est toujours. Notez l'heure et appelez le technicien.",
}
SENTENCES = Words(
    _FRENCH | orders.REFUSALS | money.REFUSALS | counting.REFUSALS | cold.REFUSALS | codes.REFUSALS | families.REFUSALS
)


def sentence(fault: ApplianceError) -> str:
    """What to say of a fault, with the figures that help."""
    text = SENTENCES.get(fault.code, f"{SENTENCES['internal']} ({fault.code})")
    given = fault.params
    if fault.code == "stock-too-low" and "left" in given:
        return _("Il reste %(left)s : servez %(left)s et notez le reste « besoin non servi ».") % given
    if fault.code == "exemption-too-much" and "left" in given:
        return _("On n'exonère pas plus que ce que le patient doit : %(left)s F au plus.") % given
    if fault.code == "paid-too-much" and "due" in given:
        return _("Le montant dépasse ce qui est dû : il reste %(due)s F à payer.") % given
    if fault.code == "variance-reason" and "variance" in given:
        return _("L'écart est de %(variance)s : donnez la raison pour clôturer.") % {
            "variance": fcfa(_whole(given["variance"]))
        }
    if fault.code == "opening-variance" and "left" in given:
        return _("La dernière clôture a laissé %(left)s et vous comptez %(counted)s : recomptez, ou donnez la raison.") % {
            "left": fcfa(_whole(given["left"])), "counted": fcfa(_whole(given["counted"])),
        }  # fmt: skip
    if fault.code == "drc-too-much" and "owed" in given:
        return _("Il n'est dû que %(owed)s au DRC : vérifiez le montant.") % {"owed": fcfa(_whole(given["owed"]))}
    # What lies in a till is not told: whoever keeps it counts it blind.
    if fault.code in ("account-too-low", "repaid-too-much") and "left" in given:
        return _("Il n'y a que %(left)s : vérifiez le montant.") % {"left": fcfa(_whole(given["left"]))}
    if fault.code == "loan-return-too-much" and "due" in given:
        return _("C'est plus que ce qui reste dû : %(due)s au plus.") % given
    if fault.code in counting.TOLD and given:
        return counting.TOLD[fault.code] % given
    if fault.code == "before-count" and given.get("on"):
        day = date_short(parse_date(str(given["on"])))
        return _("Ce lot a été compté le %(day)s : datez le mouvement après ce jour.") % {"day": day}
    if fault.code == "stock-too-low-then" and given.get("on"):
        return _("Le %(day)s il aurait manqué %(short)s : le stock serait passé sous zéro.") % {
            "day": date_short(parse_date(str(given["on"]))), "short": given.get("short"),
        }  # fmt: skip
    if fault.code == "pin-locked" and given.get("seconds"):
        return _("Trop d'essais. Attendez %(seconds)s secondes avant de réessayer.") % given
    if fault.code == "data-file":
        where = _("Pour le technicien : %(file)s, ligne %(line)s : %(fault)s")
        return text + " " + where % {name: given.get(name) for name in ("file", "line", "fault")}
    if "faults" in given and isinstance(given["faults"], list):
        return text + " " + " ; ".join(str(f) for f in given["faults"][:8])
    return text


def _whole(given: object) -> int:
    return given if isinstance(given, int) else 0

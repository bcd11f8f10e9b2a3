"""The two event programs that a national instance might have for MEDEXIS, with one event an order."""

from __future__ import annotations

from typing import Any

from appliance.standin.metadata import add_program, uid

CONFIRMATION, ACKNOWLEDGEMENT = "CONFIRMATION_COMMANDE", "ACCUSE_RECEPTION"


def add_medexis(metadata: dict[str, Any]) -> None:
    """Put the programs and the account of MEDEXIS into metadata."""
    add_program(metadata, {"code": CONFIRMATION, "name": "Confirmation de commande", "elements": [
        _element("CC_REFERENCE", "Numéro du bon de commande", compulsory=True),
        _element("CC_DECISION", "Décision", options=[("CONFORME", "Confirmée telle que proposée"), ("MODIFIE", "Confirmée avec changements")]),
        _element("CC_DATE_COMMANDE", "Date de la commande", kind="DATE"),
        _element("CC_DATE_CONFIRMATION", "Date de la confirmation", kind="DATE"),
        _element("CC_NOMBRE_LIGNES", "Nombre de lignes", kind="INTEGER_ZERO_OR_POSITIVE"),
        _element("CC_LIGNES", "Lignes confirmées", kind="LONG_TEXT"),
    ]})  # fmt: skip
    add_program(metadata, {"code": ACKNOWLEDGEMENT, "name": "Accusé de réception", "elements": [
        _element("AR_REFERENCE", "Numéro du bon de commande", compulsory=True),
        _element("AR_BORDEREAU", "Numéro du bordereau"),
        _element("AR_DATE_RECEPTION", "Date de réception", kind="DATE"),
        _element("AR_CONFORMITE", "Conformité", options=[("CONFORME", "Tout est conforme"), ("ECARTS", "Écarts")]),
        _element("AR_NOMBRE_LIGNES", "Nombre de lignes", kind="INTEGER_ZERO_OR_POSITIVE"),
        _element("AR_LIGNES", "Lignes reçues", kind="LONG_TEXT"),
    ]})  # fmt: skip
    metadata.setdefault("users", []).append(
        {"id": uid("user:medexis"), "username": "medexis", "displayName": "MEDEXIS"}
    )


def by_line(metadata: dict[str, Any]) -> list[str]:
    """Put in their place the same programs with one event a line, as an instance that charts single products would have them;
    returns their codes."""
    metadata["programs"] = [p for p in metadata["programs"] if p["code"] not in (CONFIRMATION, ACKNOWLEDGEMENT)]
    add_program(metadata, {"code": CONFIRMATION, "name": "Confirmation de commande, par produit", "elements": [
        _element("CC_REFERENCE", "Numéro du bon de commande", compulsory=True),
        _element("CC_NOMBRE_LIGNES", "Nombre de lignes", kind="INTEGER_ZERO_OR_POSITIVE"),
        _element("CC_PRODUIT", "Produit", compulsory=True),
        _element("CC_QUANTITE", "Quantité confirmée", kind="INTEGER_ZERO_OR_POSITIVE"),
    ]})  # fmt: skip
    add_program(metadata, {"code": ACKNOWLEDGEMENT, "name": "Accusé de réception, par produit", "elements": [
        _element("AR_REFERENCE", "Numéro du bon de commande", compulsory=True),
        _element("AR_BORDEREAU", "Numéro du bordereau"), _element("AR_PRODUIT", "Produit", compulsory=True),
        _element("AR_LOT", "Lot"), _element("AR_QUANTITE", "Quantité acceptée", kind="INTEGER_ZERO_OR_POSITIVE"),
    ]})  # fmt: skip
    return [CONFIRMATION, ACKNOWLEDGEMENT]


def _element(
    code: str, name: str, *, kind: str = "TEXT", compulsory: bool = False, options: list[tuple[str, str]] | None = None
) -> dict[str, Any]:
    made: dict[str, Any] = {"code": code, "name": name, "value_type": kind, "compulsory": compulsory}
    if options:
        made["options"] = [{"code": c, "name": n} for c, n in options]
    return made

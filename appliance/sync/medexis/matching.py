"""Which product of ours a line of a paper means: by what a person said before, by code and name together, by name alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from appliance.core.french import fold
from appliance.stock.catalogue import repository as catalogue
from appliance.storage import Database, Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess:
    """A line's product, or None. `how`: "alias" (a person said so before), "code" (code and name agree), "name" (the name
    alone), "differs" (the code is one product's and the name another's), "none". Only the first two need nobody."""

    product: int | None
    how: str

    @property
    def is_sure(self) -> bool:
        """Whether nobody needs to look at it."""
        return self.how in ("alias", "code")


def guesses(db: Database, sender: str, lines: Sequence[Mapping[str, Any]]) -> list[Guess]:
    """A guess for each line of a sender's paper."""
    products = catalogue.listed(db, limit=catalogue.WHOLE)
    codes: dict[str, int] = {}
    for key, code, national in db.all("SELECT id, code, national_code FROM product WHERE is_active = 1"):
        codes |= {fold(c): key for c in (code, national) if c}
    words = {p.id: set(fold(f"{p.name} {p.strength}").replace("(", " ").replace(")", " ").split()) for p in products}
    names = {p.id: set(fold(p.name).split()) for p in products}
    said = _aliases(db, sender)
    found = []
    for line in lines:
        key = _key(line)
        if key in said:
            found.append(Guess(product=said[key], how="alias"))
            continue
        written = set(key[1].replace("(", " ").replace(")", " ").split())
        by_code = codes.get(key[0])
        same = [p for p, w in words.items() if w and w <= written] or [
            p for p, w in words.items() if written and written <= w
        ]
        if by_code is not None and (not written or names.get(by_code, set()) <= written):
            found.append(Guess(product=by_code, how="code"))
        elif by_code is not None:
            found.append(Guess(product=None, how="differs"))
        else:
            found.append(Guess(product=same[0], how="name") if len(same) == 1 else Guess(product=None, how="none"))
    return found


def remember(unit: Unit, sender: str, line: Mapping[str, Any], product: int | None) -> None:
    """A person has said which product a line means (None: none of ours); said twice, it is kept once."""
    code, name, pack = _key(line)
    if not (code or name) or _aliases(unit, sender).get((code, name, pack), -1) == product:
        return
    unit.append("product_alias", sender=sender, code=code, name=name, pack=pack, product=product)


def _aliases(db: Database, sender: str) -> dict[tuple[str, str, str], int | None]:
    rows = db.all("SELECT code, name, pack, product FROM product_alias WHERE sender = ? ORDER BY id", (sender,))
    return {(row[0], row[1], row[2]): row[3] for row in rows}


def _key(line: Mapping[str, Any]) -> tuple[str, str, str]:
    return tuple(fold(str(line.get(f) or ""))[:200] for f in ("code", "name", "pack"))  # type: ignore[return-value]

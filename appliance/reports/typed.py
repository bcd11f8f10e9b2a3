"""The figures of a report that only a person can give: one field for each cell, who gave it, and what stood last month."""

from __future__ import annotations

from dataclasses import dataclass

from appliance.billing.accounts.monthly import is_kept
from appliance.core.periods import Month
from appliance.reports.closing import repository
from appliance.reports.form import Element, Form
from appliance.storage import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedField:
    """One cell to type. `carried` is last month's figure, offered until somebody confirms it by keeping it."""

    name: str
    label: str
    code: str
    disaggregation: dict[str, str]
    value: str | None
    typed_by: int | None
    carried: str | None

    @property
    def offered(self) -> str:
        """What the field shows: the figure that was typed, else last month's, to confirm."""
        return self.value if self.value is not None else self.carried or ""


def typed_fields(db: Database, form: Form, month: Month, section: str | None = None) -> list[TypedField]:
    """The cells to type of a form, or of one of its sections, in the order of the paper."""
    now = repository.typed(db, form.code, str(month))
    before = repository.typed(db, form.code, str(month.plus(-1)))
    # A centre that does not use the till types its money.
    is_money_typed = any(e.money for e in form.elements) and not is_kept(db, month)
    return [
        _field(form, element, disaggregation, now, before)
        for element in form.elements
        if (element.is_typed or (element.money and is_money_typed)) and section in (None, element.section)
        for disaggregation in form.cells(element)
    ]


def _field(
    form: Form, element: Element, disaggregation: dict[str, str],
    now: dict[tuple[str, str], tuple[str | None, int | None]], before: dict[tuple[str, str], tuple[str | None, int | None]],
) -> TypedField:  # fmt: skip
    key = (element.code, repository.disaggregation_key(disaggregation))
    value, who = now.get(key, (None, None))
    # A figure that was withdrawn this month is an answer: last month's is not offered again.
    carried = before.get(key, (None, None))[0] if key not in now else None
    return TypedField(
        name="-".join(("case", element.code, *disaggregation.values())),
        label=" · ".join((element.name, *form.option_names(disaggregation))), code=element.code,
        disaggregation=disaggregation, value=value, typed_by=who if value is not None else None, carried=carried,
    )  # fmt: skip

"""The list of faults over a page reads as a person would say it."""

from __future__ import annotations

from markupsafe import Markup

from appliance.web.faults import faults

BODY = Markup(
    '<fieldset class="lot"><legend><b>Pâte (500 kcal)</b>, sachet</legend>'
    '<label for="lot-0-peremption">Péremption</label><input id="lot-0-peremption"></fieldset>'
)


def test_a_tag_before_a_comma_leaves_no_space() -> None:
    assert [f.text for f in faults(BODY, {"lot-0-peremption": "À remplir."})] == [
        "Pâte (500 kcal), sachet, Péremption : À remplir."
    ]

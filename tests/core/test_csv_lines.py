"""Lists as people keep them: any spreadsheet's commas, every line by its number, and no surprise for who reads them."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.core.csv_lines import NotCsv, read_lines


@pytest.mark.parametrize("text", ["a,b\n1, 2 \n", "a;b\n1; 2 \n", "a;b\r\n1; 2 \r\n", '"a";"b"\n1;"2"'])
def test_commas_and_semicolons_say_the_same(text: str) -> None:
    assert list(read_lines(text)) == [(1, ["a", "b"]), (2, ["1", "2"])]


def test_a_line_is_named_by_where_it_begins_and_empty_ones_count() -> None:
    assert list(read_lines('a,b\n\n"deux\nlignes",1\n ,\nfin,2\n')) == [
        (1, ["a", "b"]), (3, ["deux\nlignes", "1"]), (6, ["fin", "2"]),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "line"), [('a,b\nx,"ouvert', 2), ("a,b\nx,1\ny\r,2\n", 3), ("a\n" + "x" * 200_000, 2)]
)
def test_what_is_no_csv_names_its_line(text: str, line: int) -> None:
    with pytest.raises(NotCsv) as fault:
        list(read_lines(text))
    assert fault.value.line == line


@given(
    st.lists(
        st.lists(st.text(st.characters(exclude_characters="\r\0", exclude_categories=["Cs"])), min_size=1), min_size=1
    )
)
def test_what_a_spreadsheet_wrote_is_read_back(rows: list[list[str]]) -> None:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n", delimiter=",").writerows([["en,tête", "b"], *rows])
    wanted = [[cell.strip() for cell in row] for row in rows if any(cell.strip() for cell in row)]
    assert [row for _, row in read_lines(out.getvalue())][1:] == wanted

"""Lists as a spreadsheet writes them: commas or semicolons, each line with its number, so that a fault can name it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator


class NotCsv(Exception):
    """The text is no CSV from `line` (1-based) on: an open quote, a bare carriage return, a cell without end."""

    def __init__(self, line: int, what: str) -> None:
        self.line = line
        super().__init__(what)


def read_lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """Each line that holds something, with the number on which it begins (from 1) and its cells without outer spaces.

    The first is the header. Raises `NotCsv` when it comes to a line that can't be read; those before it were given.
    """
    first = text.split("\n", 1)[0]
    reader = csv.reader(io.StringIO(text), delimiter=";" if first.count(";") > first.count(",") else ",", strict=True)
    while True:
        line = reader.line_num + 1
        try:
            row = next(reader, None)
        except csv.Error as error:
            raise NotCsv(line, str(error)) from None
        if row is None:
            return
        if any(cell.strip() for cell in row):
            yield line, [cell.strip() for cell in row]

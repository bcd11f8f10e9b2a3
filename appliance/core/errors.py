"""The three families of trouble, told apart because three different people act on them.

`Refused`: the person at the tablet can act. `InvariantBroken`: our fault or damage, a technician acts.
`Unreachable`: the network, nobody acts and the machine tries again. Each carries a code and values;
the sentence in French belongs to `web/words`, so that one code can be said in several languages.
"""

from __future__ import annotations

from pathlib import Path


class ApplianceError(Exception):
    """A fault named by a stable code, with the values that a sentence about it needs."""

    def __init__(self, code: str, **params: object) -> None:
        self.code = code
        self.params = params
        details = ", ".join(f"{name}={value!r}" for name, value in params.items())
        super().__init__(f"{code}({details})" if details else code)


class Refused(ApplianceError):
    """An act that may not be done as asked; what was typed is kept and the person can change it."""


class InvariantBroken(ApplianceError):
    """A promise of the store does not hold: damage or a fault of ours. Nothing may be written on top."""


class Unreachable(ApplianceError):
    """A counterparty did not answer, or answered nothing usable; the same thing is tried again later."""


class DataFileError(Refused):
    """A file that holds rules, forms, prices or a catalogue is wrong; nothing of it is taken.

    `line` is 1-based; 0 when the fault is in the file as a whole (missing, unreadable, not UTF-8).
    """

    def __init__(self, file: Path | str, line: int, fault: str) -> None:
        self.file = str(file)
        self.line = line
        self.fault = fault
        super().__init__("data-file", file=self.file, line=line, fault=fault)

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.fault}"

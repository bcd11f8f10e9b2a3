"""Write the catalogue that a translator starts from: every French sentence of the pages, and where it stands.

    python provisioning/words.py            writes appliance/web/locale/appliance.pot
    python provisioning/words.py --check    exit 1 when that file no longer says what the pages say

Sentences come from `_("…")` in templates and code, and from the tables of words (`Words({code: "…"})`).
"""

from __future__ import annotations

import ast
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from jinja2 import Environment
from jinja2.ext import extract_from_ast

ROOT = Path(__file__).parents[1]
WEB = ROOT / "appliance" / "web"
CATALOGUE = WEB / "locale" / "appliance.pot"
HEADER = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n"Content-Transfer-Encoding: 8bit\\n"\n'


def sentences() -> dict[str, list[str]]:
    """Every sentence with the files that say it, in the order of the alphabet."""
    found: dict[str, set[str]] = defaultdict(set)
    for file in sorted((WEB / "templates").rglob("*.html")):
        tree = Environment(autoescape=True).parse(file.read_text("utf-8"))
        for _, _, text in extract_from_ast(tree, ("_",)):
            found[str(text)].add(file.relative_to(ROOT).as_posix())
    for file in sorted(WEB.rglob("*.py")):
        for text in _of_code(ast.parse(file.read_text("utf-8"))):
            found[text].add(file.relative_to(ROOT).as_posix())
    return {text: sorted(places) for text, places in sorted(found.items())}


def _of_code(tree: ast.Module) -> Iterator[str]:
    tables = {
        target.id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or not node.args:
            continue
        first = node.args[0]
        if node.func.id == "_" and isinstance(first, ast.Constant) and isinstance(first.value, str):
            yield first.value
        if node.func.id == "Words":
            table = tables.get(first.id) if isinstance(first, ast.Name) else first
            if isinstance(table, ast.Dict):
                yield from (v.value for v in table.values if isinstance(v, ast.Constant) and isinstance(v.value, str))


def written() -> str:
    """The catalogue as a text in the format of gettext."""
    entries = [
        "\n".join([*(f"#: {place}" for place in places), f"msgid {_quoted(text)}", 'msgstr ""'])
        for text, places in sentences().items()
    ]
    return "\n\n".join([HEADER.rstrip("\n"), *entries]) + "\n"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


if __name__ == "__main__":
    text = written()
    if "--check" in sys.argv:
        held = CATALOGUE.read_text("utf-8") if CATALOGUE.exists() else ""
        if held != text:
            sys.exit("the catalogue is not what the pages say: run python provisioning/words.py")
    else:
        CATALOGUE.parent.mkdir(exist_ok=True)
        CATALOGUE.write_text(text, "utf-8")

"""Every visible string goes through the one catalogue, and every refusal that a room may raise is said in French."""

from __future__ import annotations

import ast
import re
import struct
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from jinja2 import Environment

from appliance.access.staff import add_member
from appliance.core.actors import Role
from appliance.records.refusals import REFUSALS
from appliance.storage import Store
from appliance.web import words
from appliance.web.pages import environment
from appliance.web.words.refusals import SENTENCES
from tests.conftest import Act
from tests.records.people import open_centre
from tests.web.inside import House, Visitor

ROOT = Path(__file__).parents[2]
ROOMS = ROOT / "appliance"
TEMPLATES = ROOMS / "web" / "templates"
# Said to engineers on the command line only, never on a page.
FOR_ENGINEERS = {
    "bad-quarter", "bad-week", "case-not-an-object", "catalogue", "folder-missing", "key-malformed", "key-wrong",
    "month-of-use", "month-twice", "no-such-verb", "plan-out-of-range", "port-busy", "price-not-whole-francs",
    "store-exists", "store-in-use", "store-missing",
}  # fmt: skip
UNITS = {"DHIS2", "PDF", "CRGS", "RMA", "F"}
"""Names and units that are the same in every language of Mali."""
SAID_ATTRIBUTES = re.compile(r'\s(?:aria-label|placeholder|title|alt|data-l)="([^"]*)"')
WORD = re.compile(r"[A-Za-zÀ-ÿ][A-Za-zÀ-ÿ0-9]+")
TAG = re.compile(r"""<(?:"[^"]*"|'[^']*'|[^"'>])*>""")


def test_each_code_raised_as_refused_is_said_in_french() -> None:
    raised = set(REFUSALS)
    for file in ROOMS.rglob("*.py"):
        raised |= set(re.findall(r'Refused\(\s*"([a-z-]+)"', file.read_text("utf-8")))
    assert sorted(raised - set(SENTENCES) - FOR_ENGINEERS) == []


def test_no_word_stands_in_a_template_outside_the_catalogue() -> None:
    bare = [
        (file.relative_to(TEMPLATES).as_posix(), word)
        for file in sorted(TEMPLATES.rglob("*.html"))
        for word in bare_words(file.read_text("utf-8"))
    ]
    assert bare == []


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("<p>Bonjour</p>", ["Bonjour"]),
        ('<input aria-label="Un patient">', ["Un", "patient"]),
        ('{{ "oui" if x else "Homme adulte" }}', ["Homme", "adulte"]),
        ('<p class="small">{{ _("Bonjour") }} · DHIS2 {{ n }} F</p>', []),
        ("{# Un mot #}<style>p{color:red}</style><b title=\"{{ _('Là') }}\">—</b>", []),
    ],
)
def test_the_search_for_bare_words_finds_them(written: str, found: list[str]) -> None:
    assert list(bare_words(written)) == found


def test_no_list_of_words_is_written_over_by_another() -> None:
    for file in sorted((ROOMS / "web" / "words").glob("*.py")):
        body = ast.parse(file.read_text("utf-8")).body
        names = [t.id for node in body if isinstance(node, ast.Assign) for t in node.targets if isinstance(t, ast.Name)]
        assert sorted(names) == sorted(set(names)), file.name


def test_no_handler_puts_a_bare_text_beside_a_field() -> None:
    bare = []
    for file in sorted((ROOMS / "web").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Assign) and any(_is_error_of_form(t) for t in node.targets):
                bare += [(file.name, node.lineno, text) for text in _bare_texts(node.value)]
    assert bare == []


def test_the_word_list_of_translators_says_what_the_pages_say() -> None:
    done = subprocess.run(
        [sys.executable, "provisioning/words.py", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_a_catalogue_of_another_language_changes_the_pages(
    store: Store, act: Act, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    invented = {"Accueil": "So da", "Nouveau dossier": "Kayidi kura", "À remplir.": "A fa."}
    _write_catalogue(tmp_path / "bm" / "LC_MESSAGES" / "appliance.mo", invented)
    act(open_centre)
    nurse = act(add_member, "Une Infirmière", [Role.NURSE])
    monkeypatch.setattr(words, "LOCALE", tmp_path)
    monkeypatch.setenv("APPLIANCE_LANGUAGE", "bm")

    async def walk(who: Visitor) -> None:
        who.becomes(nurse, Role.NURSE)
        page = (await who.get("/patients/nouveau")).text
        assert "<h1>Kayidi kura</h1>" in page
        assert "So da" in page and ">Accueil<" not in page
        assert "Prénom et nom" in page  # what is not translated yet stays in French
        assert "A fa." in (await who.post("/patients/nouveau", sexe="F")).text

    try:
        _forget_languages()
        House(store).walk(walk)
    finally:
        _forget_languages()


def _forget_languages() -> None:
    words.catalogue.cache_clear()
    environment.cache_clear()


def _write_catalogue(file: Path, told: dict[str, str]) -> None:
    """A compiled gettext catalogue: magic, version, count, the two tables of (length, offset), then the texts."""
    pairs = sorted({"": "Content-Type: text/plain; charset=UTF-8\n", **told}.items())
    texts = [[one.encode() for one in side] for side in zip(*pairs, strict=True)]
    at = 28 + 16 * len(pairs)
    tables, body = b"", b""
    for side in texts:
        for one in side:
            tables += struct.pack("<II", len(one), at + len(body))
            body += one + b"\0"
    file.parent.mkdir(parents=True)
    head = struct.pack("<7I", 0x950412DE, 0, len(pairs), 28, 28 + 8 * len(pairs), 0, 0)
    file.write_bytes(head + tables + body)


def bare_words(text: str) -> Iterator[str]:
    """Words that a reader would see and no translator would: text, said attributes, and texts of expressions outside `_()`."""
    data, texts, depth, before = [], [], 0, ("", "")
    is_inside = False
    for _line, kind, value in Environment().lex(text):
        if kind == "data":
            data.append(value)
        elif kind == "variable_begin":
            is_inside, depth = True, 0
            data.append("\0")
        elif kind == "variable_end":
            is_inside = False
        elif is_inside and kind == "operator" and value == "(":
            depth = depth + 1 if depth or before == ("name", "_") else 0
        elif is_inside and kind == "operator" and value == ")":
            depth = max(0, depth - 1)
        elif is_inside and not depth and kind == "string" and before[1] not in ("[", "==", "!=", "in"):
            texts.append(value[1:-1])
        if kind != "whitespace":
            before = (kind, value)
    html = re.sub(r"<(style|script)\b.*?</\1>", "", "".join(data), flags=re.S)
    said = [m[1] for m in SAID_ATTRIBUTES.finditer(html)]
    shown = TAG.sub(" ", html)
    sentences = [
        t for t in texts if re.match(r"[A-ZÀ-Ý][a-zà-ÿ' ]+", t) or (" " in t.strip() and re.search(r"[à-ÿ]", t))
    ]
    for piece in (shown, *said, *sentences):
        yield from (w for w in WORD.findall(re.sub(r"&[a-z]+;", " ", piece)) if w not in UNITS)


def _is_error_of_form(target: ast.expr) -> bool:
    return isinstance(target, ast.Subscript) and ast.unparse(target.value).endswith("errors")


def _bare_texts(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Call):
        is_catalogue = isinstance(node.func, ast.Name) and node.func.id == "_"
        if not is_catalogue:
            for part in (node.func, *node.args):
                yield from _bare_texts(part)
    elif isinstance(node, ast.Constant):
        if isinstance(node.value, str) and WORD.search(node.value):
            yield node.value
    elif isinstance(node, ast.Subscript):
        yield from _bare_texts(node.value)
    elif isinstance(node, ast.Dict):
        for value in node.values:
            yield from _bare_texts(value)
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
        yield from _bare_texts(node.left)
    else:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.expr):
                yield from _bare_texts(child)

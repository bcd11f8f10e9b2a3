"""Rendering: templates compiled once, plain values in, bytes out; the frame every page shares."""

from __future__ import annotations

import secrets
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, nodes
from jinja2.visitor import NodeTransformer
from litestar import Request, Response
from litestar.exceptions import NotAuthorizedException
from litestar.response import Redirect

from appliance.access import staff
from appliance.access.matrix import Rights, default_matrix
from appliance.access.sessions import Session
from appliance.core import french
from appliance.core.errors import ApplianceError
from appliance.records.facility.services import facility
from appliance.records.patients.lines import number_of
from appliance.storage import Database
from appliance.sync.outbox import repository as outbox
from appliance.web.faults import faults
from appliance.web.forms import Form
from appliance.web.sections import bar
from appliance.web.state import AppState
from appliance.web.static_files import url_of
from appliance.web.visitor import visitor_of
from appliance.web.words import Words, _, catalogue, labels
from appliance.web.words.cold import degrees, percent
from appliance.web.words.refusals import sentence

TEMPLATES = Path(__file__).parent / "templates"
NAVIGATION = (
    ("accueil", "/", "home"),
    ("patients", "/patients", "person"),
    ("depot", "/depot", "box"),
    ("froid", "/depot/froid", "box"),
    ("caisse", "/caisse", "coins"),
    ("rapports", "/rapports", "page"),
    ("envois", "/envois", "send"),
    ("personnel", "/personnel", "people"),
    ("entretien", "/entretien", "tool"),
)
SAID = Words({
    "enregistre": "Enregistré.", "annule": "Annulé.", "corrige": "Corrigé : l'ancienne version reste lisible.",
    "confirme": "Confirmé. Il reste la signature du DTC.", "contresigne": "Contresigné : la commande est prête à partir.",
    "recu": "Réception signée : le stock est à jour.",
    "cloture": "Mois clôturé. L'envoi partira dès que la liaison est là.", "deja": "C'était déjà enregistré : rien n'est doublé.",
    "code-deja": "C'était déjà enregistré : le premier affichage donnait le code. S'il est perdu, donnez un nouveau code.",
    "paye": "Paiement enregistré.", "envoi": "L'envoi est relancé.", "code": "Code changé.", "fusion": "Dossiers fusionnés. La fusion peut être défaite.",
    "labo": "Demandé au laboratoire. Ce qui était tapé est gardé en brouillon.",
    "essai": "Enregistré : la liaison est essayée.",
    "urgence": "Accès d'urgence ouvert pour deux heures. Le médecin chef le verra.",
    "urgence-fermee": "Accès d'urgence fermé.", "vu": "Noté : vous avez vu cet accès.", "carte": "Carte donnée à ce patient.",
    "verifie": "Vérification faite : le résultat est ci-dessous.", "heure": "L'heure est notée.",
    "caisse-ouverte": "Caisse ouverte.", "caisse-close": "Caisse clôturée.", "remis": "Remise enregistrée : les deux ont signé.",
    "defusion": "Fusion défaite : les deux dossiers sont comme avant.",
})  # fmt: skip
Ask = Request[Any, Any, Any]


class _Translator(NodeTransformer):
    """Turns `_("…")` into the sentence itself."""

    def visit_Call(self, call: nodes.Call) -> nodes.Node:  # noqa: N802 - the visitor calls it by the name of the node
        self.generic_visit(call)
        is_sentence = isinstance(call.node, nodes.Name) and call.node.name == "_" and len(call.args) == 1
        if is_sentence and isinstance(call.args[0], nodes.Const):
            return nodes.Const(catalogue().gettext(call.args[0].value), lineno=call.lineno)
        return call


class _Translated(Environment):
    """Puts each sentence into its template in the language of the centre when the template is compiled, not at each page."""

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        parsed: nodes.Template = _Translator().visit(super()._parse(source, name, filename))
        return parsed


@cache
def environment() -> Environment:
    """The templates, compiled at start; an unknown name in one is an error, not a blank."""
    made = _Translated(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, auto_reload=False,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    made.globals["_"] = catalogue().gettext
    made.filters |= {
        "date": french.date_short, "date_long": lambda day: french.date_fr(day, weekday=True).capitalize(), "month": french.month_fr, "number": french.number_fr,
        "fcfa": french.fcfa, "time": french.time_fr, "moment": french.moment_fr, "size": french.size_fr, "answer": labels.answer, "exact": french.exact_fr,
        "faults": faults, "degrees": degrees, "rate": percent,
    }  # fmt: skip
    made.globals |= {"labels": labels, "static": url_of}
    return made


def state_of(request: Ask) -> AppState:
    """What the running appliance shares."""
    state: AppState = request.app.state.appliance
    return state


def session_of(request: Ask) -> Session:
    """Who is signed in; the guard let nobody else through."""
    session = visitor_of(request).session
    if session is None:
        raise NotAuthorizedException
    return session


def page(request: Ask, template: str, db: Database, *, status: int = 200, **view: Any) -> Response[bytes]:
    """A page inside the frame."""
    content = environment().get_template(template).render(**(frame(request, db) | view))
    return Response(content.encode(), status_code=status, media_type="text/html; charset=utf-8")


def fragment(request: Ask, template: str, **view: Any) -> Response[bytes]:
    """A part of a page, for a tablet that types and has the frame already: nothing of the frame is asked."""
    content = environment().get_template(template).render(today=today_of(request), **view)
    return Response(content.encode(), media_type="text/html; charset=utf-8")


def frame(request: Ask, db: Database) -> dict[str, Any]:
    """What the frame of every page shows: the centre, who is signed in, what waits to be sent, where one may go."""
    state = state_of(request)
    visitor = visitor_of(request)
    session = visitor.session
    rights = staff.rights(db)
    held = facility(db)
    counted = outbox.counts(db)
    today = state.opened.clock.today()
    may = _asker(rights, session, visitor.emergency)
    return {
        "facility": held.name if held else _("Centre de santé"), "session": session, "today": today,
        "now_ms": state.opened.clock.now().ms, "clock_trusted": state.opened.clock.now().trusted,
        "csrf": session.csrf if session else visitor.csrf0, "request_key": secrets.token_hex(16),
        "nav": [
            (path, labels.RAIL[tab], icon, _is_here(request.url.path, path))
            for tab, path, icon in NAVIGATION
            if session and rights.may(tab, "read", session.roles, session.staff)
            # Who has the whole depot finds the cold chain in its bar.
            and not (tab == "froid" and rights.may("depot", "read", session.roles, session.staff))
        ],
        "post_pages": bar(request.url.path, may), "may": may, "glasses": _open_glasses(state, db, session), "pending": counted.get("waiting", 0) + counted.get("sending", 0),
        "trouble": counted.get("held", 0) + counted.get("refused", 0), "last_done": outbox.last_done(db),
        "said": SAID.get(request.query_params.get("dit", ""), ""), "is_demo": state.is_demo, "filling": state.filling, "here": request.url.path, "errors": {}, "form": None,
        "refusal": "", "battery": state.health.battery_percent if state.health else None,
        "alarms": [labels.ALARMS[code] for code in _alarms(state)],
    }  # fmt: skip


def refused(
    request: Ask, template: str, db: Database, form: Form, fault: ApplianceError | None, **view: Any
) -> Response[bytes]:
    """The page again with what was typed and what to do: 422 for a wrong form, 409 for a refused act."""
    shown = frame(request, db) | {
        "errors": form.errors, "form": form, "refusal": sentence(fault) if fault else _("Vérifiez les cases marquées en rouge."),
        "request_key": form.raw("request_key") or secrets.token_hex(16),
    }  # fmt: skip
    content = environment().get_template(template).render(**(shown | view))
    return Response(content.encode(), status_code=409 if fault else 422, media_type="text/html; charset=utf-8")


def to(path: str, said: str = "") -> Redirect:
    """After a POST: go and see the result (303), with a word said on top of it."""
    joined = "&" if "?" in path else "?"
    return Redirect(f"{path}{joined}dit={said}" if said else path, status_code=303)


def today_of(request: Ask) -> date:
    """The date in Mali."""
    return state_of(request).opened.clock.today()


def _alarms(state: AppState) -> list[str]:
    """Codes of what must be told on every page: the machine's warnings, and a check of the store that found something."""
    found = ["read-only"] if state.opened.damage else ["check-failed"] if state.is_check_failed else []
    return found + list(state.health.warnings if state.health else ())


def _is_here(path: str, target: str) -> bool:
    if target == "/depot" and path.startswith("/vente"):
        return True
    return path == target if target == "/" else path.startswith(target)


def sees(request: Ask, db: Database, tab: str) -> bool:
    """Whether the person may read a tab here: by the matrix, or by break-glass on the file this request is about."""
    visitor = visitor_of(request)
    return bool(_asker(staff.rights(db), visitor.session, visitor.emergency)(tab))


def _asker(rights: Rights, session: Session | None, emergency: frozenset[str]) -> Any:
    def may(tab: str, level: str = "read") -> bool:
        if session is None:
            return False
        return rights.may(tab, level, session.roles, session.staff) or (level == "read" and tab in emergency)

    return may


def _open_glasses(state: AppState, db: Database, session: Session | None) -> list[tuple[int, str, str, int]]:
    """The emergency accesses that this person has open: id (0: kept aside), number of the file, tab, until (ms)."""
    if session is None:
        return []
    tabs = default_matrix()
    return [
        (
            g.id,
            number_of(db, g.patient),
            tabs[g.tab].label,
            g.until,
        )
        for g in state.open_glasses(db, session.staff)
    ]

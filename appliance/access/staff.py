"""The people of the centre: adding them, their PINs and roles, deputies, and the matrix as changed here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from appliance.access import pins
from appliance.access.deputies import stands
from appliance.access.matrix import LEVELS, Rights, default_matrix
from appliance.access.tables import DeputyRow, MatrixExceptionRow, StaffRoleRow, StaffRow
from appliance.core.actors import Role
from appliance.core.errors import Refused
from appliance.core.french import has_mixed_letters, one_line
from appliance.core.identifiers import new_uuid
from appliance.storage import ConstraintFailed, Database, Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A member of staff. `roles` are the own ones; `acting` adds those of the absent whom this person stands in for."""

    id: int
    name: str
    initials: str
    roles: frozenset[Role]
    acting: frozenset[Role]
    has_pin: bool
    pin_is_initial: bool
    locked_until: int
    is_active: bool


def add_member(unit: Unit, name: str, roles: Iterable[Role], pin_hash: str | None = None) -> int:
    """Add a person; the PIN given by another is initial and must be changed at the first sign-in.

    `pin_hash` comes from `pins.hash_pin`: hashing is slow and must not hold the writer. Raises `Refused`
    ("staff-name", "staff-known", "staff-roles").
    """
    text, held = one_line(name), frozenset(roles)
    if not 2 <= len(text) <= 80 or has_mixed_letters(text) or not any(c.isalpha() for c in text):
        raise Refused("staff-name")
    if not held:
        raise Refused("staff-roles")
    initials = "".join(w[0] for w in text.replace("-", " ").split())[:3].upper()
    try:
        member = unit.insert(
            "staff", uuid=new_uuid(), name=text, initials=initials, pin_hash=pin_hash, pin_is_initial=1,
            pin_set_at=unit.now.ms if pin_hash else None, failures=0, locked_until=0, is_active=1, act=unit.act,
        )  # fmt: skip
    except ConstraintFailed as fault:
        raise Refused("staff-known", name=text) from fault
    set_roles(unit, member, held)
    return member


def set_roles(unit: Unit, member: int, roles: Iterable[Role]) -> None:
    """Set a person's roles. The centre always keeps a head: raises `Refused("last-head")`."""
    held = frozenset(roles)
    unit.change(StaffRoleRow.delete().where(StaffRoleRow.staff == member))
    for role in sorted(held):
        unit.insert("staff_role", staff=member, role=role.value, act=unit.act)
    _keep_a_head(unit)
    unit.note(staff=member, roles=sorted(r.value for r in held))


def set_pin(unit: Unit, member: int, pin_hash: str, *, by_other: bool) -> None:
    """Set a PIN; given by another person it must be changed. Raises `Refused("no-such-staff")`."""
    changed = StaffRow.update(
        pin_hash=pin_hash,
        pin_is_initial=int(by_other),
        pin_set_at=unit.now.ms,
        failures=0,
        locked_until=0,
        act=unit.act,
    ).where(StaffRow.id == member)
    if not unit.change(changed):
        raise Refused("no-such-staff", staff=member)
    unit.note(staff=member)


def set_active(unit: Unit, member: int, is_active: bool) -> None:
    """Let a person in or out; what they wrote stays theirs. Raises `Refused("last-head")`."""
    unit.change(StaffRow.update(is_active=int(is_active), act=unit.act).where(StaffRow.id == member))
    _keep_a_head(unit)
    unit.note(staff=member, active=is_active)


def note_failure(unit: Unit, member: int) -> int:
    """Count a wrong PIN; returns until when (ms) sign-in is locked."""
    failures = int(unit.value("SELECT failures FROM staff WHERE id = ?", (member,)) or 0) + 1
    until = unit.now.ms + pins.wait_ms(failures)
    unit.run("UPDATE staff SET failures = ?, locked_until = ? WHERE id = ?", (failures, until, member))
    unit.note(staff=member, failures=failures)
    return until


def note_success(unit: Unit, member: int) -> None:
    """A right PIN: the count starts anew."""
    unit.run("UPDATE staff SET failures = 0, locked_until = 0 WHERE id = ?", (member,))
    unit.note(staff=member)


def set_cell(unit: Unit, tab: str, role: Role, level: str) -> None:
    """Change one cell of the matrix. Raises `Refused` ("tab-unknown", "level")."""
    if tab not in default_matrix():
        raise Refused("tab-unknown", tab=tab[:40])
    if level not in LEVELS:
        raise Refused("level", level=level[:20])
    if role is Role.HEAD and tab == "personnel" and level != "write":
        raise Refused("last-head")
    unit.run(
        "INSERT INTO matrix_cell (tab, role, level, act) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (tab, role) DO UPDATE SET level = excluded.level, act = excluded.act",
        (tab, role.value, level, unit.act),
    )
    unit.note(tab=tab, role=role.value, level=level)


def set_exception(unit: Unit, tab: str, member: int, level: str | None) -> None:
    """Give one person another level on a tab than the roles give; None takes the exception back.

    Raises `Refused`: "no-such-staff", "level" (or an unknown tab), "last-head" when nobody could set rights any more.
    """
    if unit.value("SELECT 1 FROM staff WHERE id = ?", (member,)) is None:
        raise Refused("no-such-staff", staff=member)
    if tab == "personnel" and level not in (None, "write") and _is_only_head(unit, member):
        raise Refused("last-head")
    unit.change(
        MatrixExceptionRow.delete().where((MatrixExceptionRow.tab == tab) & (MatrixExceptionRow.staff == member))
    )
    if level is not None:
        if tab not in default_matrix() or level not in LEVELS:
            raise Refused("level", level=level[:20])
        unit.insert("matrix_exception", tab=tab, staff=member, level=level, act=unit.act)
    unit.note(tab=tab, staff=member, level=level)


def members(db: Database, today: date, *, active_only: bool = True) -> list[Member]:
    """Everyone, by name."""
    roles: dict[int, set[Role]] = {}
    for row in db.rows(StaffRoleRow.select(StaffRoleRow.staff, StaffRoleRow.role)):
        roles.setdefault(row["staff"], set()).add(Role(row["role"]))
    acting: dict[int, set[Role]] = {}
    for row in db.rows(DeputyRow.select(DeputyRow.absent, DeputyRow.deputy).where(stands(today))):
        acting.setdefault(row["deputy"], set()).update(roles.get(row["absent"], ()))
    people = StaffRow.select().order_by(StaffRow.name)
    if active_only:
        people = people.where(StaffRow.is_active == 1)
    return [
        Member(
            id=row["id"], name=row["name"], initials=row["initials"], roles=frozenset(roles.get(row["id"], ())),
            acting=frozenset(acting.get(row["id"], ())), has_pin=row["pin_hash"] is not None,
            pin_is_initial=bool(row["pin_is_initial"]), locked_until=row["locked_until"], is_active=bool(row["is_active"]),
        )
        for row in db.rows(people)
    ]  # fmt: skip


def member(db: Database, staff: int, today: date) -> Member | None:
    """One person, active or not."""
    return next((m for m in members(db, today, active_only=False) if m.id == staff), None)


def roles_of(db: Database, staff: int) -> list[Role]:
    """The functions of a person, those of an intérim apart."""
    query = StaffRoleRow.select(StaffRoleRow.role).where(StaffRoleRow.staff == staff).order_by(StaffRoleRow.role)
    return [Role(row["role"]) for row in db.rows(query)]


def someone_can_sign_in(db: Database) -> bool:
    """Whether anybody has a PIN: until then the first-run page is open."""
    return bool(db.rows(StaffRow.select(StaffRow.id).where(StaffRow.pin_hash.is_null(False)).limit(1)))


def pin_hash(db: Database, staff: int) -> str | None:
    """The hash of a person's PIN."""
    found: str | None = db.value("SELECT pin_hash FROM staff WHERE id = ? AND is_active = 1", (staff,))
    return found


def rights(db: Database) -> Rights:
    """The matrix as it stands."""
    return db.kept("rights", lambda: _rights(db))


def exceptions(db: Database) -> list[tuple[str, int, str, str]]:
    """Every exception to the matrix: tab, staff id, name, level; by name."""
    query = (
        MatrixExceptionRow.select(MatrixExceptionRow.tab, MatrixExceptionRow.level, StaffRow.id, StaffRow.name)
        .join(StaffRow, on=(StaffRow.id == MatrixExceptionRow.staff))
        .order_by(StaffRow.name, MatrixExceptionRow.tab)
    )
    return [(row["tab"], row["id"], row["name"], row["level"]) for row in db.rows(query)]


def name_of(db: Database, staff: int | None) -> str:
    """How a person is called on pages; the machine when nobody acted."""
    return "l'appareil" if staff is None else str(db.value("SELECT name FROM staff WHERE id = ?", (staff,)) or "?")


def _rights(db: Database) -> Rights:
    return Rights(
        {(tab, Role(role)): level for tab, role, level in db.all("SELECT tab, role, level FROM matrix_cell")},
        {(tab, staff): level for tab, staff, level in db.all("SELECT tab, staff, level FROM matrix_exception")},
    )


def _is_only_head(unit: Unit, member: int) -> bool:
    """Whether no other active head of the centre, with the rights of the function, would be left."""
    return not unit.value(
        "SELECT 1 FROM staff s JOIN staff_role r ON r.staff = s.id WHERE s.is_active = 1 AND r.role = ? AND s.id <> ?"
        " AND NOT EXISTS (SELECT 1 FROM matrix_exception e WHERE e.staff = s.id AND e.tab = 'personnel' AND e.level <> 'write')",
        (Role.HEAD.value, member),
    )


def _keep_a_head(unit: Unit) -> None:
    staffed = unit.value("SELECT 1 FROM staff WHERE is_active = 1 AND pin_hash IS NOT NULL LIMIT 1")
    head = unit.value(
        "SELECT 1 FROM staff s JOIN staff_role r ON r.staff = s.id WHERE s.is_active = 1 AND r.role = ?",
        (Role.HEAD.value,),
    )
    if staffed and not head:
        raise Refused("last-head")

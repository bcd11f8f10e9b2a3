"""Reading families. Every id given or returned is a file that stands: what a merged file was tied to is the survivor's."""

from __future__ import annotations

from appliance.records.families.model import Household, Kin, Tie
from appliance.records.patients.lines import survivor
from appliance.storage import Database

_TIES = (
    "SELECT l.id, coalesce(o.merged_into, o.id), l.kind, ? FROM family_link l JOIN patient o ON o.id = l.{other}"
    " WHERE l.{own} IN (SELECT id FROM patient WHERE id = ? OR merged_into = ?)"
    " AND NOT EXISTS (SELECT 1 FROM family_link_end e WHERE e.link = l.id)"
)
_TIES_OF = f"{_TIES.format(own='relative', other='person')} UNION ALL {_TIES.format(own='person', other='relative')} ORDER BY 1"
_MEMBERSHIPS = (
    "SELECT m.id, m.household FROM household_member m"
    " WHERE m.patient IN (SELECT id FROM patient WHERE id = ? OR merged_into = ?)"
    " AND NOT EXISTS (SELECT 1 FROM household_member_end e WHERE e.member = m.id) ORDER BY m.id"
)
_LIVE_THERE = (
    "SELECT coalesce(p.merged_into, p.id) FROM household_member m JOIN patient p ON p.id = m.patient"
    " WHERE m.household = ? AND NOT EXISTS (SELECT 1 FROM household_member_end e WHERE e.member = m.id) ORDER BY m.id"
)


def ties(db: Database, patient: int) -> list[Tie]:
    """The ties of a person that hold, the oldest first; each relative once for each role."""
    stands = survivor(db, patient)
    found: dict[tuple[int, str], Tie] = {}
    for link, other, kind, is_person in db.all(_TIES_OF, (0, stands, stands, 1, stands, stands)):
        role = "child" if is_person and kind in (Kin.MOTHER, Kin.FATHER) else str(kind)
        # Two files that were taken for mother and child, or for twins, may since be one person.
        if other != stands:
            found.setdefault((other, role), Tie(link=link, other=other, role=role))
    return list(found.values())


def mother_of(db: Database, patient: int) -> int | None:
    """The mother's file, where it is known; where two files of one child named two mothers, the one said last."""
    found = [tie.other for tie in ties(db, patient) if tie.role == Kin.MOTHER]
    return found[-1] if found else None


def children_of(db: Database, patient: int) -> list[int]:
    """The files of a person's children, the eldest first."""
    found = [tie.other for tie in ties(db, patient) if tie.role == "child"]
    return _by_age(db, dict.fromkeys(found))


def siblings(db: Database, patient: int) -> list[int]:
    """The files of those who have the same mother or father, or are said to be a twin, the eldest first."""
    stands = survivor(db, patient)
    found: dict[int, None] = {}
    for tie in ties(db, stands):
        if tie.role == Kin.TWIN:
            found[tie.other] = None
        elif tie.role in (Kin.MOTHER, Kin.FATHER):
            found |= dict.fromkeys(children_of(db, tie.other))
    found.pop(stands, None)
    return _by_age(db, found)


def household_of(db: Database, patient: int) -> Household | None:
    """The household in which a person lives; of two, since two files were one person, the one entered last."""
    found = memberships(db, patient)
    return household(db, found[-1][1]) if found else None


def household(db: Database, household_id: int) -> Household:
    """A household as it stands, perhaps with nobody left in it."""
    live = dict.fromkeys(row[0] for row in db.all(_LIVE_THERE, (household_id,)))
    members = [one for one in live if memberships(db, one)[-1][1] == household_id]
    said = db.value("SELECT patient FROM household_head WHERE household = ? ORDER BY id DESC LIMIT 1", (household_id,))
    head = survivor(db, said) if said is not None else None
    if head not in members:
        head = None
    if head is not None:
        members = [head, *(one for one in members if one != head)]
    village = concession = None
    for one in members:
        place, name = db.one(
            "SELECT p.village, c.household FROM patient p LEFT JOIN patient_contact c ON c.patient = p.id WHERE p.id = ?",
            (one,),
        ) or (None, None)
        village, concession = village if village is not None else place, concession or name
    return Household(
        id=household_id, head=head, members=tuple(members), village=village, concession=concession
    )  # fmt: skip


def memberships(db: Database, patient: int) -> list[tuple[int, int]]:
    """The memberships that hold of a person, of merged files as well: (membership, household), the oldest first."""
    stands = survivor(db, patient)
    return db.all(_MEMBERSHIPS, (stands, stands))


def _by_age(db: Database, people: dict[int, None]) -> list[int]:
    born = {one: db.value("SELECT born_on FROM patient WHERE id = ?", (one,)) for one in people}
    return sorted(born, key=lambda one: (born[one], one))

"""Saying who belongs to whom and who lives with whom; taking it back with a reason; writing a newborn's file."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from appliance.core.errors import Refused
from appliance.core.identifiers import RandomBytes, new_uuid
from appliance.records.families import repository
from appliance.records.families.model import PARENT_YEARS_MIN, PARENTS, SEX_OF, Kin, is_old_enough
from appliance.records.patients import identity, lines
from appliance.records.patients.duplicates import likely_duplicates
from appliance.records.patients.matching import Person
from appliance.records.patients.model import PatientLine, birth_from_date
from appliance.records.patients.services import NewPatient, register_patient
from appliance.storage import Unit

ANOTHER_BIRTH_DAYS = 180
"""Two children of one mother born closer than this are twins, or one child written twice."""
ANCESTORS_MAX = 12


def link(unit: Unit, person: int, relative: int, kind: str) -> int:
    """Say that `person` is the `kind` of `relative`: `link(unit, mother, child, "mother")`; returns the tie's id.

    `kind`: mother, father, couple, twin. Said again of the same two, the tie that holds is returned. Merged files are
    taken for those that stand. A child without a mother's name on its file takes the mother's.
    Raises `Refused`: "family-kind", "no-such-patient", "family-self", "family-sex" (a mother is a woman, a father a
    man), "family-age" (the parent is not `years` years older), "family-circle" (a descendant of the child),
    "family-known" (the child has another mother or father: `other`).
    """
    try:
        kin = Kin(kind)
    except ValueError:
        raise Refused("family-kind", kind=kind[:20]) from None
    first, second = _stands(unit, person), _stands(unit, relative)
    if first.id == second.id:
        raise Refused("family-self", patient=first.id)
    # What the first is to the second is what the second reads of the first.
    held = [tie for tie in repository.ties(unit, second.id) if tie.role == kin]
    for tie in held:
        if tie.other == first.id:
            return tie.link
    if kin in PARENTS:
        _check_parent(unit, first, second, kin)
        if held:
            raise Refused("family-known", other=held[-1].other)
    made = unit.append("family_link", person=first.id, relative=second.id, kind=kin.value)
    if kin is Kin.MOTHER and not second.mother_name:
        identity.set_contact(unit, second.id, first.name, second.phone)
        identity.index(unit, second.id)
    unit.note(patient=first.id, relative=second.id, kin=kin.value)
    return made


def end_link(unit: Unit, patient: int, link_id: int, reason: str) -> None:
    """A tie of a person holds no more, or never did. Raises `Refused`: "no-such-link", "reason-needed"."""
    found = {tie.link: tie for tie in repository.ties(unit, patient)}.get(link_id)
    if found is None:
        raise Refused("no-such-link", link=link_id)
    _need_reason(reason)
    stands = lines.survivor(unit, patient)
    # Two files of one person may each have said it: all of them end.
    for said in unit.all(
        "SELECT l.id FROM family_link l JOIN patient a ON a.id = l.person JOIN patient b ON b.id = l.relative"
        " JOIN family_link k ON k.id = ? AND k.kind = l.kind WHERE (coalesce(a.merged_into, a.id),"
        " coalesce(b.merged_into, b.id)) IN (VALUES (?, ?), (?, ?))"
        " AND NOT EXISTS (SELECT 1 FROM family_link_end e WHERE e.link = l.id)",
        (link_id, stands, found.other, found.other, stands),
    ):
        unit.append("family_link_end", link=said[0], reason=reason.strip())
    unit.note(patient=stands, link=link_id)


def found_household(
    unit: Unit, head: int, concession: str | None = None, random_bytes: RandomBytes | None = None
) -> int:
    """Make a household with its head; returns its id. `concession` is what people call the place.

    Raises `Refused`: "no-such-patient", "household-other" (the head lives in another).
    """
    who = _stands(unit, head)
    made = unit.append("household", uuid=new_uuid(random_bytes) if random_bytes else new_uuid())
    _enter(unit, made, who, concession)
    unit.append("household_head", household=made, patient=who.id)
    unit.note(patient=who.id, household=made)
    return made


def join_household(unit: Unit, household: int, patient: int, *, moves: bool = False) -> None:
    """A person comes to live in a household; who lives there already is left as is.

    `moves`: they leave the household in which they lived. Raises `Refused`: "no-such-household", "no-such-patient",
    "household-other" with the `household` in which they live, unless they move.
    """
    if not unit.value("SELECT 1 FROM household WHERE id = ?", (household,)):
        raise Refused("no-such-household", household=household)
    who = _stands(unit, patient)
    here = repository.household_of(unit, who.id)
    if here is not None and here.id == household:
        return
    if here is not None and moves:
        _leave(unit, who.id, "autre ménage")
    _enter(unit, household, who, repository.household(unit, household).concession)
    unit.note(patient=who.id, household=household)


def leave_household(unit: Unit, patient: int, reason: str) -> None:
    """A person lives no more in the household. Raises `Refused`: "no-such-household" (they live in none), "reason-needed"."""
    _need_reason(reason)
    if repository.household_of(unit, patient) is None:
        raise Refused("no-such-household", patient=patient)
    _leave(unit, lines.survivor(unit, patient), reason.strip())
    unit.note(patient=patient)


def set_head(unit: Unit, patient: int) -> None:
    """A member becomes head of the household. Raises `Refused("no-such-household")` when they live in none."""
    here = repository.household_of(unit, patient)
    if here is None:
        raise Refused("no-such-household", patient=patient)
    who = lines.survivor(unit, patient)
    if here.head != who:
        unit.append("household_head", household=here.id, patient=who)
    unit.note(patient=who, household=here.id)


def name_concession(unit: Unit, patient: int, concession: str | None) -> None:
    """What people call the place where a person's household lives. Raises `Refused("no-such-household")`."""
    here = repository.household_of(unit, patient)
    if here is None:
        raise Refused("no-such-household", patient=patient)
    for member in here.members:
        identity.set_household(unit, member, concession)
    unit.note(household=here.id)


def register_newborn(
    unit: Unit, mother: int, *, sex: str, born_on: date, name: str | None = None, rank: int | None = None,
    twins: Sequence[int] = (), father: int | None = None, is_other: bool = False, random_bytes: RandomBytes | None = None,
) -> int:  # fmt: skip
    """Write the file of a child born to a mother; returns the patient's id.

    Village, phone and household are the mother's; mother and child, father and twins (`twins`: those of this birth
    whose files are written already) are tied. Without a `name` it is "Bébé de …" by the mother's name, with its `rank`
    among several ("Bébé 2 de …"), until somebody names it.
    Raises `Refused`: "newborn-known" with `candidates` when the mother has a child of about that birth, or a file is
    likely this child's, that is not of `twins`, unless `is_other` says that someone looked; and as `register_patient`
    and `link` do.
    """
    parent = _stands(unit, mother)
    brothers = [_stands(unit, one).id for one in twins]
    called = name or " ".join(("Bébé", *([str(rank)] if rank is not None else []), "de", parent.name))
    form = NewPatient(
        names=(("civil", called[: identity.TEXT_MAX].strip()),), sex=sex, birth=birth_from_date(born_on, unit.today),
        village=parent.village_id, mother_name=parent.name, phone=parent.phone,
    )  # fmt: skip
    if not is_other and (found := _known_newborns(unit, parent, form, brothers)):
        raise Refused("newborn-known", candidates=found)
    child = register_patient(unit, form, is_other=True, random_bytes=random_bytes)
    link(unit, parent.id, child, Kin.MOTHER)
    if father is not None:
        link(unit, father, child, Kin.FATHER)
    for brother in brothers:
        link(unit, brother, child, Kin.TWIN)
    here = repository.household_of(unit, parent.id)
    if here is not None:
        join_household(unit, here.id, child)
    unit.note(patient=child, mother=parent.id)
    return child


def _known_newborns(unit: Unit, mother: PatientLine, form: NewPatient, brothers: list[int]) -> list[int]:
    """Files that may already be this child's: the mother's of about that birth, or alike, its twins and hers apart."""
    born = form.birth.born_on
    near = timedelta(days=ANOTHER_BIRTH_DAYS)
    hers = lines.lines(unit, repository.children_of(unit, mother.id))
    close = [child.id for child in hers if abs(child.born_on - born) < near and child.id not in brothers]
    asked = Person(
        names=tuple(text for _, text in form.names), sex=form.sex, born_on=born, born_precision=form.birth.precision,
        village=form.village, mother_name=form.mother_name, phone=form.phone,
    )  # fmt: skip
    apart = {mother.id, *brothers, *(child.id for child in hers)}
    alike = [line.id for line, _ in likely_duplicates(unit, asked, unit.today) if line.id not in apart]
    return list(dict.fromkeys([*close, *alike]))


def _check_parent(unit: Unit, parent: PatientLine, child: PatientLine, kin: Kin) -> None:
    if parent.sex != SEX_OF[kin]:
        raise Refused("family-sex", kind=kin.value)
    if not is_old_enough(parent, child):
        raise Refused("family-age", years=PARENT_YEARS_MIN)
    above, seen = {parent.id}, {parent.id}
    for _ in range(ANCESTORS_MAX):
        above = {t.other for one in above for t in repository.ties(unit, one) if t.role in PARENTS} - seen
        if child.id in above:
            raise Refused("family-circle", patient=child.id)
        if not above:
            return
        seen |= above


def _enter(unit: Unit, household: int, who: PatientLine, concession: str | None) -> None:
    if (other := repository.household_of(unit, who.id)) is not None:
        raise Refused("household-other", household=other.id)
    unit.append("household_member", household=household, patient=who.id)
    if concession:
        identity.set_household(unit, who.id, concession)


def _leave(unit: Unit, patient: int, reason: str) -> None:
    for membership, _ in repository.memberships(unit, patient):
        unit.append("household_member_end", member=membership, reason=reason)
    identity.set_household(unit, patient, None)


def _stands(unit: Unit, patient: int) -> PatientLine:
    line = lines.get(unit, lines.survivor(unit, patient))
    if line is None:
        raise Refused("no-such-patient", patient=patient)
    return line


def _need_reason(reason: str) -> None:
    if len(reason.strip()) < 3:
        raise Refused("reason-needed", kind="family")

from dataclasses import asdict
from datetime import date
from uuid import uuid4

import pytest

from accounts.roles import Role
from audit.enums import Action
from records.access.enums import UnitRight
from records.access.errors import ChartRefused, ChartUnknown
from records.access.models import Chart
from records.access.services import rights
from records.patients.enums import BirthPrecision, NameKind, NameStatus
from records.patients.errors import (
    CandidatesNotJudged,
    FactsRefused,
    NumberTaken,
    PatientChangedMeanwhile,
)
from records.patients.models import Address, Contact, Identifier, Name, Patient, Phone
from records.patients.rules import mrn
from records.patients.services import patients
from records.patients.services.facts import ReachFacts
from tests import trail
from tests.factories.people import again, make_user
from tests.factories.units import make_unit
from tests.records.patients import world

pytestmark = pytest.mark.django_db


def register(house, **more):
    values = {"unit_id": house.main.pk, "facts": world.FACTS} | more
    return patients.register(actor=house.clerk, **values)


def names_of(patient):
    rows = Name.objects.filter(patient=patient).order_by("pk")
    return [(row.kind, row.family, row.given, row.middle, row.valid_until) for row in rows]


def test_register_stores_the_person_the_keys_and_the_number(house):
    patient = register(house, reach_facts=world.REACH, ssn=world.SSN)

    stored = world.again(patient)
    assert (stored.family, stored.given, stored.middle) == ("Muñoz", "Rosa", "Elena")
    assert (stored.family_key, stored.given_key, stored.sound_key) == ("MUNOZ", "ROSA", "M520R")
    assert (stored.block_sound_year, stored.block_initial_birth) == ("M5201961", "R19610314")
    assert (stored.status, stored.version, stored.registered_by) == ("ACTIVE", 1, house.clerk)
    assert stored.unit_id == Chart.objects.get(pk=stored.pk).unit_id == house.main.pk
    assert len(stored.mrn) == 8
    assert mrn.is_valid(stored.mrn)
    numbers = Identifier.objects.filter(patient=stored).order_by("pk")
    assert [(n.kind, n.facility_id, n.value, n.last_four) for n in numbers] == [
        ("MRN", house.main.facility_id, stored.mrn, ""),
        ("SSN", None, "", "6789"),
    ]
    assert names_of(stored) == [("MAIDEN", "Delacroix", "Rosa", "", None)]
    assert list(Phone.objects.values_list("kind", "number", "digits")) == [
        ("MOBILE", "(717) 555-0123", "7175550123")
    ]
    assert Address.objects.get().country == "USA"
    assert Contact.objects.get().address == "9 Oak Lane, York"


@pytest.mark.goal("G-24")
def test_register_writes_one_event_without_anything_of_the_person(house):
    patient = register(house)

    [event] = trail.events_of(Action.PATIENT_REGISTERED)
    assert (event.actor_id, event.patient_id, event.basis) == (house.clerk.pk, patient.pk, "UNIT")
    assert event.detail == {"override": False}


def test_register_gives_each_person_a_number_of_their_own(house):
    numbers = {world.register(house.clerk, house.main).mrn for _ in range(3)}

    assert len(numbers) == 3


def test_register_sent_twice_makes_one_chart(house):
    key = uuid4()

    first = register(house, submission_key=key)
    second = register(house, submission_key=key)

    assert (second.pk, Patient.objects.count(), Chart.objects.count()) == (first.pk, 1, 1)
    assert len(trail.events_of(Action.PATIENT_REGISTERED)) == 1


def test_register_gives_nobody_elses_patient_for_a_key_seen_elsewhere(house):
    key = uuid4()
    world.register(house.clerk, house.main, submission_key=key)

    with pytest.raises(Exception, match="patients_patient_submitted_once"):
        world.register(house.supervisor, house.main, submission_key=key)


def test_register_shows_people_like_this_one_first_and_writes_nothing(house, patient):
    before = trail.count_events()

    with pytest.raises(CandidatesNotJudged) as found:
        register(house)

    assert found.value.candidates == {patient.pk: "same name and birth date"}
    assert Patient.objects.count() == 1
    assert trail.count_events() == before


@pytest.mark.parametrize(
    "judged, reason, is_registered",
    [
        (True, "Twins", True),
        (True, "", False),
        (False, "Twins", False),
    ],
)
def test_register_wants_a_reason_from_somebody_who_saw_the_candidates(
    house, patient, judged, reason, is_registered
):
    values = {"override_reason": reason, "judged": [patient.pk] if judged else []}

    if is_registered:
        twin = register(house, **values)
        assert world.again(twin).override_reason == "Twins"
        assert trail.events_of(Action.PATIENT_REGISTERED)[-1].detail == {"override": True}
    else:
        with pytest.raises(CandidatesNotJudged):
            register(house, **values)
        assert Patient.objects.count() == 1


def test_register_shows_candidates_found_since_the_reason_was_written(house, patient):
    other = world.register(house.clerk, house.main)

    with pytest.raises(CandidatesNotJudged) as found:
        register(house, override_reason="Twins", judged=[patient.pk])

    assert found.value.candidates.keys() == {patient.pk, other.pk}


@pytest.mark.parametrize("role", [Role.CLERK, Role.SUPERVISOR])
def test_register_refuses_a_unit_whose_charts_the_actor_may_not_open(house, role):
    actor = make_user(role, unit=house.main)

    with pytest.raises(FactsRefused) as refused:
        patients.register(actor=actor, unit_id=house.behavioural.pk, facts=world.FACTS)

    assert refused.value.field == "unit"
    assert Patient.objects.count() == 0


@pytest.mark.parametrize(
    "changes, field, message",
    [
        ({"family": "—"}, "family", "Enter a family name with at least one letter."),
        ({"birth_on": None}, "birth_on", "Enter the birth date, or say that it is unknown."),
        (
            {"birth_precision": BirthPrecision.UNKNOWN},
            "birth_on",
            "Leave the birth date empty when it is unknown.",
        ),
        ({"birth_on": date(2090, 1, 2)}, "birth_on", "The birth date lies in the future."),
        ({"birth_on": date(1850, 1, 2)}, "birth_on", "Nobody alive was born that long ago."),
        (
            {"died_on": date(1961, 3, 13)},
            "birth_on",
            "The birth date lies after the date of death.",
        ),
        ({"died_on": date(2090, 1, 2)}, "died_on", "The date of death lies in the future."),
    ],
)
def test_register_and_change_refuse_what_cannot_be_true(house, patient, changes, field, message):
    for attempt in (
        lambda: register(house, facts=world.facts(**changes)),
        lambda: world.change(house.clerk, patient, **changes),
    ):
        with pytest.raises(FactsRefused) as refused:
            attempt()
        assert (refused.value.field, refused.value.message) == (field, message)
    assert Patient.objects.count() == 1
    assert world.again(patient).version == 1


def test_register_takes_a_number_over_once(house):
    world.register(house.clerk, house.main, number="00455099")

    with pytest.raises(NumberTaken):
        world.register(house.clerk, house.main, number="00455099")

    assert Patient.objects.count() == Chart.objects.count() == 1


def test_a_number_may_stand_once_in_each_facility(house):
    elsewhere = make_unit()
    clerk = make_user(Role.CLERK, unit=elsewhere)
    world.register(house.clerk, house.main, number="00455099")

    other = world.register(clerk, elsewhere, number="00455099")

    assert other.mrn == "00455099"


def test_register_names_a_newborn_after_the_mother_and_the_order(house):
    twin = register(
        house,
        facts=world.facts(given="", middle="", name_status=NameStatus.NEWBORN, birth_order=2),
    )

    assert (twin.family, twin.given, twin.has_no_given_name) == ("Muñoz", "GIRLB", False)


def test_register_names_somebody_not_identified_and_never_twice(house):
    unknown = {
        "family": "",
        "given": "",
        "middle": "",
        "birth_on": None,
        "birth_precision": BirthPrecision.UNKNOWN,
        "name_status": NameStatus.UNIDENTIFIED,
    }

    people = [register(house, facts=world.facts(**unknown)) for _ in range(2)]

    assert {person.family for person in people} == {"UNKNOWN"}
    assert len({person.given for person in people}) == 2


def test_change_stores_the_new_facts_and_counts_the_version_on(house, patient):
    world.change(house.clerk, patient, language="English", email="")

    stored = world.again(patient)
    assert (stored.language, stored.email, stored.version) == ("English", "", 2)
    [event] = trail.events_of(Action.PATIENT_CHANGED)
    assert (event.patient_id, event.basis) == (patient.pk, "UNIT")
    assert event.detail == {"fields": ["language", "email"]}


def test_change_of_nothing_writes_nothing(house, patient):
    world.change(house.clerk, patient)

    assert world.again(patient).version == 1
    assert trail.events_of(Action.PATIENT_CHANGED) == []


def test_change_of_the_name_keeps_the_former_one_beside_the_others(house, patient):
    world.change(house.clerk, patient, family="Ortega")

    stored = world.again(patient)
    today = Name.objects.get(kind=NameKind.FORMER).valid_until
    assert today is not None
    assert (stored.family_key, stored.sound_key) == ("ORTEGA", "O632R")
    assert names_of(stored) == [
        ("MAIDEN", "Delacroix", "Rosa", "", None),
        ("FORMER", "Muñoz", "Rosa", "Elena", today),
    ]
    assert trail.events_of(Action.PATIENT_CHANGED)[0].detail == {"fields": ["family", "names"]}


@pytest.mark.parametrize(
    "changes",
    [{"family": "Munoz"}, {"middle": "Maria"}, {"suffix": "Jr"}, {"given": "ROSA"}],
)
def test_change_that_search_does_not_see_leaves_no_former_name(house, patient, changes):
    world.change(house.clerk, patient, **changes)

    assert names_of(patient) == [("MAIDEN", "Delacroix", "Rosa", "", None)]
    assert world.again(patient).version == 2


def test_naming_a_newborn_keeps_the_first_name_as_given_by_the_house(house):
    baby = world.register(
        house.clerk, house.main, given="GIRLA", middle="", name_status=NameStatus.NEWBORN
    )

    world.change(house.clerk, baby, reach=ReachFacts(), given="Ines", middle="")

    assert [row[:3] for row in names_of(baby)] == [("TEMPORARY", "Muñoz", "GIRLA")]


def test_change_refuses_a_version_that_is_no_longer_in_force(house, patient):
    world.change(house.clerk, patient, language="English")

    with pytest.raises(PatientChangedMeanwhile) as stale:
        world.change(house.supervisor, patient, language="French", version=1)

    assert (stale.value.status, stale.value.patient_id) == (409, patient.pk)
    assert world.again(patient).language == "English"


@pytest.mark.parametrize(
    "person, error", [("stranger", ChartRefused), ("administrator", ChartUnknown)]
)
def test_change_needs_a_ground_for_the_chart(house, patient, person, error):
    with pytest.raises(error):
        world.change(getattr(house, person), patient, language="French")

    assert world.again(patient).language == "Spanish"


def test_change_ends_with_the_right_on_the_unit(house, patient):
    system = house.administrator
    rights.revoke_unit(actor=system, unit=house.main, right=UnitRight.VIEW_CHART, user=house.clerk)

    with pytest.raises(ChartRefused):
        world.change(again(house.clerk), patient, language="French")


@pytest.mark.parametrize(
    "given, expected, fields",
    [
        ({"ssn": "219-44-1111"}, ["1111"], ["ssn"]),
        ({"ssn": world.SSN_DIGITS}, ["6789"], None),
        ({"is_ssn_withdrawn": True}, [], ["ssn"]),
        ({}, ["6789"], None),
    ],
)
def test_change_of_the_social_security_number(house, patient, given, expected, fields):
    world.change(house.clerk, patient, **given)

    in_use = Identifier.objects.filter(patient=patient, kind="SSN", is_current=True)
    assert list(in_use.values_list("last_four", flat=True)) == expected
    found = [event.detail["fields"] for event in trail.events_of(Action.PATIENT_CHANGED)]
    assert found == ([fields] if fields else [])


def test_facts_are_columns_of_the_patient():
    columns = {field.name for field in Patient._meta.concrete_fields}

    assert asdict(world.FACTS).keys() <= columns

import re
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from records.access.services import rights
from records.encounters.enums import EncounterKind, EncounterStatus
from records.encounters.models import Provider
from records.encounters.services import encounters, providers
from records.encounters.services.encounters import EncounterFacts
from records.patients.enums import IdentifierKind, MatchStyle, NameKind
from records.patients.rules.names import PersonName
from records.patients.selectors import branches
from records.patients.selectors import search as searching
from records.patients.selectors.branches import OWN, Branch
from records.patients.services import numbers
from records.patients.services.facts import OtherName, ReachFacts
from tests.factories.people import again, make_user
from tests.factories.units import grant
from tests.records.patients import world

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 23)


def find(user, text):
    return searching.search(again(user), text, today=TODAY)


def hits(user, text):
    return [(line.patient_id, line.why) for line in find(user, text).lines]


@pytest.fixture
def people(house):
    """Rosa Muñoz and others of like names."""
    made = {"rosa": world.register(house.clerk, house.main, reach=world.REACH, ssn=world.SSN)}
    for key, family, given, born in (
        ("rosalie", "Muñoz", "Rosalie", date(1990, 1, 2)),
        ("munro", "Munro", "Rob", date(1975, 6, 7)),
        ("jones", "Smith-Jones", "Anna", date(1980, 5, 5)),
        ("cruz", "De la Cruz", "Luz", date(2001, 9, 9)),
        ("kristensen", "Christensen", "Per", date(1944, 2, 29)),
    ):
        made[key] = world.register(
            house.clerk, house.main, family=family, given=given, middle="", birth_on=born, email=""
        )
    return made


def test_search_by_name_and_birth_puts_exact_before_beginnings(house, people):
    keys = {patient.pk: key for key, patient in people.items()}
    expected = {
        "muñoz": ["rosa", "rosalie"],
        "MUNOZ": ["rosa", "rosalie"],
        "mun": ["rosa", "rosalie", "munro"],
        "muñoz rosa": ["rosa", "rosalie"],
        "rosa munoz": ["rosa", "rosalie"],
        "Muñoz, Ros": ["rosa", "rosalie"],
        "rosal": ["rosalie"],
        "muñoz 1961": ["rosa"],
        "rosa muñoz 3/14/1961": ["rosa"],
        "de la cruz": ["cruz"],
        "delacruz luz": ["cruz"],
        "smith jones": ["jones"],
        "Per 1944-02-29": ["kristensen"],
    }

    found = {
        text: [keys[line.patient_id] for line in find(house.clerk, text).lines][: len(names)]
        for text, names in expected.items()
    }

    assert found == expected


def test_search_by_birth_date_in_any_usual_order(house, people):
    texts = [
        *("3/14/1961", "03/14/1961", "3-14-61", "14 Mar 1961", "Mar 14, 1961", "1961-03-14"),
        *("03141961", "19610314", "dob 3/14/1961", "14.3.1961"),
    ]

    found = {text: hits(house.clerk, text) for text in texts}

    assert found == {key: [(people["rosa"].pk, "birth date")] for key in texts}


def test_search_by_both_given_names_is_no_likeness(house):
    luisa = world.register(house.clerk, house.main, family="Razo", given="María Luisa", middle="")
    other = world.register(house.clerk, house.main, family="Luisa", given="Marianne", middle="")

    found = {text: hits(house.clerk, text) for text in ("Maria Luisa", "maria lui", "luisa maria")}

    assert found["Maria Luisa"][0] == (luisa.pk, "")
    assert (luisa.pk, "") in found["maria lui"][:2]
    assert found["luisa maria"][0] == (other.pk, "")


def test_search_by_a_middle_name_and_one_other(house, people):
    rosa = people["rosa"].pk
    given, family = "given and middle name", "family and middle name"
    expected = {
        **dict.fromkeys(("Rosa Elena", "rosa elena 3/14/1961", "rosa él", "Elena Rosa"), given),
        **dict.fromkeys(("Elena Muñoz", "munoz elena", "Muñoz E"), family),
        **dict.fromkeys(("rosa elena 1962", "ros elena", "elena muño")),
    }

    assert {text: dict(hits(house.clerk, text)).get(rosa) for text in expected} == expected
    assert hits(house.clerk, "Rosa Elena")[0] == (rosa, given)


@pytest.mark.parametrize("column", ["given", "family"])
def test_the_index_holds_what_a_middle_name_is_looked_for_by(db, column):
    definition = f"SELECT pg_get_indexdef('patients_{column}_and_middle'::regclass)"
    with connection.cursor() as cursor:
        cursor.execute(f"{definition}, '{OWN[0]}'::regclass::text")
        [(index, table)] = cursor.fetchall()
        cursor.execute(f"EXPLAIN SELECT FROM {table} n WHERE {branches.MIDDLE_KEY} LIKE 'ELE%'")
        [expression] = re.findall(r"\((regexp_replace.*) ~~ 'ELE%'", "".join(map(str, cursor)))

    assert f"({column}_key text_pattern_ops, {expression} text_pattern_ops)" in index


def test_search_finds_misspelt_names(house, people):
    expected = {
        "munos": ("rosa", "similar name"),
        "mnuoz": ("rosa", "similar name"),
        "Kristensen": ("kristensen", "similar name"),
        "chrisstensen per": ("kristensen", "similar name"),
        "jones": ("jones", "similar name"),
        "ithjon": ("jones", "part of the name"),
        "muñzo rosa": ("rosa", "similar name"),
        "munro, rosa": ("rosa", "similar name"),
        "smth jones anna": ("jones", "sounds alike"),
    }

    found = {
        text: (key, dict(hits(house.clerk, text)).get(people[key].pk))
        for text, (key, _) in expected.items()
    }

    assert found == expected


def test_search_puts_the_right_birth_date_in_front_of_alike_names(house, people):
    found = hits(house.clerk, "munos rosa 1/2/1990")

    assert found[0][0] == people["rosalie"].pk


def test_search_by_other_ways_says_why(house, people):
    expected = {
        "delacroix": "maiden name DELACROIX, Rosa",
        "Delacroix, Rosa": "maiden name DELACROIX, Rosa",
        "delacrox rosa": "similar to maiden name DELACROIX, Rosa",
        "delakroix": "similar to maiden name DELACROIX, Rosa",
        "(717) 555-0123": "phone",
        "717.555.0123": "phone",
        "555-0123": "phone",
        "0123": "phone",
        "219-44-6789": "social security number",
        "219446789": "social security number",
        "6789": "end of social security number",
    }

    found = {text: hits(house.clerk, text)[0] for text in expected}

    assert found == {text: (people["rosa"].pk, why) for text, why in expected.items()}


def test_search_finds_the_former_name_after_a_change(house, people):
    rosa = people["rosa"]
    world.change(house.clerk, rosa, family="Ortega")

    found = dict(hits(house.clerk, "muñoz rosa"))

    assert found[rosa.pk] == "former name MUÑOZ, Rosa"
    assert hits(house.clerk, "ortega") == [(rosa.pk, "")]


def test_search_by_record_number_in_every_form(house):
    patient = world.register(house.clerk, house.main, number="00455099")
    forms = ["00455099", "00-45-50-99", "00 45 50 99", "455099", "mrn 455099", "004550"]

    found = {text: hits(house.clerk, text) for text in forms}

    assert found == {key: [(patient.pk, "")] for key in forms}


def test_search_by_a_former_number_says_so(house, patient):
    numbers.add_other(
        actor=house.clerk,
        patient=patient,
        kind=IdentifierKind.FORMER_MRN,
        value="445199",
        facility_id=house.main.facility_id,
    )

    assert hits(house.clerk, "44-51-99") == [(patient.pk, "former number 44-51-99")]


def test_search_by_an_insurance_number(house, patient):
    numbers.add_other(
        actor=house.clerk, patient=patient, kind=IdentifierKind.INSURANCE, value="xyz-4711"
    )

    assert hits(house.clerk, "XYZ-4711") == [(patient.pk, "other number")]


def test_search_by_account_number(house, patient):
    visit = encounters.begin(
        actor=house.clerk,
        patient_id=patient.pk,
        facts=EncounterFacts(
            EncounterKind.INPATIENT,
            timezone.now(),
            house.main.pk,
            account_number="ACC-2026-7",
        ),
        status=EncounterStatus.IN_PROGRESS,
    )

    assert hits(house.clerk, visit.account_number.lower()) == [(patient.pk, "account number")]


def test_search_does_not_find_a_number_taken_out_of_use(house, patient):
    numbers.withdraw_ssn(actor=house.clerk, patient=patient)

    assert hits(house.clerk, world.SSN) == hits(house.clerk, "6789") == []


def test_search_for_nonsense_finds_nobody(house, people):
    texts = ["", "   ", "%", "_", "'; --", "\x00", "x" * 500, "?" * 50, "0" * 40, "99/99/9999"]

    assert {text: find(house.clerk, text).lines for text in texts} == {key: [] for key in texts}


@pytest.fixture
def hidden(house):
    """A patient of a unit that the directory does not show."""
    clerk = make_user("CLERK", unit=house.programme)
    return world.register(clerk, house.programme, reach=world.REACH, ssn=world.SSN, given="Ramona")


def test_search_finds_nobody_of_a_hidden_unit(house, hidden):
    texts = ["muñoz", "muñoz ramona", "munos", "delacroix", "3/14/1961", "7175550123", "0123"]
    texts += [world.SSN, hidden.mrn, "mnuoz", "ramona 1961"]
    people = [house.clerk, house.supervisor, house.provider, house.stranger, house.administrator]

    found = {(who.pk, text): find(who, text).lines for who in people for text in texts}

    assert set(map(tuple, found.values())) == {()}


def test_search_finds_a_hidden_patient_for_those_of_the_unit(house, hidden):
    grant(house.programme, user=house.clerk)

    [line] = find(house.clerk, "muñoz").lines
    assert (line.patient_id, line.unit_name, line.can_open) == (
        hidden.pk,
        house.programme.name,
        True,
    )


def test_search_finds_a_hidden_patient_for_whom_it_was_granted(house, hidden):
    keeper = make_user("SUPERVISOR", unit=house.programme)
    rights.grant_chart(actor=keeper, chart_id=hidden.pk, user=house.clerk, reason="Court case")

    assert [line.can_open for line in find(house.clerk, "muñoz").lines] == [True]
    assert find(house.supervisor, "muñoz").lines == []


def test_search_finds_a_hidden_patient_for_the_attending(house, hidden):
    treat(house, hidden, house.programme)

    assert [line.can_open for line in find(house.provider, "muñoz").lines] == [True]


def treat(house, patient, unit):
    clerk = make_user("CLERK", unit=unit)
    doctor = providers.ensure(actor=clerk, name="Nair, Priya MD")
    if Provider.objects.filter(user=house.provider).count() == 0:
        providers.link_user(actor=clerk, provider=doctor, user=house.provider)
    facts = EncounterFacts(EncounterKind.OUTPATIENT, timezone.now(), unit.pk, attending=doctor)
    encounters.begin(
        actor=clerk, patient_id=patient.pk, facts=facts, status=EncounterStatus.IN_PROGRESS
    )


def test_search_says_which_charts_the_person_may_open(house, patient):
    found = {
        name: [line.can_open for line in find(getattr(house, name), "muñoz").lines]
        for name in ("clerk", "supervisor", "compliance", "provider", "stranger")
    }

    assert found == {
        "clerk": [True],
        "supervisor": [True],
        "compliance": [True],
        "provider": [False],
        "stranger": [False],
    }


def test_search_shows_a_destroyed_chart_with_its_day(destroyed, keepers):
    [line] = find(keepers.clerk, "wyman").lines

    assert (line.status, line.destroyed_on) == ("DESTROYED", timezone.localdate())


def test_search_stops_at_its_limit_and_says_so(house):
    for number in range(27):
        world.register(house.clerk, house.main, given=f"Rosa{number:02}")

    found = find(house.clerk, "muñoz")

    assert (len(found.lines), found.is_cut) == (25, True)


def test_search_asks_for_alike_names_only_when_little_else_is_found(house):
    for given in ("Anna", "Berta", "Carla", "Dora", "Emma"):
        world.register(house.clerk, house.main, family="Hale", given=given)
    alike = world.register(house.clerk, house.main, family="Hall", given="Anna")

    assert alike.pk not in dict(hits(house.clerk, "hale"))
    assert alike.pk in dict(hits(house.clerk, "halle"))


def test_search_that_takes_too_long_is_stopped_and_says_so(house, patient, monkeypatch):
    slow = Branch(*OWN, "n.family_key = %s AND pg_sleep(5) IS NOT NULL", ("MUNOZ",))
    monkeypatch.setattr(searching, "TIMEOUTS_MS", dict.fromkeys(MatchStyle, 50))
    monkeypatch.setattr(searching, "branches_of", lambda _meaning: [slow])

    found = find(house.clerk, "muñoz")

    assert (found.lines, found.is_stopped) == ([], True)


def test_what_was_found_before_the_time_ran_out_stays(house, patient, monkeypatch):
    slow = Branch(*OWN, "n.family_key = %s AND pg_sleep(5) IS NOT NULL", ("MUNOZ",))
    ways = searching.branches_of
    monkeypatch.setattr(searching, "TIMEOUTS_MS", dict.fromkeys(MatchStyle, 200))
    monkeypatch.setattr(
        searching,
        "branches_of",
        lambda meaning: [slow] if meaning.style == MatchStyle.PREFIX else ways(meaning),
    )

    found = find(house.clerk, "muñoz")

    assert ([line.patient_id for line in found.lines], found.is_stopped) == ([patient.pk], True)


def test_every_search_runs_under_a_time_limit(house, patient):
    with CaptureQueriesContext(connection) as queries:
        find(house.clerk, "muñoz")

    limits = [query["sql"] for query in queries if "statement_timeout" in query["sql"]]
    assert ["'2000'" in sql for sql in limits] == [True, False]


@pytest.mark.goal("G-09")
def test_search_costs_the_same_for_one_and_for_three(house):
    counts = []
    for given in ("Anna", "Berta", "Carla"):
        world.register(house.clerk, house.main, given=given)
        user = again(house.clerk)
        with CaptureQueriesContext(connection) as queries:
            searching.search(user, "muñoz", today=TODAY)
        counts.append(len([q for q in queries if "SAVEPOINT" not in q["sql"]]))

    assert counts[0] == counts[1] == counts[2] <= 10


def test_search_of_an_alias_without_given_name(house):
    alias = ReachFacts(names=(OtherName(NameKind.ALIAS, PersonName("Madonna")),))
    patient = world.register(house.clerk, house.main, reach=alias)

    assert hits(house.clerk, "madonna") == [(patient.pk, "alias MADONNA")]


def test_meanings_name_what_the_text_was_taken_for(house):
    assert find(house.clerk, "muñoz").kinds == ["NAME"]
    assert find(house.clerk, "031461").kinds == ["ACCOUNT", "BIRTH", "MRN"]

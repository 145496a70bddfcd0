import threading
from uuid import uuid4

import pytest
from django.db import connection

from accounts.roles import Role
from accounts.services import users
from audit.enums import Action
from records.encounters.errors import (
    LinkRefused,
    NumberTaken,
    OwnLink,
    ProviderChangedMeanwhile,
    ProviderUnknown,
)
from records.encounters.models import Provider
from records.encounters.selectors import providers as selectors
from records.encounters.services import providers
from tests import trail
from tests.builders import build_house
from tests.factories.people import again, make_user

pytestmark = pytest.mark.django_db
NPI = "1234567893"
OTHER_NPI = "1245319599"


def changed():
    return [event.detail for event in trail.events_of(Action.PROVIDER_CHANGED)]


def test_ensure_makes_a_practitioner_once(house):
    first = providers.ensure(actor=house.clerk, name="Hale, Ann MD", npi=NPI)
    second = providers.ensure(actor=house.clerk, name="Hale, A.", npi=NPI)
    nameless = providers.ensure(actor=house.clerk, name="Hale, Ann MD")
    again = providers.ensure(actor=house.clerk, name="Hale, Ann MD")

    assert (second.pk, again.pk) == (first.pk, nameless.pk)
    assert first.pk != nameless.pk
    events = trail.facts_of(Action.PROVIDER_CHANGED)
    assert [event[3] for event in events] == [str(first.pk), str(nameless.pk)]


def test_add_never_takes_another_of_the_same_name(house):
    one = providers.add(actor=house.clerk, name="Hale, Ann MD")
    other = providers.add(actor=house.clerk, name="Hale, Ann MD")

    assert one.pk != other.pk


def test_enter_adds_once_for_each_form(house):
    key = uuid4()
    facts = {"actor": house.administrator, "name": "Hale, Ann MD", "npi": NPI}

    one = providers.enter(**facts, submission_key=key)
    same = providers.enter(**facts, submission_key=key)

    assert (same.pk, Provider.objects.count()) == (one.pk, 1)
    assert changed() == [{}]


def test_enter_refuses_a_number_that_is_taken(house, doctor):
    before = len(changed())

    with pytest.raises(NumberTaken):
        providers.enter(actor=house.administrator, name="X", npi=doctor.npi, submission_key=uuid4())

    assert (Provider.objects.count(), len(changed())) == (1, before)


def change(house, provider, **wanted):
    facts = {"name": provider.name, "npi": provider.npi, "is_active": provider.is_active}
    return providers.change(actor=house.administrator, provider_id=provider.pk, **facts | wanted)


def test_change_names_the_fields_alone(house, doctor):
    before = len(changed())

    found = change(house, doctor, name="Nair, P. MD", is_active=False)

    stored = Provider.objects.get(pk=doctor.pk)
    assert (stored.name, stored.npi, stored.is_active) == ("Nair, P. MD", doctor.npi, False)
    assert (found.pk, stored.user_id) == (doctor.pk, house.provider.pk)
    assert changed()[before:] == [{"fields": ["name", "is_active"]}]


def test_what_stands_already_is_not_written_again(house, doctor):
    seen, before = selectors.fingerprint(doctor), len(changed())

    change(house, doctor, name="Nair, P. MD", seen=seen)
    change(house, doctor, name="Nair, P. MD", seen=seen)

    assert changed()[before:] == [{"fields": ["name"]}]


def test_overtaken_change_writes_nothing(house, doctor):
    seen = selectors.fingerprint(doctor)
    change(house, doctor, npi=OTHER_NPI)
    before = len(changed())

    with pytest.raises(ProviderChangedMeanwhile):
        change(house, doctor, name="Nair, P. MD", seen=seen)

    assert Provider.objects.get(pk=doctor.pk).name == doctor.name
    assert len(changed()) == before


def test_change_refuses_a_number_that_is_taken(house, doctor, other_doctor):
    before = len(changed())

    with pytest.raises(NumberTaken):
        change(house, other_doctor, npi=doctor.npi)

    assert (Provider.objects.get(pk=other_doctor.pk).npi, len(changed())) == ("", before)


def test_nobody_is_changed_who_is_not_there(house):
    with pytest.raises(ProviderUnknown):
        change(house, Provider(pk=987654, name="X"))


def test_link_user_says_whose_sign_in_it_is(house, doctor):
    assert Provider.objects.get(pk=doctor.pk).user == house.provider
    assert changed() == [{}, {"user": house.provider.pk, "linked": True}]


def test_link_that_stands_is_not_written_again(house, doctor):
    providers.link_user(actor=house.administrator, provider=doctor, user=house.provider)

    assert len(changed()) == 2


def closed(house):
    user = make_user(Role.PROVIDER)
    return users.disable(actor=house.administrator, user_id=user.pk)


@pytest.mark.parametrize(
    "user_of, error",
    [
        (lambda house: house.provider, "This sign-in is another practitioner's by now."),
        (lambda house: house.clerk, "This sign-in is closed, or does not hold the role Provider."),
        (closed, "This sign-in is closed, or does not hold the role Provider."),
    ],
)
def test_sign_in_that_cannot_be_linked_is_refused(house, doctor, other_doctor, user_of, error):
    user, before = user_of(house), len(changed())

    with pytest.raises(LinkRefused, match=error):
        providers.link_user(actor=house.administrator, provider=other_doctor, user=user)

    assert (Provider.objects.get(pk=other_doctor.pk).user, len(changed())) == (None, before)


def test_practitioner_who_is_linked_or_out_of_use_is_not_linked(house, doctor, other_doctor):
    free = make_user(Role.PROVIDER)
    change(house, other_doctor, is_active=False)

    for provider, error in ((doctor, "linked to another"), (other_doctor, "out of use")):
        with pytest.raises(LinkRefused, match=error):
            providers.link_user(actor=house.administrator, provider=provider, user=free)

    assert not Provider.objects.filter(user=free).exists()


def test_nobody_links_their_own_sign_in(house, other_doctor):
    own = make_user(Role.ADMINISTRATOR)

    with pytest.raises(OwnLink):
        providers.link_user(actor=own, provider=other_doctor, user=own)

    assert Provider.objects.get(pk=other_doctor.pk).user is None


def test_unlink_ends_it_once(house, doctor):
    facts = {"actor": house.administrator, "provider_id": doctor.pk, "user": house.provider}

    assert (providers.unlink_user(**facts), providers.unlink_user(**facts)) == (True, False)

    assert Provider.objects.get(pk=doctor.pk).user is None
    assert changed()[2:] == [{"user": house.provider.pk, "linked": False}]


@pytest.mark.committed
@pytest.mark.long
def test_two_practitioners_linked_at_once_to_one_sign_in_are_linked_once():
    house = build_house()
    made = [providers.add(actor=house.administrator, name=name) for name in ("One", "Two")]
    start, outcomes = threading.Barrier(2), []

    def link(provider):
        try:
            start.wait(timeout=20)
            providers.link_user(
                actor=again(house.administrator), provider=provider, user=again(house.provider)
            )
            outcomes.append("linked")
        except LinkRefused:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=link, args=(provider,)) for provider in made]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)

    assert sorted(outcomes) == ["linked", "refused"]
    assert Provider.objects.filter(user=house.provider).count() == 1


def test_numbers_and_names_find_practitioners(house, doctor, other_doctor):
    assert selectors.find_by_npi(NPI) == doctor
    assert selectors.find_by_npi("") is None
    assert selectors.find_by_npi("0000000000") is None
    assert list(selectors.list_providers()) == [other_doctor, doctor]
    assert selectors.map_providers([doctor.pk, 0]) == {doctor.pk: doctor}


@pytest.mark.parametrize(
    "filters, expected",
    [
        ({}, ["Hale, Ann MD", "Nair, Priya MD"]),
        ({"search": "nair"}, ["Nair, Priya MD"]),
        ({"search": NPI[:6]}, ["Nair, Priya MD"]),
        ({"search": NPI[1:]}, []),
        ({"is_active": False}, ["Hale, Ann MD"]),
        ({"is_active": True}, ["Nair, Priya MD"]),
    ],
)
def test_list_of_all_is_narrowed(house, doctor, other_doctor, filters, expected):
    change(house, other_doctor, is_active=False)

    assert [provider.name for provider in selectors.list_all(**filters)] == expected
    assert other_doctor not in selectors.list_providers()


def test_free_sign_ins_are_open_hold_the_role_and_are_nobody_elses(house, doctor):
    free = make_user(Role.PROVIDER, display_name="Dr. Free")
    closed(house)

    assert list(selectors.list_free_sign_ins()) == [free]


def test_list_says_whether_the_sign_in_still_holds_the_role(house, doctor, other_doctor):
    fit = {row.pk: row.is_sign_in_fit for row in selectors.list_all()}
    users.set_roles(actor=house.administrator, user_id=house.provider.pk, roles=[Role.CLERK])
    after = {row.pk: row.is_sign_in_fit for row in selectors.list_all()}

    assert fit == {doctor.pk: True, other_doctor.pk: False}
    assert after == {doctor.pk: False, other_doctor.pk: False}

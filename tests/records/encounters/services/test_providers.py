import pytest
from django.db import IntegrityError, transaction

from audit.enums import Action
from records.encounters.models import Provider
from records.encounters.selectors import providers as selectors
from records.encounters.services import providers
from tests import trail

pytestmark = pytest.mark.django_db
NPI = "1234567893"


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


def test_link_user_says_whose_sign_in_it_is(house, doctor):
    assert Provider.objects.get(pk=doctor.pk).user == house.provider
    assert len(trail.events_of(Action.PROVIDER_CHANGED)) == 2


def test_one_sign_in_is_one_practitioner(house, doctor):
    other = providers.add(actor=house.clerk, name="Hale, Ann MD")

    with pytest.raises(IntegrityError), transaction.atomic():
        providers.link_user(actor=house.clerk, provider=other, user=house.provider)


def test_numbers_and_names_find_practitioners(house, doctor, other_doctor):
    assert selectors.find_by_npi(NPI) == doctor
    assert selectors.find_by_npi("") is None
    assert selectors.find_by_npi("0000000000") is None
    assert list(selectors.list_providers()) == [other_doctor, doctor]
    assert selectors.map_providers([doctor.pk, 0]) == {doctor.pk: doctor}

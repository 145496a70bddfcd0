import pytest

from accounts.selectors.users import get_system_user
from audit.enums import Action
from records.access.errors import FacilityTaken
from records.access.models import Facility
from records.access.services import units
from tests import trail

pytestmark = pytest.mark.django_db


def make(**changes):
    values = {"code": "BGH", "name": "Bangor General", "state": "ME", "time_zone": "US/Eastern"}
    return units.create_facility(actor=get_system_user(), **values | changes)


def test_facility_is_made_and_that_is_an_event():
    facility = make()

    (event,) = trail.events_of(Action.SETTING_CHANGED)
    assert (event.subject_type, event.subject_id) == ("facility", str(facility.pk))


def test_code_of_another_facility_is_refused():
    make()

    with pytest.raises(FacilityTaken, match="A facility has this code"):
        make(name="Another")

    assert Facility.objects.count() == 1

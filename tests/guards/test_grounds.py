"""Every event of a busy house says what it was for and on what ground."""

import pytest

from audit.models import Event, EventSubject
from tests.guards.world import World


@pytest.mark.goal("G-23")
@pytest.mark.django_db
def test_every_event_about_a_patient_says_purpose_and_ground(quiet):
    World()

    named = set(EventSubject.objects.values_list("event_id", flat=True))
    assert Event.objects.filter(pk__in=named).exists()
    bare = {event.action for event in Event.objects.all() if not (event.purpose and event.basis)}

    assert bare == set()

"""What the chart page says of a chart's requests."""

import pytest

from records.access.services import opening
from requests_release.selectors import requests
from requests_release.services import stages
from tests.requests_release import builders, factories

pytestmark = pytest.mark.django_db


def scope_of(user, patient):
    return opening.peek_scope(actor=user, patient_id=patient.pk)


def test_panel_lists_open_requests_of_this_chart_in_one_query(
    unit, patient, clerk, django_assert_num_queries
):
    open_one = builders.log(patient, clerk)
    builders.log(factories.make_patient(unit), clerk)
    gone = builders.log(patient, clerk)
    stages.withdraw(actor=clerk, request_id=gone.pk, version=gone.version, reason="Not wanted")
    scope = scope_of(clerk, patient)

    with django_assert_num_queries(1):
        found = requests.list_open(scope)

    assert found == [
        requests.OpenRequest(
            pk=open_one.pk,
            number=open_one.number,
            status=open_one.status,
            due_on=open_one.due_on,
            requester=open_one.requester.name,
        )
    ]
    assert (found[0].status_label, found[0].is_answered) == ("Logged", False)

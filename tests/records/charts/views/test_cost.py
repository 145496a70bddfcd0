"""What the chart page costs: a fixed number of statements, whatever the chart holds."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.roles import Role
from tests.builders import sign_in
from tests.factories.patients import make_patient
from tests.factories.people import make_user
from tests.factories.units import make_unit
from tests.requests_release.factories import make_document

# Session, person with roles, the chart, the units, the event, who the patient is, whether a hold
# stands, encounters, documents, their counts; and one for each further panel of the role.
FIXED = 10
PANELS = {
    Role.PROVIDER: 0,
    Role.CLERK: 2,  # requests, retention
    Role.SUPERVISOR: 3,  # and who looked
    Role.COMPLIANCE: 3,
}


def ask(client, patient):
    """Return how many documents the page lists and how many statements it made."""
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(f"/charts/{patient.pk}/")
    assert answer.status_code == 200
    return answer.content.decode().count("<tr data-row"), len(queries)


@pytest.mark.goal("G-09")
@pytest.mark.parametrize("role", PANELS)
@pytest.mark.usefixtures("activity_unnoted")
def test_chart_page_costs_the_same_for_one_document_and_for_thirty(db, role):
    unit = make_unit()
    reader = make_user(role, unit=unit)
    patient = make_patient(unit, actor=make_user(Role.CLERK, unit=unit))
    client = sign_in(reader)
    make_document(patient)
    ask(client, patient)

    few = ask(client, patient)
    for _ in range(29):
        make_document(patient)
    many = ask(client, patient)

    statements = FIXED + PANELS[role]
    assert (few, many) == ((1, statements), (25, statements))

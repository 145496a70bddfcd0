"""A patient who asks for records is the patient of the chart, or somebody looks again."""

import pytest

from audit.errors import Refused
from records.patients.enums import NameKind
from records.patients.models import Name
from requests_release.selectors import readiness
from tests.requests_release import builders, factories

pytestmark = pytest.mark.django_db


def log(patient, clerk, name, kind="PATIENT"):
    facts = builders.RequesterFacts(kind=kind, name=name)
    return builders.log(patient, clerk, requester=facts, kind="ACCESS", basis="524")


def codes(request):
    found = readiness.check(builders.fresh(request), classes=frozenset({"GENERAL"}))
    return [one.code for one in found.findings if one.code == "ASKER_NOT_PATIENT"]


@pytest.mark.parametrize(
    "name",
    ["Freda O'Connell", "O'CONNELL, Freda", "oconnell freda", "Ms. Fr\u00e9da M. O\u2019Connell"],
)
def test_the_patient_of_the_chart_is_known_however_written(patient, clerk, name):
    assert codes(log(patient, clerk, name)) == []


@pytest.mark.parametrize("name", ["Alexis Martinez", "Freda Martinez", "Sam O'Connell"])
def test_another_patient_is_found(patient, clerk, name):
    assert codes(log(patient, clerk, name)) == ["ASKER_NOT_PATIENT"]


def test_a_former_name_of_the_patient_is_hers(patient, clerk):
    with factories.attributing(clerk):
        Name.objects.create(
            patient=patient,
            kind=NameKind.values[0],
            family="Martinez",
            given="Freda",
            family_key="MARTINEZ",
            given_key="FREDA",
            name_key="MARTINEZ FREDA",
        )

    assert codes(log(patient, clerk, "Freda Martinez")) == []


def test_others_who_ask_bear_any_name(patient, clerk):
    assert codes(log(patient, clerk, "Alexis Martinez", kind="PERSONAL_REPRESENTATIVE")) == []


def test_another_patients_request_is_not_submitted(patient, clerk, document):
    request = builders.take(log(patient, clerk, "Alexis Martinez"), clerk)
    builders.choose(request, clerk, document)

    with pytest.raises(Refused) as refused:
        builders.submit(request, clerk)

    assert refused.value.reason == "NOT_READY"
    assert "The patient who asks, Alexis Martinez, is not the patient" in refused.value.message
    assert builders.fresh(request).status == "IN_PREPARATION"

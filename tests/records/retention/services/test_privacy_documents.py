"""A chart whose care is long over waits for the authorization that lies in it."""

from datetime import date

import pytest

from audit.writes import attributing
from records.documents.models import DocumentType, DocumentVersion
from records.documents.services import destruction as documents
from records.retention.errors import NothingToPropose
from records.retention.models import BatchItem, Evaluation, ScheduleRule
from records.retention.selectors import facts, schedule
from records.retention.services import evaluations
from tests.factories import histories
from tests.factories.system import system
from tests.records.retention import factories as make
from tests.records.retention.views.forms import url

pytestmark = pytest.mark.django_db

PRIVACY = "US-PRIVACY_DOCUMENT-R6"
# The house's only rule of care keeps the chart until Mar 1, 2011.
CARE_OVER = date(2011, 3, 2)
SIGNED = date(2026, 11, 20)


def file(patient, code="AUTHORIZATION", day=SIGNED, **values):
    kind, _ = DocumentType.objects.get_or_create(
        code=code, defaults={"name": code, "section": "Legal"}
    )
    return make.make_document(patient, type=kind, service_on=day, **values)


def void(patient):
    histories.void(file(patient), system())


def two(patient):
    file(patient, day=date(2005, 3, 1))
    file(patient)


CASES = [
    pytest.param(lambda patient: None, None, CARE_OVER, id="none"),
    pytest.param(file, SIGNED, date(2032, 11, 21), id="signed lately"),
    pytest.param(lambda p: file(p, "CONSENT"), SIGNED, date(2032, 11, 21), id="consent"),
    pytest.param(lambda p: file(p, "RDS"), None, CARE_OVER, id="another type"),
    pytest.param(void, SIGNED, date(2032, 11, 21), id="void, and so kept"),
    pytest.param(two, SIGNED, date(2032, 11, 21), id="the newest of two"),
    pytest.param(
        lambda p: file(p, day=date(2004, 2, 29)), date(2004, 2, 29), CARE_OVER, id="care is later"
    ),
    pytest.param(
        lambda p: file(p, day=date(2016, 2, 29)),
        date(2016, 2, 29),
        date(2022, 3, 2),
        id="29 February",
    ),
]


@pytest.mark.parametrize("put, privacy_on, eligible_on", CASES)
@pytest.mark.parametrize("is_night", [True, False])
def test_a_chart_waits_for_its_newest_privacy_document(
    house, put, privacy_on, eligible_on, is_night
):
    patient, other = house.patient(), house.patient()
    put(patient)

    if is_night:
        evaluations.evaluate()
    else:
        evaluations.refresh([patient.pk])

    governing = house.rule.code if eligible_on == CARE_OVER else PRIVACY
    told = Evaluation.objects.values_list("patient_id", "eligible_on", "governing__code", "block")
    assert set(told) == {
        (patient.pk, eligible_on, governing, ""),
        (other.pk, CARE_OVER, house.rule.code, ""),
    }
    found = facts.get_facts([patient.pk, other.pk])
    assert [found[one.pk].privacy_on for one in (patient, other)] == [privacy_on, None]


def test_an_authorization_that_is_destroyed_keeps_nothing(house):
    patient = house.patient()
    file(patient, day=date(2015, 11, 20))
    batch = house.executing(patient)
    before = facts.get_facts([patient.pk])[patient.pk].privacy_on

    documents.erase_keys(actor=house.compliance, patient_id=patient.pk, basis_id=batch.pk)

    assert before == date(2015, 11, 20)
    assert facts.get_facts([patient.pk])[patient.pk].privacy_on is None


def test_a_chart_with_a_new_authorization_cannot_be_proposed(house):
    patient = house.patient()
    file(patient)

    with pytest.raises(NothingToPropose):
        house.proposed(patient)

    assert not BatchItem.objects.exists()


def test_an_authorization_that_comes_after_both_approvals_keeps_the_chart(house):
    gone, kept = house.patient(), house.patient()
    batch = house.executing(gone, kept)
    file(kept)

    make.run(batch)

    outcomes = batch.items.values_list("patient_id", "outcome", "outcome_reason")
    assert set(outcomes) == {(gone.pk, "DESTROYED", ""), (kept.pk, "CHANGED", "NOT_DUE")}
    versions = DocumentVersion.objects.filter(document__patient=kept)
    assert versions.count() == versions.exclude(wrapped_key=None).count() == 2


def test_list_and_page_of_a_chart_say_what_it_waits_for(house, browse):
    patient = house.patient()
    file(patient)
    browser = browse(house.clerk)

    [line] = browser.get(url("home")).context["lines"]
    page = browser.get(url("chart_explain", patient_id=patient.pk))

    cite = schedule.list_history(PRIVACY)[0].cite
    assert (line.why, line.cite, line.can_propose) == (
        f"{PRIVACY}: 6 years after the newest authorization or consent",
        cite,
        False,
    )
    governing = page.context["answer"].governing
    assert (governing.code, governing.term, governing.cite, governing.keeps_until) == (
        PRIVACY,
        "6 years after the newest authorization or consent, Nov 20, 2026",
        cite,
        date(2032, 11, 20),
    )
    body = page.content.decode()
    assert "This chart may be destroyed from Nov 21, 2032" in body
    assert "Newest authorization or consent, its last day" in body


def test_page_of_a_chart_without_privacy_documents_names_none(house, browse):
    patient = house.patient()

    page = browse(house.clerk).get(url("chart_explain", patient_id=patient.pk))

    assert "authorization or consent" not in page.content.decode()


def test_certificate_and_stub_name_the_rule_that_an_old_authorization_decided(house, browse):
    patient = house.patient()
    file(patient, day=date(2015, 11, 20))

    batch = house.done(patient)

    cite = schedule.list_history(PRIVACY)[0].cite
    content = batch.certificate.content
    assert content["authority"] == cite
    assert content["records"][0]["rule"] == f"{PRIVACY}: due 2021-11-21"
    stub = browse(house.clerk).get(url("stub_detail", patient_id=patient.pk)).content.decode()
    assert f"{PRIVACY} ({cite}), due since Nov 21, 2021" in stub


@pytest.mark.parametrize(
    "change, eligible_on",
    [
        ({"years": 9}, date(2035, 11, 21)),
        ({"years": 9, "population": "ADULT"}, date(2035, 11, 21)),
        ({"years": 9, "population": "MINOR"}, date(2032, 11, 21)),
        ({"term_kind": "PERMANENT", "years": None}, date(2032, 11, 21)),
        ({"term_kind": "AFTER_LAST_ENCOUNTER", "years": 60}, date(2032, 11, 21)),
    ],
)
def test_other_rules_of_the_series_count_as_the_rules_say(house, change, eligible_on):
    patient = house.patient()
    file(patient)
    values = {"series": "PRIVACY_DOCUMENT", "record_class": "", "term_kind": "AFTER_RECORD"}
    make.make_rule(**values | change)

    evaluations.refresh([patient.pk])

    assert Evaluation.objects.get(patient=patient).eligible_on == eligible_on


def test_without_the_rule_care_decides(house):
    patient = house.patient()
    file(patient)
    with attributing(system()):
        ScheduleRule.objects.filter(code=PRIVACY).update(effective_to=date(2026, 1, 1))

    evaluations.refresh([patient.pk])

    assert Evaluation.objects.get(patient=patient).eligible_on == CARE_OVER

"""Choosing documents and pages: ranges, forged choices, very many documents."""

from datetime import date

import pytest

from audit.enums import Action
from tests.factories import histories
from tests.requests_release import builders, factories
from tests.requests_release.events import last_event
from tests.requests_release.pages import page

pytestmark = pytest.mark.django_db


def test_items_are_chosen_with_ranges(as_clerk, prepared, document):
    response = as_clerk.post(
        page("request_items", prepared),
        {
            "version": prepared.version,
            "document": [document.pk],
            f"pages-{document.pk}": "1, 3",
        },
    )

    assert response.status_code == 302
    assert prepared.items.get().pages == [1, 3]
    prepared.refresh_from_db()
    assert prepared.page_count == 2


@pytest.mark.parametrize("pages", ["2-9", "1, 4"])
def test_pages_that_the_document_lacks_are_told_and_leave_the_choice(
    as_clerk, prepared, document, pages
):
    response = as_clerk.post(
        page("request_items", prepared),
        {"version": prepared.version, "document": [document.pk], f"pages-{document.pk}": pages},
    )

    assert response.status_code == 422
    assert "The document has pages 1 to 3" in response.content.decode()
    assert prepared.items.get().pages == [1, 2, 3]


def test_of_too_many_documents_those_chosen_or_asked_for_are_listed(
    as_clerk, patient, clerk, monkeypatch
):
    chosen, asked, *others = (
        factories.make_document(patient, service_on=date(year, 3, 1))
        for year in (2019, 2020, 2024, 2025, 2026)
    )
    prepared = builders.prepared(
        patient, clerk, chosen, scope_from=date(2020, 1, 1), scope_until=date(2020, 12, 31)
    )
    monkeypatch.setattr("requests_release.views.items.MOST_DOCUMENTS", 3)
    address = page("request_items", prepared)

    response = as_clerk.get(address)
    text = response.content.decode()

    listed = [row["document"].pk for row in response.context["rows"]]
    assert listed == [others[-1].pk, asked.pk, chosen.pk]
    assert "2 more documents of the chart" in text
    sent = {"version": builders.fresh(prepared).version, "document": [chosen.pk, asked.pk]}
    assert as_clerk.post(address, sent).status_code == 302
    assert set(prepared.items.values_list("document_id", flat=True)) == {chosen.pk, asked.pk}
    assert "more document" not in as_clerk.get(page("request_detail", prepared)).content.decode()


@pytest.mark.parametrize("forged", ["foreign", "12345678901234567890", "7x"])
@pytest.mark.parametrize("with_own", [True, False])
def test_a_forged_document_is_refused_and_leaves_the_choice_as_it_was(
    as_clerk, unit, clerk, prepared, document, forged, with_own
):
    foreign = factories.make_document(factories.make_patient(unit), title="Of somebody else")
    sent = [str(foreign.pk) if forged == "foreign" else forged]
    more = factories.make_document(prepared.patient)

    response = as_clerk.post(
        page("request_items", prepared),
        {
            "version": prepared.version,
            "document": sent + [str(more.pk)] * with_own,
            f"pages-{foreign.pk}": "1",
        },
    )

    body = response.content.decode()
    assert response.status_code == 409
    assert "Nothing was saved: what was chosen before stands" in body
    assert foreign.title not in body
    assert [(item.document_id, item.pages) for item in prepared.items.all()] == [
        (document.pk, [1, 2, 3])
    ]
    event = last_event(Action.REQUEST_CHANGED, "REFUSED")
    assert (event["actor_id"], event["patient_id"]) == (clerk.pk, prepared.patient_id)
    assert (event["subject_type"], event["subject_id"]) == ("request", str(prepared.pk))
    assert event["detail"] == {
        "reason": "DOCUMENT_NOT_OF_CHART",
        "documents": [foreign.pk if forged == "foreign" else 0],
    }


def test_a_document_voided_meanwhile_is_refused_and_not_dropped(
    as_clerk, clerk, prepared, document
):
    histories.void(document, clerk)

    response = as_clerk.post(
        page("request_items", prepared),
        {"version": prepared.version, "document": [document.pk]},
    )

    assert response.status_code == 409
    assert prepared.items.get().document_id == document.pk

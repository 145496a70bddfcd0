"""The steps of a destruction batch: sent, sent twice, sent late, sent by the wrong person."""

import uuid

import pytest
from django.utils import timezone

from audit.models import Event
from jobs.models import Job
from printing.words import day
from records.retention.models import Batch
from tests.records.retention import factories as make
from tests.records.retention.views.forms import seen, url

pytestmark = pytest.mark.django_db


def test_chosen_charts_are_shown_with_what_stands_against_them(house, browse):
    due, held = house.patient(), house.patient()
    make.make_hold(held)

    response = browse(house.clerk).get(url("batch_propose"), {"chart": [due.pk, held.pk, "x"]})

    assert response.context["chosen"] == [due.pk]
    assert [line.obstacle for line in response.context["lines"]] == ["", "A hold stands"]


def test_whole_list_is_chosen_without_held_and_proposed_charts(house, browse):
    due, held, other = house.patient(), house.patient(), house.patient()
    make.make_hold(held)
    house.proposed(other)

    response = browse(house.clerk).get(url("batch_propose"), {"show": "now", "all": "1"})

    assert response.context["chosen"] == [due.pk]


def test_who_ticked_nothing_goes_back_to_the_list_as_it_was(house, browse):
    house.patient()

    response = browse(house.clerk).get(url("batch_propose"), {"show": "now", "q": "x"}, follow=True)

    assert response.redirect_chain == [(f"{url('home')}?show=now&q=x", 302)]
    assert "Choose at least one chart first." in response.content.decode()


def test_the_whole_of_an_empty_list_is_refused(house, browse):
    response = browse(house.clerk).get(url("batch_propose"), {"show": "now", "all": "1"})

    assert response.status_code == 409


def test_a_chart_in_a_batch_is_not_offered_for_another(house, browse):
    free, proposed = house.patient(), house.patient()
    house.proposed(proposed)

    pages = [
        browse(house.clerk).get(url("chart_explain", patient_id=patient.pk)).content.decode()
        for patient in (free, proposed)
    ]

    assert ["Propose for destruction" in page for page in pages] == [True, False]


def test_proposal_sent_twice_is_one_batch(house, browse):
    patient = house.patient()
    browser = browse(house.clerk)
    form = {
        "chart": [patient.pk],
        "location": house.unit.facility.name,
        "token": str(uuid.uuid4()),
    }

    first = browser.post(url("batch_propose"), form)
    second = browser.post(url("batch_propose"), form)

    batch = Batch.objects.get()
    assert first.url == second.url == url("batch_detail", batch_id=batch.pk)
    assert (batch.proposed_by, batch.location) == (house.clerk, "Saint Brendan")


def test_known_places_are_the_house_with_its_address_and_its_facilities(house, browse, settings):
    settings.FACILITY_NAME, settings.FACILITY_LINES = "Main House", ["1 Elm Street", "Phone"]

    shown = browse(house.clerk).get(url("batch_propose"), {"chart": [house.patient().pk]})

    form = shown.context["form"]
    assert [value for value, _ in form.fields["location"].choices] == [
        "Main House, 1 Elm Street",
        "Saint Brendan",
        "ANOTHER",
    ]
    assert form["location"].value() == "Main House, 1 Elm Street"


@pytest.mark.parametrize(
    "location, other_place, stored, errors",
    [
        ("Saint Brendan", "", "Saint Brendan", set()),
        ("ANOTHER", "Depot, 2 Quay Street", "Depot, 2 Quay Street", set()),
        ("ANOTHER", "", None, {"other_place"}),
        ("ANOTHER", "x" * 121, None, {"other_place"}),
        ("Saint Brendan", "Depot", None, {"other_place"}),
        ("Basement", "", None, {"location"}),
    ],
)
def test_a_place_is_a_known_one_or_named(house, browse, location, other_place, stored, errors):
    form = {
        "chart": [house.patient().pk],
        "location": location,
        "other_place": other_place,
        "token": str(uuid.uuid4()),
    }

    response = browse(house.clerk).post(url("batch_propose"), form)

    places = list(Batch.objects.values_list("location", flat=True))
    assert places == ([stored] if stored else [])
    if errors:
        assert response.status_code == 422
        assert set(response.context["form"].errors) == errors
        assert response.context["form"]["other_place"].value() == other_place


def test_proposal_without_a_place_is_shown_again(house, browse):
    patient = house.patient()
    form = {"chart": [patient.pk], "location": "", "token": str(uuid.uuid4())}

    response = browse(house.clerk).post(url("batch_propose"), form)

    assert response.status_code == 422
    assert response.context["form"].errors.keys() == {"location"}
    assert not Batch.objects.exists()


STEPS = [
    ("batch_approve", "proposed", "supervisor", "FIRST_APPROVED"),
    ("batch_approve", "approved_once", "compliance", "APPROVED"),
    ("batch_start", "approved", "compliance", "EXECUTING"),
    ("batch_return", "proposed", "supervisor", "RETURNED"),
    ("batch_return", "approved", "compliance", "RETURNED"),
    ("batch_cancel", "proposed", "clerk", "CANCELLED"),
    ("batch_cancel", "approved", "compliance", "CANCELLED"),
]


@pytest.mark.parametrize("name, bring, who, expected", STEPS)
def test_step_is_shown_and_taken(house, browse, name, bring, who, expected):
    batch = getattr(house, bring)(house.patient())
    browser = browse(getattr(house, who))
    page = url(name, batch_id=batch.pk)

    shown = browser.get(page)
    sent = browser.post(page, seen(batch) | {"reason": "Said so"})

    assert shown.status_code == 200
    assert shown.context["totals"] == {"charts": 1, "documents": 1, "pages": 2}
    assert (sent.status_code, sent.url) == (302, url("batch_detail", batch_id=batch.pk))
    assert make.seen(batch).status == expected


@pytest.mark.parametrize("name, bring, who, _expected", STEPS)
def test_stale_form_is_told_and_changes_nothing(house, browse, name, bring, who, _expected):
    batch = getattr(house, bring)(house.patient())
    stale = seen(batch) | {"digest": "0" * 64, "reason": "Said so"}
    before = make.seen(batch)

    response = browse(getattr(house, who)).post(url(name, batch_id=batch.pk), stale)

    assert response.status_code == 409
    assert make.seen(batch) == before
    assert Event.objects.filter(outcome="REFUSED", subject_id=str(batch.pk)).count() == 1


def test_approval_sent_twice_counts_once(house, browse):
    batch = house.proposed(house.patient())
    browser, form = browse(house.supervisor), seen(batch)

    first = browser.post(url("batch_approve", batch_id=batch.pk), form)
    second = browser.post(url("batch_approve", batch_id=batch.pk), form)

    assert (first.status_code, second.status_code) == (302, 409)
    assert batch.approvals.count() == 1


@pytest.mark.goal("G-18")
@pytest.mark.parametrize("name, bring, who", [step[:3] for step in STEPS[:3]])
def test_approving_and_destroying_ask_to_sign_in_again(house, browse, name, bring, who):
    batch = getattr(house, bring)(house.patient())
    browser = browse(getattr(house, who), is_fresh=False)

    for response in (
        browser.get(url(name, batch_id=batch.pk)),
        browser.post(url(name, batch_id=batch.pk), seen(batch)),
    ):
        assert response.status_code == 302
        assert "reauthenticate" in response.url
    assert batch.approvals.count() == {"proposed": 0, "approved_once": 1, "approved": 2}[bring]


@pytest.mark.parametrize("name", ["batch_return", "batch_cancel"])
def test_giving_back_needs_a_reason(house, browse, name):
    batch = house.proposed(house.patient())

    response = browse(house.supervisor).post(url(name, batch_id=batch.pk), seen(batch))

    assert response.status_code == 422
    assert make.seen(batch).status == "PROPOSED"


FIRST_THEN_SECOND = "A supervisor gives the first approval, then a compliance officer the second."
SECOND_NEXT = "A compliance officer gives the second approval next."
OWN = "You proposed this batch, so others approve it."


@pytest.mark.parametrize(
    "proposer, bring, reader, why_not",
    [
        ("clerk", "proposed", "clerk", f"{OWN} {FIRST_THEN_SECOND}"),
        ("both", "proposed", "both", f"{OWN} {FIRST_THEN_SECOND}"),
        ("both", "approved_once", "both", f"{OWN} {SECOND_NEXT}"),
        ("clerk", "approved_once", "supervisor", f"You gave the first approval. {SECOND_NEXT}"),
        (
            "clerk",
            "proposed",
            "compliance",
            "A supervisor approves first. Yours is the second approval.",
        ),
        (
            "clerk",
            "proposed",
            "colleague",
            f"Your role does not give this approval. {FIRST_THEN_SECOND}",
        ),
        (
            "clerk",
            "approved_once",
            "colleague",
            f"Your role does not give this approval. {SECOND_NEXT}",
        ),
        ("clerk", "proposed", "supervisor", ""),
        ("clerk", "approved_once", "compliance", ""),
    ],
)
def test_the_approve_button_says_why_it_is_off_and_who_is_next(
    house, browse, proposer, bring, reader, why_not
):
    house.both = make.make_user("SUPERVISOR", "COMPLIANCE", unit=house.unit)
    house.colleague = make.make_user("CLERK", unit=house.unit)
    house.clerk = getattr(house, proposer)
    batch = getattr(house, bring)(house.patient())
    browser = browse(getattr(house, reader))

    shown = browser.get(url("batch_detail", batch_id=batch.pk))
    page = browser.get(url("batch_approve", batch_id=batch.pk))

    button = shown.context["buttons"][0]
    assert (button.label, button.why_not) == ("Approve", why_not)
    assert page.status_code == (403 if why_not else 200)
    assert why_not in page.content.decode()


def test_the_destroy_button_says_whose_it_is_and_from_which_day(house, browse, settings):
    settings.DESTRUCTION_WAIT_DAYS = 5
    batch = house.approved(house.patient())

    found = [
        browse(person).get(url("batch_detail", batch_id=batch.pk)).context["buttons"][0].why_not
        for person in (house.clerk, house.compliance)
    ]

    batch.refresh_from_db()
    assert found == [
        "“Destroy” is a step of a compliance officer; your role does not carry it.",
        f"The waiting time is not over: it can be carried out from {day(batch.not_before)}.",
    ]


def test_a_returned_batch_says_who_alone_proposes_it_again(house, browse):
    batch = house.proposed(house.patient())
    make.batches.send_back(
        actor=house.supervisor, batch_id=batch.pk, seen=make.seen(batch), reason="Not her"
    )
    browser = browse(make.make_user("CLERK", unit=house.unit))

    button = browser.get(url("batch_detail", batch_id=batch.pk)).context["buttons"][0]
    page = browser.get(url("batch_again", batch_id=batch.pk))

    why_not = f"{house.clerk.display_name} proposed this batch, and alone can propose it again."
    assert (button.label, button.why_not) == ("Propose again", why_not)
    assert (page.status_code, why_not in page.content.decode()) == (403, True)


def test_returned_batch_is_proposed_again_without_a_chart(house, browse):
    keep, leave = house.patient(), house.patient()
    batch = house.proposed(keep, leave)
    make.batches.send_back(
        actor=house.supervisor, batch_id=batch.pk, seen=make.seen(batch), reason="Not her"
    )
    item = batch.items.get(patient=leave)
    browser = browse(house.clerk)

    shown = browser.get(url("batch_again", batch_id=batch.pk))
    browser.post(url("batch_again", batch_id=batch.pk), seen(batch) | {"leave_out": [item.pk]})

    batch.refresh_from_db()
    assert shown.status_code == 200
    assert (batch.status, batch.round, batch.item_count) == ("PROPOSED", 2, 1)
    item.refresh_from_db()
    assert (item.outcome, item.outcome_reason) == ("CHANGED", "TAKEN_OUT")


def test_progress_answers_only_what_is_new(house, browse):
    batch = house.executing(house.patient())
    browser = browse(house.clerk)
    page = url("batch_progress", batch_id=batch.pk)

    first = browser.get(page)
    same = browser.get(page, headers={"If-None-Match": first.headers["ETag"]})
    make.run(batch)
    last = browser.get(page, headers={"If-None-Match": first.headers["ETag"]})

    assert (first.status_code, same.status_code, last.status_code) == (200, 204, 286)
    assert "WYMAN" not in first.content.decode()
    assert (last.content, last.headers["HX-Refresh"]) == (b"", "true")


def test_progress_of_a_worker_that_gave_up_is_said_without_loading_the_page_anew(house, browse):
    batch = house.executing(house.patient())
    Job.objects.filter(subject_id=batch.pk).update(
        state="FAILED", error_code="VaultUnavailable", closed_at=timezone.now()
    )

    told = browse(house.clerk).get(url("batch_progress", batch_id=batch.pk))

    assert told.status_code == 286
    assert "The worker has stopped" in told.content.decode()
    assert "HX-Refresh" not in told.headers


def test_batch_on_which_the_worker_gave_up_says_why_and_goes_on(house, browse):
    batch = house.executing(house.patient())
    Job.objects.filter(subject_id=batch.pk).update(
        state="FAILED", error_code="VaultUnavailable", closed_at=timezone.now()
    )
    browser = browse(house.compliance)

    shown = browser.get(url("batch_detail", batch_id=batch.pk))
    browser.post(url("batch_resume", batch_id=batch.pk))

    assert "The document store could not be reached." in shown.content.decode()
    assert shown.context["may_resume"] is True
    assert Job.objects.filter(subject_id=batch.pk, state="PENDING").count() == 1


def test_done_batch_shows_each_result_and_its_certificate(house, browse):
    destroyed, held = house.patient(), house.patient()
    batch = house.executing(destroyed, held)
    make.make_hold(held)
    make.run(batch)

    response = browse(house.clerk).get(url("batch_detail", batch_id=batch.pk))

    lines = {
        line.item.patient_id: (line.outcome, line.reason) for line in response.context["lines"]
    }
    assert lines == {
        destroyed.pk: ("Destroyed", ""),
        held.pk: ("Left out: a hold stands", "Hold: Wyman v. Saint Brendan"),
    }
    assert url("certificate_pdf", batch_id=batch.pk) in response.content.decode()


def test_batch_of_which_every_chart_was_left_out_has_no_certificate_and_says_so(house, browse):
    held = house.patient()
    batch = house.executing(held)
    make.make_hold(held)
    make.run(batch)

    listed = browse(house.clerk).get(url("batch_list")).content.decode()
    shown = browse(house.clerk).get(url("batch_detail", batch_id=batch.pk)).content.decode()

    assert "none: no chart destroyed" in listed
    assert "none: no chart was destroyed" in shown
    assert url("certificate_pdf", batch_id=batch.pk) not in shown


@pytest.mark.parametrize(
    "name, bring, who",
    [("batch_approve", "proposed", "supervisor"), ("batch_start", "approved", "compliance")],
)
def test_held_charts_are_told_before_one_decides(house, browse, name, bring, who):
    due, held = house.patient(), house.patient()
    batch = getattr(house, bring)(due, held)
    make.make_hold(held)

    page = browse(getattr(house, who)).get(url(name, batch_id=batch.pk)).content.decode()

    told = page.index("1 of these charts is held")
    assert told < page.index("What will happen") < page.index('<button class="btn btn-')

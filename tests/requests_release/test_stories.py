"""The story of a request: every step said as what somebody did, newest first."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from audit.writes import attributing
from printing import words
from requests_release.enums import RequestStatus
from requests_release.models import (
    Authorization,
    Comment,
    Request,
    RequestAssignment,
    RequestChoice,
    RequestStatusChange,
)
from requests_release.presenters import stories
from requests_release.rules import transitions
from requests_release.services import authorizations
from tests.requests_release import builders, factories
from tests.requests_release.pages import page

ANA, SAM = User(display_name="Ana Mills"), User(display_name="Sam Ito")
AT = datetime(2026, 3, 2, 15, tzinfo=UTC)


def tell(**parts):
    names = ("changes", "assignments", "choices", "authorizations", "comments")
    return stories.present(Request(), *(parts.get(name, []) for name in names), None)


def chosen(*, added=0, removed=0, changed=0, documents=0, pages=0, at=AT):
    return RequestChoice(
        added_count=added,
        removed_count=removed,
        changed_count=changed,
        document_count=documents,
        page_count=pages,
        chosen_at=at,
        chosen_by=ANA,
    )


def attached(*, document=1, version=1, at=AT, **facts):
    values = {"signed_on": date(2026, 11, 3), "recorded_by": ANA} | facts
    return Authorization(document_id=document, version_number=version, recorded_at=at, **values)


def told(before, after):
    change = RequestStatusChange(
        from_status=before, to_status=after, reason="", changed_at=AT, changed_by=ANA
    )
    [entry] = tell(changes=[change])
    return f"{entry['who']} {entry['what']}"


@pytest.mark.parametrize(
    "before, after, text",
    [
        ("", "LOGGED", "Ana Mills logged it"),
        ("LOGGED", "IN_PREPARATION", "Ana Mills took it into work"),
        ("ON_HOLD", "IN_PREPARATION", "Ana Mills resumed it"),
        ("RETURNED", "IN_PREPARATION", "Ana Mills took it into work"),
        ("SUBMITTED", "IN_PREPARATION", "Ana Mills took it back from approval"),
        ("APPROVED", "IN_PREPARATION", "Ana Mills changed it, which voids the approval"),
        ("READY", "IN_PREPARATION", "Ana Mills changed it, which voids the approval"),
        ("SUBMITTED", "APPROVED", "Ana Mills approved it"),
        ("PACKAGING", "APPROVED", "Ana Mills could not build the package"),
        ("DELIVERED", "CLOSED", "Ana Mills closed it"),
    ],
)
def test_a_step_is_said_as_what_was_done(before, after, text):
    assert told(before, after) == text


@pytest.mark.parametrize(
    "before, after, reason, text",
    [
        (
            "PACKAGING",
            "APPROVED",
            "VaultMissing",
            "The bytes of a chosen document are missing from the store.",
        ),
        ("PACKAGING", "APPROVED", "KeyError", "It stopped at an error (KeyError)."),
        ("PACKAGING", "APPROVED", "", ""),
        ("SUBMITTED", "RETURNED", "WORKER_LOST", "WORKER_LOST"),
    ],
)
def test_the_code_of_a_failure_is_said_in_words(before, after, reason, text):
    change = RequestStatusChange(
        from_status=before, to_status=after, reason=reason, changed_at=AT, changed_by=ANA
    )

    [entry] = tell(changes=[change])

    assert entry["text"] == text


def test_every_status_has_words_and_every_exception_is_a_step():
    assert set(stories.DEEDS) == set(RequestStatus)
    assert all(after in transitions.MOVES[before] for before, after in stories.DEEDS_FROM)


def test_only_what_voids_an_approval_says_so():
    voiding = {
        (before, after)
        for before, following in transitions.MOVES.items()
        for after, move in following.items()
        if move.voids_approval
    }

    saying = {pair for pair, text in stories.DEEDS_FROM.items() if "voids" in text}

    assert saying == voiding


@pytest.mark.parametrize(
    "person, is_undoing, text",
    [
        (SAM, False, "gave it to Sam Ito"),
        (SAM, True, "took it back: it lies with Sam Ito again"),
        (None, True, "took it back: it lies with nobody again"),
    ],
)
def test_an_assignment_says_with_whom_it_lies(person, is_undoing, text):
    given = RequestAssignment(person=person, is_undoing=is_undoing, assigned_at=AT, assigned_by=ANA)

    [entry] = tell(assignments=[given])

    assert (entry["who"], entry["what"]) == ("Ana Mills", text)


def test_steps_assignments_and_comments_stand_together_newest_first():
    hour = timedelta(hours=1)
    change = RequestStatusChange(
        from_status="", to_status="LOGGED", reason="", changed_at=AT, changed_by=ANA
    )
    given = RequestAssignment(person=SAM, assigned_at=AT + hour, assigned_by=ANA)
    form = attached(at=AT + 2 * hour)
    choice = chosen(added=3, documents=3, pages=12, at=AT + 3 * hour)
    comment = Comment(text="Asked for paper", made_at=AT + 4 * hour, made_by=SAM)

    story = tell(
        changes=[change],
        assignments=[given],
        choices=[choice],
        authorizations=[form],
        comments=[comment],
    )

    assert [entry["what"] for entry in story] == [
        "commented",
        "chose 3 documents, 12 pages",
        "attached the authorization signed Nov 3, 2026",
        "gave it to Sam Ito",
        "logged it",
    ]
    assert story[0]["text"] == "Asked for paper"


@pytest.mark.parametrize(
    "numbers, what, text",
    [
        ({"added": 3, "documents": 3, "pages": 12}, "chose 3 documents, 12 pages", ""),
        ({"added": 1, "documents": 1, "pages": 1}, "chose 1 document, 1 page", ""),
        (
            {"added": 1, "documents": 4, "pages": 14},
            "chose 1 document more",
            "Chosen now: 4 documents, 14 pages.",
        ),
        (
            {"removed": 2, "documents": 1, "pages": 3},
            "took out 2 documents",
            "Chosen now: 1 document, 3 pages.",
        ),
        ({"removed": 3}, "took out 3 documents", "Nothing is chosen now."),
        (
            {"changed": 1, "documents": 2, "pages": 5},
            "chose the pages of 1 document anew",
            "Chosen now: 2 documents, 5 pages.",
        ),
        (
            {"added": 1, "removed": 1, "documents": 1, "pages": 2},
            "chose 1 document more and took out 1 document",
            "Chosen now: 1 document, 2 pages.",
        ),
        (
            {"added": 1, "removed": 2, "changed": 3, "documents": 5, "pages": 9},
            "chose 1 document more, took out 2 documents and chose the pages of 3 documents anew",
            "Chosen now: 5 documents, 9 pages.",
        ),
        (
            {"added": 1200, "documents": 1200, "pages": 30000},
            "chose 1,200 documents, 30,000 pages",
            "",
        ),
    ],
)
def test_a_choice_says_what_it_changed_and_what_is_chosen_now(numbers, what, text):
    [entry] = tell(choices=[chosen(**numbers)])

    assert (entry["who"], entry["what"], entry["text"]) == ("Ana Mills", what, text)


HOUR = timedelta(hours=1)
SIGNED = "the authorization signed Nov 3, 2026"


@pytest.mark.parametrize(
    "forms, expected",
    [
        ([{}], [("Ana Mills", f"attached {SIGNED}")]),
        (
            [{"signed_on": None}],
            [("Ana Mills", "attached the authorization without a day of signature")],
        ),
        # The same form, read again; then its document in a newer version; then another form.
        (
            [{}, {"recorded_by": SAM}, {"version": 2}, {"document": 2}],
            [
                ("Ana Mills", f"attached {SIGNED}"),
                ("Sam Ito", f"corrected the reading of {SIGNED}"),
                ("Ana Mills", f"attached {SIGNED}"),
                ("Ana Mills", f"attached {SIGNED}"),
            ],
        ),
        (
            [
                {
                    "revoked_on": date(2026, 11, 5),
                    "revocation_recorded_at": AT + 9 * HOUR,
                    "revocation_recorded_by": SAM,
                }
            ],
            [
                ("Ana Mills", f"attached {SIGNED}"),
                ("Sam Ito", f"noted that {SIGNED} was revoked on Nov 5, 2026"),
            ],
        ),
        # From before times of revocations were kept.
        (
            [{"revoked_on": date(2026, 11, 5), "revocation_recorded_by": SAM}],
            [("Ana Mills", f"attached {SIGNED}")],
        ),
    ],
)
def test_a_signed_form_says_what_was_done_with_it(forms, expected):
    rows = [attached(at=AT + place * HOUR, **facts) for place, facts in enumerate(forms)]

    story = tell(authorizations=rows)

    assert [(entry["who"], entry["what"]) for entry in reversed(story)] == expected


@pytest.mark.django_db
def test_the_page_tells_what_was_attached_chosen_and_taken_out(as_clerk, patient, clerk):
    first, second = factories.make_document(patient), factories.make_document(patient, pages=2)
    form = factories.make_document(patient)
    request = builders.prepared(
        patient, clerk, first, second, requester=builders.ATTORNEY, basis="508", stated_due_on=None
    )
    builders.authorize(request, clerk, form)
    builders.choose(request, clerk, first)
    builders.choose(request, clerk, first)  # saved again, and nothing is other

    shown = as_clerk.get(page("request_detail", request))

    signed = words.day(request.authorizations.get().signed_on)
    assert [(one["who"], one["what"], one["text"]) for one in shown.context["timeline"]] == [
        ("Rosa Delgado", "took out 1 document", "Chosen now: 1 document, 3 pages."),
        ("Rosa Delgado", f"attached the authorization signed {signed}", ""),
        ("Rosa Delgado", "chose 2 documents, 5 pages", ""),
        ("Rosa Delgado", "took it into work", ""),
        ("Rosa Delgado", "logged it", ""),
    ]
    assert "took out 1 document" in shown.content.decode()


@pytest.mark.django_db
def test_a_revocation_stands_in_the_story_with_its_day(as_clerk, patient, clerk, document):
    request = builders.prepared(
        patient, clerk, document, requester=builders.ATTORNEY, basis="508", stated_due_on=None
    )
    builders.authorize(request, clerk, factories.make_document(patient))
    today = timezone.localdate()
    authorizations.revoke(
        actor=clerk,
        request_id=request.pk,
        version=builders.fresh(request).version,
        received_on=today,
    )

    newest = as_clerk.get(page("request_detail", request)).context["timeline"][0]

    assert newest["who"] == "Rosa Delgado"
    assert newest["what"].endswith(f"was revoked on {words.day(today)}")
    form = request.authorizations.get()
    assert (form.revocation_recorded_by, newest["at"]) == (clerk, form.revocation_recorded_at)


def live(request, clerk, document, form, rounds):
    """So many rounds of choosing, taking out, reading and remarking, as bare rows."""
    with attributing(clerk):
        for number in range(rounds):
            is_first = number % 2 == 0
            RequestChoice.objects.create(
                request=request,
                added_count=int(is_first),
                removed_count=int(not is_first),
                changed_count=0,
                document_count=int(is_first),
                page_count=3 * is_first,
                chosen_by=clerk,
            )
            Authorization.objects.create(
                request=request, document=form, version_number=1, recorded_by=clerk
            )
            Comment.objects.create(request=request, text=f"Round {number}", made_by=clerk)


@pytest.mark.django_db
def test_a_story_costs_the_same_however_long_it_is(as_clerk, patient, clerk, document):
    form = factories.make_document(patient)
    request = builders.prepared(patient, clerk, document)
    address = page("request_detail", request)
    as_clerk.get(address)
    told, known = {}, 0

    for rounds in (1, 3, 300):
        live(request, clerk, document, form, rounds - known)
        known = rounds
        with CaptureQueriesContext(connection) as counted:
            shown = as_clerk.get(address)
        told[len(shown.context["timeline"])] = len(counted)

    assert list(told) == [3 + 3 * rounds for rounds in (1, 3, 300)]
    assert len(set(told.values())) == 1, told

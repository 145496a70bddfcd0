"""The viewer and the pages: what is shown, what is recorded before it is, how much is asked."""

import contextlib
import io
import re
from datetime import UTC, datetime, timedelta

import pypdfium2
import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from audit.errors import AuditUnavailable
from audit.models import EventSubject
from audit.services import events
from records.access.enums import UnitRight
from records.documents.errors import SandboxUnavailable
from records.documents.sandbox import operations, pool
from records.documents.services import corrections, filing
from records.documents.vault import files
from records.documents.views import covers
from tests.records.documents import house as make
from tests.records.documents.house import events_of, pdf

pytestmark = pytest.mark.django_db


def url(name, document, **more):
    return reverse(f"documents:{name}", kwargs={"document_id": document.pk} | more)


def image(document, page=1, number=1, name="page_image"):
    return url(name, document, number=number, page=page)


def text_of(response):
    return response.content.decode()


def test_viewer_shows_facts_history_and_the_first_page(house, at):
    document = house.filed("One", "Two", encounter_id=make.make_visit(house.patient).pk)

    text = text_of(at(house.clerk).get(url("document_view", document)))

    for shown in ("Blood count", "Laboratory report", "Mar 2, 2026", "2 pages", "MUÑOZ, Rosa"):
        assert shown in text
    assert f'src="{image(document)}"' in text
    assert f"{house.guardian.display_name}</strong> filed it" in text
    assert f'data-image="{image(document, 0)}"' in text


def test_viewer_is_an_event_before_it_is_a_page(house, at):
    document = house.filed()

    at(house.clerk).get(url("document_view", document))

    assert events_of("DOCUMENT_VIEWED") == [
        {
            "actor_id": house.clerk.pk,
            "patient_id": house.patient.pk,
            "subject_type": "document",
            "subject_id": str(document.pk),
            "outcome": "SUCCESS",
            "detail": {"version": 1},
        }
    ]


@pytest.mark.parametrize(
    ("asked", "shown"), [("", 1), ("2", 2), ("99", 3), ("0", 1), ("x", 1), ("9" * 30, 1)]
)
def test_viewer_without_script_begins_at_the_page_asked_for(house, at, asked, shown):
    document = house.filed("One", "Two", "Three")

    text = text_of(at(house.clerk).get(url("document_view", document) + f"?page={asked}"))

    assert f'src="{image(document, shown)}"' in text
    links = dict(re.findall(r'rel="(prev|next)" href="[^"]*page=(\d+)"', text))
    wanted = {"prev": str(shown - 1), "next": str(shown + 1)}
    ends = {"prev": shown == 1, "next": shown == 3}
    assert links == {name: number for name, number in wanted.items() if not ends[name]}


@pytest.mark.parametrize(
    ("role", "shown"),
    [
        ("CLERK", {"Print", "Change", "Replace", "Move"}),
        ("SUPERVISOR", {"Print", "Download", "Change", "Replace", "Move", "Void"}),
        ("PROVIDER", set()),
        ("COMPLIANCE", set()),
    ],
)
def test_viewer_offers_what_the_role_may(house, at, role, shown):
    document = house.filed()
    user = make.make_user(role, unit=house.unit)

    text = text_of(at(user).get(url("document_view", document)))

    head = text.partition('class="page-actions"')[2].partition("</main>")[0]
    offered = set(re.findall(r"</svg>(\w+)</a>", head.partition("data-viewer")[0]))
    assert offered == shown


def test_voided_document_is_marked_and_offers_only_to_restore(house, at):
    document = house.filed()
    corrections.void(
        actor=house.supervisor, document_id=document.pk, lock_version=1, reason="By mistake"
    )

    text = text_of(at(house.supervisor).get(url("document_view", document)))

    assert "By mistake" in text
    assert url("document_restore", document) in text
    for name in ("document_void", "document_change", "document_replace", "document_move"):
        assert url(name, document) not in text


def test_earlier_version_is_marked_and_shown(house, at):
    document = house.filed("Old")
    filing.replace(
        actor=house.clerk,
        document_id=document.pk,
        lock_version=1,
        upload=pdf("New", "More"),
        reason="Page missing",
    )
    client = at(house.clerk)

    newest = text_of(client.get(url("document_view", document)))
    earlier = text_of(client.get(url("document_view", document) + "?version=1"))

    assert "Version 1 was replaced" in earlier
    assert "was replaced" not in newest
    assert f'src="{image(document, 1, 1)}"' in earlier
    assert f'src="{image(document, 1, 2)}"' in newest
    assert "Page missing" in newest
    assert [event["detail"] for event in events_of("DOCUMENT_VIEWED")] == [
        {"version": 2},
        {"version": 1},
    ]


@pytest.mark.parametrize("version", ["7", "0"])
def test_version_that_is_not_there_is_unknown(house, at, version):
    document = house.filed()

    response = at(house.clerk).get(url("document_view", document) + f"?version={version}")

    assert response.status_code == (404 if version == "7" else 200)


@pytest.mark.parametrize("is_listed", [True, False])
def test_history_names_the_other_chart_after_an_event_to_those_who_may_know_of_it(
    house, at, is_listed
):
    unit = make.make_unit(is_listed=is_listed)
    both = make.make_user("CLERK", unit=house.unit)
    make.grant(both, unit, UnitRight.VIEW_CHART)
    known = make.make_patient(unit, family="Quill", given="Vera")
    document = house.filed(actor=both, patient_id=known.pk)
    corrections.move(
        actor=both,
        document_id=document.pk,
        lock_version=1,
        to_patient_id=house.patient.pk,
        to_encounter_id=None,
        reason="Not of Vera",
    )

    text = text_of(at(house.clerk).get(url("document_view", document)))

    named = list(EventSubject.objects.values_list("patient_id", flat=True))
    assert named == ([known.pk] if is_listed else [])
    assert [event["subject_id"] for event in events_of("PATIENTS_LISTED")] == (
        [str(document.pk)] if is_listed else []
    )
    assert ("moved it here from the chart of QUILL, Vera" in text) is is_listed
    assert ("moved it here from another chart" in text) is not is_listed
    assert ("Vera" in text) is is_listed


@pytest.mark.goal("G-20")
def test_every_page_is_an_event_of_its_own(house, at):
    document = house.filed("One", "Two")
    client = at(house.clerk)

    for page in (1, 2, 1):
        response = client.get(image(document, page))
        assert (response.status_code, response["Cache-Control"]) == (200, "no-store")
        assert response["Content-Type"] in operations.PICTURE_STARTS

    details = [event["detail"] for event in events_of("DOCUMENT_PAGE_VIEWED")]
    assert details == [
        {"version": 1, "page": 1},
        {"version": 1, "page": 2},
        {"version": 1, "page": 1},
    ]


@pytest.mark.goal("G-20")
def test_event_stands_before_the_page_is_read(house, at, monkeypatch):
    document, told = house.filed(), []
    real = files.stream

    def stream(*args, **kwargs):
        told.append(len(events_of("DOCUMENT_PAGE_VIEWED")))
        return real(*args, **kwargs)

    monkeypatch.setattr(files, "stream", stream)
    pool.close()
    at(house.clerk).get(image(document))

    assert told
    assert set(told) == {1}


@pytest.mark.goal("G-21")
def test_page_without_its_event_is_not_shown(house, at, monkeypatch):
    document = house.filed()
    client = at(house.clerk)

    def fail(*args):
        raise AuditUnavailable

    monkeypatch.setattr(events, "_insert", fail)
    response = client.get(image(document))

    assert response.status_code == 503
    assert not response["Content-Type"].startswith("image/")


@pytest.mark.parametrize(("page", "number"), [(3, 1), (0, 1), (1, 2), (10**12, 1)])
def test_page_or_version_that_is_not_there_is_unknown_and_no_viewing(house, at, page, number):
    document = house.filed("One", "Two")

    response = at(house.clerk).get(image(document, page, number))

    assert response.status_code == 404
    assert [event["outcome"] for event in events_of("DOCUMENT_PAGE_VIEWED")] == ["REFUSED"]


def test_thumbnail_is_covered_by_the_viewers_event(house, at):
    document = house.filed()
    client = at(house.clerk)
    text = text_of(client.get(url("document_view", document)))
    address = re.search(r'src="([^"]*thumbnail/\?covered=[^"]*)"', text)[1]

    response = client.get(address.replace("&amp;", "&"))

    assert response.status_code == 200
    assert events_of("DOCUMENT_PAGE_VIEWED") == []


@pytest.mark.parametrize("token", ["", "forged", "other person", "other document", "old"])
def test_thumbnail_without_cover_is_an_event_of_its_own(house, at, travel, token):
    document, other = house.filed(), house.filed()
    tokens = {
        "other person": (house.supervisor, document),
        "other document": (house.clerk, other),
        "old": (house.clerk, document),
    }
    if token in tokens:
        user, covered = tokens[token]
        token_text = covers.cover(user, covered.versions.get())
    else:
        token_text = token
    if token == "old":
        travel(covers.COVERED_SECONDS + 1)

    response = at(house.clerk).get(image(document, name="thumbnail"), {"covered": token_text})

    assert response.status_code == 200
    assert [event["detail"] for event in events_of("DOCUMENT_PAGE_VIEWED")] == [
        {"version": 1, "page": 1, "thumbnail": True}
    ]


@pytest.fixture
def travel():
    """Travel so many seconds ahead, after the token was made."""
    with contextlib.ExitStack() as stack:

        def ahead(seconds):
            later = datetime.now(UTC) + timedelta(seconds=seconds)
            stack.enter_context(time_machine.travel(later))

        yield ahead


def test_covered_thumbnail_still_asks_for_the_right(house, at):
    document = house.protected()
    token = covers.cover(house.clerk, document.versions.get())

    response = at(house.clerk).get(image(document, name="thumbnail"), {"covered": token})

    assert response.status_code == 404


@pytest.mark.goal("G-20")
@pytest.mark.parametrize(
    ("name", "action", "kind"),
    [
        ("document_print", "DOCUMENT_PRINTED", "inline"),
        ("document_download", "DOCUMENT_DOWNLOADED", "attachment"),
    ],
)
def test_copies_are_events_and_carry_the_reader(house, at, name, action, kind):
    document = house.filed("One", "Two")

    response = at(house.supervisor).get(url(name, document))

    assert response["Content-Disposition"] == (
        f'{kind}; filename="document-{document.pk}-version-1.pdf"'
    )
    read = pypdfium2.PdfDocument(io.BytesIO(response.content))
    for page in read:
        assert house.supervisor.display_name in page.get_textpage().get_text_bounded()
    assert [(event["patient_id"], event["detail"]) for event in events_of(action)] == [
        (house.patient.pk, {"version": 1})
    ]


@pytest.mark.parametrize(
    ("error", "status"), [(SandboxUnavailable, 503), (None, 500)], ids=["busy", "missing"]
)
@pytest.mark.parametrize("name", ["page_image", "document_print"])
def test_what_cannot_be_shown_is_said_and_told_in_the_log(
    house, at, monkeypatch, name, error, status
):
    document = house.filed("Not to be seen")
    if error is None:
        files.erase(document.versions.get().storage_name)
        pool.close()
    else:

        def busy(*args, **kwargs):
            raise error

        monkeypatch.setattr(operations, "render", busy)
        monkeypatch.setattr(operations, "assemble", busy)
    address = image(document) if name == "page_image" else url(name, document)

    response = at(house.supervisor).get(address)

    assert response.status_code == status
    assert "This was recorded" in text_of(response)
    assert "Blood count" not in text_of(response)
    action = "DOCUMENT_PAGE_VIEWED" if name == "page_image" else "DOCUMENT_PRINTED"
    assert [event["outcome"] for event in events_of(action)] == ["SUCCESS", "FAILED"]


def queries_of(client, address):
    client.get(address)
    with CaptureQueriesContext(connection) as asked:
        response = client.get(address)
    assert response.status_code == 200
    return len([one for one in asked.captured_queries if "SAVEPOINT" not in one["sql"]])


@pytest.mark.usefixtures("activity_unnoted")
def test_viewer_asks_the_same_number_of_queries_for_any_length(house, at):
    client = at(house.clerk)
    found = {
        queries_of(client, url("document_view", house.filed(*map(str, range(count)))))
        for count in (1, 3, 300)
    }

    assert len(found) == 1
    assert found.pop() <= 16


@pytest.mark.usefixtures("activity_unnoted")
def test_viewer_asks_the_same_number_of_queries_for_any_history(house, at):
    document, client = house.filed(), at(house.clerk)
    found = set()
    for number in range(1, 4):
        found.add(queries_of(client, url("document_view", document)))
        filing.replace(
            actor=house.clerk,
            document_id=document.pk,
            lock_version=number,
            upload=pdf("New"),
            reason="x",
        )

    assert len(found) == 1


@pytest.mark.usefixtures("activity_unnoted")
def test_page_image_costs_few_queries(house, at):
    assert queries_of(at(house.clerk), image(house.filed())) <= 10

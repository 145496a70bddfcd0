"""Pages of imports: by role, by unit, and files through the browser to the worker."""

from __future__ import annotations

import json
import time

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.middleware import ACTIVE, STARTED
from audit.models import Event
from jobs.models import Job
from jobs.services import jobs
from records.documents.models import Document
from records.interchange.forms import uploads as forms
from records.interchange.models import ImportRejection, ImportRun, ImportUpload
from records.patients.models import Patient
from tests.records.interchange.builders import bundle, clinical, observation, patient
from tests.records.interchange.services.imports import whole

LIST = "interchange:import_list"
NEW = "interchange:import_upload"


@pytest.fixture
def browser(house):
    def sign_in(user):
        client = Client()
        client.force_login(user)
        session = client.session
        session[STARTED] = session[ACTIVE] = int(time.time())
        session.save()
        return client

    return sign_in


def send(client, house, *files, unit=None):
    chosen = [SimpleUploadedFile(name, content) for name, content in files]
    return client.post(reverse(NEW), {"chosen": chosen, "unit": (unit or house.unit).pk})


def as_file(name, value):
    return name, json.dumps(value).encode()


def work():
    return [jobs.work(job.pk) for job in Job.objects.filter(kind="import").order_by("pk")]


@pytest.mark.parametrize(
    ("role", "list_status", "new_status"),
    [
        ("CLERK", 200, 200),
        ("SUPERVISOR", 200, 200),
        ("COMPLIANCE", 403, 403),
        ("PROVIDER", 403, 403),
        ("ADMINISTRATOR", 403, 403),
    ],
)
def test_pages_are_for_clerks_and_supervisors(house, browser, role, list_status, new_status):
    client = browser(house.person("somebody", role, unit=house.unit))

    assert client.get(reverse(LIST)).status_code == list_status
    assert client.get(reverse(NEW)).status_code == new_status


def test_a_stranger_is_sent_to_sign_in(house):
    assert Client().get(reverse(LIST)).status_code == 302


@pytest.mark.parametrize(("name", "method"), [(LIST, "post"), (NEW, "put")])
def test_other_methods_are_refused(house, browser, name, method):
    assert getattr(browser(house.clerk), method)(reverse(name)).status_code == 405


def test_the_list_shows_runs_of_the_readers_units_only(house, browser):
    house.put("bad.json", b"{")
    house.put("p1.json", whole())
    house.load(status=1)
    house.load(unit="BH", feed="TWO", status=1)

    page = browser(house.clerk).get(reverse(LIST)).content.decode()

    assert page.count("data-row") == 1
    assert "1 patient, 1 encounter, 2 documents" in page
    assert "Main file room" in page
    assert "Behavioural health" not in page


def test_a_run_shows_what_was_rejected_and_that_it_was_looked_at(house, browser):
    house.put("bad.json", b"{")
    house.load(status=1)
    run = ImportRun.objects.get()

    response = browser(house.clerk).get(reverse("interchange:import_detail", args=[run.pk]))

    assert response.status_code == 200
    assert "bad.json" in response.content.decode()
    assert "BAD_JSON" in response.content.decode()
    event = Event.objects.filter(action="REPORT_VIEWED").get()
    assert (event.subject_type, event.subject_id) == ("import", str(run.pk))


def test_a_run_of_another_unit_is_as_if_it_were_not(house, browser):
    house.put("bad.json", b"{")
    house.load(unit="BH", status=1)

    response = browser(house.clerk).get(
        reverse("interchange:import_detail", args=[ImportRun.objects.get().pk])
    )

    assert response.status_code == 404
    assert b"bad.json" not in response.content


def test_files_through_the_browser_are_imported_by_the_worker_in_the_persons_name(house, browser):
    response = send(browser(house.clerk), house, as_file("p1.json", whole()))
    run = ImportRun.objects.get()
    waiting = ImportUpload.objects.get()

    assert response.status_code == 302
    assert (run.asked_by, Patient.objects.count()) == (house.clerk, 0)
    assert b"Doe" not in bytes(waiting.content)
    assert work() == ["DONE"]

    run.refresh_from_db()
    waiting.refresh_from_db()
    assert (run.patients, run.encounters, run.documents, run.files_imported) == (1, 1, 2, 1)
    assert run.finished_at is not None
    assert (waiting.content, waiting.done_at is not None) == (None, True)
    assert Patient.objects.get().registered_by == house.clerk


def test_files_that_refer_to_each_other_may_come_in_any_order(house, browser):
    send(
        browser(house.clerk),
        house,
        as_file("a.json", bundle(clinical("Condition", "c1"), observation("o1"))),
        as_file("b.json", bundle(patient())),
        as_file("c.json", bundle(clinical("Condition", "c2", about="Patient/unknown"))),
    )

    assert work() == ["DONE"]

    run = ImportRun.objects.get()
    assert (run.files_read, run.files_imported, run.patients, run.documents) == (3, 2, 1, 1)
    assert list(ImportRejection.objects.values_list("file_name", "reason")) == [
        ("c.json", "PATIENT_ELSEWHERE")
    ]
    assert Document.objects.get().patient == Patient.objects.get()


@pytest.mark.goal("G-07")
def test_a_person_who_lost_the_role_meanwhile_imports_nothing(house, browser):
    from audit.writes import attributing

    send(browser(house.clerk), house, as_file("p1.json", whole()))
    with attributing(house.system):
        house.clerk.groups.clear()

    assert work() == ["FAILED"]

    assert Patient.objects.count() == 0
    assert ImportUpload.objects.get().content is None
    assert ImportRun.objects.get().finished_at is not None


def test_a_unit_that_is_not_the_persons_is_no_choice(house, browser):
    response = send(browser(house.clerk), house, as_file("p1.json", whole()), unit=house.other)

    assert response.status_code == 422
    assert ImportRun.objects.count() == 0


def test_nothing_chosen_and_too_much_chosen_are_told(house, browser, monkeypatch):
    client = browser(house.clerk)
    monkeypatch.setattr(forms, "MOST_BYTES", 10)

    empty = client.post(reverse(NEW), {"unit": house.unit.pk})
    large = send(client, house, as_file("p1.json", whole()))

    assert (empty.status_code, large.status_code) == (422, 422)
    assert "Choose a file." in empty.content.decode()
    assert "Together these files are larger" in large.content.decode()


def progress_of(run):
    return reverse("interchange:import_progress", args=[run.pk])


def test_import_under_way_shows_how_far_it_is(house, browser):
    client = browser(house.clerk)
    send(client, house, as_file("a.json", whole()), ("b.txt", b"hello"))
    run = ImportRun.objects.get()
    page = client.get(reverse("interchange:import_detail", args=[run.pk])).content.decode()

    answer = client.get(progress_of(run))
    again = client.get(progress_of(run), headers={"If-None-Match": answer["ETag"]})

    assert f'data-poll="{progress_of(run)}"' in page
    assert "Nothing was rejected" not in page
    assert answer.status_code == 200
    assert "waits for its turn" in answer.content.decode()
    assert "So far nothing new." in answer.content.decode()
    assert "<html" not in answer.content.decode()
    assert (again.status_code, again.content) == (204, b"")

    work()
    over = client.get(progress_of(run))

    assert (over.status_code, over.content, over["HX-Refresh"]) == (286, b"", "true")
    page = client.get(reverse("interchange:import_detail", args=[run.pk])).content.decode()
    assert "data-poll=" not in page
    assert "UNKNOWN_KIND" in page


def test_progress_of_another_units_import_is_unknown(house, browser):
    send(browser(house.clerk), house, ("b.txt", b"hello"))

    stranger = browser(house.person("stranger", "CLERK"))

    assert stranger.get(progress_of(ImportRun.objects.get())).status_code == 404

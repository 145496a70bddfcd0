"""A crash at any point leaves no half chart, and importing again completes what is missing."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from datetime import timedelta

import pytest
from django.core.files.storage import storages
from django.utils import timezone

from config import env
from records.documents.models import Document, DocumentVersion
from records.documents.services import prepared, storing
from records.documents.vault import checks, files
from records.encounters.models import Encounter
from records.encounters.services import encounters
from records.interchange.services import groups, items
from records.patients.models import Patient
from records.patients.services import numbers, patients
from tests.records.interchange.house import House, counts, reasons
from tests.records.interchange.services.imports import NOTHING, orphans, whole

POINTS = [
    (patients, "register", 1),
    (numbers, "add_other", 1),
    (encounters, "record_visit", 1),
    (storing, "inspect", 1),
    (storing, "inspect", 2),
    (files, "keep", 2),
    (files, "keep_derived", 1),
    (prepared, "file_prepared", 1),
    (prepared, "file_prepared", 2),
    (items, "add", 1),
    (items, "add", 3),
    (items, "touch", 2),
    (groups.events, "record", 1),
    (groups.events, "record", 5),
]
WHOLE = NOTHING | {
    "Patient": 1,
    "Encounter": 1,
    "Document": 2,
    "DocumentVersion": 2,
    "ImportedItem": 4,
}


@pytest.mark.goal("G-50")
@pytest.mark.parametrize(
    ("place", "name", "call"), POINTS, ids=[f"{name}-{call}" for _, name, call in POINTS]
)
def test_an_error_at_any_step_leaves_nothing_and_the_next_run_completes(
    house, monkeypatch, place, name, call
):
    house.put("p1.json", whole())
    real, calls = getattr(place, name), []

    def failing(*args, **kwargs):
        calls.append(1)
        if len(calls) == call:
            raise RuntimeError("Doe, Jo must not be told")
        return real(*args, **kwargs)

    monkeypatch.setattr(place, name, failing)
    result = house.load(status=1)
    monkeypatch.setattr(place, name, real)

    assert reasons(result) == [("p1.json", "UNEXPECTED")]
    assert "Doe" not in str(result)
    assert counts() == NOTHING
    assert orphans(house) == []
    assert house.load()["documents"] == 2
    assert counts() == WHOLE


@pytest.mark.goal("G-50")
def test_an_error_over_one_patient_leaves_the_others_of_the_run(house, monkeypatch):
    for number in (1, 2, 3):
        house.put(f"p{number}.json", whole(f"p{number}", birthDate=f"195{number}-01-01"))
    real = patients.register

    def failing(**facts):
        if facts["facts"].birth_on.year == 1952:
            raise RuntimeError
        return real(**facts)

    monkeypatch.setattr(patients, "register", failing)
    result = house.load(status=1)

    assert reasons(result) == [("p2.json", "UNEXPECTED")]
    assert sorted(Patient.objects.values_list("birth_on__year", flat=True)) == [1951, 1953]
    assert Document.objects.count() == 4


KILLED = """
import os, signal, sys
import django
django.setup()
from django.core.management import call_command
from records.documents.services import prepared
from records.interchange.services import items, papers
from records.encounters.services import encounters

place, name, call, folder = sys.argv[1:5]
module = {"prepared": prepared, "items": items, "encounters": encounters, "papers": papers}[place]
real, calls = getattr(module, name), []

def killing(*args, **kwargs):
    calls.append(1)
    if len(calls) == int(call):
        os.kill(os.getpid(), signal.SIGKILL)
    return real(*args, **kwargs)

setattr(module, name, killing)
call_command("import_records", folder, json=True)
"""


@pytest.mark.goal("G-50")
@pytest.mark.committed
@pytest.mark.parametrize(
    ("place", "name", "call", "left"),
    [
        pytest.param("papers", "prepare", "2", 0, marks=pytest.mark.deep),
        ("prepared", "prepare", "4", 2),
        pytest.param("encounters", "record_visit", "2", 4, marks=pytest.mark.deep),
        ("prepared", "file_prepared", "4", 4),
    ],
)
def test_a_killed_run_leaves_whole_charts_only(tmp_path, place, name, call, left):
    storages._storages.pop("vault", None)
    sweep()  # what earlier tests left, whose rows are gone
    house = House(tmp_path, tmp_path)
    for number in (1, 2, 3):
        house.put(f"p{number}.json", whole(f"p{number}", birthDate=f"195{number}-01-01"))

    ended = subprocess.run(
        [sys.executable, "-c", KILLED, place, name, call, str(house.folder)],
        cwd=env.ROOT,
        capture_output=True,
        check=False,
    )

    assert ended.returncode == -signal.SIGKILL, ended.stderr.decode()[-2000:]
    assert shapes() == [(1, 2)]
    removed = sweep()
    assert removed == left
    result = house.load()
    assert (result["imported"], result["unchanged"], result["documents"]) == (2, 1, 4)
    assert shapes() == [(1, 2)] * 3
    assert sweep() == 0


@pytest.mark.goal("G-50")
@pytest.mark.committed
def test_two_runs_at_once_make_each_chart_once(tmp_path):
    storages._storages.pop("vault", None)
    sweep()
    house = House(tmp_path, tmp_path)
    for number in range(4):
        house.put(f"p{number}.json", whole(f"p{number}", birthDate=f"195{number}-01-01"))
    command = [sys.executable, "manage.py", "import_records", str(house.folder), "--json"]

    runs = [
        subprocess.Popen(command, cwd=env.ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for _ in range(2)
    ]
    told = [json.loads(run.communicate()[0].splitlines()[-1]) for run in runs]

    assert [run.returncode for run in runs] == [0, 0]
    assert [item["read"] for item in told] == [4, 4]
    assert sum(item["patients"] for item in told) == 4
    assert sum(item["documents"] for item in told) == 8
    assert shapes() == [(1, 2)] * 4
    assert sweep() == 0


def shapes():
    """Return encounters and documents of each chart."""
    return [
        (Encounter.objects.filter(patient=chart).count(), chart.documents.count())
        for chart in Patient.objects.order_by("pk")
    ]


def sweep():
    """Remove what a killed writer left in the vault, as the clock does; return how much."""
    rows = DocumentVersion.objects.values_list("storage_name", flat=True)
    found = list(
        checks.leftovers(
            lambda names: rows.filter(storage_name__in=names),
            before=timezone.now() + timedelta(seconds=5),
        )
    )
    for item in found:
        checks.remove(item)
    return len(found)

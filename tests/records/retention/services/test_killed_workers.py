"""A worker killed at any point: nothing half done, nothing lost, nothing done twice."""

import signal
from datetime import timedelta

import pytest
from django.utils import timezone

from audit.models import Event
from jobs.models import Job
from records.documents.models import DocumentVersion
from records.documents.services import destruction as documents
from records.documents.vault import files
from records.patients.models import Patient
from records.retention.models import Certificate, Stub
from tests import forking
from tests.records.retention import dying_worker
from tests.records.retention import factories as make

pytestmark = pytest.mark.committed

SERVICE = "records.retention.services.destruction"
STEPS = ["CHECK", "ERASE_KEYS", "REMOVE_BYTES", "PURGE", "VERIFY", "CERTIFICATE"]
INSIDE = [
    "records.documents.services.destruction._reduce",
    "records.documents.services.destruction.erase_keys",
    "records.patients.services.residue.reduce",
    "records.documents.vault.files.erase",
    "records.retention.services.certificates._issue",
    "jobs.services.jobs.report",
    "jobs.services.jobs._close",
]
POINTS = [
    *((f"{SERVICE}.{step}", when) for step in STEPS for when in ("before", "after")),
    *((point, when) for point in INSIDE for when in ("before", "after")),
]


def kill_at(job, target, when):
    """Let a process of its own work on the job until it dies."""
    assert forking.run(dying_worker.work, job.pk, target, when) == -signal.SIGKILL


def take_over(job):
    """Let the dead worker's lease run out, and another worker do what is left."""
    past = timezone.now() - timedelta(seconds=1)
    Job.objects.filter(pk=job.pk, lease_until__isnull=False).update(lease_until=past)
    return make.jobs.work(job.pk)


def is_whole(patient):
    """Tell whether a chart is either untouched or gone, as far as anybody can read."""
    versions = DocumentVersion.objects.filter(document__patient=patient)
    is_gone = Patient.objects.get(pk=patient.pk).status == "DESTROYED"
    keys = {version.wrapped_key is None for version in versions}
    stubs = Stub.objects.filter(pk=patient.pk).exists()
    return keys == {is_gone} and stubs == is_gone


@pytest.mark.goal("G-35")
@pytest.mark.parametrize("target, when", POINTS)
def test_killed_worker_leaves_nothing_half_done_and_the_next_one_finishes(house, target, when):
    patients = [house.patient(documents=2), house.patient(documents=1)]
    names = list(DocumentVersion.objects.values_list("storage_name", flat=True))
    batch = house.executing(*patients)
    job = make.job_of(batch)

    kill_at(job, target, when)

    assert [is_whole(patient) for patient in patients] == [True, True]
    erased = dict(
        DocumentVersion.objects.filter(wrapped_key=None).values_list("pk", "key_erased_at")
    )
    issued = list(Certificate.objects.values_list("pk", "sha256"))

    take_over(job)

    batch.refresh_from_db()
    assert batch.status == "DONE"
    assert [is_whole(patient) for patient in patients] == [True, True]
    assert [documents.list_remains(patient_id=patient.pk) for patient in patients] == [[], []]
    assert [files.has(files.Place(name, b"", "")) for name in names] == [False] * 3
    certificates = list(Certificate.objects.values_list("pk", "sha256"))
    assert len(certificates) == 1
    assert issued in ([], certificates)
    after = dict(DocumentVersion.objects.values_list("pk", "key_erased_at"))
    assert {key: after[key] for key in erased} == erased
    counts = {
        action: Event.objects.filter(action=action, outcome="SUCCESS").count()
        for action in ("DOCUMENT_DESTROYED", "CHART_DESTROYED", "BATCH_EXECUTED")
    }
    assert counts == {"DOCUMENT_DESTROYED": 3, "CHART_DESTROYED": 2, "BATCH_EXECUTED": 1}
    assert Event.objects.filter(action="CERTIFICATE_ISSUED").count() == 1


@pytest.mark.goal("G-39")
def test_job_told_ten_times_is_done_once(house):
    patient = house.patient()
    batch = house.executing(patient)
    job = make.job_of(batch)

    ended = [make.jobs.work(job.pk) for _ in range(10)]

    assert ended == ["DONE", *[None] * 9]
    assert Certificate.objects.count() == 1
    assert Event.objects.filter(action="CHART_DESTROYED").count() == 1

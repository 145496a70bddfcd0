import pytest
from auditlog.models import LogEntry
from django.utils import timezone

from audit.models import Event
from records.access.models import Chart, UnitUserPermission
from records.documents.models import Document, DocumentVersion
from records.documents.vault import files
from records.patients.models import Patient
from records.retention import copies
from records.retention.enums import BatchStatus
from records.retention.errors import NothingToPropose
from records.retention.models import BatchItem, Certificate, Evaluation, Stub
from records.retention.services import certificates
from tests.records.retention import factories as make

pytestmark = pytest.mark.django_db


@pytest.mark.goal("G-41")
def test_step_to_the_end_destroys_the_chart(house):
    patient = house.patient(documents=2)
    names = list(
        DocumentVersion.objects.filter(document__patient=patient).values_list(
            "storage_name", flat=True
        )
    )
    batch = house.executing(patient)

    ended = make.run(batch)

    batch.refresh_from_db()
    item = BatchItem.objects.get(batch=batch)
    assert ended == "DONE"
    assert batch.status == BatchStatus.DONE
    assert item.outcome == "DESTROYED"
    assert item.bytes_removed_at is not None
    assert Chart.objects.get(pk=patient.pk).status == "DESTROYED"
    assert Patient.objects.get(pk=patient.pk).status == "DESTROYED"
    assert set(Document.objects.filter(patient=patient).values_list("status", "title")) == {
        ("DESTROYED", "Discharge summary")
    }
    for version in DocumentVersion.objects.filter(document__patient=patient):
        assert version.wrapped_key is None
        assert version.key_erased_at <= version.bytes_removed_at
    assert [files.has(files.Place(name, b"", "")) for name in names] == [False, False]
    assert Stub.objects.get(pk=patient.pk).abstract["name"]["family"] == "Wyman"
    certificate = Certificate.objects.get(batch=batch)
    assert [row["number"] for row in certificate.content["records"]] == [patient.mrn]
    actions = list(
        Event.objects.filter(patient_id=patient.pk).order_by("pk").values_list("action", flat=True)
    )
    assert actions == ["DOCUMENT_DESTROYED", "DOCUMENT_DESTROYED", "CHART_DESTROYED"]


@pytest.fixture
def registered_copies(monkeypatch):
    """Copies that another room keeps: a set of document ids, erased once."""
    kept = set()

    def erase(document_ids):
        found = kept & set(document_ids)
        kept.difference_update(found)
        return len(found)

    monkeypatch.setattr(copies, "_erasers", {"packages": erase})
    return kept


@pytest.mark.goal("G-37")
def test_hold_placed_after_the_approvals_leaves_the_chart_out_with_its_reason(house):
    held, due = house.patient(), house.patient()
    batch = house.executing(held, due)
    hold = make.make_hold(held)

    make.run(batch)

    outcomes = {item.patient_id: item for item in BatchItem.objects.filter(batch=batch)}
    assert (outcomes[held.pk].outcome, outcomes[held.pk].held_by_id) == ("HELD", hold.pk)
    assert outcomes[due.pk].outcome == "DESTROYED"
    assert Patient.objects.get(pk=held.pk).status == "ACTIVE"
    assert DocumentVersion.objects.get(document__patient=held).wrapped_key is not None
    event = Event.objects.get(action="BATCH_CHANGED", patient_id=held.pk)
    assert event.detail == {"outcome": "HELD", "reason": "HOLD", "hold": hold.pk}
    certificate = Certificate.objects.get(batch=batch)
    assert [row["number"] for row in certificate.content["records"]] == [due.mrn]


@pytest.mark.goal("G-44")
@pytest.mark.parametrize(
    "change, reason",
    [
        (lambda p: make.make_document(p), "CONTENTS_CHANGED"),
        (lambda p: make.make_version(p.documents.get(), 2), "CONTENTS_CHANGED"),
        (lambda p: make.make_visit(p, started_at=timezone.now()), "NOT_DUE"),
        (
            lambda p: make.make_visit(p, started_at=timezone.now(), status="IN_PROGRESS"),
            "OPEN_ENCOUNTER",
        ),
    ],
)
def test_chart_that_has_changed_since_is_left_out(house, change, reason):
    patient = house.patient()
    batch = house.executing(patient)
    change(patient)

    make.run(batch)

    item = BatchItem.objects.get(batch=batch)
    batch.refresh_from_db()
    assert (item.outcome, item.outcome_reason) == ("CHANGED", reason)
    assert Patient.objects.get(pk=patient.pk).status == "ACTIVE"
    assert batch.status == BatchStatus.DONE
    assert not Certificate.objects.exists()


def test_document_moved_out_of_a_held_chart_keeps_its_new_chart_from_destruction(house):
    held, target = house.patient(), house.patient()
    hold = make.make_hold(held)
    with make.attributing(house.clerk):
        held.documents.update(patient=target)

    with pytest.raises(NothingToPropose):
        house.proposed(target)

    assert hold.documents.count() == 1


@pytest.mark.goal("G-41")
def test_copies_elsewhere_are_erased_too(house, registered_copies):
    patient = house.patient(documents=2)
    ids = list(patient.documents.values_list("pk", flat=True))
    registered_copies.update({ids[0], 999999})

    make.run(house.executing(patient))

    assert registered_copies == {999999}


def test_copies_that_do_not_go_away_stop_the_batch(house, monkeypatch):
    monkeypatch.setattr(copies, "_erasers", {"packages": lambda ids: 1})
    batch = house.executing(house.patient())

    ended = make.run(batch)

    batch.refresh_from_db()
    assert (ended, make.job_of(batch).error_code) == ("FAILED", "REMAINS_FOUND")
    assert batch.status == BatchStatus.EXECUTING
    assert not Certificate.objects.exists()
    assert Event.objects.get(action="JOB_FAILED").detail["code"] == "REMAINS_FOUND"


@pytest.mark.goal("G-07")
@pytest.mark.parametrize("loss", ["role", "unit", "sign_in"])
def test_starter_who_lost_the_right_destroys_nothing(house, loss):
    patient = house.patient()
    batch = house.executing(patient)
    with make.attributing(make.system()):
        if loss == "role":
            house.compliance.groups.clear()
        elif loss == "unit":
            UnitUserPermission.objects.filter(user=house.compliance).delete()
        else:
            house.compliance.is_active = False
            house.compliance.save(update_fields=["is_active"])

    ended = make.run(batch)

    assert (ended, make.job_of(batch).error_code) == ("FAILED", "STARTER_LOST_RIGHT")
    assert Patient.objects.get(pk=patient.pk).status == "ACTIVE"


def test_batch_that_was_not_started_is_not_carried_out(house):
    batch = house.approved(house.patient())
    job = make.jobs.enqueue(kind="DESTRUCTION", subject_id=batch.pk, actor=house.compliance)

    assert make.jobs.work(job.pk) == "FAILED"
    assert make.job_of(batch).error_code == "BATCH_NOT_STARTED"


def test_vault_that_cannot_be_reached_is_tried_again(house, monkeypatch):
    patient = house.patient()
    batch = house.executing(patient)
    real = files.erase
    monkeypatch.setattr(files, "erase", lambda name: (_ for _ in ()).throw(OSError("down")))

    assert make.run(batch) == "PENDING"
    assert Patient.objects.get(pk=patient.pk).status == "DESTROYED"
    monkeypatch.setattr(files, "erase", real)
    make.Job.objects.filter(subject_id=batch.pk).update(due_at=timezone.now())

    assert make.run(batch) == "DONE"


@pytest.mark.goal("G-41")
def test_received_file_of_a_destroyed_document_goes_too(house):
    patient = house.patient()
    document = patient.documents.get()
    loose = make.make_unfiled(house.unit, f"page {document.pk} 1".encode())
    with make.attributing(house.clerk):
        type(loose).objects.filter(pk=loose.pk).update(
            status="FILED", document=document, closed_at=timezone.now(), closed_by=house.clerk
        )

    make.run(house.executing(patient))

    loose.refresh_from_db()
    assert (loose.wrapped_key, loose.file_name) == (None, "")
    assert loose.bytes_removed_at is not None
    assert not files.has(files.Place(loose.storage_name, b"", ""))


@pytest.mark.goal("G-41")
def test_patient_is_reduced_to_the_residual_abstract(house):
    patient = house.patient(email="freda@example.org", mother_maiden_name="Hale")
    with make.attributing(house.clerk):
        patient.addresses.create(line1="410 Harbor Street")
        patient.phones.create(number="207-555-0142", digits="2075550142")
        patient.contacts.create(name="Ned Pagac")
        patient.names.create(
            kind="MAIDEN",
            family="Hale",
            given="Alfreda",
            family_key="HALE",
            given_key="ALFREDA",
            name_key="HALE ALFREDA",
        )
        gone = patient.addresses.create(line1="1 Court Square")
        gone.delete()
        patient.language = "Spanish"
        patient.save()

    make.run(house.executing(patient))

    patient.refresh_from_db()
    assert (patient.email, patient.language) == ("", "")
    assert [
        patient.addresses.count(),
        patient.phones.count(),
        patient.contacts.count(),
        patient.names.count(),
    ] == [0, 0, 0, 1]
    assert "Harbor" not in str(list(LogEntry.objects.values_list("changes", flat=True)))
    assert "Court Square" not in str(list(LogEntry.objects.values_list("changes", flat=True)))
    abstract = Stub.objects.get(pk=patient.pk).abstract
    assert abstract["mother_maiden_name"] == "Hale"
    assert [alias["family"] for alias in abstract["aliases"]] == ["Hale"]
    assert [number["value"] for number in abstract["numbers"]] == [patient.mrn]
    assert [visit["from"] for visit in abstract["encounters"]] == ["2001-03-01"]
    assert not Evaluation.objects.filter(pk=patient.pk).exists()


@pytest.mark.goal("G-45")
def test_certificate_holds_every_element_and_fits_its_hash(house):
    patient = house.patient(documents=2)
    batch = house.done(patient)

    certificate = Certificate.objects.get()

    content = certificate.content
    assert certificate.number == batch.number.replace("B-", "C-")
    assert certificate.sha256 == certificates.canonical_hash(content)
    assert content["batch_digest"] == batch.digest
    assert content["quantity"] == "1 chart, 2 documents, 4 pages"
    assert (content["dates_from"], content["dates_to"]) == ("2001-03-01", "2001-03-01")
    assert content["authority"] == "ZZ Code 1.1"
    assert [person["name"] for person in content["approvals"]] == [
        house.supervisor.display_name,
        house.compliance.display_name,
    ]
    assert content["destroyed_by"]["name"] == house.compliance.display_name
    assert content["witness"]["name"] == ""
    record = content["records"][0]
    assert (record["number"], record["name"]) == (patient.mrn, "WYMAN, Alfreda")

import pytest

from audit.models import Event
from records.access.models import Chart
from records.documents.models import Document, DocumentVersion
from records.documents.vault import files
from records.patients.models import Patient
from records.retention.enums import BatchStatus
from records.retention.models import BatchItem, Certificate, Stub
from tests.records.retention import factories as make

pytestmark = pytest.mark.django_db


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

"""The worker's part: steps, what stops it, and a worker killed at every point."""

import io
import signal
from datetime import timedelta
from pathlib import Path

import pikepdf
import pytest
from django.utils import timezone

from audit.context import acting_as
from audit.enums import Action
from audit.writes import attributing
from jobs.models import Job
from jobs.services import jobs
from records.access.enums import UnitRight
from records.access.services import rights
from records.documents.models import Document, DocumentVersion
from records.documents.services import corrections, filing, upkeep
from records.documents.vault import checks, files
from records.retention import copies
from requests_release.models import Package, PackagePart
from requests_release.services import packages, packaging, stages
from requests_release.tasks import keep_up
from tests import forking
from tests.requests_release import builders, factories, killing
from tests.requests_release.events import events_of, last_event


def texts(content):
    """The text that each page of a PDF carries, as a reader would copy it."""
    import pypdfium2

    document = pypdfium2.PdfDocument(content)
    found = [page.get_textpage().get_text_range() for page in document]
    document.close()
    return found


# --- what a package is ---------------------------------------------------------------------------


@pytest.mark.goal("G-54")
@pytest.mark.django_db
def test_package_holds_letter_index_and_stamped_pages(patient, clerk, approver):
    first = builders.file_document(patient, clerk, content=builders.pdf(2, "First"))
    second = builders.file_document(
        patient, clerk, content=builders.pdf(3, "Second"), title="Operation"
    )
    request = builders.prepared(patient, clerk, first, second)
    item = request.items.get(document=second)
    from requests_release.services import items

    items.choose(
        actor=clerk,
        request_id=request.pk,
        version=builders.fresh(request).version,
        chosen={first.pk: [1, 2], second.pk: [3]},
    )
    builders.submit(request, clerk)
    builders.approve(request, approver)

    package = builders.build(request)

    pages = texts(packages.read(package))
    assert package.state == "READY"
    assert len(pages) == package.page_count == 5
    assert "Superior Court" in pages[0]
    assert "Operation" in pages[1]
    assert all(f"Request {request.number}" in text for text in pages)
    assert all(f"Page {number} of 5" in text for number, text in enumerate(pages, start=1))
    assert "First, page 1" in pages[2]
    assert "First, page 2" in pages[3]
    assert "Second, page 3" in pages[4]
    assert item.document_id == second.pk


@pytest.mark.django_db
def test_manifest_names_source_and_hash_of_every_page(patient, clerk, approver, stored):
    request = builders.approved(patient, clerk, approver, stored)

    package = builders.build(request)

    version = DocumentVersion.objects.get(document=stored)
    front, whole = (
        PackagePart.objects.get(package=package, kind=kind) for kind in ("FRONT", "WHOLE")
    )
    assert package.manifest == {
        "request": request.number,
        "package": 1,
        "sha256": whole.sha256,
        "page_count": 4,
        "pages": [
            {"page": 1, "source": "front", "source_page": 1, "sha256": front.sha256},
            {"page": 2, "source": "front", "source_page": 2, "sha256": front.sha256},
            *(
                {
                    "page": 2 + number,
                    "source": "document",
                    "document": stored.pk,
                    "version": 1,
                    "source_page": number,
                    "sha256": version.sha256,
                }
                for number in (1, 2)
            ),
        ],
    }
    assert package.manifest_sha256 == packaging.hash_of(package.manifest)
    assert package.sha256 == whole.sha256


@pytest.mark.django_db
def test_the_front_is_unreadable_once_the_package_stands(patient, clerk, approver, stored):
    request = builders.approved(patient, clerk, approver, stored)
    package = builders.build(request)
    front = package.parts.get(kind="FRONT")

    removed = packages.remove_erased()

    front.refresh_from_db()
    assert (removed, front.wrapped_key) == (1, None)
    assert front.bytes_removed_at >= front.key_erased_at
    assert packages.remove_erased() == 0


@pytest.mark.django_db
def test_protected_class_brings_its_notice(unit, patient, clerk, approver):
    for person in (clerk, approver):
        factories.grant(person, unit, UnitRight.VIEW_PROTECTED)
    with attributing(approver):
        unit.sensitivity_classes = ["HIV"]
        unit.save(update_fields=["sensitivity_classes"])
    clerk, approver = builders.reloaded(clerk), builders.reloaded(approver)
    document = builders.file_document(patient, clerk, type_code="HIV_RESULT", title="HIV test")

    request = builders.approved(patient, clerk, approver, document)
    package = builders.build(request)

    pages = texts(packages.read(package))
    assert package.page_count == 5
    assert "A general authorization" in " ".join(pages[2].split())
    assert all("no further disclosure without consent" in text for text in pages)


@pytest.mark.goal("G-54")
@pytest.mark.django_db
def test_a_package_carries_nothing_hidden_of_its_sources(patient, clerk, approver):
    buffer = io.BytesIO()
    with pikepdf.open(io.BytesIO(builders.pdf(2))) as pdf:
        pdf.docinfo["/Subject"] = "SECRET SUBJECT"
        pdf.attachments["secret.txt"] = b"SECRET ATTACHMENT"
        pdf.save(buffer)
    document = builders.file_document(patient, clerk, content=buffer.getvalue())

    package = builders.build(builders.approved(patient, clerk, approver, document))

    content = packages.read(package)
    with pikepdf.open(io.BytesIO(content)) as pdf:
        assert "/Subject" not in pdf.docinfo
        assert not pdf.attachments
    assert b"SECRET" not in content


# --- what stops it --------------------------------------------------------------------------------


def take_unit(person, unit):
    giver = factories.User.objects.get(username="giver")
    rights.revoke_unit(actor=giver, unit=unit, right=UnitRight.VIEW_CHART, user=person)


@pytest.mark.goal("G-07")
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("who", "code"),
    [("clerk", "PREPARER_WITHOUT_RIGHT"), ("approver", "APPROVER_WITHOUT_RIGHT")],
)
def test_a_right_taken_after_approval_makes_it_void(
    unit, patient, clerk, approver, stored, who, code
):
    request = builders.approved(patient, clerk, approver, stored)
    take_unit({"clerk": clerk, "approver": approver}[who], unit)

    package = builders.build(request)

    request = builders.fresh(request)
    assert (package.state, request.status, request.approved_by) == ("VOID", "IN_PREPARATION", None)
    job = Job.objects.get(pk=package.job_id)
    assert (job.state, job.error_code) == ("FAILED", code)
    assert "no longer has a right" in request.status_changes.latest("pk").reason


@pytest.mark.goal("G-07")
@pytest.mark.goal("G-12")
@pytest.mark.django_db
def test_a_class_hidden_after_approval_makes_it_void(unit, patient, clerk, approver, stored):
    request = builders.approved(patient, clerk, approver, stored)
    with attributing(clerk):
        Document.objects.filter(pk=stored.pk).update(sensitivity="PSYCHNOTE")

    package = builders.build(request)

    assert package.state == "VOID"
    assert builders.fresh(request).status == "IN_PREPARATION"


@pytest.mark.goal("G-07")
@pytest.mark.django_db
def test_a_disabled_preparer_makes_it_void(patient, clerk, approver, stored):
    request = builders.approved(patient, clerk, approver, stored)
    with attributing(approver):
        clerk.is_active = False
        clerk.save(update_fields=["is_active"])

    assert builders.build(request).state == "VOID"


@pytest.mark.django_db
@pytest.mark.parametrize("change", ["void", "move", "replace"])
def test_a_document_changed_after_approval_makes_it_void(
    unit, patient, clerk, approver, stored, change
):
    request = builders.approved(patient, clerk, approver, stored)
    common = {"actor": approver, "document_id": stored.pk, "lock_version": 1}
    if change == "void":
        corrections.void(**common, reason="Wrong scan")
    elif change == "move":
        other = factories.make_patient(unit)
        corrections.move(**common, to_patient_id=other.pk, to_encounter_id=None, reason="Misfiled")
    else:
        upload = filing.Upload(builders.pdf(1), "new.pdf", "application/pdf")
        filing.replace(**common, upload=upload, reason="Better scan")

    package = builders.build(request)

    request = builders.fresh(request)
    assert (package.state, request.status) == ("VOID", "IN_PREPARATION")
    assert request.status_changes.latest("pk").reason == "A document was moved, voided or replaced."


@pytest.mark.django_db
def test_an_altered_source_fails_and_can_be_built_again(patient, clerk, approver, stored):
    request = builders.approved(patient, clerk, approver, stored)
    place = DocumentVersion.objects.get(document=stored).storage_name
    path = Path(files.storages[files.ALIAS].path(f"{place}/{files.ORIGINAL}"))
    original = path.read_bytes()
    path.write_bytes(original[:-3] + b"xxx")

    failed = builders.build(request)
    path.write_bytes(original)
    services_version = builders.fresh(request).version
    packages.order_again(actor=clerk, request_id=request.pk, version=services_version)
    built = builders.build(request)

    assert (failed.state, failed.error_code) == ("FAILED", "VAULT_DAMAGED")
    event = events_of(Action.JOB_FAILED, "FAILED")[0]
    assert event["detail"]["code"] == "VAULT_DAMAGED"
    assert (built.state, built.number) == ("READY", 2)
    assert builders.fresh(request).status == "READY"


@pytest.mark.django_db
def test_building_again_is_refused_while_one_stands(patient, clerk, approver, stored):
    request = builders.approved(patient, clerk, approver, stored)

    with pytest.raises(packages.PackageNotReady, match="nothing to build again"):
        packages.order_again(
            actor=clerk, request_id=request.pk, version=builders.fresh(request).version
        )


@pytest.mark.django_db
def test_reopening_a_ready_request_makes_its_package_unreadable(patient, clerk, approver, stored):
    request = builders.ready(patient, clerk, approver, stored)

    stages.reopen(actor=clerk, request_id=request.pk, version=request.version, reason="Wrong dates")

    part = PackagePart.objects.get(package__request=request, kind="WHOLE")
    assert (part.wrapped_key, part.package.state) == (None, "VOID")
    request = builders.fresh(request)
    assert (request.status, request.approved_by) == ("IN_PREPARATION", None)


@pytest.mark.goal("G-39")
@pytest.mark.django_db
def test_a_finished_job_that_runs_again_does_nothing(patient, clerk, approver, stored):
    request = builders.ready(patient, clerk, approver, stored)
    job = Job.objects.get()
    before = Package.objects.values().get()

    assert packaging.work(job) is False

    assert Package.objects.values().get() == before
    assert builders.fresh(request).status == "READY"


@pytest.mark.goal("G-31")
@pytest.mark.django_db
def test_the_worker_acts_as_the_system_for_the_approver(patient, clerk, approver, stored):
    builders.ready(patient, clerk, approver, stored)

    event = last_event(Action.PACKAGE_ASSEMBLED)
    assert event["on_behalf_of_id"] == approver.pk
    assert event["actor_id"] not in (clerk.pk, approver.pk)
    assert event["patient_id"] == patient.pk


@pytest.mark.goal("G-41")
@pytest.mark.django_db
def test_copies_of_destroyed_documents_are_erased_with_them(patient, clerk, approver, stored):
    request = builders.ready(patient, clerk, approver, stored)
    other = factories.make_document(patient)

    with attributing(clerk):
        untouched = copies.erase_all([other.pk])
        first = copies.erase_all([stored.pk])
        again = copies.erase_all([stored.pk])

    whole = PackagePart.objects.get(package__request=request, kind="WHOLE")
    name = "release packages"
    assert (untouched[name], first[name], again[name]) == (0, 2, 0)
    assert (whole.wrapped_key, whole.bytes_removed_at is None) == (None, False)
    assert not files.storages[files.ALIAS].exists(f"{whole.storage_name}/{files.ORIGINAL}")


@pytest.mark.django_db
def test_the_clock_takes_back_approvals_that_no_longer_stand(patient, clerk, approver):
    first, second = (builders.file_document(patient, clerk) for _ in range(2))
    changed = builders.ready(patient, clerk, approver, first)
    stands = builders.ready(patient, clerk, approver, second)
    with attributing(clerk):
        Document.objects.filter(pk=first.pk).update(version_number=2)

    keep_up()

    assert builders.fresh(changed).status == "IN_PREPARATION"
    assert builders.fresh(stands).status == "READY"
    parts = PackagePart.objects.filter(package__request=changed)
    assert all(part.bytes_removed_at for part in parts)


@pytest.mark.django_db
def test_packages_are_read_again_by_the_vaults_upkeep(patient, clerk, approver, stored):
    builders.ready(patient, clerk, approver, stored)

    with acting_as(clerk):
        report = upkeep.verify()

    assert (report.checked, report.missing, report.damaged) == (2, 0, 0)


# --- a worker killed ------------------------------------------------------------------------------

STEPS = ("PAGES", "COVER", "ASSEMBLE", "STORE", "READY")
POINTS = [
    *(f"{step}:{when}" for step in STEPS for when in ("before", "after")),
    "keep:FRONT",
    "keep:WHOLE",
    "PAGES:inside",
    "STORE:inside",
    "READY:inside",
]


@pytest.mark.goal("G-51")
@pytest.mark.committed
@pytest.mark.parametrize("point", POINTS)
def test_a_worker_killed_loses_nothing_and_leaves_nothing_half_done(point):
    unit = factories.make_unit()
    clerk = factories.make_user("CLERK", unit=unit)
    approver = factories.make_user("SUPERVISOR", unit=unit)
    patient = factories.make_patient(unit)
    stored = builders.file_document(patient, clerk)
    request = builders.approved(patient, clerk, approver, stored)
    package = Package.objects.get()

    assert forking.run(killing.work, package.job_id, point) == -signal.SIGKILL

    package.refresh_from_db()
    is_over = point == "READY:after"
    request = builders.fresh(request)
    assert package.state == ("READY" if is_over else "BUILDING")
    assert request.status == ("READY" if is_over else request.status)
    assert request.status in ("APPROVED", "PACKAGING", "READY")
    assert (request.status == "READY") == is_over
    # The dead worker still holds its lease, so nobody else touches the job until it is over.
    assert jobs.work(package.job_id) is None
    Job.objects.filter(pk=package.job_id).update(lease_until=timezone.now() - timedelta(seconds=1))
    assert jobs.sweep() == 1

    assert jobs.work(package.job_id) == "DONE"

    package.refresh_from_db()
    assert (package.state, builders.fresh(request).status) == ("READY", "READY")
    assert len(texts(packages.read(package))) == package.page_count == 4
    assert Package.objects.count() == 1
    assert PackagePart.objects.count() == 2
    path = [(one.from_status, one.to_status) for one in request.status_changes.order_by("pk")]
    assert path[-3:] == [
        ("SUBMITTED", "APPROVED"),
        ("APPROVED", "PACKAGING"),
        ("PACKAGING", "READY"),
    ]
    assert len(events_of(Action.PACKAGE_ASSEMBLED)) == 1
    orphans = leftovers()
    assert len(orphans) == (1 if point.startswith("keep:") else 0)


def leftovers():
    """Files of the vault, of this test, that no row knows."""

    def known(names):
        rows = [
            *DocumentVersion.objects.values_list("storage_name", flat=True),
            *PackagePart.objects.values_list("storage_name", flat=True),
        ]
        return [name for name in names if name in rows or name in BEFORE]

    return list(checks.leftovers(known, timezone.now() + timedelta(minutes=1)))


BEFORE: set[str] = set()


@pytest.fixture(autouse=True)
def _files_of_other_tests():
    BEFORE.clear()
    BEFORE.update(checks.folder_of(item) for item in checks.list_objects())

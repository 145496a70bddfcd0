"""Reading through a scope: pages drawn once, copies stamped, failures told in the log."""

import io
from dataclasses import replace

import pikepdf
import pypdfium2
import pytest
import time_machine
from PIL import Image

from records.access.enums import SensitivityClass
from records.access.errors import ClassHidden
from records.access.services import opening
from records.documents.errors import (
    DocumentUnknown,
    PageNotInFile,
    VaultDamaged,
    VaultMissing,
    VaultUnavailable,
)
from records.documents.sandbox import operations, pool
from records.documents.selectors import documents
from records.documents.services import corrections, derived, filing, reading, storing
from records.documents.services.storing import Upload
from records.documents.vault import checks, files
from records.patients.rules import mrn
from tests.records.documents import samples
from tests.records.documents.house import events_of, facts, pdf

pytestmark = pytest.mark.django_db


def opened(house, document, number=None, actor=None):
    scope = opening.peek_scope(actor=actor or house.guardian, patient_id=document.patient_id)
    return scope, documents.get_version(documents.get_document(scope, document.pk), number)


def labels(version):
    names = [item.name for item in checks.list_objects()]
    return sorted(
        name.rpartition("/")[2] for name in names if name.startswith(version.storage_name)
    )


def words_of(content):
    pages = pypdfium2.PdfDocument(io.BytesIO(content))
    return [page.get_textpage().get_text_bounded() for page in pages]


def test_version_is_read_as_filed(house):
    assert reading.read_version(*opened(house, house.filed("A"))) == pdf("A").content


def test_earlier_version_stays_readable(house):
    document = house.filed("Old")
    filing.replace(
        actor=house.clerk, document_id=document.pk, lock_version=1, upload=pdf("New"), reason="x"
    )

    assert reading.read_version(*opened(house, document, 1)) == pdf("Old").content
    assert reading.read_version(*opened(house, document)) == pdf("New").content


READERS = {
    "bytes": reading.read_version,
    "page": lambda scope, version: reading.page_image(scope, version, 1),
    "thumbnail": lambda scope, version: reading.thumbnail(scope, version, 1),
    "print": lambda scope, version: reading.stamped_copy(scope, version, reading.PRINT),
    "download": lambda scope, version: reading.stamped_copy(scope, version, reading.DOWNLOAD),
}


@pytest.mark.goal("G-12")
@pytest.mark.parametrize("reader", READERS)
def test_hidden_class_is_read_by_nobody_without_the_right(house, reader):
    document = house.protected()
    _, version = opened(house, document)
    scope = opening.peek_scope(actor=house.clerk, patient_id=document.patient_id)

    with pytest.raises(ClassHidden):
        READERS[reader](scope, version)

    assert labels(version) == ["original"]


@pytest.mark.parametrize("reader", READERS)
def test_scope_of_another_chart_reads_nothing(house, reader):
    _, version = opened(house, house.filed())
    scope = opening.peek_scope(actor=house.guardian, patient_id=house.other.pk)

    with pytest.raises(DocumentUnknown):
        READERS[reader](scope, version)


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (samples.written_pdf("One", "Two"), "a.pdf"),
        (samples.fax(2), "a.tif"),
        (samples.saved(samples.photograph(), "JPEG"), "a.jpg"),
        (samples.saved(samples.drawn(), "PNG"), "a.png"),
    ],
)
def test_page_is_drawn_once_and_kept_encrypted(house, monkeypatch, content, name):
    document = filing.file_document(
        actor=house.clerk,
        patient_id=house.patient.pk,
        upload=Upload(content, name),
        facts=facts(),
    )
    scope, version = opened(house, document)

    first = reading.page_image(scope, version, 1)
    small = reading.thumbnail(scope, version, 1)
    monkeypatch.setattr(operations, "render", lambda *a, **k: pytest.fail("drawn again"))
    monkeypatch.setattr(operations, "thumbnails", lambda *a, **k: pytest.fail("drawn again"))

    assert reading.page_image(scope, version, 1) == first
    assert reading.thumbnail(scope, version, 1) == small
    assert first.media_type in operations.PICTURE_STARTS
    assert first.content.startswith(operations.PICTURE_STARTS[first.media_type])
    assert len(small.content) < len(first.content)
    assert labels(version) == ["original", "p0001-110", "t0001-160"]


def test_close_look_is_a_finer_picture(house):
    scope, version = opened(house, house.filed("One"))

    plain = Image.open(io.BytesIO(reading.page_image(scope, version, 1).content))
    sharp = Image.open(io.BytesIO(reading.page_image(scope, version, 1, is_sharp=True).content))

    assert sharp.size == (2 * plain.width, 2 * plain.height)


def test_kept_picture_lies_encrypted(house, vault):
    scope, version = opened(house, house.filed("One"))
    picture = reading.page_image(scope, version, 1)

    stored = (vault / version.storage_name / "p0001-110").read_bytes()

    assert picture.content[:64] not in stored


def test_damaged_picture_is_drawn_anew(house, vault):
    scope, version = opened(house, house.filed("One"))
    first = reading.page_image(scope, version, 1)
    kept = vault / version.storage_name / "p0001-110"
    kept.write_bytes(kept.read_bytes()[:-1] + b"\x00")

    assert reading.page_image(scope, version, 1).content == first.content
    assert files.read(storing.place_of(version), "p0001-110") == first.content


def test_picture_that_cannot_be_kept_is_shown_all_the_same(house, monkeypatch):
    scope, version = opened(house, house.filed("One"))

    def full(*args):
        raise VaultUnavailable("no space left")

    monkeypatch.setattr(files, "keep_derived", full)

    assert reading.page_image(scope, version, 1).content
    assert labels(version) == ["original"]


def test_pictures_go_with_the_document(house):
    scope, version = opened(house, house.filed("One"))
    reading.page_image(scope, version, 1)
    reading.thumbnail(scope, version, 1)

    assert files.erase(version.storage_name) == 3


@pytest.mark.parametrize(
    ("spoil", "error", "code"),
    [
        (lambda path: path.unlink(), VaultMissing, "VAULT_MISSING"),
        (lambda path: path.write_bytes(path.read_bytes()[:-1]), VaultDamaged, "VAULT_DAMAGED"),
    ],
)
def test_page_that_cannot_be_shown_is_told_in_the_log(house, vault, spoil, error, code):
    document = house.filed("Spoiled")
    scope, version = opened(house, document)
    spoil(vault / version.storage_name / "original")
    pool.close()  # a child still holds what it has just inspected

    with pytest.raises(error):
        reading.page_image(scope, version, 1)

    assert events_of("DOCUMENT_PAGE_VIEWED") == [
        {
            "actor_id": house.guardian.pk,
            "patient_id": house.patient.pk,
            "subject_type": "document",
            "subject_id": str(document.pk),
            "outcome": "FAILED",
            "detail": {"version": 1, "code": code},
        }
    ]


def test_page_that_is_not_there_is_refused(house):
    _, version = opened(house, house.filed("One"))

    with pytest.raises(PageNotInFile):
        derived.page_picture(version, 7)


@pytest.mark.parametrize("copy_for", [reading.PRINT, reading.DOWNLOAD])
def test_copy_names_reader_and_time_on_every_page(house, at_nine, copy_for):
    document = house.filed("One", "Two", "Three")
    scope, version = opened(house, document)

    content = reading.stamped_copy(scope, version, copy_for)

    pages = words_of(content)
    assert len(pages) == 3
    for number, (page, own) in enumerate(zip(pages, ("One", "Two", "Three"), strict=True), 1):
        line = f"{copy_for.verb} by {house.guardian.display_name} ({house.guardian.username})"
        assert line in page
        assert "on Nov 12, 2026 at 09:05:00 EST" in page
        assert f"Page {number} of 3" in page
        assert f"MRN {mrn.display(house.patient.mrn)} · document {document.pk} · version 1" in page
        assert "Confidential patient information" in page
        assert own in page


@pytest.fixture
def at_nine(settings):
    settings.TIME_ZONE = "America/New_York"
    with time_machine.travel("2026-11-12T14:05:00Z", tick=False):
        yield


def test_copy_of_an_earlier_version_says_so(house):
    document = house.filed("Old")
    filing.replace(
        actor=house.clerk, document_id=document.pk, lock_version=1, upload=pdf("New"), reason="x"
    )

    content = reading.stamped_copy(*opened(house, document, 1), reading.PRINT)

    assert "version 1, since replaced" in words_of(content)[0]


def test_copy_of_a_voided_document_says_so(house):
    document = house.filed("Wrong")
    corrections.void(actor=house.supervisor, document_id=document.pk, lock_version=1, reason="x")

    assert "VOIDED" in words_of(reading.stamped_copy(*opened(house, document), reading.PRINT))[0]


def test_copy_carries_no_script(house):
    document = filing.file_document(
        actor=house.clerk,
        patient_id=house.patient.pk,
        upload=Upload(samples.changed_pdf(samples.with_script, "One"), "a.pdf"),
        facts=facts(),
    )

    content = reading.stamped_copy(*opened(house, document), reading.PRINT)

    with pikepdf.open(io.BytesIO(content)) as copied:
        assert "/OpenAction" not in copied.Root


def test_loose_file_is_drawn_and_kept_too(house):
    row = house.received("Loose")

    picture = reading.unfiled_page(row, 1)

    assert picture.content.startswith(operations.PICTURE_STARTS[picture.media_type])
    assert reading.unfiled_thumbnail(row, 1).content
    assert labels(row) == ["original", "p0001-110", "t0001-160"]


def test_every_class_is_known_to_the_check(house):
    """A scope that shows all classes but one hides that one."""
    document = house.filed()
    scope, version = opened(house, document)
    for name in SensitivityClass.values:
        version.document.sensitivity = name
        hidden = replace(scope, classes=frozenset(SensitivityClass.values) - {name})
        with pytest.raises(ClassHidden):
            reading.read_version(hidden, version)

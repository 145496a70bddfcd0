"""Real and hostile files through filing: whole with a first page, or refused with nothing kept."""

import pytest

from records.access.services import opening
from records.documents.errors import FileEncrypted, FileKindUnknown, FileNotAsClaimed, FileRefused
from records.documents.models import Document, DocumentVersion
from records.documents.selectors import documents
from records.documents.services import filing, reading
from records.documents.services.storing import Upload
from records.documents.vault import checks
from tests.records.documents import samples
from tests.records.documents.house import facts

pytestmark = pytest.mark.django_db

# name -> pages, or why it is refused
SCANS = {
    "ocrmypdf/cardinal.pdf": 4,
    "ocrmypdf/ccitt.pdf": 1,
    "ocrmypdf/jbig2.pdf": 1,
    "ocrmypdf/linn.png": 1,
    "ocrmypdf/linn.txt": FileKindUnknown,
    "paperless/double-sided-even.pdf": 2,
    "paperless/encrypted.pdf": FileEncrypted,
    "paperless/multi-page-images-alpha.tiff": 3,
    "paperless/multi-page-images.tiff": 3,
    "paperless/no-text-alpha.png": 1,
    "paperless/password-is-test.pdf": FileEncrypted,
    "paperless/signed.pdf": 1,
    "paperless/simple.jpg": 1,
    "paperless/with-form.pdf": 1,
    "py-pdf/habibi-rotated.pdf": 4,
    "py-pdf/imagemagick-CCITTFaxDecode.pdf": 1,
    "py-pdf/libreoffice-writer-password.pdf": FileEncrypted,
    "py-pdf/with-attachment.pdf": 1,
    "tesseract/phototest.tif": 1,
}
SPOILT = [
    ("cut in half", lambda data: data[: len(data) // 2]),
    ("cut short", lambda data: data[:-40]),
    ("middle blotted out", lambda data: blotted(data)),
    ("zip at the end", lambda data: data + b"PK\x05\x06" + b"\x00" * 18),
]


def blotted(data):
    middle = len(data) // 2
    return data[: middle - 300] + b"\x00" * 600 + data[middle + 300 :]


def file(house, content, name):
    return filing.file_document(
        actor=house.clerk,
        patient_id=house.patient.pk,
        upload=Upload(content, name),
        facts=facts(),
    )


def first_page(house, document):
    scope = opening.peek_scope(actor=house.clerk, patient_id=house.patient.pk)
    version = documents.get_version(documents.get_document(scope, document.pk))
    return reading.page_image(scope, version, 1)


def assert_nothing_kept(vault):
    assert (Document.objects.count(), DocumentVersion.objects.count()) == (0, 0)
    assert list(checks.list_objects() if vault.exists() else []) == []


@pytest.mark.parametrize("name", SCANS)
def test_scan_is_filed_whole_or_refused_whole(house, vault, name):
    content, wanted = samples.sample(f"scans/{name}"), SCANS[name]

    if isinstance(wanted, int):
        document = file(house, content, name)
        assert document.page_count == wanted
        assert reading.read_version(*read(house, document)) == content
        assert first_page(house, document).content
    else:
        with pytest.raises(wanted):
            file(house, content, name)
        assert_nothing_kept(vault)


def read(house, document):
    scope = opening.peek_scope(actor=house.clerk, patient_id=house.patient.pk)
    return scope, documents.get_version(documents.get_document(scope, document.pk))


@pytest.mark.parametrize(("how", "spoil"), SPOILT, ids=[how for how, _ in SPOILT])
@pytest.mark.parametrize(
    "name", [name for name, wanted in SCANS.items() if isinstance(wanted, int)]
)
def test_spoilt_scan_is_refused_or_every_page_of_it_opens(house, vault, name, how, spoil):
    """Readers mend some damage; what must never happen is a document that does not show."""
    content = spoil(samples.sample(f"scans/{name}"))

    try:
        document = file(house, content, name)
    except FileRefused:
        assert_nothing_kept(vault)
    else:
        assert first_page(house, document).content


@pytest.mark.parametrize("claimed", ["a.pdf", "a.tif", "a.jpg", "a.png"])
@pytest.mark.parametrize(
    "name", ["ocrmypdf/ccitt.pdf", "tesseract/phototest.tif", "paperless/simple.jpg"]
)
def test_scan_under_a_false_name_is_refused(house, vault, name, claimed):
    if name.rpartition(".")[2] == claimed.rpartition(".")[2]:
        pytest.skip("the name is true")

    with pytest.raises(FileNotAsClaimed):
        file(house, samples.sample(f"scans/{name}"), claimed)

    assert_nothing_kept(vault)

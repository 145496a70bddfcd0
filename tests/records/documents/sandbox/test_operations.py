import io

import pytest
from PIL import Image

from records.documents.errors import (
    FileEmpty,
    FileEncrypted,
    FileHasNoPages,
    FileHasPixelFlood,
    FileKindUnknown,
    FileNotAsClaimed,
    FileTooLarge,
    FileTooManyPages,
    FileUnreadable,
    PageNotInFile,
)
from records.documents.pdf.pieces import Piece
from records.documents.rules.signatures import FileKind
from records.documents.sandbox import operations, pool
from tests.records.documents import samples

PDF = samples.written_pdf("Discharge summary", "Second page")
FILES = {
    FileKind.PDF: PDF,
    FileKind.TIFF: samples.fax(2),
    FileKind.JPEG: samples.turned_jpeg(6),
    FileKind.PNG: samples.saved(samples.drawn(), "PNG", dpi=(100, 100)),
}


def opened(content):
    image = Image.open(io.BytesIO(content))
    image.load()
    return image


@pytest.mark.parametrize(
    ("kind", "name", "pages"),
    [
        (FileKind.PDF, "a.pdf", ((612.0, 792.0),) * 2),
        (FileKind.TIFF, "a.tif", ((609.88, 792.0),) * 2),
        (FileKind.JPEG, "a.jpg", ((216.0, 288.0),)),
        (FileKind.PNG, "a.png", ((288.01, 216.0),)),
    ],
)
def test_inspect_tells_kind_type_and_pages(kind, name, pages):
    seen = operations.inspect(FILES[kind], file_name=name)

    assert (seen.kind, seen.page_count, seen.notes) == (kind, len(pages), ())
    assert seen.media_type == operations.signatures.MEDIA_TYPES[kind]
    assert seen.pages == tuple(pytest.approx(page, abs=0.02) for page in pages)


@pytest.mark.parametrize(
    ("data", "name", "error"),
    [
        (b"", "a.pdf", FileEmpty),
        (b"hello", "a.txt", FileKindUnknown),
        (PDF, "a.png", FileNotAsClaimed),
        (PDF, "a.docx", FileNotAsClaimed),
        (samples.png_of_size(100_000, 100_000), "a.png", FileHasPixelFlood),
        (b"%PDF-1.7 nothing\n%%EOF", "a.pdf", FileUnreadable),
    ],
)
def test_inspect_refuses(data, name, error):
    with pytest.raises(error):
        operations.inspect(data, file_name=name)


def test_inspect_refuses_what_exceeds_the_settings(settings):
    settings.UPLOAD_MAX_PAGES = 1
    with pytest.raises(FileTooManyPages):
        operations.inspect(PDF)

    settings.UPLOAD_MAX_BYTES = len(PDF) - 1
    with pytest.raises(FileTooLarge):
        operations.inspect(PDF)


@pytest.mark.parametrize("kind", FILES)
def test_render_draws_every_kind(kind):
    picture = operations.render(operations.source(FILES[kind]), 1, dpi=72)

    image = opened(picture.content)
    assert image.size == (picture.width, picture.height)
    assert Image.MIME[image.format] == picture.media_type


@pytest.mark.parametrize(
    ("rotate", "size"), [(0, (85, 110)), (90, (110, 85)), (-90, (110, 85)), (540, (85, 110))]
)
def test_render_turns(rotate, size):
    picture = operations.render(operations.source(PDF), 2, dpi=10, rotate=rotate)

    assert (picture.width, picture.height) == size


def test_render_refuses_a_turn_that_is_no_quarter():
    with pytest.raises(ValueError, match="turns by quarters, not by 45"):
        operations.render(operations.source(PDF), 1, rotate=45)


@pytest.mark.parametrize("form", ["png", "jpeg", "webp"])
def test_render_keeps_to_the_form(form):
    assert operations.render(operations.source(PDF), 1, form=form).media_type == f"image/{form}"


@pytest.mark.parametrize("kind", FILES)
@pytest.mark.parametrize("page", [0, 3])
def test_page_outside_the_file_is_refused(kind, page):
    with pytest.raises(PageNotInFile):
        operations.render(operations.source(FILES[kind]), page)


@pytest.mark.parametrize(("kind", "pages"), [(FileKind.PDF, [2, 1]), (FileKind.TIFF, [1, 2])])
def test_thumbnails_are_of_the_width_asked_for(kind, pages):
    pictures = operations.thumbnails(operations.source(FILES[kind]), pages, width=120)

    assert [picture.width for picture in pictures] == pytest.approx([120, 120], abs=1)
    assert all(opened(picture.content).width == picture.width for picture in pictures)


def test_texts_are_read_from_pdf_only():
    assert operations.texts(operations.source(PDF), [2, 1]) == ["Second page", "Discharge summary"]
    assert operations.texts(operations.source(FILES[FileKind.TIFF]), [1, 2]) == ["", ""]


@pytest.mark.parametrize("kind", [FileKind.TIFF, FileKind.JPEG, FileKind.PNG])
def test_to_pdf_keeps_pages_and_sizes(kind):
    content = operations.to_pdf(operations.source(FILES[kind]))

    as_pdf, before = operations.inspect(content), operations.inspect(FILES[kind])
    assert as_pdf.kind is FileKind.PDF
    assert as_pdf.pages == tuple(pytest.approx(page, abs=0.01) for page in before.pages)


def test_assemble_takes_pages_of_several_files_in_order():
    files = [operations.source(data) for data in FILES.values()]
    pieces = [Piece(3, 1), Piece(0, 2), Piece(1, 2, 90), Piece(0, 1, -90)]

    content, placed = operations.assemble(files, pieces)

    seen = operations.inspect(content)
    assert [(one.position, one.source, one.page) for one in placed] == [
        (1, 3, 1),
        (2, 0, 2),
        (3, 1, 2),
        (4, 0, 1),
    ]
    assert [(one.width, one.height) for one in placed] == [
        pytest.approx(page, abs=0.02) for page in seen.pages
    ]
    assert seen.pages[2][0] > seen.pages[2][1]


def test_assemble_of_one_file_after_rendering_it_sends_it_again():
    file = operations.source(PDF)
    operations.render(file, 1)

    first, _ = operations.assemble([file], [Piece(0, 1)])
    second, _ = operations.assemble([file], [Piece(0, 1)])

    assert first == second
    assert operations.render(file, 1) == operations.render(file, 1)


def test_assemble_of_nothing_is_refused():
    with pytest.raises(FileHasNoPages):
        operations.assemble([operations.source(PDF)], [])


def test_report_names_the_layers():
    report = operations.report()

    assert set(report["layers"]) | set(report["missing"]) >= {"limits"}


# --- real files -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "pages", "notes"),
    [
        ("scans/paperless/multi-page-mixed.pdf", 6, ()),
        ("scans/paperless/multi-page-images.tiff", 3, ()),
        ("scans/paperless/multi-page-images-alpha.tiff", 3, ()),
        ("scans/paperless/no-text-alpha.png", 1, ()),
        ("scans/paperless/rotated.pdf", 4, ()),
        ("scans/paperless/simple.jpg", 1, ()),
        ("scans/paperless/signed.pdf", 1, ("FORM", "RESTRICTED", "SIGNATURE")),
        ("scans/paperless/with-form.pdf", 1, ("FORM",)),
        ("scans/py-pdf/with-attachment.pdf", 1, ("ATTACHMENTS",)),
        ("scans/py-pdf/grayscale-image.pdf", 1, ()),
        ("scans/py-pdf/habibi-rotated.pdf", 4, ()),
        ("scans/ocrmypdf/ccitt.pdf", 1, ()),
        ("scans/ocrmypdf/jbig2.pdf", 1, ()),
        ("scans/ocrmypdf/linn.png", 1, ()),
        ("scans/tesseract/eurotext.tif", 1, ()),
        ("scans/tesseract/deslant.tif", 1, ()),
        ("barcodes/paperless/barcode-fax-image.pdf", 3, ()),
        ("barcodes/paperless/several-patcht-codes.pdf", 7, ()),
        ("barcodes/paperless/split-by-asn-1.pdf", 10, ("REPAIRED",)),
        ("barcodes/zxing/code128-1_1.png", 1, ()),
        ("ccda/unstructured/UD_sample.pdf", 3, ()),
    ],
)
def test_real_file_opens_and_every_page_draws(name, pages, notes):
    data = samples.sample(name)

    seen = operations.inspect(data, file_name=name)
    file = operations.source(data)
    drawn = [operations.render(file, page, dpi=40) for page in range(1, pages + 1)]

    assert (seen.page_count, seen.notes, len(drawn)) == (pages, notes, pages)
    for picture, (width, height) in zip(drawn, seen.pages, strict=True):
        assert picture.width == pytest.approx(width * 40 / 72, abs=1.5)
        assert picture.height == pytest.approx(height * 40 / 72, abs=1.5)


@pytest.mark.parametrize(
    "name",
    [
        "scans/paperless/encrypted.pdf",
        "scans/paperless/password-is-test.pdf",
        "scans/py-pdf/libreoffice-writer-password.pdf",
    ],
)
def test_real_file_with_a_password_is_refused(name):
    with pytest.raises(FileEncrypted):
        operations.inspect(samples.sample(name), file_name=name)


# --- a child that was taken over --------------------------------------------------------------


class Liar:
    """A pool whose child answers what it likes."""

    def __init__(self, answer, parts=()):
        self.answer, self.parts = answer, list(parts)

    def run(self, job, sources):
        return self.answer, self.parts


PICTURE = {"media_type": "image/png", "width": 1, "height": 1}


@pytest.mark.parametrize(
    ("answer", "parts", "use"),
    [
        (PICTURE, [b"<script>"], lambda file: operations.render(file, 1)),
        (
            PICTURE | {"media_type": "text/html"},
            [b"\x89PNG"],
            lambda file: operations.render(file, 1),
        ),
        ({}, [b"MZ"], operations.to_pdf),
        ({"texts": ["a"]}, [], lambda file: operations.texts(file, [1, 2])),
        (
            {
                "placed": [
                    {
                        "position": 1,
                        "source": 0,
                        "page": 2,
                        "width": 1,
                        "height": 1,
                        "is_picture": False,
                    }
                ]
            },
            [b"%PDF-"],
            lambda file: operations.assemble([file], [Piece(0, 1)]),
        ),
        ({"placed": []}, [b"%PDF-"], lambda file: operations.assemble([file], [Piece(0, 1)])),
        ({"error": "SystemExit", "detail": ""}, [], operations.to_pdf),
        ({"error": "ClassVar", "detail": ""}, [], operations.to_pdf),
        ({"error": "__doc__"}, [], operations.to_pdf),
        ({"pages": [], "notes": []}, [], lambda _: operations.inspect(PDF)),
    ],
)
def test_answer_that_cannot_be_true_is_refused(monkeypatch, answer, parts, use):
    file = operations.source(PDF)
    monkeypatch.setattr(pool, "current", lambda size: Liar(answer, parts))

    with pytest.raises((FileUnreadable, FileHasNoPages)):
        use(file)

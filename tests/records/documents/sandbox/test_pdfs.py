"""The child's work on PDFs, done here in the test's own process."""

import io

import pikepdf
import pypdfium2
import pytest
from pikepdf import Array, Dictionary, Name, String

from records.documents.errors import (
    FileEncrypted,
    FileHasNoPages,
    FileHasPixelFlood,
    FileIsDynamicForm,
    FileNeedsTooMuchMemory,
    FileTooManyPages,
    FileTruncated,
    FileUnreadable,
    PageNotInFile,
)
from records.documents.rules.limits import FileLimits
from records.documents.sandbox import pdfs
from tests.records.documents import samples

LIMITS = FileLimits()
ONE = samples.written_pdf("One")


def check(data, limits=LIMITS):
    return pdfs.check_every_page(data, limits)


def opened(data):
    return pdfs.open_for_drawing(data)


def encrypted(**words):
    return samples.changed_pdf(lambda pdf: None, encryption=pikepdf.Encryption(**words))


def with_picture(width, height):
    def change(pdf):
        picture = pdf.make_stream(
            b"\x00" * 100,
            Type=Name.XObject,
            Subtype=Name.Image,
            Width=width,
            Height=height,
            ColorSpace=Name.DeviceGray,
            BitsPerComponent=1,
        )
        pdf.pages[0].obj.Resources.XObject = Dictionary(Im=picture)

    return change


def with_action(kind):
    def change(pdf):
        pdf.Root.OpenAction = Dictionary(S=kind)

    return change


def test_check_gives_the_sizes_of_every_page():
    assert check(samples.written_pdf("One", "Two", size=(595.28, 841.89))) == (
        [(595.28, 841.89)] * 2,
        [],
    )


def with_page_script(pdf):
    pdf.pages[0].obj.AA = Dictionary()


def with_signature(pdf):
    pdf.Root.Perms = pdf.make_indirect(Dictionary(ByteRange=Array([0, 1])))


@pytest.mark.parametrize(
    ("change", "notes"),
    [
        (samples.with_script, ["SCRIPTS"]),
        (samples.with_launch, ["SCRIPTS"]),
        (with_page_script, ["SCRIPTS"]),
        (with_action(Name.SubmitForm), ["SCRIPTS"]),
        (with_action(Name.GoTo), []),
        (samples.with_attachment, ["ATTACHMENTS"]),
        (samples.with_xfa(False), ["FORM"]),
        (samples.with_hidden_layer, ["LAYERS"]),
        (with_signature, ["SIGNATURE"]),
    ],
)
def test_check_notes_what_else_the_file_carries(change, notes):
    assert check(samples.changed_pdf(change))[1] == notes


def test_file_that_only_forbids_printing_is_taken_and_noted():
    forbidding = pikepdf.Permissions(print_highres=False, print_lowres=False, extract=False)

    assert check(encrypted(owner="owner", user="", allow=forbidding))[1] == ["RESTRICTED"]


def test_file_that_needs_a_password_is_refused():
    data = encrypted(owner="owner", user="user")

    with pytest.raises(FileEncrypted):
        check(data)
    with pytest.raises(FileEncrypted):
        opened(data)


def test_form_drawn_only_by_its_maker_is_refused():
    with pytest.raises(FileIsDynamicForm):
        check(samples.changed_pdf(samples.with_xfa(True)))


@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.9])
def test_file_cut_anywhere_is_refused(share):
    data = samples.written_pdf(*["text"] * 20)

    with pytest.raises(FileTruncated):
        check(data[: int(len(data) * share)])


@pytest.mark.parametrize("padding", [b"", b"\n", b"\x00" * 4096, b"\r\n\x1a", b"trailing" * 50])
def test_padding_behind_the_end_is_no_cut(padding):
    assert check(ONE + padding)[0] == [(612.0, 792.0)]


def test_damaged_table_is_repaired_and_noted():
    damaged = ONE.replace(b"startxref\n", b"startxref\n9")

    assert check(damaged) == ([(612.0, 792.0)], ["REPAIRED"])


@pytest.mark.parametrize(
    "data",
    [
        b"%PDF-1.7\n%%EOF",
        b"%PDF-1.7\n" + b"x" * 5000 + b"\n%%EOF\n",
        b"%PDF-1.7\n1 0 obj\n<</Type/Catalog>>\nendobj\ntrailer<</Root 1 0 R>>\n%%EOF",
        b"%PDF-1.7\ntrailer<</Root 9 0 R>>\n%%EOF",
        b"%PDF-1.7\n" + b"[" * 100_000 + b"\n%%EOF",
        b"%PDF-1.7\n1 0 obj\n" + b"<</A" * 50_000 + b"\nendobj\ntrailer<</Root 1 0 R>>\n%%EOF",
    ],
)
def test_what_is_no_document_is_refused(data):
    with pytest.raises((FileUnreadable, FileHasNoPages)):
        check(data)


def test_too_many_pages_are_refused():
    with pytest.raises(FileTooManyPages):
        check(samples.written_pdf("1", "2", "3"), FileLimits(max_pages=2))


def test_page_tree_that_leads_to_itself_is_refused():
    def change(pdf):
        pages = pdf.Root.Pages
        pages.Kids = Array([pages])

    with pytest.raises((FileUnreadable, FileHasNoPages)):
        check(samples.changed_pdf(change))


def test_picture_too_large_for_a_page_is_refused():
    with pytest.raises(FileHasPixelFlood):
        check(samples.changed_pdf(with_picture(100_000, 100_000)))

    assert check(samples.changed_pdf(with_picture(28, 28)))[0] == [(612.0, 792.0)]


def test_readers_that_see_different_pages_refuse_the_file(monkeypatch):
    document = opened(ONE)

    with pytest.raises(FileUnreadable, match="2 or 1 pages"):
        pdfs._sizes(document, 2)
    document.close()


def test_page_without_a_size_is_refused():
    class Page:
        def get_size(self):
            return 0.0, 10.0

        def close(self):
            pass

    with pytest.raises(FileUnreadable, match="page 1 has no size"):
        pdfs._sizes([Page()], 1)


@pytest.mark.parametrize(
    ("rotate", "size"), [(0, (85, 110)), (90, (110, 85)), (180, (85, 110)), (270, (110, 85))]
)
def test_draw_gives_the_page_turned_clockwise(rotate, size):
    document = opened(ONE)

    picture, points = pdfs.draw(document, 1, 10, rotate)
    document.close()

    assert (picture.size, picture.mode, points) == (size, "RGB", (612.0, 792.0))


def test_draw_of_a_huge_page_stays_within_the_pixels():
    document = opened(samples.written_pdf("One", size=(14_400, 14_400)))

    picture, _ = pdfs.draw(document, 1, 110, 0)
    document.close()

    assert picture.width * picture.height <= 50_100_000


@pytest.mark.parametrize("number", [0, -1, 2, 10_000])
@pytest.mark.parametrize(
    "use",
    [
        lambda d, n: pdfs.draw(d, n, 10, 0),
        lambda d, n: pdfs.text_of(d, n),
        lambda d, n: pdfs.width_of(d, n),
    ],
)
def test_page_outside_the_file_is_refused(use, number):
    document = opened(ONE)

    with pytest.raises(PageNotInFile):
        use(document, number)
    document.close()


def test_text_of_a_page_is_read():
    document = opened(samples.written_pdf("Discharge summary", "Second"))

    assert [pdfs.text_of(document, number) for number in (1, 2)] == ["Discharge summary", "Second"]
    document.close()


def test_form_is_drawn_with_its_fields():
    def change(pdf):
        field = Dictionary(
            Type=Name.Annot,
            Subtype=Name.Widget,
            FT=Name.Tx,
            T=String("name"),
            Rect=Array([100, 100, 500, 300]),
            F=4,
            MK=Dictionary(BG=Array([0, 0, 0])),
            AP=Dictionary(
                N=pdf.make_stream(
                    b"0 0 400 200 re f",
                    BBox=Array([0, 0, 400, 200]),
                    Type=Name.XObject,
                    Subtype=Name.Form,
                )
            ),
        )
        field = pdf.make_indirect(field)
        pdf.pages[0].obj.Annots = Array([field])
        pdf.Root.AcroForm = Dictionary(Fields=Array([field]))

    document = opened(samples.changed_pdf(change))
    picture, _ = pdfs.draw(document, 1, 72, 0)
    document.close()

    assert picture.convert("L").getpixel((300, 592)) < 100


@pytest.mark.parametrize(
    ("raised", "expected"),
    [
        (pikepdf.PasswordError("x"), FileEncrypted),
        (MemoryError(), FileNeedsTooMuchMemory),
        (RuntimeError("std::bad_alloc"), FileNeedsTooMuchMemory),
        (pypdfium2.PdfiumError("out of memory"), FileNeedsTooMuchMemory),
        (pikepdf.PdfError("x"), FileUnreadable),
        (KeyError("x"), FileUnreadable),
        (FileHasPixelFlood(), FileHasPixelFlood),
    ],
)
def test_errors_of_the_libraries_become_ours(raised, expected):
    with pytest.raises(expected), pdfs.reading():
        raise raised


def test_garbage_is_unreadable_to_the_drawing_library_too():
    with pytest.raises(FileUnreadable):
        opened(b"%PDF-1.7 nothing")


def test_repaired_file_says_the_same_pages_to_both_readers():
    buffer = io.BytesIO()
    with pikepdf.open(io.BytesIO(ONE)) as pdf:
        pdf.save(buffer)

    assert check(buffer.getvalue())[0] == [(612.0, 792.0)]

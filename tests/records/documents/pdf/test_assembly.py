import io
import re
import time

import pikepdf
import pypdfium2
import pytest
from hypothesis import given, strategies
from hypothesis import settings as effort
from pikepdf import Array, Dictionary, Name, String
from PIL import ImageChops

from records.documents.errors import FileEncrypted, FileUnreadable, PageNotInFile
from records.documents.pdf import assembly
from records.documents.pdf.pieces import Piece, PlacedPage, Stamp
from records.documents.rules.signatures import FileKind
from tests.records.documents import samples

PDF, TIFF, JPEG = FileKind.PDF, FileKind.TIFF, FileKind.JPEG
TEXT = samples.written_pdf("PAGE-ONE", "PAGE-TWO", "PAGE-THREE")
STAMP = Stamp(reference="R-1", notice="Do not share.", reader="Printed for A. Clerk")


def assemble(*files, pieces=None, stamp=None, title=""):
    pieces = pieces or [Piece(at, 1) for at in range(len(files))]
    return assembly.assemble(files, pieces, stamp, title)


def texts(content):
    document = pypdfium2.PdfDocument(content)
    found = []
    for page in document:
        reader = page.get_textpage()
        found.append(" | ".join(reader.get_text_bounded().splitlines()))
        reader.close()
    document.close()
    return found


def laid_open(content):
    """Return every byte that the file says, with nothing packed."""
    buffer = io.BytesIO()
    with pikepdf.open(io.BytesIO(content)) as pdf:
        pdf.save(
            buffer,
            compress_streams=False,
            object_stream_mode=pikepdf.ObjectStreamMode.disable,
            stream_decode_level=pikepdf.StreamDecodeLevel.generalized,
        )
    return buffer.getvalue()


def drawn(content, page=0, scale=0.5):
    document = pypdfium2.PdfDocument(content)
    picture = document[page].render(scale=scale).to_pil().convert("L")
    document.close()
    return picture


def marked_pdf(count, is_shared):
    """Return a PDF whose pages each show a picture of their own, listed with every page or not."""
    with pikepdf.open(
        io.BytesIO(samples.written_pdf(*[f"TEXT-{at}." for at in range(count)]))
    ) as pdf:
        shown = {}
        for at in range(count):
            marker = f"PICTURE-{at}.".encode()
            shown[f"/Im{at}"] = pdf.make_stream(
                marker.ljust(100),
                Type=Name.XObject,
                Subtype=Name.Image,
                Width=10,
                Height=10,
                ColorSpace=Name.DeviceGray,
                BitsPerComponent=8,
            )
        everything = pdf.make_indirect(Dictionary(shown))
        for at, page in enumerate(pdf.pages):
            own = Dictionary({f"/Im{at}": shown[f"/Im{at}"]})
            page.obj.Resources.XObject = everything if is_shared else own
            page.contents_add(pdf.make_stream(f"q 9 0 0 9 9 9 cm /Im{at} Do Q".encode()))
        buffer = io.BytesIO()
        pdf.save(buffer)
    return buffer.getvalue()


MARKED = [marked_pdf(5, True), marked_pdf(5, False)]
MARKERS = re.compile(rb"(?:PICTURE|TEXT)-\d\.")


# --- which pages ------------------------------------------------------------------------------


def test_pages_stand_in_the_order_asked_for_and_are_told():
    content, placed = assemble(
        (TEXT, PDF), (samples.fax(2), TIFF), pieces=[Piece(0, 3), Piece(1, 2), Piece(0, 1)]
    )

    assert texts(content) == ["PAGE-THREE", "", "PAGE-ONE"]
    assert placed == [
        PlacedPage(1, 0, 3, 612.0, 792.0, False),
        PlacedPage(2, 1, 2, 609.88, 792.0, False),
        PlacedPage(3, 0, 1, 612.0, 792.0, False),
    ]


def test_page_may_be_taken_twice():
    content, _ = assemble((TEXT, PDF), pieces=[Piece(0, 1), Piece(0, 1)])

    assert texts(content) == ["PAGE-ONE", "PAGE-ONE"]


@pytest.mark.parametrize("page", [0, -1, 4])
def test_page_outside_its_file_is_refused(page):
    with pytest.raises(PageNotInFile):
        assemble((TEXT, PDF), pieces=[Piece(0, page)])


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"%PDF-1.7 nothing", FileUnreadable),
        (
            samples.changed_pdf(
                lambda pdf: None, encryption=pikepdf.Encryption(owner="o", user="u")
            ),
            FileEncrypted,
        ),
    ],
)
def test_file_that_cannot_be_opened_is_refused(data, error):
    with pytest.raises(error):
        assemble((data, PDF))


CHOICES = strategies.lists(strategies.integers(1, 5), min_size=1, max_size=4)


@pytest.mark.goal("G-54")
@effort(deadline=None, max_examples=60)
@given(chosen=CHOICES, which=strategies.sampled_from(MARKED))
def test_result_holds_exactly_the_chosen_pages_and_nothing_of_the_others(chosen, which):
    check_exactly(chosen, which)


@pytest.mark.goal("G-54")
@pytest.mark.deep
@effort(deadline=None, max_examples=1000)
@given(chosen=CHOICES, which=strategies.sampled_from(MARKED))
def test_result_of_a_thousand_requests_holds_exactly_their_pages(chosen, which):
    check_exactly(chosen, which)


def check_exactly(chosen, which):
    content, placed = assemble(
        (which, PDF), pieces=[Piece(0, page) for page in chosen], stamp=STAMP
    )

    expected = {f"{word}-{page - 1}.".encode() for page in chosen for word in ("PICTURE", "TEXT")}
    assert set(MARKERS.findall(laid_open(content))) == expected
    assert [re.match(r"TEXT-\d\.", text)[0] for text in texts(content)] == [
        f"TEXT-{page - 1}." for page in chosen
    ]
    assert [page.page for page in placed] == chosen
    assert all("Do not share." in text for text in texts(content))


@pytest.mark.goal("G-54")
def test_what_a_drawing_inside_lists_but_does_not_use_stays_behind():
    def change(pdf):
        secret = pdf.make_stream(
            b"SECRET", Type=Name.XObject, Subtype=Name.Form, BBox=Array([0] * 4)
        )
        used = pdf.make_stream(b"USED", Type=Name.XObject, Subtype=Name.Form, BBox=Array([0] * 4))
        listing = Dictionary(Secret=secret, Used=used)
        outer = pdf.make_stream(
            b"/Used Do (/Secret Do) Tj",
            Type=Name.XObject,
            Subtype=Name.Form,
            BBox=Array([0, 0, 9, 9]),
            Resources=Dictionary(XObject=listing),
        )
        mask = pdf.make_stream(
            b"MASK",
            Type=Name.XObject,
            Subtype=Name.Form,
            BBox=Array([0, 0, 9, 9]),
            Resources=Dictionary(XObject=Dictionary(Secret=secret)),
        )
        state = Dictionary(SMask=Dictionary(S=Name.Luminosity, G=mask))
        resources = pdf.pages[0].obj.Resources
        resources.XObject = Dictionary(Outer=outer, Secret=secret)
        resources.ExtGState = Dictionary(Gs=state, Other=Dictionary(SMask=Dictionary(G=secret)))
        pdf.pages[0].contents_add(pdf.make_stream(b"/Gs gs /Outer Do"))

    whole = laid_open(assemble((samples.changed_pdf(change), PDF))[0])

    assert (b"USED" in whole, b"MASK" in whole) == (True, True)
    assert re.search(rb"^SECRET", whole, re.MULTILINE) is None


def test_drawing_inside_without_a_list_borrows_the_pages():
    def change(pdf):
        used = pdf.make_stream(b"USED", Type=Name.XObject, Subtype=Name.Form, BBox=Array([0] * 4))
        outer = pdf.make_stream(
            b"/Us#65d Do", Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, 9, 9])
        )
        pdf.pages[0].obj.Resources.XObject = Dictionary(Outer=outer, Used=used)
        pdf.pages[0].contents_add(pdf.make_stream(b"/Outer Do"))

    whole = laid_open(assemble((samples.changed_pdf(change), PDF))[0])

    assert re.search(rb"^USED", whole, re.MULTILINE) is not None


def test_drawing_that_draws_itself_ends():
    def change(pdf):
        form = pdf.make_stream(
            b"/Self Do", Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, 9, 9])
        )
        form.Resources = Dictionary(XObject=Dictionary(Self=form))
        pdf.pages[0].obj.Resources.XObject = Dictionary(Self=form)
        pdf.pages[0].contents_add(pdf.make_stream(b"/Self Do"))

    assert len(assemble((samples.changed_pdf(change), PDF))[1]) == 1


# --- what stays behind ------------------------------------------------------------------------


def with_everything(pdf):
    samples.with_script(pdf)
    samples.with_launch(pdf)
    samples.with_attachment(pdf)
    samples.with_xfa(False)(pdf)
    pdf.docinfo["/Author"] = "MARKER-AUTHOR"
    pdf.Root.Metadata = pdf.make_stream(b"MARKER-METADATA")
    page = pdf.pages[0].obj
    page.Metadata = pdf.make_stream(b"MARKER-PAGE-METADATA")
    page.PieceInfo = Dictionary(A=String("MARKER-PIECE"))
    page.AA = Dictionary(O=Dictionary(S=Name.JavaScript, JS=String("MARKER-SCRIPT")))
    page.Thumb = pdf.make_stream(b"MARKER-THUMB")
    page.Resources.XObject = Dictionary(
        Im=pdf.make_stream(
            b"\x00",
            Type=Name.XObject,
            Subtype=Name.Image,
            Width=1,
            Height=1,
            ColorSpace=Name.DeviceGray,
            BitsPerComponent=8,
            Metadata=pdf.make_stream(b"MARKER-PICTURE-METADATA"),
            Alternates=Array([Dictionary(Image=pdf.make_stream(b"MARKER-ALTERNATE"))]),
        )
    )
    pdf.pages[0].contents_add(pdf.make_stream(b"/Im Do"))
    with pdf.open_outline() as outline:
        outline.root.append(pikepdf.OutlineItem("MARKER-OUTLINE", 0))


@pytest.mark.goal("G-54")
def test_scripts_attachments_metadata_and_notes_stay_behind():
    data = samples.changed_pdf(with_everything)

    content, _ = assemble((data, PDF))

    whole = laid_open(content)
    assert b"MARKER" in laid_open(data)
    assert [
        word
        for word in (b"MARKER", b"/JavaScript", b"/Launch", b"MZ program", b"/XFA")
        if word in whole
    ] == []
    with pikepdf.open(io.BytesIO(content)) as pdf:
        assert sorted(pdf.Root.keys()) == ["/Pages", "/Type"]
        assert dict(pdf.docinfo) == {"/Producer": String("Chartroom")}
        assert all("/Annots" not in page.obj for page in pdf.pages)


def test_title_is_written_when_given():
    content, _ = assemble((TEXT, PDF), title="R-2026-00012")

    with pikepdf.open(io.BytesIO(content)) as pdf:
        assert str(pdf.docinfo["/Title"]) == "R-2026-00012"


def test_filled_field_is_drawn_into_the_page():
    def change(pdf):
        look = pdf.make_stream(
            b"0 0 400 200 re f",
            Type=Name.XObject,
            Subtype=Name.Form,
            BBox=Array([0, 0, 400, 200]),
        )
        field = pdf.make_indirect(
            Dictionary(
                Type=Name.Annot,
                Subtype=Name.Widget,
                FT=Name.Tx,
                T=String("name"),
                Rect=Array([100, 100, 500, 300]),
                F=4,
                AP=Dictionary(N=look),
            )
        )
        pdf.pages[0].obj.Annots = Array([field])
        pdf.Root.AcroForm = Dictionary(Fields=Array([field]))

    content, _ = assemble((samples.changed_pdf(change), PDF))

    assert drawn(content, scale=1).getpixel((300, 592)) == 0
    assert b"/AcroForm" not in laid_open(content)


def test_form_without_looks_is_given_them():
    def change(pdf):
        field = pdf.make_indirect(
            Dictionary(
                Type=Name.Annot,
                Subtype=Name.Widget,
                FT=Name.Tx,
                T=String("name"),
                V=String("FILLED"),
                DA=String("/Helv 20 Tf 0 g"),
                Rect=Array([100, 100, 500, 150]),
                F=4,
            )
        )
        font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
        pdf.pages[0].obj.Annots = Array([field])
        pdf.Root.AcroForm = Dictionary(
            Fields=Array([field]),
            NeedAppearances=True,
            DR=Dictionary(Font=Dictionary(Helv=pdf.make_indirect(font))),
        )

    content, _ = assemble((samples.changed_pdf(change), PDF))

    assert "FILLED" in texts(content)[0]


@pytest.mark.goal("G-54")
def test_hidden_layer_is_not_there():
    data = samples.changed_pdf(samples.with_hidden_layer, "SHOWN")

    content, placed = assemble((data, PDF))

    assert b"SECRET LAYER" in laid_open(data)
    assert b"SECRET LAYER" not in laid_open(content)
    assert texts(content) == [""]
    assert placed == [PlacedPage(1, 0, 1, 612.0, 792.0, True)]
    difference = ImageChops.difference(drawn(content), drawn(data))
    assert sum(difference.histogram()[200:]) < 50


def with_redaction_mark(pdf):
    note = Dictionary(Type=Name.Annot, Subtype=Name.Redact, Rect=Array([0, 680, 600, 720]))
    pdf.pages[0].obj.Annots = Array([pdf.make_indirect(note)])


def cropped(box):
    def change(pdf):
        pdf.pages[0].cropbox = Array(box)

    return change


@pytest.mark.goal("G-54")
@pytest.mark.parametrize(
    ("change", "is_picture"),
    [
        (lambda pdf: None, False),
        (with_redaction_mark, True),
        (cropped([0, 0, 612, 400]), True),
        (cropped([3, 3, 609, 789]), False),
        (samples.with_launch, False),
    ],
)
def test_page_that_hides_something_becomes_a_picture(change, is_picture):
    content, placed = assemble((samples.changed_pdf(change, "TEXT"), PDF))

    assert placed[0].is_picture is is_picture
    assert texts(content) == ["" if is_picture else "TEXT"]


# --- how it looks -----------------------------------------------------------------------------


def turned(degrees):
    def change(pdf):
        pdf.pages[0].obj.Rotate = degrees

    return change


def boxed(pdf):
    pdf.pages[0].obj.MediaBox = Array([-50, -20, 562, 772])
    pdf.pages[0].obj.TrimBox = Array([0, 0, 100, 100])


def scaled(pdf):
    pdf.pages[0].obj.UserUnit = 2


@pytest.mark.parametrize(
    "change",
    [*map(turned, (0, 90, 180, 270)), boxed, scaled],
    ids=["0", "90", "180", "270", "boxed", "unit"],
)
@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
def test_page_looks_as_in_the_viewer(change, rotate):
    data = samples.changed_pdf(change, "Look here")
    document = pypdfium2.PdfDocument(data)
    viewed = document[0].render(scale=0.5, rotation=rotate).to_pil().convert("L")
    document.close()

    content, placed = assemble((data, PDF), pieces=[Piece(0, 1, rotate)])

    released = drawn(content)
    assert released.size == pytest.approx(viewed.size, abs=1)
    assert (placed[0].width / 2, placed[0].height / 2) == pytest.approx(viewed.size, abs=1)
    difference = ImageChops.difference(released, viewed.resize(released.size))
    assert sum(difference.histogram()[128:]) < 20


@pytest.mark.parametrize(
    ("data", "kind", "own_height", "is_shrunk"),
    [
        (samples.fax(1), TIFF, 792.0, True),
        (samples.turned_jpeg(6), JPEG, 288.0, False),
        (TEXT, PDF, 792.0, True),
    ],
)
def test_stamp_stands_outside_the_page_it_marks(data, kind, own_height, is_shrunk):
    content, placed = assemble((data, kind), stamp=STAMP)

    assert texts(content)[0].endswith("R-1 Page 1 of 1 | Do not share. | Printed for A. Clerk")
    with pikepdf.open(io.BytesIO(content)) as pdf:
        drawing = pdf.pages[0].obj.Contents.read_bytes().split(b"\n")[0]
    scale, _, _, _, _, bottom = (float(value) for value in drawing.split()[1:7])
    assert (scale < 1) == is_shrunk
    above, below = placed[0].height - 19.0 - bottom - own_height * scale, bottom - 27.0
    assert above == pytest.approx(below, abs=0.01)
    assert below == pytest.approx(0 if is_shrunk else (360 - 46 - own_height) / 2, abs=0.01)


@pytest.mark.parametrize("size", [(100, 100), (300, 120), (120, 300), (900, 100)])
def test_small_page_keeps_its_size_on_the_sheet_that_its_stamp_needs(size):
    data = samples.written_pdf("", size=size)

    content, placed = assemble((data, PDF), stamp=STAMP)

    assert (placed[0].width, placed[0].height) == (max(size[0], 360), max(size[1], 360))
    with pikepdf.open(io.BytesIO(content)) as pdf:
        drawing = pdf.pages[0].obj.Contents.read_bytes().split(b"\n")[0]
    assert float(drawing.split()[1]) == 1.0
    assert texts(content)[0].endswith("R-1 Page 1 of 1 | Do not share. | Printed for A. Clerk")


def test_numbers_run_through_all_files():
    content, _ = assemble(
        (TEXT, PDF),
        (samples.fax(2), TIFF),
        pieces=[Piece(0, 1), Piece(1, 2), Piece(0, 2)],
        stamp=STAMP,
    )

    assert [re.search(r"Page \d of \d", text)[0] for text in texts(content)] == [
        "Page 1 of 3",
        "Page 2 of 3",
        "Page 3 of 3",
    ]


def test_same_input_gives_the_same_bytes():
    files = ((TEXT, PDF), (samples.fax(2), TIFF), (samples.turned_jpeg(3), JPEG))

    assert assemble(*files, stamp=STAMP, title="T") == assemble(*files, stamp=STAMP, title="T")


def test_five_hundred_pages_are_stamped_in_a_few_seconds():
    data = samples.written_pdf(*[f"Page {number}" for number in range(500)])
    started = time.monotonic()

    _, placed = assemble(
        (data, PDF), pieces=[Piece(0, page) for page in range(1, 501)], stamp=STAMP
    )

    assert len(placed) == 500
    assert time.monotonic() - started < 5

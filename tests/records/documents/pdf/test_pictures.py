import io

import pikepdf
import pypdfium2
import pytest
from pikepdf import Name
from PIL import Image, ImageChops

from records.documents.errors import FileTruncated
from records.documents.pdf import pictures
from records.documents.rules.signatures import FileKind
from records.documents.sandbox import pictures as opening
from tests.records.documents import samples

JPEG = samples.saved(samples.photograph(), "JPEG", quality=90, dpi=(100, 100))


def saved(pdf):
    buffer = io.BytesIO()
    pdf.save(buffer)
    pdf.close()
    return buffer.getvalue()


def converted(data, kind):
    return saved(pictures.to_pdf(data, kind))


def picture_in(data, page=0):
    """Return the picture that a page is made of, decoded by another library."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        stream = pdf.pages[page].resources.XObject.Im0
        return pikepdf.PdfImage(stream).as_pil_image().copy(), stream.Filter


def drawn(data, page=0, scale=1.0):
    document = pypdfium2.PdfDocument(data)
    picture = document[page].render(scale=scale).to_pil().convert("L")
    document.close()
    return picture


def same(one, other):
    return ImageChops.difference(one.convert("RGB"), other.convert("RGB")).getbbox() is None


@pytest.mark.parametrize(
    ("data", "kind", "coding"),
    [
        (samples.fax(2), FileKind.TIFF, Name.CCITTFaxDecode),
        (samples.saved(samples.drawn(mode="1"), "PNG"), FileKind.PNG, Name.CCITTFaxDecode),
        (samples.saved(samples.drawn(mode="L"), "PNG"), FileKind.PNG, Name.CCITTFaxDecode),
        (samples.saved(samples.drawn(mode="P"), "PNG"), FileKind.PNG, Name.CCITTFaxDecode),
        (samples.saved(Image.linear_gradient("L"), "TIFF"), FileKind.TIFF, Name.FlateDecode),
        (
            samples.saved(Image.linear_gradient("L").convert("RGB"), "PNG"),
            FileKind.PNG,
            Name.FlateDecode,
        ),
        (samples.saved(samples.photograph(), "PNG"), FileKind.PNG, Name.FlateDecode),
        (samples.saved(samples.photograph(), "TIFF"), FileKind.TIFF, Name.FlateDecode),
        (JPEG, FileKind.JPEG, Name.DCTDecode),
        (samples.saved(samples.drawn(mode="L"), "JPEG"), FileKind.JPEG, Name.DCTDecode),
        (
            samples.saved(samples.photograph(), "JPEG", progressive=True),
            FileKind.JPEG,
            Name.DCTDecode,
        ),
    ],
)
def test_picture_becomes_a_page_without_loss(data, kind, coding):
    pdf = converted(data, kind)

    picture, used = picture_in(pdf)
    with Image.open(io.BytesIO(data)) as original:
        assert same(picture, original)
    assert used == coding


def test_cmyk_jpeg_is_brought_to_colour():
    data = samples.saved(samples.photograph().convert("CMYK"), "JPEG")

    picture, used = picture_in(converted(data, FileKind.JPEG))

    assert (picture.mode, used) == ("RGB", Name.FlateDecode)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_turned_picture_is_shown_as_the_viewer_shows_it(orientation):
    data = samples.turned_jpeg(orientation)
    with opening.page_of(data, FileKind.JPEG, 1) as image:
        viewed = opening.draw(image, 72, 0).convert("L")

    released = drawn(converted(data, FileKind.JPEG))

    assert released.size == viewed.size
    difference = ImageChops.difference(released, viewed)
    assert sum(difference.histogram()[128:]) < released.width * released.height * 0.02


def test_fax_keeps_black_on_white_and_its_shape():
    page = drawn(converted(samples.fax(3), FileKind.TIFF), page=2)

    assert page.size == (610, 792)
    assert (page.getpixel((100, 100)), page.getpixel((500, 700))) == (0, 255)


@pytest.mark.parametrize(
    ("picture", "mode"),
    [
        (samples.drawn(mode="RGB"), "1"),
        (samples.drawn(mode="L"), "1"),
        (samples.drawn(mode="1"), "1"),
        (Image.linear_gradient("L").convert("RGB"), "L"),
        (samples.photograph(), "RGB"),
    ],
)
def test_leanest_changes_no_pixel(picture, mode):
    lean = pictures.leanest(picture)

    assert lean.mode == mode
    assert same(lean, picture)


def test_jpeg_loses_all_that_it_says_besides_its_pixels():
    exif = Image.Exif()
    exif[0x010F] = "MARKER-CAMERA"
    data = samples.saved(
        samples.photograph(), "JPEG", exif=exif.tobytes(), comment=b"MARKER-COMMENT"
    )
    data = data[:2] + b"\xff\xed\x00\x10MARKER-PHOTOSH" + data[2:]

    silent = pictures.silent_jpeg(data)

    assert b"MARKER" in data
    assert b"MARKER" not in silent
    with Image.open(io.BytesIO(silent)) as left, Image.open(io.BytesIO(data)) as right:
        assert same(left, right)


def test_jpeg_loses_its_second_picture_and_what_stands_behind():
    data = samples.saved(
        samples.photograph(), "MPO", save_all=True, append_images=[samples.drawn(mode="RGB")]
    )

    silent = pictures.silent_jpeg(data + b"MARKER")

    assert silent.count(b"\xff\xd8\xff") == 1
    assert silent.endswith(b"\xff\xd9")


@pytest.mark.parametrize("cut", [2, 20, 200, len(JPEG) - 2])
def test_jpeg_without_an_end_is_refused(cut):
    with pytest.raises(FileTruncated):
        pictures.silent_jpeg(JPEG[:cut])


@pytest.mark.parametrize(
    ("picture", "coding"),
    [
        (samples.drawn(mode="RGB"), Name.FlateDecode),
        (samples.photograph(), Name.DCTDecode),
    ],
)
def test_drawn_page_is_grey_without_loss_or_coloured_as_jpeg(picture, coding):
    with pikepdf.new() as pdf:
        assert pictures.drawn_stream(pdf, picture).Filter == coding

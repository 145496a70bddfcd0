"""The child's work on pictures, done here in the test's own process."""

import io

import pytest
from PIL import Image

from records.documents.errors import (
    FileHasPixelFlood,
    FileNeedsTooMuchMemory,
    FileTooManyPages,
    FileTruncated,
    FileUnreadable,
    PageNotInFile,
)
from records.documents.rules.limits import FileLimits
from records.documents.rules.signatures import FileKind
from records.documents.sandbox import pictures
from tests.records.documents import samples

LIMITS = FileLimits()


def drawn(data, kind, number=1, dpi=72, rotate=0):
    with pictures.page_of(data, kind, number) as image:
        return pictures.draw(image, dpi, rotate)


def dark_corner(picture):
    """Return which quarter of the picture is dark, as (right, lower)."""
    grey = picture.convert("L")
    width, height = grey.size
    quarters = {
        (across, down): grey.getpixel((width * (1 + 2 * across) // 4, height * (1 + 2 * down) // 4))
        for across in (0, 1)
        for down in (0, 1)
    }
    return min(quarters, key=quarters.get)


@pytest.mark.parametrize(
    ("data", "kind", "sizes"),
    [
        (samples.fax(3), FileKind.TIFF, [(609.88, 792.0)] * 3),
        (samples.saved(samples.drawn(), "PNG", dpi=(100, 100)), FileKind.PNG, [(288.01, 216.0)]),
        (samples.saved(samples.drawn(mode="RGB"), "JPEG"), FileKind.JPEG, [(792.0, 594.0)]),
        (samples.saved(samples.drawn(mode="1"), "TIFF"), FileKind.TIFF, [(792.0, 594.0)]),
    ],
)
def test_check_every_page_gives_sizes_in_points(data, kind, sizes):
    assert [
        pytest.approx(size, abs=0.01) for size in pictures.check_every_page(data, kind, LIMITS)
    ] == sizes


@pytest.mark.parametrize("orientation", range(1, 9))
def test_camera_turned_any_way_is_seen_upright(orientation):
    data = samples.turned_jpeg(orientation)
    on_side = orientation in pictures.ON_ITS_SIDE

    (size,) = pictures.check_every_page(data, FileKind.JPEG, LIMITS)
    picture = drawn(data, FileKind.JPEG)

    assert size == ((216.0, 288.0) if on_side else (288.0, 216.0))
    assert picture.size == ((216, 288) if on_side else (288, 216))
    with Image.open(io.BytesIO(data)) as stored:
        upright = stored.transpose(pictures.TURNS[orientation]) if orientation > 1 else stored
        assert dark_corner(picture) == dark_corner(upright)


@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_turned_tiff_is_seen_upright_in_its_shape(orientation):
    data = samples.saved(
        samples.drawn(400, 300), "TIFF", tiffinfo={274: orientation}, dpi=(200, 100)
    )
    on_side = orientation in pictures.ON_ITS_SIDE
    plain = (144.0, 216.0)

    (size,) = pictures.check_every_page(data, FileKind.TIFF, LIMITS)
    picture = drawn(data, FileKind.TIFF)

    assert size == (plain[::-1] if on_side else plain)
    assert picture.size == tuple(map(int, size))


@pytest.mark.parametrize(
    ("rotate", "corner", "size"),
    [
        (0, (0, 0), (400, 300)),
        (90, (1, 0), (300, 400)),
        (180, (1, 1), (400, 300)),
        (270, (0, 1), (300, 400)),
    ],
)
def test_draw_turns_clockwise(rotate, corner, size):
    data = samples.saved(samples.drawn(), "PNG", dpi=(72, 72))

    picture = drawn(data, FileKind.PNG, dpi=72, rotate=rotate)

    assert (dark_corner(picture), picture.size) == (corner, size)


def test_draw_of_a_fax_makes_its_pixels_square():
    picture = drawn(samples.fax(), FileKind.TIFF, number=3, dpi=72)

    assert picture.size == (610, 792)
    assert picture.mode == "L"


def test_draw_of_a_huge_request_stays_within_the_pixels():
    data = samples.saved(samples.drawn(), "PNG")

    picture = drawn(data, FileKind.PNG, dpi=100_000)

    assert picture.width * picture.height <= 50_100_000


@pytest.mark.parametrize(
    ("picture", "mode", "light", "dark"),
    [
        (samples.drawn(mode="1"), "1", 255, 0),
        (samples.drawn(mode="L"), "L", 255, 0),
        (samples.drawn(mode="P"), "RGB", (255, 255, 255), (0, 0, 0)),
        (samples.drawn(mode="CMYK"), "RGB", (255, 255, 255), (0, 0, 0)),
        (samples.drawn(mode="LA"), "L", 255, 0),
        (samples.drawn(mode="RGBA"), "RGB", (255, 255, 255), (0, 0, 0)),
    ],
)
def test_plain_brings_every_mode_to_grey_or_colour(picture, mode, light, dark):
    plain = pictures.plain(picture)

    assert plain.mode == mode
    assert (plain.getpixel((390, 290)), plain.getpixel((20, 20))) == (light, dark)


def test_plain_lays_what_is_transparent_on_white():
    glass = Image.new("RGBA", (10, 10), (0, 0, 0, 0))
    indexed = samples.saved(Image.new("P", (10, 10), 0), "PNG", transparency=0)

    with Image.open(io.BytesIO(indexed)) as opened:
        assert pictures.plain(opened).getpixel((5, 5)) == (255, 255, 255)
    assert pictures.plain(glass).getpixel((5, 5)) == (255, 255, 255)


@pytest.mark.parametrize(
    ("mode", "values", "expected"),
    [
        ("I;16", (0, 65535), [0, 255]),
        ("I;16", (0, 32768), [0, 127]),
        ("I", (0, 200), [0, 255]),
        ("F", (0.0, 1.0), [0, 255]),
        ("F", (0.0, 0.5), [0, 127]),
    ],
)
def test_plain_scales_deep_pictures_instead_of_clipping(mode, values, expected):
    deep = Image.new(mode, (2, 1))
    for at, value in enumerate(values):
        deep.putpixel((at, 0), value)

    plain = pictures.plain(deep)

    assert plain.mode == "L"
    assert [plain.getpixel((at, 0)) for at in (0, 1)] == pytest.approx(expected, abs=1)


@pytest.mark.parametrize("number", [0, -1, 4, 1000])
def test_page_outside_the_file_is_refused(number):
    with pytest.raises(PageNotInFile):
        drawn(samples.fax(3), FileKind.TIFF, number)


def test_second_picture_of_a_camera_is_no_page():
    data = samples.saved(
        samples.drawn(mode="RGB"), "MPO", save_all=True, append_images=[samples.drawn(mode="RGB")]
    )

    assert len(pictures.check_every_page(data, FileKind.JPEG, LIMITS)) == 1
    with pytest.raises(PageNotInFile):
        drawn(data, FileKind.JPEG, 2)


def test_more_pages_than_allowed_are_refused_before_decoding():
    with pytest.raises(FileTooManyPages):
        pictures.check_every_page(samples.fax(3), FileKind.TIFF, FileLimits(max_pages=2))


def test_pixel_flood_is_refused_before_decoding():
    data = samples.png_of_size(50_000, 50_000)

    with pytest.raises(FileHasPixelFlood):
        pictures.check_every_page(data, FileKind.PNG, LIMITS)
    with pytest.raises(FileHasPixelFlood):
        drawn(data, FileKind.PNG)


@pytest.mark.parametrize("share", [0.1, 0.3, 0.5, 0.7, 0.9, 0.99])
@pytest.mark.parametrize("form", ["PNG", "JPEG", "TIFF"])
def test_file_cut_anywhere_is_refused(form, share):
    data = samples.saved(samples.photograph(200, 100), form)
    cut = data[: int(len(data) * share)]

    with pytest.raises((FileTruncated, FileUnreadable)):
        pictures.check_every_page(cut, FileKind(form), LIMITS)


@pytest.mark.parametrize(
    ("kind", "form"),
    [
        (FileKind.PNG, "JPEG"),
        (FileKind.JPEG, "TIFF"),
        (FileKind.TIFF, "PNG"),
        (FileKind.PNG, "GIF"),
    ],
)
def test_only_the_plug_in_of_the_kind_is_tried(kind, form):
    data = samples.saved(samples.drawn(mode="RGB"), form)

    with pytest.raises((FileUnreadable, FileTruncated)):
        pictures.check_every_page(data, kind, LIMITS)


@pytest.mark.parametrize(
    ("raised", "expected"),
    [
        (MemoryError(), FileNeedsTooMuchMemory),
        (Image.DecompressionBombError("bomb"), FileHasPixelFlood),
        (OSError("image file is truncated"), FileTruncated),
        (SyntaxError("broken"), FileUnreadable),
        (PageNotInFile(), PageNotInFile),
    ],
)
def test_errors_of_the_library_become_ours(raised, expected):
    data = samples.saved(samples.drawn(), "PNG")

    with pytest.raises(expected), pictures.opened(data, FileKind.PNG):
        raise raised


@pytest.mark.parametrize(
    ("stated", "expected"),
    [({}, None), ({"dpi": (300, 200)}, (300.0, 200.0)), ({"dpi": (1,)}, None), ({"dpi": 0}, None)],
)
def test_resolution_is_what_the_file_states(stated, expected):
    picture = samples.drawn()
    picture.info = stated

    assert pictures.resolution(picture) == expected

import io

import pytest
from PIL import Image

from records.documents.sandbox import encoding
from tests.records.documents import samples

STARTS = {"image/png": b"\x89PNG", "image/jpeg": b"\xff\xd8", "image/webp": b"RIFF"}
NOISY = Image.merge(
    "RGB", [Image.linear_gradient("L").point(lambda v, n=n: max(0, v - n)) for n in (0, 4, 8)]
)


def opened(content):
    image = Image.open(io.BytesIO(content))
    image.load()
    return image


@pytest.mark.parametrize("form", ["png", "jpeg", "webp"])
@pytest.mark.parametrize(
    "picture", [samples.drawn(), samples.photograph(), samples.drawn(mode="1")]
)
def test_encode_keeps_to_the_form_asked_for(form, picture):
    content, media_type = encoding.encode(picture, form)

    assert media_type == f"image/{form}"
    assert content.startswith(STARTS[media_type])
    assert opened(content).size == picture.size


@pytest.mark.parametrize(
    ("picture", "media_type"),
    [
        (samples.drawn(mode="1"), "image/png"),
        (samples.drawn(mode="L"), "image/png"),
        (samples.drawn(mode="RGB"), "image/png"),
        (samples.photograph(), "image/webp"),
        (Image.linear_gradient("L"), "image/webp"),
    ],
)
def test_auto_is_png_for_text_and_webp_for_photographs(picture, media_type):
    assert encoding.encode(picture, "auto")[1] == media_type


def test_text_page_becomes_sixteen_greys_that_stay_black_and_white():
    content, _ = encoding.encode(samples.drawn(mode="RGB"), "auto")
    image = opened(content)

    assert (image.mode, len(image.getcolors())) == ("P", 2)
    grey = image.convert("L")
    assert (grey.getpixel((20, 20)), grey.getpixel((390, 290))) == (0, 255)


def test_text_page_takes_less_room_than_in_colour():
    page = samples.drawn(1000, 1300, "RGB").resize((935, 1210))
    whole = io.BytesIO()
    page.save(whole, "PNG")

    content, _ = encoding.encode(page, "auto")

    assert len(content) < len(whole.getvalue())


def test_photograph_asked_for_as_png_keeps_its_greys():
    content, _ = encoding.encode(Image.linear_gradient("L"), "png")

    assert len(opened(content).getcolors()) == 256


@pytest.mark.parametrize(
    ("picture", "is_grey"),
    [
        (samples.drawn(mode="1"), True),
        (samples.drawn(mode="L"), True),
        (samples.drawn(mode="RGB"), True),
        (NOISY, True),
        (samples.photograph(), False),
        (Image.new("RGB", (5, 5), (200, 0, 0)), False),
        (Image.new("RGB", (5, 5), (200, 200, 150)), False),
    ],
)
def test_as_grey_overlooks_a_scanners_noise_only(picture, is_grey):
    assert (encoding.as_grey(picture) is not None) is is_grey

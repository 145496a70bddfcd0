import pytest

from records.documents.errors import (
    FileEmpty,
    FileHasNoPages,
    FileHasPixelFlood,
    FileTooLarge,
    FileTooManyPages,
)
from records.documents.rules import limits
from records.documents.rules.limits import FileLimits

LIMITS = FileLimits(max_bytes=100, max_pages=3, max_pixels=50)


@pytest.mark.parametrize(
    ("size", "error"), [(0, FileEmpty), (1, None), (100, None), (101, FileTooLarge)]
)
def test_check_size(size, error):
    check(error, lambda: limits.check_size(size, LIMITS))


@pytest.mark.parametrize(
    ("count", "error"),
    [(-1, FileHasNoPages), (0, FileHasNoPages), (1, None), (3, None), (4, FileTooManyPages)],
)
def test_check_page_count(count, error):
    check(error, lambda: limits.check_page_count(count, LIMITS))


@pytest.mark.parametrize(
    ("width", "height", "error"),
    [
        (5, 10, None),
        (50, 1, None),
        (51, 1, FileHasPixelFlood),
        (0, 10, FileHasPixelFlood),
        (10, 0, FileHasPixelFlood),
        (-10, -1, FileHasPixelFlood),
        (2**31, 2**31, FileHasPixelFlood),
    ],
)
def test_check_pixels(width, height, error):
    check(error, lambda: limits.check_pixels(width, height, LIMITS))


def check(error, call):
    if error is None:
        call()
        return
    with pytest.raises(error):
        call()


@pytest.mark.parametrize(
    ("width", "height", "scale", "expected"),
    [(10, 10, 1.0, 1.0), (10, 10, 2.0, 2.0), (10, 10, 4.0, 2.0), (40, 40, 1.0, 0.5)],
)
def test_fit_scale_keeps_the_drawn_page_within_its_pixels(width, height, scale, expected):
    assert limits.fit_scale(width, height, scale, 400) == expected


@pytest.mark.parametrize(
    ("size", "seconds"), [(0, 20.0), (1024, 20.0 + 1 / 2048), (100 * limits.MEGABYTE, 70.0)]
)
def test_wall_seconds_grow_with_the_file(size, seconds):
    assert limits.wall_seconds(size) == seconds

import pytest

from records.documents.rules import page_sizes


@pytest.mark.parametrize(
    ("width", "height", "dpi", "expected"),
    [
        (2550, 3300, (300, 300), (612.0, 792.0)),
        (1728, 1078, (204, 98), (609.88, 792.0)),
        (1728, 2156, (204, 196), (609.88, 792.0)),
        (5100, 6600, (600, 600), (612.0, 792.0)),
        (3300, 5100, (300, 300), (792.0, 1224.0)),
        (5400, 3600, (300, 300), (1296.0, 864.0)),
        (3601, 5400, (300, 300), (528.15, 792.0)),
        (3600, 5401, (300, 300), (527.9, 792.0)),
        (4032, 3024, (72, 72), (792.0, 594.0)),
        (3024, 4032, None, (594.0, 792.0)),
        (1000, 1000, (0, 0), (612.0, 612.0)),
        (1000, 1000, (49, 300), (612.0, 612.0)),
        (1000, 1000, (3000, 3000), (612.0, 612.0)),
        (100, 100, (300, 300), (612.0, 612.0)),
        (150, 150, (300, 300), (36.0, 36.0)),
    ],
)
def test_page_size(width, height, dpi, expected):
    assert page_sizes.page_size(width, height, dpi) == expected


@pytest.mark.parametrize(
    ("width", "height", "expected"),
    [(1, 1, (612, 612)), (850, 1100, (612, 792)), (1100, 850, (792, 612)), (1, 1000, (0.79, 792))],
)
def test_fit_letter_keeps_the_shape(width, height, expected):
    assert page_sizes.fit_letter(width, height) == expected

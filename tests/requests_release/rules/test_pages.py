import pytest
from hypothesis import given
from hypothesis import strategies as st

from requests_release.rules import pages
from requests_release.rules.pages import NumberedPage, PageRangeUnreadable


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1-3, 7", [1, 2, 3, 7]),
        ("7,1-3", [1, 2, 3, 7]),
        (" 2 ", [2]),
        ("2;4", [2, 4]),
        ("1–3", [1, 2, 3]),
        ("1 - 3", [1, 2, 3]),
        ("8-", [8, 9, 10]),
        ("3-3", [3]),
        ("1-4, 3-6", [1, 2, 3, 4, 5, 6]),
        ("10", [10]),
        ("all", list(range(1, 11))),
        ("", list(range(1, 11))),
    ],
)
def test_parse_reads_ranges(text, expected):
    assert pages.parse(text, 10) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("0", "pages 1 to 10"),
        ("11", "pages 1 to 10"),
        ("9-11", "pages 1 to 10"),
        ("11-", "pages 1 to 10"),
        ("4-2", "runs backwards"),
        ("1,,2", "no page or range"),
        ("1-2-3", "no page or range"),
        ("two", "no page or range"),
        ("-3", "no page or range"),
        ("٣", "no page or range"),
        ("1,", "no page or range"),
        ("9999999", "no page or range"),
    ],
)
def test_parse_refuses_what_is_no_range(text, message):
    with pytest.raises(PageRangeUnreadable, match=message):
        pages.parse(text, 10)


def test_parse_refuses_a_document_without_pages():
    with pytest.raises(PageRangeUnreadable, match="no pages"):
        pages.parse("1", 0)


@given(st.sets(st.integers(1, 60), min_size=1))
def test_shown_pages_are_read_back(chosen):
    assert pages.parse(pages.shown(chosen), 60) == sorted(chosen)


@given(st.text(alphabet="0123456789-–,; al", max_size=20), st.integers(1, 30))
def test_parse_stays_inside_the_document(text, page_count):
    try:
        found = pages.parse(text, page_count)
    except PageRangeUnreadable:
        return
    pages.check_pages(found, page_count)


@pytest.mark.parametrize("chosen", [[], [2, 1], [1, 1], [0], [4]])
def test_check_pages_refuses_what_is_not_in_the_document(chosen):
    with pytest.raises(PageRangeUnreadable):
        pages.check_pages(chosen, 3)


def test_number_pages_runs_through_all_items():
    assert pages.number_pages([(11, [1, 2]), (12, []), (13, [7])]) == [
        NumberedPage(1, 11, 1),
        NumberedPage(2, 11, 2),
        NumberedPage(3, 13, 7),
    ]
    assert pages.number_pages([(11, [4])], start=5) == [NumberedPage(5, 11, 4)]


def test_shown_joins_runs():
    assert pages.shown([7, 1, 3, 2, 9, 10]) == "1-3, 7, 9-10"
    assert pages.shown([]) == ""

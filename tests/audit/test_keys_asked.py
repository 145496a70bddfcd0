"""Numbers and texts in an address that no row can hold."""

import pytest
from django.http import Http404, HttpResponse
from django.test import RequestFactory

from audit.http import LARGEST_KEY, key_asked, requires


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("7", 7),
        ("0", 0),
        (str(LARGEST_KEY), LARGEST_KEY),
        (str(LARGEST_KEY + 1), None),
        ("9" * 5000, None),
        ("", None),
        ("-1", None),
        ("1.0", None),
        ("²", None),
        (" 7", None),
        ("a", None),
    ],
)
def test_key_asked(text, key):
    assert key_asked(text) == key


@pytest.mark.parametrize(
    ("query", "number", "is_found"),
    [
        ("", LARGEST_KEY, True),
        ("?q=a%20b", 1, True),
        ("", LARGEST_KEY + 1, False),
        ("?q=a%00b", 1, False),
    ],
)
def test_a_page_of_what_no_row_can_hold_is_not_found(query, number, is_found):
    @requires()
    def page(request, number):
        return HttpResponse("found")

    request = RequestFactory().get(f"/{query}")

    if is_found:
        assert page(request, number=number).content == b"found"
    else:
        with pytest.raises(Http404):
            page(request, number=number)

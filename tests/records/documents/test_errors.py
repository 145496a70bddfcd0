import inspect

import pytest

from records.documents import errors

ALL = [
    kind
    for _, kind in inspect.getmembers(errors, inspect.isclass)
    if issubclass(kind, errors.DocumentError)
]


@pytest.mark.parametrize("kind", ALL)
def test_every_error_has_words_for_the_screen_and_a_code(kind):
    error = kind()

    assert error.message.endswith(".")
    assert len(error.message) > 20
    assert str(error) == error.message
    assert error.code == kind.__name__


def test_detail_is_apart_from_the_words_for_the_screen():
    error = errors.FileUnreadable("xref broken")

    assert (error.detail, str(error)) == ("xref broken", "xref broken")
    assert error.message == errors.FileUnreadable.message

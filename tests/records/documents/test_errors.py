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
    assert error.code.replace("_", "") == kind.__name__.upper()
    assert all(part.isalpha() for part in error.code.split("_"))


def test_codes_are_written_as_those_of_all_other_errors():
    assert errors.FileHasNoPages().code == "FILE_HAS_NO_PAGES"
    assert errors.VaultDamaged().code == "VAULT_DAMAGED"


def test_detail_is_apart_from_the_words_for_the_screen():
    error = errors.FileUnreadable("xref broken")

    assert (error.detail, str(error)) == ("xref broken", "xref broken")
    assert error.message == errors.FileUnreadable.message

"""Names in a sentence, by how many there are and how many are shown."""

import pytest

from records.access.rules import wording


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ("", ""),
        ("A", "A"),
        ("AB", "A or B"),
        ("ABC", "A, B or C"),
        ("ABCD", "A, B, C or 1 more"),
        ("ABCDE", "A, B, C or 2 more"),
    ],
)
def test_names_are_listed_with_how_many_more(names, said):
    assert wording.listed(list(names), "or", most=3) == said
    assert wording.listed(list(names), "and", most=3) == said.replace(" or ", " and ")

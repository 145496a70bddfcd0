"""What the pages say of who is told."""

import pytest

from accounts.models import User
from records.access.presenters.glass import say_told
from records.access.selectors.told import Told


def people(*names):
    return tuple(User(display_name=name) for name in names)


@pytest.mark.parametrize(
    "supervisors, compliance, text",
    [
        (
            ["Sam Ito"],
            ["Cora Hale"],
            "Told at once: Sam Ito (supervisor) and Cora Hale (compliance).",
        ),
        (["Sam Ito"], [], "Told at once: Sam Ito (supervisor)."),
        (
            [],
            ["Cora Hale"],
            "No supervisor works with the charts of Behavioural health, so compliance alone is"
            " told at once: Cora Hale.",
        ),
        (
            [],
            [],
            "No supervisor works with the charts of Behavioural health and nobody else reviews"
            " emergency access, so nobody can be told at once.",
        ),
        (
            ["A", "B", "C", "D", "E"],
            ["F", "G", "H"],
            "Told at once: A (supervisor), B (supervisor), C (supervisor), D (supervisor),"
            " E (supervisor), F (compliance) and 2 more.",
        ),
    ],
)
def test_page_says_truly_who_is_told(supervisors, compliance, text):
    told = Told("Behavioural health", people(*supervisors), people(*compliance))

    assert say_told(told) == text

from datetime import date

import pytest

from records.retention.enums import Block
from records.retention.presenters import words


@pytest.mark.parametrize(
    "kind, years, expected",
    [
        ("AFTER_LAST_ENCOUNTER", 10, "10 years after the last encounter"),
        ("AFTER_RECORD", 1, "1 year after the record was made"),
        ("UNTIL_BIRTHDAY", 21, "until the 21st birthday"),
        ("UNTIL_BIRTHDAY", 22, "until the 22nd birthday"),
        ("UNTIL_BIRTHDAY", 23, "until the 23rd birthday"),
        ("UNTIL_BIRTHDAY", 19, "until the 19th birthday"),
        ("UNTIL_BIRTHDAY", 12, "until the 12th birthday"),
        ("AFTER_MAJORITY", 5, "5 years after coming of age"),
        ("AFTER_DEATH", 6, "6 years after death"),
        ("AFTER_MAJORITY", 0, "until coming of age"),
        ("AFTER_LAST_ENCOUNTER", 0, "no period set"),
        ("AFTER_DEATH", 0, "not at all"),
        ("PERMANENT", None, "for ever"),
    ],
)
def test_term_in_words(kind, years, expected):
    assert words.term(kind, years) == expected


@pytest.mark.parametrize(
    "kind, series, expected",
    [
        ("AFTER_RECORD", "PRIVACY_DOCUMENT", "6 years after the newest authorization or consent"),
        ("AFTER_RECORD", "HEALTH_RECORD", "6 years after the record was made"),
        ("AFTER_LAST_ENCOUNTER", "PRIVACY_DOCUMENT", "6 years after the last encounter"),
    ],
)
def test_a_term_of_privacy_documents_says_what_it_counts_from(kind, series, expected):
    assert words.term(kind, 6, series) == expected


@pytest.mark.parametrize(
    "code, reason, expected",
    [
        ("WAITING", "", "Waiting"),
        ("DESTROYED", "", "Destroyed"),
        ("HELD", "HOLD", "Left out: a hold stands"),
        ("CHANGED", "NOT_DUE", "Left out: no longer due"),
        ("CHANGED", "NOT_EVALUATED", "Left out: no longer due"),
        ("CHANGED", "OPEN_ENCOUNTER", "Left out: an encounter is open"),
        (
            "CHANGED",
            "CONTENTS_CHANGED",
            "Left out: documents or visits were added after it was proposed",
        ),
        ("CHANGED", "TAKEN_OUT", "Left out: taken out when it was proposed again"),
        ("CHANGED", "BATCH_CANCELLED", "Left out: the batch was cancelled"),
    ],
)
def test_a_chart_that_was_left_out_is_said_to_be_so_for_its_own_reason(code, reason, expected):
    assert words.outcome(code, reason) == expected


@pytest.mark.parametrize("block", list(Block))
def test_every_block_has_words(block):
    assert words.obstacle(str(block)) == block.label


@pytest.mark.parametrize(
    "code, expected",
    [
        ("NOT_DUE", "Not due yet: from Mar 2, 2031"),
        ("IN_BATCH", "In a batch already"),
        ("CONTENTS_CHANGED", "Documents or visits were added after it was proposed"),
        ("", ""),
        ("NEW_CODE", "NEW_CODE"),
    ],
)
def test_obstacle_in_words(code, expected):
    assert words.obstacle(code, date(2031, 3, 2)) == expected


@pytest.mark.parametrize(
    "code, expected",
    [
        ("REMAINS_FOUND", "Something that should be gone is still there."),
        ("KeyError", "It stopped at an error (KeyError)."),
    ],
)
def test_failure_in_words(code, expected):
    assert words.failure(code) == expected

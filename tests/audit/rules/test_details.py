import pytest

from audit.errors import UnfitDetail
from audit.rules.details import MOST_VALUES, check_detail


@pytest.mark.parametrize(
    "detail",
    [
        {},
        {"page": 3, "is_draft": True, "batch": None},
        {"fields": ["display_name", "email"], "ids": (1, 2, 3)},
        {"reason": "NO_RELATION", "at": "2026-11-23T05:37:00+00:00", "hash": "a" * 128},
        {"name_" + "x" * 30: ""},
        {"many": list(range(MOST_VALUES))},
    ],
)
def test_detail_of_ids_codes_and_field_names_is_fit(detail):
    check_detail(detail)


@pytest.mark.goal("G-24")
@pytest.mark.parametrize(
    "detail",
    [
        {"name": "MILLS, Peter"},
        {"note": "two words"},
        {"name": "José"},
        {"text": "a" * 129},
        {"amount": 1.5},
        {"nested": {"a": 1}},
        {"nested": [[1]]},
        {"raw": b"x"},
        {"listed": ["fine", "not fine"]},
        {"many": list(range(MOST_VALUES + 1))},
        {"Name": 1},
        {"": 1},
        {7: 1},
        {"x" * 41: 1},
        {"line": "a\n"},
    ],
)
def test_detail_that_could_tell_of_a_patient_is_refused(detail):
    with pytest.raises(UnfitDetail):
        check_detail(detail)

"""The certificate on paper: days in words, whatever its content holds."""

from records.retention.pdf.certificates import present

CONTENT = {
    "facility": "Saint Brendan Hospital",
    "number": "C-2026-000001",
    "date": "2026-11-29",
    "batch": "B-2026-000001",
    "batch_digest": "8cdea7da1645de07",
    "dates_from": "1961-03-14",
    "dates_to": "not known",
    "location": "Room 2026-99-99",
    "media": [{"label": "Medium", "value": "Encrypted document store"}],
    "records": [
        {
            "number": "00000948",
            "name": "Brown, Brenda",
            "description": "Whole chart, destroyed 2026-11-29",
            "dates_from": "1961-03-14",
            "dates_to": "",
            "rule": "ME-HOSP-ADULT: due 2014-03-25",
        }
    ],
    "approvals": [{"role": "First approval", "signed_at": "2026-11-29 10:52 EST"}],
}


def test_days_are_in_words_everywhere_and_what_is_no_day_stays():
    assert present(CONTENT) == {
        "date": "Nov 29, 2026",
        "batch": "B-2026-000001",
        "batch_digest": "8cdea7da1645de07",
        "dates_from": "Mar 14, 1961",
        "dates_to": "not known",
        "location": "Room 2026-99-99",
        "media": [{"label": "Medium", "value": "Encrypted document store"}],
        "records": [
            {
                "number": "00-00-09-48",
                "name": "Brown, Brenda",
                "description": "Whole chart, destroyed Nov 29, 2026",
                "dates_from": "Mar 14, 1961",
                "dates_to": "",
                "rule": "ME-HOSP-ADULT: due Mar 25, 2014",
            }
        ],
        "approvals": [{"role": "First approval", "signed_at": "Nov 29, 2026 10:52 EST"}],
    }


def test_stored_content_is_left_as_it_is():
    before = str(CONTENT)

    present(CONTENT)

    assert str(CONTENT) == before

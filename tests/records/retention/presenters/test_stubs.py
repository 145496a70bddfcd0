from datetime import date

from records.retention.models import Stub
from records.retention.presenters import stubs

STORED = {
    "name": {"family": "Wyman", "given": "Alfreda", "middle": "", "suffix": ""},
    "aliases": [{"kind": "MAIDEN", "family": "Hale", "given": "Alfreda", "middle": ""}],
    "birth_on": "1950-04-05",
    "birth_precision": "YEAR",
    "died_on": None,
    "sex": "FEMALE",
    "mother_maiden_name": "Orr",
    "numbers": [{"kind": "MRN", "value": "70000001", "is_current": True}],
    "encounters": [
        {
            "kind": "SAME_DAY_SURGERY",
            "account": "A1",
            "from": "2001-03-01",
            "to": None,
            "attending": "Dr Hale",
            "service": "",
            "reason": "Hernia",
            "disposition": "HOME",
        },
        {
            "kind": "RETIRED_KIND",
            "account": "A2",
            "from": "2001-04-01",
            "to": "2001-04-02",
            "attending": "",
            "service": "",
            "reason": "",
            "disposition": "",
        },
    ],
}


def test_abstract_in_words():
    shown = stubs.present(Stub(abstract=STORED), is_whole=True)

    assert shown.sex == "Female"
    assert shown.numbers == ["70000001"]
    assert shown.born == {
        "birth_on": date(1950, 4, 5),
        "birth_precision": "YEAR",
        "died_on": None,
    }
    assert shown.visits == [
        stubs.Visit(date(2001, 3, 1), None, "Same-day surgery", "Dr Hale", "Hernia",
                    "Home or self-care"),
        stubs.Visit(date(2001, 4, 1), date(2001, 4, 2), "RETIRED_KIND", "", "", ""),
    ]  # fmt: skip


def test_abstract_that_is_not_shown_whole_tells_nothing_of_care():
    shown = stubs.present(Stub(abstract=STORED), is_whole=False)

    assert (shown.visits, shown.mother_maiden_name, shown.is_whole) == ([], "", False)
    assert shown.numbers == ["70000001"]

import pytest

from audit import subjects


@pytest.fixture(autouse=True)
def registry(monkeypatch):
    monkeypatch.setattr(subjects, "_registry", {})


def test_labels_are_asked_for_once_and_unknown_ones_stand_for_themselves():
    asked = []

    def label(ids):
        asked.append(list(ids))
        return {"5": "MILLS, Peter", "6": ""}

    subjects.register("patient", label)

    assert subjects.labels("patient", [6, 5, "5", 7]) == {
        "5": "MILLS, Peter",
        "6": "patient 6",
        "7": "patient 7",
    }
    assert asked == [["5", "6", "7"]]


def test_nothing_to_label_asks_nobody():
    subjects.register("patient", lambda ids: pytest.fail("asked"))

    assert subjects.labels("patient", []) == {}


def test_unknown_type_is_shown_as_type_and_id():
    assert subjects.labels("thing", [3]) == {"3": "thing 3"}
    assert subjects.url("thing", 3) == ""
    assert subjects.find("thing", "3") == []


def test_url_and_find_are_the_rooms_own():
    subjects.register("patient", dict, lambda number: f"/charts/{number}/", lambda text: [9])
    subjects.register("document", dict)

    assert subjects.url("patient", 5) == "/charts/5/"
    assert subjects.find("patient", "45-50-99") == ["9"]
    assert (subjects.url("document", 5), subjects.find("document", "x")) == ("", [])


def test_known_is_what_its_room_labels():
    subjects.register("patient", lambda ids: {"5": "MILLS, Peter", "6": ""})

    known = [subjects.is_known(*one) for one in (("patient", 5), ("patient", "6"), ("thing", 5))]

    assert known == [True, False, False]


def test_parts_come_after_what_they_belong_to_and_only_where_their_room_names_any():
    subjects.register("request", lambda ids: {}, parts_fn=lambda number: [("delivery", number * 2)])
    subjects.register("delivery", lambda ids: {})

    assert subjects.with_parts("request", 4) == (("request", "4"), ("delivery", "44"))
    assert subjects.with_parts("delivery", "4") == (("delivery", "4"),)
    assert subjects.with_parts("thing", 4) == (("thing", "4"),)

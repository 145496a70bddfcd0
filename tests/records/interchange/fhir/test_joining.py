"""Sources of one document that came in several files, joined."""

from __future__ import annotations

import json

import pytest

from records.interchange.fhir import joining
from tests.records.interchange.builders import clinical, encounter, observation, read_all

PLACE = "Encounter/e1"


def document(*resources):
    (group,) = read_all(*resources).patients
    (found,) = group.documents
    return found


def seen(name, value="1.5", **more):
    return observation(name, value, encounter={"reference": PLACE}, **more)


def ids(found):
    return [entry["resource"]["id"] for entry in json.loads(found.source_json)["entry"]]


def joined(old, new, names=(PLACE,)):
    return joining.joined(
        old.source_json, new, key=new.source_key, encounter_names=frozenset(names)
    )


def test_what_only_one_holds_stays_and_what_both_hold_is_the_newer():
    old, new = document(seen("a"), seen("b")), document(seen("b", "2.5"), seen("c"))

    both = joined(old, new)

    assert ids(both) == ["a", "b", "c"]
    assert both.resources == 3
    assert "2.5" in str(both.sections)


def test_joining_what_is_there_already_changes_nothing():
    old = document(seen("a"), seen("b"))

    assert joined(old, document(seen("b"))).content_hash == old.content_hash
    assert joined(old, old).content_hash == old.content_hash


@pytest.mark.parametrize(
    ("mine", "other", "value"),
    [
        ("2020-01-02T00:00:00Z", "2020-01-01T00:00:00Z", "1.5"),
        ("2020-01-01T00:00:00Z", "2020-01-02T00:00:00Z", "2.5"),
        ("2020-01-01T23:00:00-05:00", "2020-01-02T01:00:00Z", "1.5"),
        ("2020-01-02T00:00:00Z", None, "2.5"),
    ],
)
def test_an_older_state_does_not_replace_a_newer_one(mine, other, value):
    old = document(seen("a", meta={"lastUpdated": mine}))
    new = document(seen("a", "2.5", **({"meta": {"lastUpdated": other}} if other else {})))

    assert f"'{value}'" in str(joined(old, new).sections)


def test_the_encounter_itself_heads_the_joined_document():
    old, new = document(encounter("e1"), seen("a")), document(seen("b"))

    both = joined(old, new)

    assert ("Kind", "Inpatient") in both.facts
    assert ids(both) == ["e1", "a", "b"]


def test_a_resource_of_another_encounter_that_lent_its_name_is_no_content():
    problem = clinical("Condition", "c9", encounter={"reference": "Encounter/e2"})
    plan = clinical(
        "CarePlan",
        "p1",
        encounter={"reference": PLACE},
        addresses=[{"reference": "Condition/c9"}],
    )
    (group,) = read_all(problem, plan).patients
    old = next(item for item in group.documents if item.encounter.text == PLACE)

    both = joined(old, document(seen("b")))

    assert ids(both) == ["p1", "b", "c9"]
    assert both.resources == 2


def test_content_outside_any_encounter_is_joined_too():
    old, new = document(clinical("Condition", "c1")), document(clinical("Condition", "c2"))

    both = joined(old, new, names=())

    assert ids(both) == ["c1", "c2"]
    assert both.encounter is None

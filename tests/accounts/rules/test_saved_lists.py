"""What a saved list holds of an address, and what it never holds."""

import re

import pytest
from django import forms
from django.http import QueryDict

from accounts.models.saved_lists import LONGEST_QUERY, NEVER_KEPT, QUERY
from accounts.rules import saved_lists as rules
from audit.forms import LOG
from audit.http import Filters
from requests_release.forms.boards import BOARD
from tests.guards.routes import own_routes

LISTS = {route.name: route.view.filters for route in own_routes() if hasattr(route.view, "filters")}
# Fields that take nothing but codes, days and numbers of people.
FIT = (forms.ChoiceField, forms.IntegerField, forms.DateField, forms.RegexField)
WORDS = (
    "Muñoz",
    "MUNOZ ROSA",
    "rosa@example.org",
    "45-50-99",
    "",
    "\0",
    "x" * 5000,
    "9" * 25,
    "²",
    "2026-02-31",
)


@pytest.mark.parametrize(
    "typed, kept",
    [
        ("", ""),
        ("outcome=REFUSED", "outcome=REFUSED"),
        ("outcome=REFUSED&action=CHART_OPENED", "action=CHART_OPENED&outcome=REFUSED"),
        ("since=11%2F3%2F2026&until=2026-11-05", "since=2026-11-03&until=2026-11-05"),
        ("person=12&basis=&action=", "person=12"),
        ("person=+12", "person=12"),
        ("outcome=REFUSED&outcome=FAILED", "outcome=FAILED"),
        ("outcome=NONSENSE", ""),
        ("since=yesterday", ""),
        ("after=12_34&before=1&list=all&page=2&sort=name", ""),
        ("patient=7&request=ab-12&release=3&outcome=REFUSED", "outcome=REFUSED"),
        ("find_patient=45-50-99&find_person=Rosa&find_release=R2026-000010", ""),
    ],
)
def test_saved_list_of_the_log_holds_its_own_filters_in_its_own_order(typed, kept):
    assert rules.keep(QueryDict(typed), LOG) == kept


def test_several_states_of_the_board_are_kept_each_once_and_no_other():
    query = QueryDict("status=SUBMITTED&status=LOGGED&status=SUBMITTED&status=SMITH&mine=1&mine=no")

    assert rules.keep(query, BOARD) == "status=LOGGED&status=SUBMITTED"


def test_board_and_list_are_two_views_that_are_kept():
    kept = rules.keep(QueryDict("view=list&mine=1&preparer=none"), BOARD)

    assert kept == "view=list&mine=1&preparer=none"


@pytest.mark.parametrize(
    "typed, notes",
    [
        ("outcome=REFUSED", []),
        ("patient=7", ["The patient is not kept in a saved list."]),
        ("patient=+", []),
        (
            "request=ab&patient=7",
            [
                "The patient is not kept in a saved list.",
                "The web request is not kept in a saved list.",
            ],
        ),
    ],
)
def test_page_says_what_is_not_kept(typed, notes):
    assert rules.list_left_out(QueryDict(typed), LOG) == notes


def test_lists_with_filters_are_these():
    assert {name: filters.title for name, filters in LISTS.items()} == {
        "accounts:user_list": "People",
        "audit:event_list": "Access log",
        "encounters:provider_list": "Practitioners",
        "requests_release:request_board": "Release requests",
        "retention:batch_list": "Destruction batches",
        "retention:hold_list": "Holds",
        "retention:home": "Due charts",
        "retention:rule_list": "Retention schedule",
    }


@pytest.mark.parametrize("name", LISTS)
def test_list_keeps_no_field_that_takes_words_and_no_key_that_names_a_patient(name):
    filters: Filters = LISTS[name]

    assert [one for one, field in filters.kept.items() if not isinstance(field, FIT)] == []
    assert [one for one in filters.kept if re.search(NEVER_KEPT, f"{one}=")] == []
    assert [one for one in filters.left_out if not re.search(NEVER_KEPT, f"{one}=")] == []


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("word", WORDS)
def test_words_in_any_filter_of_any_list_are_not_kept(name, word):
    filters = LISTS[name]
    query = QueryDict(mutable=True)
    for key in (*filters.kept, *filters.left_out, "q", "patient", "find_patient", "mrn"):
        query[key] = word

    assert rules.keep(query, filters).replace("view=board", "") == ""


@pytest.mark.parametrize("name", LISTS)
def test_everything_that_a_list_can_keep_fits_the_table(name):
    query = QueryDict(mutable=True)
    for key, field in LISTS[name].kept.items():
        choices = [str(value) for value, _ in getattr(field, "choices", ()) if value]
        query.setlist(key, choices or [{"state": "NY"}.get(key, "1")])
        if isinstance(field, forms.DateField):
            query[key] = "2026-11-05"
    if "year" in query:
        query["year"] = "2031"

    kept = rules.keep(query, LISTS[name])

    assert set(QueryDict(kept)) == set(LISTS[name].kept)
    assert re.search(QUERY, kept)
    assert not re.search(NEVER_KEPT, kept)
    assert len(kept) <= LONGEST_QUERY

"""Dates, names, numbers and icons on pages."""

import datetime as dt
from decimal import Decimal
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.contrib import messages
from django.contrib.messages.storage.base import Message
from django.http import QueryDict
from django.template import Context, Template
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString

from config import figures
from config.templatetags import chartroom

MARCH = dt.date(1961, 3, 4)
NOON = dt.datetime(2026, 11, 12, 17, 14, 9, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def facility_zone():
    """New York, five hours behind in November."""
    with timezone.override(ZoneInfo("America/New_York")):
        yield


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (MARCH, "Mar 4, 1961"),
        (NOON, "Nov 12, 2026"),
        (dt.datetime(2026, 11, 12, 3, 0, tzinfo=dt.UTC), "Nov 11, 2026"),
        (None, ""),
        ("", ""),
    ],
)
def test_day_is_unambiguous_and_of_the_facility(value, expected):
    assert chartroom.day(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"), [(NOON, "Nov 12, 2026, 12:14"), (MARCH, "Mar 4, 1961"), (None, "")]
)
def test_moment_has_the_time(value, expected):
    assert chartroom.moment(value) == expected


@pytest.mark.parametrize(("value", "expected"), [(NOON, "12:14:09"), (MARCH, ""), (None, "")])
def test_clock_has_only_the_time(value, expected):
    assert chartroom.clock(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [(NOON, "2026-11-12T12:14:09-05:00"), (MARCH, "1961-03-04"), (None, "")],
)
def test_iso_is_for_machines(value, expected):
    assert chartroom.iso(value) == expected


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (-5, "0 s"),
        (8, "8 s"),
        (119, "119 s"),
        (120, "2 min"),
        (7199, "119 min"),
        (7200, "2 h"),
        (172799, "47 h"),
        (172800, "2 d"),
    ],
)
def test_ago_uses_the_largest_unit_of_two_or_more(seconds, expected):
    with time_machine.travel(NOON, tick=False):
        assert chartroom.ago(NOON - dt.timedelta(seconds=seconds)) == expected


def test_ago_of_nothing_is_empty():
    assert chartroom.ago(None) == ""


@pytest.mark.parametrize(
    ("born_on", "on", "expected"),
    [
        (dt.date(1961, 3, 4), dt.date(2026, 3, 3), "64"),
        (dt.date(1961, 3, 4), dt.date(2026, 3, 4), "65"),
        (dt.date(2024, 2, 29), dt.date(2026, 2, 28), "23 mo"),
        (dt.date(2024, 2, 29), dt.date(2026, 3, 1), "2"),
        (dt.date(2026, 10, 4), dt.date(2026, 11, 4), "1 mo"),
        (dt.date(2026, 10, 5), dt.date(2026, 11, 4), "30 d"),
        (dt.date(2026, 11, 4), dt.date(2026, 11, 4), "0 d"),
        (dt.date(2026, 11, 5), dt.date(2026, 11, 4), ""),
        (None, dt.date(2026, 11, 4), ""),
    ],
)
def test_age_in_the_unit_that_matters(born_on, on, expected):
    assert chartroom.age(born_on, on) == expected


def test_age_is_of_today_where_no_day_is_given():
    with time_machine.travel(NOON, tick=False):
        assert chartroom.age(MARCH) == "65"


@pytest.mark.parametrize(
    ("person", "expected"),
    [
        ({"birth_on": MARCH}, "Mar 4, 1961 (65)"),
        ({"birth_on": MARCH, "birth_precision": "DAY"}, "Mar 4, 1961 (65)"),
        ({"birth_on": MARCH, "birth_precision": "MONTH"}, "Mar 1961 (about 65)"),
        ({"birth_on": MARCH, "birth_precision": "YEAR"}, "1961 (about 65)"),
        ({"birth_on": MARCH, "died_on": dt.date(2001, 3, 3)}, "Mar 4, 1961 (39)"),
        ({"birth_on": MARCH, "birth_precision": "ESTIMATED"}, "1961 (about 65)"),
        ({"birth_on": MARCH, "birth_precision": "UNKNOWN"}, "unknown"),
        ({"birth_on": None}, "unknown"),
        (SimpleNamespace(birth_on=MARCH), "Mar 4, 1961 (65)"),
    ],
)
def test_born_is_as_precise_as_what_is_known(person, expected):
    with time_machine.travel(NOON, tick=False):
        assert chartroom.born(person) == expected


@pytest.mark.parametrize(
    ("person", "expected"),
    [
        ({"family": "Muñoz", "given": "Rosa", "middle": "Elena"}, "MUÑOZ, Rosa Elena"),
        ({"family": "Hale", "given": "Peter", "suffix": "Jr"}, "HALE, Peter, Jr"),
        ({"family": "O'Neil", "given": None, "middle": ""}, "O'NEIL"),
        ({"given": "Boy A"}, "Boy A"),
        (SimpleNamespace(family="van Dyk", given="Jan"), "VAN DYK, Jan"),
    ],
)
def test_person_name_leads_with_family(person, expected):
    assert chartroom.person_name(person) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("455099", "45-50-99"),
        (455099, "45-50-99"),
        ("1455099", "1-45-50-99"),
        ("12345678", "12-34-56-78"),
        ("123", "123"),
        ("MC-1042", "MC-1042"),
        (None, ""),
    ],
)
def test_mrn_is_grouped_in_pairs(value, expected):
    assert chartroom.mrn(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("O'HARA, Ann 00-00-59", 'O&#x27;HARA, Ann <span class="nowrap">00-00-59</span>'),
        ("see R2026-000009.", 'see <span class="nowrap">R2026-000009</span>.'),
        ("<b> 5 - 6, J-9, 7", "&lt;b&gt; 5 - 6, J-9, 7"),
        (SafeString('<a href="/x/1-2/">'), '<a href="/x/1-2/">'),
        (dt.date(2026, 3, 14), dt.date(2026, 3, 14)),
        (None, None),
    ],
)
def test_numbers_with_hyphens_stay_in_one_line(value, expected):
    assert chartroom.unbroken(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [("123-45-6789", "•••-••-6789"), ("6789", "•••-••-6789"), ("12", ""), (None, "")],
)
def test_ssn_shows_four_digits_at_most(value, expected):
    assert chartroom.ssn_last4(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0, "0 bytes"),
        (999, "999 bytes"),
        (1000, "1.0 kB"),
        (1_440_000, "1.4 MB"),
        (250_000_000, "250 MB"),
        (3_000_000_000_000_000, "3000 TB"),
        (None, ""),
    ],
)
def test_filesize(value, expected):
    assert chartroom.filesize(value) == expected


@pytest.mark.parametrize(("value", "expected"), [(Decimal("1234.5"), "$1,234.50"), (None, "")])
def test_money(value, expected):
    assert chartroom.money(value) == expected


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/156.0 Safari/537.36 Edg/156.0", "Edge on Windows"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 14) Version/18 Safari/605", "Safari on macOS"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Firefox/140.0", "Firefox on Linux"),
        ("curl/8", "Unknown browser on unknown system"),
    ],
)
def test_browser_is_named_in_words(header, expected):
    assert chartroom.browser(header) == expected


@pytest.mark.parametrize(
    ("tags", "url"),
    [("undo:/documents/7/restore/", "/documents/7/restore/"), ("safe undo:/x/", "/x/"), ("", "")],
)
def test_message_tells_where_its_deed_is_undone(tags, url):
    assert chartroom.undo_url(Message(messages.SUCCESS, "Voided", extra_tags=tags)) == url


@pytest.mark.parametrize(
    ("tags", "until"),
    [
        ("undo:/x/ until:2026-11-29T18:00:00+00:00", "2026-11-29T18:00:00+00:00"),
        ("undo:/x/", ""),
        ("", ""),
    ],
)
def test_message_tells_until_when_its_deed_can_be_undone(tags, until):
    message = Message(messages.SUCCESS, "Filed", extra_tags=tags)

    assert chartroom.undo_until(message) == until


def test_numbers_count_pages_from_one():
    assert list(chartroom.numbers("3")) == [1, 2, 3]
    assert list(chartroom.numbers("")) == []


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("/documents/10/pages/0/", "/documents/10/pages/7/"),
        ("/documents/10/0.png?t=1", "/documents/10/7.png?t=1"),
        ("/documents/10/0", "/documents/10/7"),
    ],
)
def test_page_address_replaces_only_page_zero(template, expected):
    assert chartroom.page_address(template, 7) == expected


def test_address_of_a_row_is_that_of_the_url():
    made_once = reverse("documents:document_view", kwargs={"document_id": 0})

    assert chartroom.address_of(made_once, 4711) == reverse(
        "documents:document_view", kwargs={"document_id": 4711}
    )


def test_icon_without_name_is_hidden_from_screen_readers():
    html = chartroom.icon("flag")

    assert 'aria-hidden="true"' in html
    assert html.endswith('icons.svg#flag"></use></svg>')


def test_icon_with_name_speaks_and_escapes():
    assert 'role="img" aria-label="a &lt;b&gt;"' in chartroom.icon("lock", "a <b>")


@pytest.mark.parametrize(
    ("days", "tone", "text"),
    [
        (-4, "late", "4 days late"),
        (-1, "late", "1 day late"),
        (0, "soon", "due today"),
        (1, "soon", "1 day left"),
        (3, "soon", "3 days left"),
        (4, "ok", "4 days left"),
    ],
)
def test_due_says_it_in_words_icon_and_colour(days, tone, text):
    today = dt.date(2026, 11, 12)

    html = chartroom.due(today + dt.timedelta(days=days), today=today)

    assert html.startswith(f'<span class="due due-{tone}" title="')
    assert html.endswith(f"</svg>{text}</span>")


def test_due_of_a_moment_is_of_the_facility_day():
    late_evening = dt.datetime(2026, 11, 13, 3, 0, tzinfo=dt.UTC)

    assert "due today" in chartroom.due(late_evening, today=dt.date(2026, 11, 12))


@pytest.mark.parametrize(
    ("on", "done", "text"), [(None, False, "no date"), (MARCH, True, "due Mar 4, 1961")]
)
def test_due_without_duty_is_quiet(on, done, text):
    html = chartroom.due(on, done=done)

    assert html == f'<span class="due due-none" title="">{text}</span>'


def _query(changes, query="state=OPEN&tag=a&tag=b&after=xyz"):
    request = RequestFactory().get(f"/?{query}")
    return QueryDict(chartroom.query_string(Context({"request": request}), **changes)[1:]).lists()


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, {"state": ["OPEN"], "tag": ["a", "b"]}),
        ({"state": "LATE"}, {"state": ["LATE"], "tag": ["a", "b"]}),
        ({"state": None}, {"tag": ["a", "b"]}),
        ({"state": "", "tag": ["c"]}, {"tag": ["c"]}),
        ({"after": "k"}, {"state": ["OPEN"], "tag": ["a", "b"], "after": ["k"]}),
    ],
)
def test_query_string_keeps_filters_and_starts_paging_anew(changes, expected):
    assert dict(_query(changes)) == expected


def test_query_string_of_nothing_clears_the_address():
    request = RequestFactory().get("/?after=x")

    assert chartroom.query_string(Context({"request": request})) == "?"


def test_bar_figure_draws_a_bar_a_value_with_link_and_title():
    html = figures.bar_figure(
        [2, {"count": 4, "label": "<09>", "url": "?h=9&d=1", "is_late": True}, 0]
    )

    assert html.count("<rect") == 3
    assert '<a href="?h=9&amp;d=1" aria-label="&lt;09&gt;: 4">' in html
    assert 'class="is-late" x="11" y="5" width="8" height="95"' in html
    assert 'viewBox="0 0 240 100"' in html


def test_bar_figure_of_nothing_is_empty():
    assert "<rect" not in figures.bar_figure([])


def test_filters_are_loaded_in_every_template():
    assert Template("{{ on|day }}").render(Context({"on": MARCH})) == "Mar 4, 1961"

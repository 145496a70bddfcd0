from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from requests_release.enums import DueAct, DueForce, RequesterKind, RequestKind
from requests_release.rules import due_dates
from requests_release.rules.due_dates import DueFacts, ExtensionFinding
from requests_release.rules.due_rows import DUE_RULES

RECEIVED = date(2026, 3, 2)
ACCESS = DueFacts(RequestKind.ACCESS, RequesterKind.PATIENT, RECEIVED)


@pytest.mark.parametrize(
    ("kind", "requester", "code"),
    [
        (RequestKind.DISCLOSURE, RequesterKind.COURT, "STATED-COURT"),
        (RequestKind.DISCLOSURE, RequesterKind.ATTORNEY, ""),
        (RequestKind.ACCESS, RequesterKind.PATIENT, ""),
    ],
)
def test_stated_day_belongs_to_those_who_state_one(kind, requester, code):
    found = due_dates.find_stated(kind, requester)

    assert (found.code if found else "") == code


@pytest.mark.parametrize(
    ("requester", "stated_on", "code"),
    [
        (RequesterKind.COURT, None, "STATED-COURT"),
        (RequesterKind.SUBPOENA, None, "STATED-SUBPOENA"),
        (RequesterKind.OVERSIGHT, None, "STATED-OVERSIGHT"),
        (RequesterKind.HHS, None, "STATED-HHS"),
        (RequesterKind.COURT, RECEIVED, ""),
        (RequesterKind.LAW_ENFORCEMENT, None, ""),
        (RequesterKind.ATTORNEY, None, ""),
        (RequesterKind.FAMILY, None, ""),
    ],
)
def test_the_stated_day_is_missed_where_nothing_else_says_by_when(requester, stated_on, code):
    facts = DueFacts(RequestKind.DISCLOSURE, requester, RECEIVED, stated_on=stated_on)

    found = due_dates.find_missing(facts)

    assert (found.code if found else "") == code


def test_a_stated_day_counts_before_the_target_of_the_house():
    facts = DueFacts(RequestKind.DISCLOSURE, RequesterKind.LAW_ENFORCEMENT, RECEIVED)

    due = due_dates.find_due_date(replace(facts, stated_on=date(2026, 5, 1)))

    assert (due.due_on, due.rule.code) == (date(2026, 5, 1), "STATED-LAW_ENFORCEMENT")


@pytest.mark.parametrize(
    ("kind", "due_on", "extended_on", "code"),
    [
        (RequestKind.ACCESS, date(2026, 4, 1), date(2026, 5, 1), "FED-ACCESS"),
        (RequestKind.AMENDMENT, date(2026, 5, 1), date(2026, 5, 31), "FED-AMENDMENT"),
        (RequestKind.ACCOUNTING, date(2026, 5, 1), date(2026, 5, 31), "FED-ACCOUNTING"),
    ],
)
def test_federal_clocks(kind, due_on, extended_on, code):
    due = due_dates.find_due_date(replace(ACCESS, kind=kind))

    assert (due.due_on, due.extended_on, due.rule.code) == (due_on, extended_on, code)
    assert due.rule.force == DueForce.LEGAL
    assert due.can_extend is True


@pytest.mark.parametrize(
    ("state", "record_class", "act", "due_on", "extended_on", "code"),
    [
        ("WA", "", DueAct.COPY, date(2026, 3, 23), date(2026, 3, 23), "WA-ACCESS-ACT"),
        ("CA", "", DueAct.INSPECT, date(2026, 3, 9), date(2026, 3, 9), "CA-ACCESS-INSPECT"),
        ("CA", "", DueAct.COPY, date(2026, 3, 17), date(2026, 3, 17), "CA-ACCESS-COPY"),
        (
            "TX", "PHYSICIAN", DueAct.COPY, date(2026, 3, 23), date(2026, 3, 23),
            "TX-ACCESS-ACT-PHYSICIAN",
        ),
        (
            "TX", "HOSPITAL", DueAct.COPY, date(2026, 3, 23), date(2026, 3, 23),
            "TX-ACCESS-ACT-HOSPITAL",
        ),
        ("NY", "", DueAct.INSPECT, date(2026, 3, 12), date(2026, 3, 12), "NY-ACCESS-INSPECT"),
        ("NY", "", DueAct.COPY, date(2026, 4, 1), date(2026, 5, 1), "FED-ACCESS"),
        ("TN", "", DueAct.COPY, date(2026, 3, 16), date(2026, 3, 16), "TN-ACCESS-ACT"),
        ("MD", "", DueAct.COPY, date(2026, 3, 31), date(2026, 3, 31), "MD-ACCESS-ACT"),
        ("LA", "", DueAct.COPY, date(2026, 3, 17), date(2026, 3, 17), "LA-ACCESS-ACT"),
        ("PA", "", DueAct.COPY, date(2026, 4, 1), date(2026, 5, 1), "FED-ACCESS"),
    ],
)  # fmt: skip
def test_a_faster_state_clock_wins(state, record_class, act, due_on, extended_on, code):
    facts = replace(ACCESS, state=state, record_class=record_class, act=act)

    due = due_dates.find_due_date(facts)

    assert (due.due_on, due.extended_on, due.rule.code) == (due_on, extended_on, code)


def test_holidays_do_not_count_as_working_days():
    facts = replace(ACCESS, state="WA", holidays=frozenset({date(2026, 3, 17), date(2026, 3, 21)}))

    assert due_dates.find_due_date(facts).due_on == date(2026, 3, 24)


def test_the_target_stands_beside_the_legal_limit():
    due = due_dates.find_due_date(ACCESS)

    assert due.target_on == date(2026, 3, 16)
    assert [clock.rule.code for clock in due.clocks] == ["TARGET-ACCESS", "FED-ACCESS"]


@pytest.mark.parametrize(
    ("requester", "days"),
    [
        (RequesterKind.ATTORNEY, 15),
        (RequesterKind.INSURER_PAYMENT, 10),
        (RequesterKind.INSURER_UNDERWRITING, 15),
        (RequesterKind.TREATING_PROVIDER, 3),
        (RequesterKind.SSA_DDS, 14),
        (RequesterKind.CORONER, 0),
        (RequesterKind.FUNERAL_OR_PROCUREMENT, 0),
        (RequesterKind.EMPLOYER, 15),
        (RequesterKind.SCHOOL, 15),
        (RequesterKind.LAW_ENFORCEMENT, 15),
        (RequesterKind.PUBLIC_HEALTH, 15),
        (RequesterKind.WORKERS_COMP, 15),
        (RequesterKind.RESEARCHER, 15),
        (RequesterKind.COURT, None),
        (RequesterKind.SUBPOENA, None),
        (RequesterKind.OVERSIGHT, None),
        (RequesterKind.HHS, None),
        (RequesterKind.FAMILY, None),
        (RequesterKind.BUSINESS_ASSOCIATE, None),
    ],
)
def test_disclosures_have_targets_by_requester(requester, days):
    due = due_dates.find_due_date(DueFacts(RequestKind.DISCLOSURE, requester, RECEIVED))

    if days is None:
        assert due is None
    else:
        assert (due.due_on - RECEIVED).days == days
        assert due.rule.force == DueForce.TARGET
        assert due.can_extend is False


@pytest.mark.parametrize(
    "requester", [RequesterKind.TREATING_PROVIDER, RequesterKind.LAW_ENFORCEMENT]
)
def test_urgent_requests_are_due_at_once(requester):
    facts = DueFacts(RequestKind.DISCLOSURE, requester, RECEIVED, is_urgent=True)

    assert due_dates.find_due_date(facts).due_on == RECEIVED


@pytest.mark.parametrize(
    "requester",
    [
        RequesterKind.COURT,
        RequesterKind.SUBPOENA,
        RequesterKind.LAW_ENFORCEMENT,
        RequesterKind.PUBLIC_HEALTH,
        RequesterKind.OVERSIGHT,
        RequesterKind.WORKERS_COMP,
        RequesterKind.RESEARCHER,
        RequesterKind.HHS,
    ],
)
def test_the_date_in_the_document_counts(requester):
    facts = DueFacts(RequestKind.DISCLOSURE, requester, RECEIVED, stated_on=date(2026, 3, 20))

    due = due_dates.find_due_date(facts)

    assert (due.due_on, due.rule.code) == (date(2026, 3, 20), f"STATED-{requester}")


def test_a_clock_runs_only_while_its_row_is_in_force():
    rule = replace(DUE_RULES[0], effective_from=date(2026, 3, 2), effective_to=date(2026, 3, 31))

    for received_on, runs in [
        (date(2026, 3, 1), False),
        (date(2026, 3, 2), True),
        (date(2026, 3, 31), True),
        (date(2026, 4, 1), False),
    ]:
        due = due_dates.find_due_date(replace(ACCESS, received_on=received_on), [rule])
        assert (due is not None) is runs


def test_codes_are_unique_and_every_row_names_its_source():
    codes = [rule.code for rule in DUE_RULES]

    assert len(codes) == len(set(codes))
    assert all(rule.cite and rule.label and rule.verified_on for rule in DUE_RULES)


GOOD = {
    "received_on": RECEIVED,
    "notice_on": date(2026, 4, 1),
    "reason": "records stored off site",
    "complete_by": date(2026, 5, 1),
    "is_extended": False,
}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, []),
        ({"notice_on": RECEIVED}, []),
        ({"notice_on": date(2026, 4, 2)}, [ExtensionFinding.NOTICE_TOO_LATE]),
        ({"notice_on": date(2026, 3, 1)}, [ExtensionFinding.NOTICE_BEFORE_RECEIPT]),
        ({"is_extended": True}, [ExtensionFinding.ALREADY_EXTENDED]),
        ({"reason": "  "}, [ExtensionFinding.NO_REASON]),
        ({"complete_by": None}, [ExtensionFinding.NO_COMPLETION_DATE]),
        ({"complete_by": date(2026, 5, 2)}, [ExtensionFinding.COMPLETION_TOO_LATE]),
        ({"complete_by": date(2026, 4, 2)}, []),
        ({"complete_by": date(2026, 4, 1)}, [ExtensionFinding.COMPLETION_TOO_EARLY]),
        ({"complete_by": date(2026, 3, 1)}, [ExtensionFinding.COMPLETION_TOO_EARLY]),
        (
            {"notice_on": date(2026, 4, 2), "reason": ""},
            [ExtensionFinding.NOTICE_TOO_LATE, ExtensionFinding.NO_REASON],
        ),
    ],
)
def test_an_extension_needs_a_timely_notice_with_reason_and_date(change, expected):
    due = due_dates.find_due_date(ACCESS)

    assert due_dates.extension_findings(due, **(GOOD | change)) == expected


def test_a_state_clock_without_extension_cannot_be_extended():
    due = due_dates.find_due_date(replace(ACCESS, state="CA"))

    found = due_dates.extension_findings(
        due, **(GOOD | {"notice_on": date(2026, 3, 10), "complete_by": date(2026, 3, 17)})
    )

    assert found == [ExtensionFinding.NOT_EXTENDABLE]


@given(
    st.dates(date(2020, 1, 1), date(2040, 1, 1)),
    st.sampled_from(["", "WA", "CA", "TX", "NY", "TN", "MD", "LA", "PA"]),
    st.sampled_from(RequesterKind),
    st.sampled_from(RequestKind),
)
def test_the_shortest_clock_always_wins(received_on, state, requester, kind):
    due = due_dates.find_due_date(DueFacts(kind, requester, received_on, state=state))

    if due is not None:
        same_force = [c for c in due.clocks if c.rule.force == due.rule.force]
        assert due.due_on == min(clock.due_on for clock in same_force)
        assert received_on <= due.target_on <= due.due_on <= due.extended_on

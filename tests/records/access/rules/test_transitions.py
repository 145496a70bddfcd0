"""Access requests: every pair of statuses, and who may decide when."""

import itertools
from datetime import UTC, datetime, timedelta

import pytest

from audit.enums import Action
from records.access.enums import AccessRequestStatus as Status
from records.access.errors import AccessRequestClosed, AccessRequestOver, OwnAccessRequest
from records.access.permissions import GRANT_CHART, OPEN_CHART
from records.access.rules import transitions

NOW = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)
KNOWN = {
    ("ASKED", "GRANTED"): (GRANT_CHART, Action.ACCESS_GRANTED),
    ("ASKED", "DECLINED"): (GRANT_CHART, Action.ACCESS_DECLINED),
    ("ASKED", "WITHDRAWN"): (OPEN_CHART, Action.ACCESS_WITHDRAWN),
    ("ASKED", "LAPSED"): (transitions.SYSTEM, Action.ACCESS_LAPSED),
}


@pytest.mark.parametrize(
    ("current", "target"), list(itertools.product(Status.values, Status.values))
)
def test_each_step_is_known_or_refused(current, target):
    if (current, target) in KNOWN:
        step = transitions.find_move(current, target)
        assert (step.permission, step.action) == KNOWN[current, target]
        return
    with pytest.raises(AccessRequestClosed) as refused:
        transitions.find_move(current, target, subject_type="access_request", subject_id=5)
    assert (refused.value.status, refused.value.subject_id) == (409, "5")
    assert refused.value.detail == {"from": current, "to": target}
    assert refused.value.action == transitions.action_of(target)


def test_one_begins_as_asked():
    assert {status: step.action for status, step in transitions.STARTS.items()} == {
        Status.ASKED: Action.ACCESS_ASKED
    }


def _decide(**changes):
    facts = {
        "asker": 1,
        "person": 2,
        "status": Status.ASKED,
        "target": Status.GRANTED,
        "expires_at": NOW + timedelta(seconds=1),
        "now": NOW,
    }
    return transitions.check_decision(**facts | changes)


@pytest.mark.parametrize("target", transitions.DECIDED)
def test_another_person_decides_in_time(target):
    assert _decide(target=target) is None


@pytest.mark.parametrize("target", transitions.DECIDED)
@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"person": 1}, OwnAccessRequest),
        ({"person": 1, "status": Status.GRANTED}, OwnAccessRequest),
        ({"status": Status.GRANTED}, AccessRequestClosed),
        ({"status": Status.DECLINED}, AccessRequestClosed),
        ({"status": Status.WITHDRAWN}, AccessRequestClosed),
        ({"status": Status.LAPSED}, AccessRequestClosed),
        ({"expires_at": NOW}, AccessRequestOver),
    ],
)
def test_other_decisions_are_refused(target, changes, error):
    with pytest.raises(error) as refused:
        _decide(target=target, **changes)

    assert refused.value.action == transitions.action_of(target)

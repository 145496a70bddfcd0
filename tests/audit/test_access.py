import pytest

from audit.access import allowed, refusal
from audit.enums import Action
from audit.errors import NotVisible, Refused, StaleState


class Closed(Refused):
    message = "It is closed."
    reason = "CLOSED"


def check(is_open, *, why=None):
    if not is_open:
        raise why or Closed()


def test_check_that_passes_is_allowed():
    assert (allowed(check, True), refusal(check, True)) == (True, None)


def test_check_that_refuses_says_why():
    why = Closed("Closed since Monday.")

    assert allowed(check, False) is False
    assert refusal(check, False, why=why) is why


def test_other_errors_are_not_taken_for_a_no():
    with pytest.raises(ZeroDivisionError):
        allowed(lambda: 1 / 0)


@pytest.mark.parametrize(
    "refused, expected",
    [
        (Refused(), ("You may not do this.", 403, "NOT_ALLOWED")),
        (Closed(), ("It is closed.", 403, "CLOSED")),
        (Closed("Really.", status=409, reason="SHUT"), ("Really.", 409, "SHUT")),
        (NotVisible(), (NotVisible.message, 404, "NOT_VISIBLE")),
        (StaleState(), (StaleState.message, 409, "STALE_STATE")),
    ],
)
def test_refusal_carries_message_status_and_reason(refused, expected):
    assert (refused.message, refused.status, refused.reason) == expected
    assert str(refused) == refused.message
    assert (refused.action, refused.detail, refused.subject_id) == (Action.REFUSED, {}, "")

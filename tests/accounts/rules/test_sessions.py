import pytest

from accounts.rules.sessions import is_over

IDLE, WHOLE = 900, 43200


@pytest.mark.parametrize(
    "started, active, now, expected",
    [
        (0, 0, 0, False),
        (0, 0, 899, False),
        (0, 0, 900, True),
        (0, 43000, 43199, False),
        (0, 43199, 43200, True),
        (0, 50, 949, False),
        (0, 50, 950, True),
        (None, 0, 0, True),
        (0, None, 0, True),
        (None, None, 0, True),
    ],
)
def test_session_is_over_at_either_limit(started, active, now, expected):
    over = is_over(started=started, active=active, now=now, idle_seconds=IDLE, whole_seconds=WHOLE)

    assert over is expected

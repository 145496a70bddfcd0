"""How often somebody failed to sign in since they last did, told by the trail.

NIST SP 800-63B 5.2.2 allows at most 100 failures in a row for one person, however slowly they
come. No column counts them: the trail is the one truth of sign-ins.
"""

from __future__ import annotations

from audit.enums import Action, Outcome
from audit.selectors import events as log
from audit.selectors.events import Criteria


def count_failures_in_a_row(user_id: int, *, most: int) -> int:
    """Return the failed sign-ins since the last that succeeded, counting no further than `most`.

    A new password, the person's own or one given by an administrator, begins the count anew. For
    nobody (0) as much is asked of the database, so that the time tells no names.
    """
    subject = (("user", str(user_id)),)
    ends = (
        Criteria(action=Action.SIGNED_IN, outcome=Outcome.SUCCESS, person_id=user_id),
        Criteria(action=Action.PASSWORD_CHANGED, outcome=Outcome.SUCCESS, subjects=subject),
    )
    last = [event for criteria in ends for event in log.list_events(criteria, most=1).events]
    since = max((event.occurred_at for event in last), default=None)
    failed = Criteria(action=Action.SIGN_IN_FAILED, since=since, subjects=subject)
    return log.count_events(failed, most=most)

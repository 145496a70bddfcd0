"""Two people for one release: whoever prepared it does not approve it.

Checked on the person, not on the role: one person may hold several roles.
"""

from __future__ import annotations

from collections.abc import Collection

from requests_release.errors import OwnPreparation


def check_may_decide(*, preparers: Collection[int], person: int) -> None:
    """Check that `person` took no part in preparing what they approve, return or deny.

    `preparers` are all who logged, changed, assembled or submitted it since its last approval.

    Raises:
        OwnPreparation: the person is one of them.
    """
    if person in preparers:
        raise OwnPreparation

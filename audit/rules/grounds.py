"""What an event was done for and on what ground, where its writer had nothing nearer to say.

Whoever opens a chart names both. What is done in one's role, to one's own account or by the
system itself needs no saying in every service: the action tells the purpose, and who acts the
ground. No event leaves either empty (ASTM E2147: reason for access; 45 CFR 164.312(b)).
"""

from __future__ import annotations

from audit.context import ANONYMOUS_ROLE, RECIPIENT_ROLE, SYSTEM_ROLE
from audit.enums import Action, Basis, Purpose

# The first that an action begins with counts.
PURPOSES = (
    (("GLASS_BROKEN", "GLASS_CLOSED"), Purpose.EMERGENCY),
    (("GLASS_", "LOG_", "TRAIL_", "REPORT_"), Purpose.OVERSIGHT),
    (
        ("REQUEST", "AUTHORIZATION_", "PACKAGE_", "DISCLOSED", "ACCOUNTING_"),
        Purpose.RELEASE,
    ),
    (
        ("HOLD_", "BATCH_", "SCHEDULE_", "RETENTION_", "CERTIFICATE_", "CHART_DESTROYED"),
        Purpose.RETENTION,
    ),
    (("DOCUMENT_DESTROYED",), Purpose.RETENTION),
    (
        ("PATIENT", "CHART_", "FACE_SHEET_", "ENCOUNTER"),
        Purpose.RECORDS,
    ),
    (("DOCUMENT", "UNFILED_", "VAULT_", "IMPORT", "EXPORTED", "ACCESS_"), Purpose.RECORDS),
)
GROUNDS = {
    SYSTEM_ROLE: Basis.SYSTEM,
    # The house itself gave them the link.
    RECIPIENT_ROLE: Basis.GRANT,
    ANONYMOUS_ROLE: Basis.NONE,
}
OWN_ACCOUNT = frozenset(
    {
        Action.SIGNED_IN,
        Action.SIGN_IN_FAILED,
        Action.LOCKED_OUT,
        Action.SIGNED_OUT,
        Action.SESSION_EXPIRED,
        Action.PASSWORD_CHANGED,
        Action.REAUTHENTICATED,
        Action.SECOND_FACTOR_ADDED,
        Action.SECOND_FACTOR_REMOVED,
        Action.SECOND_FACTOR_PASSED,
        Action.SECOND_FACTOR_FAILED,
        Action.RECOVERY_CODES_MADE,
        Action.RECOVERY_CODE_USED,
        Action.SAVED_LIST_CHANGED,
    }
)


def purpose_of(action: Action) -> Purpose:
    """Return what an action is for; what keeps the house running is operations."""
    for beginnings, purpose in PURPOSES:
        if action.startswith(beginnings):
            return purpose
    return Purpose.OPERATIONS


def basis_of(action: Action, role: str) -> Basis:
    """Return the ground of somebody who acts in `role`."""
    if role in GROUNDS:
        return GROUNDS[role]
    return Basis.SELF if action in OWN_ACCOUNT else Basis.ROLE

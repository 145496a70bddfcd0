"""The purpose of use of an opened chart, where the work does not say it itself.

45 CFR 164.312(b) and the rules of a trail ask for a purpose with every access; asking a person at
each chart would teach them to click it away. The ground and the roles tell it.
"""

from __future__ import annotations

from collections.abc import Set

from accounts.roles import Role
from audit.enums import Basis, Purpose

# What access to a chart can be asked for: an emergency waits for nobody's answer, it breaks the
# glass.
ASKED_FOR = tuple(purpose for purpose in Purpose if purpose != Purpose.EMERGENCY)


def implied_purpose(basis: Basis, roles: Set[str]) -> Purpose:
    """Return what somebody with these roles opens a chart for on this ground."""
    if basis == Basis.BROKEN_GLASS:
        return Purpose.EMERGENCY
    if basis == Basis.CARE or roles == {Role.PROVIDER}:
        return Purpose.TREATMENT
    if roles == {Role.COMPLIANCE}:
        return Purpose.OVERSIGHT
    return Purpose.RECORDS

"""The purpose that ground and roles imply."""

import pytest

from audit.enums import Basis, Purpose
from records.access.rules.purposes import implied_purpose


@pytest.mark.parametrize(
    "basis, roles, purpose",
    [
        (Basis.BROKEN_GLASS, {"CLERK"}, Purpose.EMERGENCY),
        (Basis.BROKEN_GLASS, {"PROVIDER"}, Purpose.EMERGENCY),
        (Basis.CARE, {"PROVIDER"}, Purpose.TREATMENT),
        (Basis.CARE, {"PROVIDER", "SUPERVISOR"}, Purpose.TREATMENT),
        (Basis.UNIT, {"PROVIDER"}, Purpose.TREATMENT),
        (Basis.GRANT, {"PROVIDER"}, Purpose.TREATMENT),
        (Basis.UNIT, {"COMPLIANCE"}, Purpose.OVERSIGHT),
        (Basis.GRANT, {"COMPLIANCE"}, Purpose.OVERSIGHT),
        (Basis.UNIT, {"COMPLIANCE", "CLERK"}, Purpose.RECORDS),
        (Basis.UNIT, {"CLERK"}, Purpose.RECORDS),
        (Basis.WORK, {"SUPERVISOR"}, Purpose.RECORDS),
        (Basis.SYSTEM, set(), Purpose.RECORDS),
    ],
)
def test_purpose_is_implied_by_ground_and_roles(basis, roles, purpose):
    assert implied_purpose(basis, roles) == purpose

"""Which sensitivity classes of document a ground shows.

Minimum necessary, 45 CFR 164.502(b); psychotherapy notes 164.508(a)(2); programme records
42 CFR 2.12; emergencies 42 CFR 2.51.
"""

from __future__ import annotations

from collections.abc import Mapping, Set

from audit.enums import Basis
from records.access.enums import SensitivityClass

# What a treating person needs; programme records and counselling notes need a consent or the
# programme's own right, and peer review is no part of the chart.
CARE_CLASSES = frozenset(
    {
        SensitivityClass.HIV,
        SensitivityClass.STI,
        SensitivityClass.MH,
        SensitivityClass.GENETIC,
        SensitivityClass.MINOR_CONSENTED,
        SensitivityClass.REPRO,
    }
)
# A medical emergency opens programme records too, 42 CFR 2.51.
EMERGENCY_CLASSES = CARE_CLASSES | {SensitivityClass.SUD_P2}


def visible_classes(
    basis: Basis, chart_units: Set[int], protected: Mapping[int, Set[str]]
) -> frozenset[str]:
    """Return the classes that a reader sees in one chart.

    `chart_units` are the units that keep the chart; `protected` maps each unit on which the
    reader holds the right to protected documents to the classes it opens there.
    """
    if basis == Basis.SYSTEM:  # it files what it is given, and shows it to nobody
        return frozenset(SensitivityClass.values)
    classes: set[str] = {SensitivityClass.NORMAL}
    for unit in chart_units:
        classes |= protected.get(unit, frozenset())
    if basis == Basis.CARE:
        classes |= CARE_CLASSES
    if basis == Basis.BROKEN_GLASS:
        classes |= EMERGENCY_CLASSES
    return frozenset(str(name) for name in classes)

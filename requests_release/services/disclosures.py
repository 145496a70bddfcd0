"""Who may see what was disclosed of a patient: also after the chart was destroyed.

The accounting covers six years (45 CFR 164.528(a)(3)) and is itself kept as long (164.530(j)), so
neither ends with the chart.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from accounts.models import User
from audit.enums import Action, Basis, Purpose
from audit.services import events
from records.access.enums import Use
from records.access.errors import ChartDestroyed
from records.access.services import opening
from records.access.services.opening import ChartScope
from records.patients.enums import IdentifierKind
from records.patients.selectors.patients import Who
from records.retention.selectors import stubs
from requests_release.errors import DisclosuresElsewhere
from requests_release.selectors.disclosures import DisclosureScope, Remains

VIEWED = Action.ACCOUNTING_VIEWED


def open_disclosures(*, actor: User, patient_id: int, purpose: Purpose) -> DisclosureScope:
    """Decide whether `actor` may see the disclosures of a patient, and write the event.

    It stands when this returns, as when a chart is opened.

    Raises:
        ChartUnknown: no such chart, or the person may not know of it.
        ChartRefused, GlassReadsOnly: no ground to work on a chart that is there.
        DisclosuresElsewhere: the chart is destroyed, and the person not of the unit that kept it.
    """
    try:
        return _of_chart(
            opening.open_chart(
                actor=actor, patient_id=patient_id, purpose=purpose, action=VIEWED, use=Use.WORK
            )
        )
    except ChartDestroyed:
        scope = _of_destroyed(actor, patient_id)
    events.record(
        action=VIEWED,
        actor=actor,
        patient_id=patient_id,
        basis=scope.basis,
        purpose=purpose,
        durable=True,
    )
    return scope


def peek_disclosures(*, actor: User, patient_id: int) -> DisclosureScope:
    """Return the scope that `open_disclosures` would return, writing no event.

    For services that write their own, and before a proof is asked for; never for showing anything.

    Raises:
        ChartUnknown, ChartRefused, GlassReadsOnly, DisclosuresElsewhere: as `open_disclosures`.
    """
    try:
        return _of_chart(opening.peek_scope(actor=actor, patient_id=patient_id))
    except ChartDestroyed:
        return _of_destroyed(actor, patient_id)


def _of_chart(chart: ChartScope) -> DisclosureScope:
    return DisclosureScope(chart.patient_id, chart.actor, chart.basis, chart)


def _of_destroyed(actor: User, patient_id: int) -> DisclosureScope:
    """Return the scope of a destroyed chart: the one ground is work in the unit that kept it.

    Care, a task and a grant led to the chart, and went with it; an emergency has nothing to open.
    """
    stub = stubs.get_stub(patient_id)
    if stub is None or not stubs.is_shown_whole(actor, stub):
        raise DisclosuresElsewhere(patient_id=patient_id, action=VIEWED)
    unit = stub.unit
    remains = _read(patient_id, stub.abstract, stub.destroyed_at, unit.name, unit.pk)
    return DisclosureScope(patient_id, actor, Basis.UNIT, remains)


def _read(
    patient_id: int, abstract: Mapping[str, Any], destroyed_at: datetime, unit: str, unit_id: int
) -> Remains:
    """Return what the abstract of a stub says of whose it is."""
    current = [
        number["value"]
        for number in abstract["numbers"]
        if number["kind"] == IdentifierKind.MRN and number["is_current"]
    ]
    who = Who(
        pk=patient_id,
        **{name: abstract["name"][name] for name in ("family", "given", "middle", "suffix")},
        birth_on=_day(abstract["birth_on"]),
        birth_precision=abstract["birth_precision"],
        died_on=_day(abstract["died_on"]),
        sex=abstract["sex"],
        mrn=next(iter(current), ""),
        unit=unit,
        unit_id=unit_id,
        is_confidential_address=False,  # addresses went with the chart
    )
    return Remains(who, destroyed_at)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None

"""Encounters of a source: recorded, brought forward by their steps, corrected."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils import timezone

from audit.errors import Refused, StaleState
from records.access.services import opening
from records.encounters.enums import Disposition, EncounterStatus
from records.encounters.errors import EncounterMoveNotAllowed
from records.encounters.models import Encounter, Provider
from records.encounters.selectors import encounters as encounter_selectors
from records.encounters.services import corrections, encounters
from records.encounters.services.corrections import Correction
from records.encounters.services.encounters import EncounterFacts
from records.interchange.enums import ItemKind, Reason
from records.interchange.errors import InterchangeError
from records.interchange.models import ImportedItem
from records.interchange.rules import visits as rules
from records.interchange.rules.visits import Visit
from records.interchange.selectors import items as selectors
from records.interchange.services import items
from records.interchange.services.directory import Directory
from records.interchange.services.orders import Chart, Order, PartRejected, Rejected, Taken
from records.interchange.values import EncounterValue

CANCELLED_THERE = "Cancelled at its source"
REOPENED_THERE = "Open again at its source"
NO_WAY = "The encounter's status here does not lead to the one at its source; change it by hand."
OTHER_CHART = "This encounter was imported into another chart; move it by hand."


@dataclass(frozen=True)
class Plan:
    """An encounter and what is known of it."""

    value: EncounterValue
    item: ImportedItem | None

    def is_news(self, patient_id: int | None) -> bool:
        """Tell whether there is anything to write, or to refuse, for this chart."""
        return (
            self.item is None
            or self.item.patient_id != patient_id
            or self.item.source_hash != self.value.source_hash
        )


def plan(order: Order, values: tuple[EncounterValue, ...], patient_id: int | None) -> list[Plan]:
    """Return what is known of the encounters: by key, or by alias within the same chart."""
    known = selectors.get_items(order.feed, [value.source_key for value in values])
    missing = [value for value in values if selectors.key_of(value.source_key) not in known]
    by_alias: dict[str, ImportedItem] = {}
    if patient_id is not None:
        names = [alias for value in missing for alias in value.aliases]
        by_alias = selectors.find_by_aliases(
            order.feed, names, ItemKind.ENCOUNTER, patient_id=patient_id
        )
    found = []
    for value in values:
        item = known.get(selectors.key_of(value.source_key))
        named = (by_alias[alias] for alias in value.aliases if alias in by_alias)
        found.append(Plan(value, item or next(named, None)))
    return found


def write(
    order: Order, plans: list[Plan], chart: Chart, directory: Directory
) -> tuple[dict[str, int], Taken]:
    """Write the encounters; return the row of each source key, and what was written.

    One that cannot be (it lies before the birth, say) is rejected alone; its documents are filed
    in the chart all the same. Called inside the transaction of the part.

    Raises:
        EncounterChangedMeanwhile, IntegrityError: somebody was faster.
    """
    rows, taken = {}, Taken()
    for each in plans:
        if each.item is not None and each.item.patient_id == chart.patient_id:
            rows[each.value.source_key] = each.item.object_id or 0
        if not each.is_news(chart.patient_id):
            taken.unchanged += 1
            continue
        try:
            row = write_one(order, each, chart, directory)
        except EncounterMoveNotAllowed as error:
            taken.rejected.append(refusal(error.message, error.reason, each))
        except StaleState:
            raise
        except (Refused, PartRejected, InterchangeError) as error:
            taken.rejected.append(refusal(error.message, str(error.reason), each))
        else:
            rows[each.value.source_key] = row.pk
            taken.encounters += 1
    return rows, taken


def refusal(message: str, reason: str, each: Plan) -> Rejected:
    return Rejected("", message, reason, each.value.source_key)


def write_one(order: Order, each: Plan, chart: Chart, directory: Directory) -> Encounter:
    """Write one encounter.

    Raises:
        Refused: the rules of encounters forbid it.
        InterchangeError: it has no beginning.
        PartRejected: it lies in another chart.
    """
    visit = rules.visit_of(each.value, timezone.get_current_timezone(), chart.born_on)
    attending = directory.provider(each.value.provider)
    if each.item is None:
        encounter = record(order, chart, visit, attending)
        items.add(
            order,
            source_key=each.value.source_key,
            kind=ItemKind.ENCOUNTER,
            patient_id=chart.patient_id,
            object_id=encounter.pk,
            source_hash=each.value.source_hash,
            aliases=each.value.aliases,
        )
        return encounter
    if each.item.patient_id != chart.patient_id:
        raise PartRejected(OTHER_CHART, Reason.PATIENT_MISMATCH)
    encounter = bring_forward(order, each.item, visit, attending)
    items.change(order, each.item, aliases=each.value.aliases, source_hash=each.value.source_hash)
    return encounter


def record(order: Order, chart: Chart, visit: Visit, attending: Provider | None) -> Encounter:
    """Record a new encounter in the status that it has at its source."""
    facts = EncounterFacts(
        kind=visit.kind,
        started_at=visit.started_at,
        unit_id=chart.unit_id,
        attending=attending,
        location=visit.location,
        reason=visit.reason,
        is_taken_over=True,
    )
    actor = order.actor
    if visit.ended_at is not None:
        return encounters.record_visit(
            actor=actor,
            patient_id=chart.patient_id,
            facts=facts,
            ended_at=visit.ended_at,
            disposition=visit.disposition,
        )
    is_cancelled = visit.status == EncounterStatus.CANCELLED
    status = EncounterStatus.PLANNED if is_cancelled else visit.status
    encounter = encounters.begin(
        actor=actor, patient_id=chart.patient_id, facts=facts, status=status
    )
    if is_cancelled:
        encounter = encounters.cancel(
            actor=actor,
            encounter_id=encounter.pk,
            version=encounter.version,
            reason=CANCELLED_THERE,
        )
    return encounter


def bring_forward(
    order: Order, item: ImportedItem, visit: Visit, attending: Provider | None
) -> Encounter:
    """Take an encounter to the status that it has at its source now, then correct its facts."""
    scope = opening.peek_scope(actor=order.actor, patient_id=item.patient_id or 0)
    try:
        encounter = encounter_selectors.get_encounter(scope, item.object_id or 0)
    except Encounter.DoesNotExist as error:
        raise PartRejected(OTHER_CHART, Reason.MOVED_HERE) from error
    encounter = step(order, encounter, visit)
    return corrections.correct(
        actor=order.actor,
        encounter_id=encounter.pk,
        version=encounter.version,
        facts=Correction(
            kind=visit.kind,
            started_at=visit.started_at,
            ended_at=visit.ended_at,
            disposition=visit.disposition,
            attending=attending or encounter.attending,
            location=visit.location,
            reason=visit.reason,
        ),
    )


def step(order: Order, encounter: Encounter, visit: Visit) -> Encounter:
    """Take the steps from the encounter's status to the source's.

    Raises:
        PartRejected: no step leads there: it was cancelled here, or is only planned there.
        EncounterMoveNotAllowed: the table of encounters has no such step.
    """
    actor, target = order.actor, visit.status
    if encounter.status == target:
        return encounter
    if encounter.status == EncounterStatus.CANCELLED or target == EncounterStatus.PLANNED:
        raise PartRejected(NO_WAY, Reason.MOVED_HERE)
    if encounter.status == EncounterStatus.PLANNED and target != EncounterStatus.CANCELLED:
        encounter = encounters.arrive(
            actor=actor,
            encounter_id=encounter.pk,
            version=encounter.version,
            at=visit.started_at,
        )
    if encounter.status == EncounterStatus.DISCHARGED:
        encounter = encounters.reopen(
            actor=actor,
            encounter_id=encounter.pk,
            version=encounter.version,
            reason=REOPENED_THERE,
        )
    if target == EncounterStatus.DISCHARGED:
        return encounters.discharge(
            actor=actor,
            encounter_id=encounter.pk,
            version=encounter.version,
            at=max(visit.ended_at or visit.started_at, encounter.started_at),
            disposition=Disposition(visit.disposition or Disposition.OTHER),
        )
    if target == EncounterStatus.CANCELLED:
        return encounters.cancel(
            actor=actor,
            encounter_id=encounter.pk,
            version=encounter.version,
            reason=CANCELLED_THERE,
        )
    return encounter

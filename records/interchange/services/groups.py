"""One patient's part of one file: all of it in one transaction, or nothing."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace

from audit.enums import Action, Outcome
from audit.services import events
from audit.writes import attributing
from records.access.services import opening
from records.interchange.enums import ItemKind
from records.interchange.models import ImportedItem
from records.interchange.selectors import items as selectors
from records.interchange.services import directory as directories
from records.interchange.services import items, matching, papers, people, visits
from records.interchange.services import places as places_of
from records.interchange.services.directory import Directory
from records.interchange.services.orders import Chart, Order, Rejected, Taken
from records.interchange.services.papers import Paper
from records.interchange.services.places import Places
from records.interchange.values import PatientBundleValue, Reference
from records.patients.enums import Sex
from records.patients.rules import birth, mrn, names
from records.patients.services.facts import PersonFacts

NOBODY = 0


def is_complete(order: Order, group: PatientBundleValue) -> bool:
    """Tell whether all that a part refers to is known, so that it need not wait for other files."""
    if group.patient is None and people.plan_by_reference(order, group.reference.text) is None:
        return False
    texts = places_of.unresolved(group)
    known = selectors.find_by_aliases(order.feed, texts, ItemKind.ENCOUNTER)
    return texts <= known.keys()


def take(order: Order, group: PatientBundleValue) -> Taken:
    """Import one patient's part: chart, encounters, documents, and what is remembered of them.

    What takes time (pages, vault) is done first; then one transaction writes every row. A part
    in which nothing is new writes nothing but that it was met again.

    Raises:
        PartRejected: the patient is not known, or is somebody else here; nothing was written.
        Refused: the actor may not, or the index cannot take what is said; nothing was written.
        StaleState, IntegrityError: somebody was faster; begin again.
    """
    person = people.plan(order, group)
    if person is None:
        raise people.not_here(group.reference.text)
    places = places_of.find(order, group, person.source_key, person.patient_id or NOBODY)
    steps = visits.plan(order, group.encounters, person.patient_id)
    documents = papers.plan(group, places, person.patient_id)
    part = Part(order, group, person, places, steps, documents)
    if not part.has_news:
        return part.touch()
    return part.write()


class Part:
    """One patient's part of one file, planned."""

    def __init__(
        self,
        order: Order,
        group: PatientBundleValue,
        person: people.Plan,
        places: Places,
        steps: list[visits.Plan],
        documents: list[Paper],
    ) -> None:
        self.order, self.group, self.person = order, group, person
        self.places, self.steps, self.documents = places, steps, documents

    @property
    def has_news(self) -> bool:
        """Tell whether anything is new or changed."""
        return (
            self.person.is_changed
            or any(each.is_news(self.person.patient_id) for each in self.steps)
            or not all(paper.is_unchanged for paper in self.documents)
        )

    def touch(self) -> Taken:
        """Remember that all of it was met again."""
        found = self.known()
        items.touch(actor=self.order.actor, items=found)
        return Taken(unchanged=len(found))

    def known(self) -> list[ImportedItem]:
        """Return what is remembered of the part already."""
        found = [self.person.item, *(each.item for each in self.steps)]
        found += [paper.item for paper in self.documents]
        return [item for item in found if item is not None]

    def write(self) -> Taken:
        """Make and keep the pages, then write every row in one transaction."""
        order = self.order
        with ExitStack() as stack:
            rejected = papers.prepare(order, self.documents, self.chart(0), self.places, stack)
            with attributing(order.actor):
                taken = self.write_rows()
                taken.rejected = rejected + taken.rejected
                self.record(taken)
        return taken

    def write_rows(self) -> Taken:
        order, taken = self.order, Taken()
        patient_id, is_news = people.write(order, self.person)
        self.patient_id = patient_id
        taken.patients = int(is_news)
        chart = self.chart(patient_id)
        rows, found = visits.write(order, self.steps, chart, self.directory())
        self.places.rows = rows
        taken.add(found)
        taken.add(papers.write(order, self.documents, chart, self.places))
        items.touch(actor=order.actor, items=self.known())
        return taken

    def chart(self, patient_id: int) -> Chart:
        """Return the chart; of a new one, as it will be."""
        known = self.person.patient_id
        if known is not None:
            patient = matching.open_patient(self.order, known)
            line = line_of(people.facts_of(patient), patient.mrn)
            return Chart(known, patient.unit_id, patient.birth_on, line)
        incoming = self.person.incoming
        facts = incoming.person if incoming else PersonFacts(family="")
        line = line_of(facts, self.person.number)
        return Chart(patient_id, self.order.unit.pk, facts.birth_on, line)

    def directory(self) -> Directory:
        """Return who the encounters name as their providers."""
        named = [value.provider for value in self.group.encounters if value.provider]
        references: list[Reference] = list(dict.fromkeys(named))
        return directories.look_up(self.order, references)

    def record(self, taken: Taken) -> None:
        """Write the events of what came in and of what did not, with the rows."""
        order = self.order
        scope = opening.peek_scope(actor=order.actor, patient_id=self.patient_id)
        if taken.written:
            events.record(
                action=Action.IMPORTED,
                actor=order.actor,
                patient_id=self.patient_id,
                basis=scope.basis,
                subject_type="import",
                subject_id=order.run.pk,
                detail={
                    "new": self.person.is_new,
                    "encounters": taken.encounters,
                    "documents": taken.documents,
                },
            )
        for each in taken.rejected:
            record_rejection(order, each, patient_id=self.patient_id)
        taken.rejected = [replace(each, is_recorded=True) for each in taken.rejected]


def record_rejection(order: Order, each: Rejected, *, patient_id: int | None = None) -> None:
    """Write the event of something that was not taken: its code, never its words."""
    events.record(
        action=Action.IMPORT_REJECTED,
        actor=order.actor,
        patient_id=patient_id,
        subject_type="import",
        subject_id=order.run.pk,
        outcome=Outcome.FAILED,
        detail={"reason": each.reason},
    )


def line_of(facts: PersonFacts, number: str) -> dict[str, str]:
    """Return how the pages of a document name the patient."""
    return {
        "name": names.display_name(facts.name),
        "number": mrn.display(number),
        "born": birth.birth_text(facts.birth_on, facts.birth_precision),
        "sex": Sex(facts.sex).label,
    }

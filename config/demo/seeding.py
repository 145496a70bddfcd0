"""Demo data through the services, as clerks would enter it."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from django.utils import timezone

from accounts.selectors.users import get_system_user
from audit import context
from audit.enums import Action
from audit.models import Event
from audit.services import events
from config.demo import house, papers, people, requests, words
from config.demo.house import House
from config.demo.people import Person
from records.access.models import CustodyUnit
from records.documents.enums import DocumentSource
from records.documents.services import filing, unfiled
from records.documents.services.filing import DocumentFacts
from records.documents.services.storing import Upload
from records.encounters.enums import Disposition, EncounterKind, EncounterStatus
from records.encounters.models import Encounter
from records.encounters.services import encounters
from records.encounters.services.encounters import EncounterFacts
from records.patients.enums import AddressKind, ContactKind, NameKind, PhoneKind
from records.patients.models import Patient
from records.patients.rules.names import PersonName
from records.patients.services import patients
from records.patients.services.facts import (
    AddressFact,
    ContactFact,
    OtherName,
    PersonFacts,
    PhoneFact,
    ReachFacts,
)
from records.retention.services import nightly

EARLIEST = datetime(2004, 1, 5, 9, tzinfo=UTC)
REPORTED = 0.5  # share of encounters with a report
IN_HOUSE = 0.05  # share of people who lie in the house now
KINDS = (EncounterKind.OUTPATIENT, EncounterKind.EMERGENCY, EncounterKind.INPATIENT)


def load(number: int, seed: int, say: Callable[[str], None]) -> dict[str, float]:
    """Load `number` patients with encounters and documents; return the counts.

    Each unit is filled by the clerk who may open its charts.
    """
    begun = time.monotonic()
    chance = random.Random(seed)  # noqa: S311  (synthetic data, not a secret)
    with context.acting_as(get_system_user()):
        home = house.build()
        events.record(action=Action.DEMO_SEEDED)
    loader = _Loader(home, chance)
    for done, person in enumerate(people.make_people(number, seed), 1):
        loader.person(person)
        if done % 50 == 0:
            say(f"{done} of {number} patients")
    loader.loose_files()
    loader.requests()
    nightly.evaluate()
    told = {"events": Event.objects.count(), "seconds": round(time.monotonic() - begun, 1)}
    return loader.counts | told


class _Loader:
    """Loads one person after another."""

    def __init__(self, home: House, chance: random.Random) -> None:
        self.home = home
        self.chance = chance
        self.clerk = home.clerks["MAIN"]
        self.counts: dict[str, float] = {"patients": 0, "encounters": 0, "documents": 0}

    def person(self, person: Person) -> None:
        """Register a person, their encounters, and a report on most of these."""
        unit = self.home.unit_at(person.place)
        self.clerk = self.home.clerk_of(unit)
        with context.acting_as(self.clerk):
            patient = self._register(person, unit)
            for encounter in self._encounters(patient, unit):
                if self.chance.random() < REPORTED:
                    self._report(patient, encounter)
            if person.died_on is None and self.chance.random() < IN_HOUSE:
                self._stay(patient, unit)

    def loose_files(self) -> None:
        """Leave three faxes in the list of files that wait."""
        unit = self.home.units[0]
        clerk = self.home.clerk_of(unit)
        for number, heading in enumerate(("Outside record", "Referral letter", "Consent form"), 1):
            fax = Upload(papers.make_fax(heading, number, self.chance), f"fax-{number}.tif")
            with context.acting_as(clerk):
                unfiled.receive(
                    actor=clerk, unit_id=unit.pk, upload=fax, source=DocumentSource.SCAN
                )

    def requests(self) -> None:
        """Log release requests for patients of the largest unit."""
        unit = self.home.units[0]
        self.counts["requests"] = requests.load(self.home.clerk_of(unit), unit, self.chance)

    def _register(self, person: Person, unit: CustodyUnit) -> Patient:
        self.counts["patients"] += 1
        return patients.register(
            actor=self.clerk,
            unit_id=unit.pk,
            facts=PersonFacts(
                family=person.family,
                given=person.given,
                middle=person.middle,
                sex=person.sex,
                birth_on=person.birth_on,
                died_on=person.died_on,
            ),
            reach_facts=ReachFacts(
                names=_maiden_name(person),
                phones=(PhoneFact(PhoneKind.HOME, person.phone),),
                addresses=(
                    AddressFact(
                        AddressKind.HOME,
                        person.street,
                        city=person.town,
                        state="PA",
                        postal_code=person.postal_code,
                    ),
                ),
                contacts=(ContactFact(ContactKind.NEXT_OF_KIN, person.kin),),
            ),
            are_candidates_judged=True,
        )

    def _encounters(self, patient: Patient, unit: CustodyUnit) -> list[Encounter]:
        found = []
        for _ in range(self.chance.choices((1, 2, 3, 5), (4, 4, 2, 1))[0]):
            start = self._moment(patient)
            if start is None:
                break
            found.append(self._encounter(patient, unit, start))
        return found

    def _encounter(self, patient: Patient, unit: CustodyUnit, start: datetime) -> Encounter:
        kind = self.chance.choices(KINDS, (6, 2, 2))[0]
        hours = self.chance.randint(24, 200) if kind == EncounterKind.INPATIENT else 3
        self.counts["encounters"] += 1
        return encounters.record_visit(
            actor=self.clerk,
            patient_id=patient.pk,
            facts=self._facts(unit, kind, start),
            ended_at=min(start + timedelta(hours=hours), timezone.now()),
            disposition=Disposition.HOME,
        )

    def _stay(self, patient: Patient, unit: CustodyUnit) -> None:
        """Let somebody lie in the house now."""
        self.counts["encounters"] += 1
        start = timezone.now() - timedelta(hours=self.chance.randrange(2, 96))
        encounters.begin(
            actor=self.clerk,
            patient_id=patient.pk,
            facts=replace(
                self._facts(unit, EncounterKind.INPATIENT, start),
                attending=self.home.providers[0],  # who signs in, and so has patients to see
                location=f"{self.chance.randint(1, 4)} West, bed {self.chance.randint(1, 24)}",
            ),
            status=EncounterStatus.IN_PROGRESS,
        )

    def _facts(self, unit: CustodyUnit, kind: EncounterKind, start: datetime) -> EncounterFacts:
        return EncounterFacts(
            kind=kind,
            started_at=start,
            unit_id=unit.pk,
            attending=self.chance.choice(self.home.providers),
            service=self.chance.choice(words.SERVICES),
            reason=self.chance.choice(words.REASONS),
        )

    def _moment(self, patient: Patient) -> datetime | None:
        """Return a time of the person's life in which they can have been here."""
        first = max(EARLIEST, _noon(patient.birth_on)) if patient.birth_on else EARLIEST
        last = _noon(patient.died_on) - timedelta(days=10) if patient.died_on else timezone.now()
        span = (last - first).days
        if span < 2:
            return None
        return first + timedelta(
            days=self.chance.randrange(1, span), hours=self.chance.randrange(6)
        )

    def _report(self, patient: Patient, encounter: Encounter) -> None:
        self.counts["documents"] += 1
        code = self.chance.choice(tuple(papers.TITLES))
        on = timezone.localdate(encounter.started_at)
        filing.file_document(
            actor=self.clerk,
            patient_id=patient.pk,
            upload=Upload(papers.make_report(patient, code, on, self.chance), "report.pdf"),
            facts=DocumentFacts(code, papers.TITLES[code], on, encounter.pk),
        )


def _maiden_name(person: Person) -> tuple[OtherName, ...]:
    if not person.maiden:
        return ()
    return (OtherName(NameKind.MAIDEN, PersonName(person.maiden, person.given)),)


def _noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)

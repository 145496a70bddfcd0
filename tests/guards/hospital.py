"""The house of the world: its units, people and patients, each with canaries."""

from __future__ import annotations

from datetime import date
from typing import Any

from accounts.models import User
from audit import context
from records.access.enums import UnitRight
from records.patients.enums import AddressKind, ContactKind, NameKind, PhoneKind, Sex
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
from records.retention.models import ScheduleRule
from tests.factories.people import again, make_user
from tests.factories.units import grant, make_facility, make_unit
from tests.guards.canaries import Aviary
from tests.guards.may_see import CARE, SECRET
from tests.records.retention.factories import make_majority, make_rule

STATE = "ZZ"
BORN = {
    "VISIBLE": date(1971, 8, 23),
    "OTHER": date(1969, 11, 13),
    "HIDDEN": date(1953, 9, 27),
    "DUE": date(1951, 5, 19),
    "GONE": date(1949, 2, 11),
    "LATE": date(1947, 7, 17),
}


class Hospital:
    """Units, people and patients by name."""

    def __init__(self) -> None:
        self.aviary = Aviary()
        self.people: dict[str, User] = {}
        self.patients: dict[str, Patient] = {}
        self._build_units()
        self._build_people()
        for name, unit, clerk in (
            ("VISIBLE", self.main, "clerk"),
            ("OTHER", self.behavioural, "bh_clerk"),
            ("HIDDEN", self.programme, "sud_clerk"),
            ("DUE", self.main, "clerk"),
            ("GONE", self.main, "clerk"),
            ("LATE", self.main, "clerk"),
        ):
            self.patients[name] = self._register(name, unit, self.people[clerk])

    def _build_units(self) -> None:
        self.facility = make_facility(state=STATE)
        make_majority()
        self.rule: ScheduleRule = make_rule(state=STATE)
        self.main = make_unit(
            facility=self.facility, name="Main file room", sensitivity_classes=[CARE, SECRET]
        )
        self.behavioural = make_unit(facility=self.facility, name="Behavioural health")
        self.programme = make_unit(
            facility=self.facility, name="Substance-use programme", is_listed=False
        )

    def _build_people(self) -> None:
        plan = {
            "clerk": ("CLERK", self.main),
            "supervisor": ("SUPERVISOR", self.main),
            "compliance": ("COMPLIANCE", self.main),
            "keeper": ("SUPERVISOR", self.main),
            "second_keeper": ("SUPERVISOR", self.main),
            "provider": ("PROVIDER", None),
            "doctor": ("PROVIDER", None),
            "administrator": ("ADMINISTRATOR", None),
            "bystander": ("CLERK", None),
            "bh_clerk": ("CLERK", self.behavioural),
            "sud_clerk": ("CLERK", self.programme),
            "sud_supervisor": ("SUPERVISOR", self.programme),
            "stranger": ("CLERK", None),
            "nobody": (None, None),
        }
        for name, (role, unit) in plan.items():
            roles = [role] if role else []
            self.people[name] = make_user(*roles, unit=unit, display_name=f"Staff {name}")
        for name in ("keeper", "second_keeper"):
            grant(self.main, UnitRight.VIEW_PROTECTED, user=self.people[name])
            self.people[name] = again(self.people[name])

    def _as(self, name: str) -> User:
        """Return a person as the next request loads them."""
        return again(self.people[name])

    # --- patients -------------------------------------------------------------------------------

    def _register(self, name: str, unit: Any, clerk: User) -> Patient:
        with context.acting_as(clerk):
            patient = patients.register(
                actor=clerk,
                unit_id=unit.pk,
                facts=self._facts(name),
                reach_facts=self._reach(name),
                ssn=self._ssn(name),
                override_reason=self.aviary.word(name, "override reason"),
                are_candidates_judged=True,
            )
        self.aviary.number(patient.mrn, name, "record number", "directory")
        return patient

    def _facts(self, name: str, **changes: Any) -> PersonFacts:
        word = self.aviary.word
        values: dict[str, Any] = {
            "family": word(name, "family name", "directory"),
            "given": word(name, "given name", "directory"),
            "middle": word(name, "middle name", "directory"),
            "sex": Sex.FEMALE,
            "gender_identity": word(name, "gender identity"),
            "birth_on": self.aviary.day(BORN[name], name, "birth date", "directory"),
            "language": word(name, "language"),
            "race": word(name, "race"),
            "ethnicity": word(name, "ethnicity"),
            "email": f"{word(name, 'e-mail').lower()}@example.org",
            "mother_maiden_name": word(name, "mother's maiden name"),
        }
        return PersonFacts(**values | changes)

    def _reach(self, name: str) -> ReachFacts:
        word, phone = self.aviary.word, self.aviary.phone
        alias = PersonName(
            word(name, "former family name", "directory"),
            word(name, "former given name", "directory"),
        )
        return ReachFacts(
            names=(OtherName(NameKind.FORMER, alias),),
            phones=(PhoneFact(PhoneKind.HOME, phone(name, "telephone")),),
            addresses=(
                AddressFact(
                    AddressKind.HOME,
                    f"1 {word(name, 'street')} Street",
                    word(name, "second line"),
                    word(name, "town"),
                    "ME",
                    "04101",
                ),
            ),
            contacts=(
                ContactFact(
                    ContactKind.NEXT_OF_KIN,
                    word(name, "next of kin"),
                    word(name, "relationship"),
                    phone(name, "next of kin's telephone"),
                    word(name, "next of kin's address"),
                ),
            ),
        )

    def _ssn(self, name: str) -> str:
        digits = f"52910{6000 + 7 * len(self.patients)}"
        return self.aviary.number(digits, name, "social security number", "nobody")

    def _change_patients(self) -> None:
        for name, clerk in (("VISIBLE", "clerk"), ("HIDDEN", "sud_clerk")):
            actor = self._as(clerk)
            patient = Patient.objects.get(pk=self.patients[name].pk)
            kept = {field: getattr(patient, field) for field in ("family", "given", "middle")}
            with context.acting_as(actor):
                patients.change(
                    actor=actor,
                    patient_id=patient.pk,
                    version=patient.version,
                    facts=self._facts(name, **kept),
                    reach_facts=self._reach(name),
                )
            self.patients[name] = Patient.objects.get(pk=patient.pk)

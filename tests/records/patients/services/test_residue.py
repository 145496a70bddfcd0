import pytest
from auditlog.models import LogEntry
from django.utils import timezone

from audit.writes import attributing
from records.patients.enums import IdentifierKind
from records.patients.models import Address, Contact, Identifier, Name, Phone
from records.patients.models.identifiers import KEPT_KINDS
from records.patients.selectors import search
from records.patients.services import numbers, residue
from tests.records.patients import world

pytestmark = pytest.mark.django_db


def test_reduce_leaves_the_residual_abstract_and_nothing_else(keepers):
    patient = keepers.patient(language="Spanish", email="alfreda@example.org")
    world.add_reach(keepers.clerk, patient)

    keepers.done(patient)

    stored = world.again(patient)
    assert (stored.family, stored.given, stored.birth_on) == ("Wyman", "Alfreda", patient.birth_on)
    assert (stored.mrn, stored.sex, stored.status) == (patient.mrn, "FEMALE", "DESTROYED")
    assert (stored.email, stored.language, stored.override_reason) == ("", "", "")
    assert [model.objects.count() for model in (Address, Phone, Contact)] == [0, 0, 0]
    assert Name.objects.count() == Identifier.objects.count() == 1
    assert not residue.has_history([patient.pk])


OTHERS = [kind for kind in IdentifierKind.values if kind not in KEPT_KINDS]


@pytest.mark.goal("G-41")
def test_reduce_takes_every_number_but_those_of_records(keepers):
    patient, there = keepers.patient(), keepers.patient()
    for one, number in ((patient, "219-44-6789"), (there, "219-44-6788")):
        with attributing(keepers.clerk):
            numbers.set_ssn(actor=keepers.clerk, patient=one, text=number)
            _give_all(one, keepers.unit.facility)
    assert found_by(keepers.clerk, "219-44-6789") == [patient.pk]
    assert residue.has_numbers([patient.pk])

    keepers.done(patient)

    kinds = Identifier.objects.filter(patient=patient).values_list("kind", flat=True)
    assert sorted(kinds) == sorted(KEPT_KINDS)
    assert not residue.has_numbers([patient.pk])
    assert found_by(keepers.clerk, "219-44-6789") == []
    assert found_by(keepers.clerk, patient.mrn) == [patient.pk]
    assert Identifier.objects.filter(patient=there, kind__in=OTHERS).count() == len(OTHERS)
    assert found_by(keepers.clerk, "219-44-6788") == [there.pk]


def _give_all(patient, facility):
    """Give a patient one number of every kind that they have none of."""
    held = set(patient.identifiers.values_list("kind", flat=True))
    for kind in set(IdentifierKind.values) - held:
        text = f"{kind[:6]}{patient.pk}"
        Identifier.objects.create(
            patient=patient, kind=kind, facility=facility, value=text, value_key=text
        )


def found_by(user, text):
    found = search.search(user, text, today=timezone.localdate())
    return [line.patient_id for line in found.lines]


def test_purge_history_removes_every_entry_even_of_rows_long_gone(keepers):
    patient, other = keepers.patient(), keepers.patient()
    for one in (patient, other):
        world.add_reach(keepers.clerk, one)
    world.change(keepers.clerk, patient, reach=world.ReachFacts(), language="French")
    of_other = set(LogEntry.objects.values_list("pk", flat=True)) - _entries_of(patient, other)
    assert residue.has_history([patient.pk])

    keepers.done(patient)

    assert not residue.has_history([patient.pk])
    assert residue.has_history([other.pk])
    left = LogEntry.objects.all()
    assert {entry.changes.get("patient", [None, None])[1] for entry in left} <= {
        None,
        str(other.pk),
    }
    assert of_other <= {entry.pk for entry in left}


def _entries_of(patient, other):
    """Entries that are not plainly the other patient's."""
    return {
        entry.pk
        for entry in LogEntry.objects.all()
        if entry.object_id != other.pk or entry.content_type.model != "patient"
    }

import pytest
from auditlog.models import LogEntry

from records.patients.models import Address, Contact, Identifier, Name, Phone
from records.patients.services import residue
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

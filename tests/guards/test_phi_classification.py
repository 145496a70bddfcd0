"""Every column is classified, and what its class asks for is there."""

from __future__ import annotations

from collections import Counter

import pytest
from auditlog.registry import auditlog
from django.apps import apps
from django.db import models

from tests.guards.imports import room_of
from tests.guards.phi import FIELDS, RIGHTS, SHOWN_BEFORE_AND_AFTER, UNTRACKED
from tests.guards.phi.classes import CLASSES, IDENTIFIER, LINK, PHI, SECRET, STAFF, THIRD_PARTY

SENSITIVE = {PHI, IDENTIFIER}
CANARY = "Zycanary"
TRACKED = """
    SELECT DISTINCT c.relname FROM pg_trigger t
    JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid
    WHERE p.proname = 'audit_track_change'
"""
# Models of which the key is a record of a patient.
OF_PATIENTS = {
    "access.Chart",
    "patients.Patient",
    "encounters.Encounter",
    "documents.Document",
    "requests_release.Request",
    "requests_release.Package",
    "requests_release.Delivery",
}


def _models():
    every = apps.get_models(include_auto_created=True)
    return {model._meta.label: model for model in every if not model._meta.proxy}


def _class_of(label: str) -> dict[str, str]:
    return {name: kind for kind, names in FIELDS.get(label, {}).items() for name in names.split()}


def test_every_column_of_every_model_is_classified_once_and_none_is_stale():
    wanted = {
        label: sorted(field.attname for field in model._meta.concrete_fields)
        for label, model in _models().items()
    }
    found = {
        label: sorted(name for names in kinds.values() for name in names.split())
        for label, kinds in FIELDS.items()
    }

    assert found == wanted


def test_classes_are_those_explained():
    assert {kind for kinds in FIELDS.values() for kind in kinds} == CLASSES


def test_keys_of_patients_and_people_are_classified_as_such():
    """A key leads to a patient's record or to a person; an attending physician is of the care."""
    faults = []
    for label, model in _models().items():
        for field in model._meta.concrete_fields:
            target = field.related_model._meta.label if field.related_model else ""
            kind = _class_of(label).get(field.attname)
            if target in OF_PATIENTS and kind not in (LINK, PHI):
                faults.append((label, field.attname, kind))
            if target == "accounts.User" and kind != STAFF:
                faults.append((label, field.attname, kind))

    assert faults == []


def test_free_text_about_patients_is_never_called_technical():
    """A text in a table with a link to a patient is sensitive, a code or a secret."""
    fit = {*SENSITIVE, THIRD_PARTY, SECRET, "CODE", LINK, STAFF, "HOUSE"}
    technical = {
        "storage_name",
        "sha256",
        "key_id",
        "manifest_sha256",
        "package_sha256",
        "number",
        "digest",
        "cid",
        "object_repr",
        "request_id",
        "session_digest",
        "actor_name",
        "source_hash",
        "source_sha256",
    }
    faults = []
    for label, model in _models().items():
        kinds = _class_of(label)
        if LINK not in kinds.values():
            continue
        for field in model._meta.concrete_fields:
            is_text = isinstance(field, models.CharField | models.TextField)
            if is_text and kinds[field.attname] not in fit and field.attname not in technical:
                faults.append((label, field.attname))

    assert faults == []


@pytest.mark.goal("G-30")
@pytest.mark.goal("G-64")
@pytest.mark.django_db
def test_tables_with_patients_or_rights_are_tracked_or_exempt_with_a_reason(owner_connection):
    with owner_connection.cursor() as cursor:
        cursor.execute(TRACKED)
        tracked = {table for (table,) in cursor.fetchall()}
    wanted = {
        label
        for label in FIELDS
        if not label.startswith("audit.") and (label in RIGHTS or SENSITIVE & set(FIELDS[label]))
    }
    known = _models()

    untracked = {label for label in wanted if known[label]._meta.db_table not in tracked}

    assert untracked == set(UNTRACKED)
    assert RIGHTS - set(known) == set()


@pytest.mark.goal("G-24")
def test_no_model_tells_of_a_patient_when_it_is_turned_into_text():
    """Such texts end up in logs, in error pages and as names of objects in auditlog."""
    told = []
    for label, model in _models().items():
        if not room_of(model.__module__):
            continue
        values = {
            field.attname: CANARY
            for field in model._meta.concrete_fields
            if _class_of(label).get(field.attname) in SENSITIVE | {THIRD_PARTY, SECRET}
            and isinstance(field, models.CharField | models.TextField)
        }
        if values and (CANARY in f"{_text_of(model(**values))}"):
            told.append(label)

    assert told == []


def _text_of(row: models.Model) -> str:
    if type(row).__str__ is models.Model.__str__:
        return repr(row)  # names the key alone
    return str(row)


def test_before_and_after_is_kept_only_of_models_chosen_and_masks_identifiers():
    masked = {}
    for model in auditlog.get_models():
        label = model._meta.label
        options = auditlog.get_model_fields(model)
        hidden = {*options["exclude_fields"], *options["mask_fields"]}
        kept = set(options["include_fields"]) or set(_names(label))
        kinds = _class_of(label)
        masked[label] = [
            name
            for name, kind in kinds.items()
            if kind in (IDENTIFIER, SECRET)
            and name in kept - hidden
            and (label, name) not in SHOWN_BEFORE_AND_AFTER
        ]

    assert {label for label in masked if not label.startswith("patients.")} == set()
    assert {label: names for label, names in masked.items() if names} == {}


def test_no_column_name_stands_twice_in_a_model():
    doubled = {
        label: [name for name, times in Counter(_names(label)).items() if times > 1]
        for label in FIELDS
    }

    assert {label: names for label, names in doubled.items() if names} == {}


def _names(label: str) -> list[str]:
    return [name for names in FIELDS[label].values() for name in names.split()]

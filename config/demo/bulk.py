"""Demo data by the million, for benchmarks: the owner loads with triggers, keys and indexes off.

What the services would derive (search keys, blocking keys, latest encounter) is derived here by
the same rules; events, changes and bytes of documents are not made.
"""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

from config.demo import house, people
from config.demo.house import House
from config.demo.people import Person
from records.documents.models import DocumentType
from records.patients.rules import keys, mrn
from records.patients.rules.names import PersonName

TABLES = (
    "access_chart",
    "patients_patient",
    "patients_identifier",
    "patients_phone",
    "encounters_encounter",
    "documents_document",
    "documents_documentversion",
)
CHUNK = 50_000
MRN_LENGTH = 8
ENCOUNTERS = 5
DOCUMENTS = 10
# Columns that `_write` does not name are empty texts.
PATIENT_COLUMNS = (
    *("chart_id", "unit_id", "mrn", "family", "given", "middle", "suffix", "family_key"),
    *("given_key", "name_key", "sound_key", "sex", "name_status", "gender_identity", "birth_on"),
    *("birth_precision", "died_on", "status", "language", "race", "ethnicity", "email"),
    *("mother_maiden_name", "has_no_given_name", "is_confidential_address", "override_reason"),
    *("block_sound_year", "block_initial_birth", "version", "registered_at", "registered_by_id"),
)
# Days are spread by a multiplier that shares no factor with their number, so the same load is
# made every time without a random function in the server.
ENCOUNTERS_SQL = """
INSERT INTO encounters_encounter (patient_id, unit_id, kind, status, account_number, started_at,
    ended_at, attending_id, service, location, reason, disposition, version, created_at,
    created_by_id)
SELECT p.chart_id, p.unit_id,
       (ARRAY['OUTPATIENT', 'OUTPATIENT', 'EMERGENCY', 'INPATIENT', 'OUTPATIENT'])[n],
       'DISCHARGED', 'B' || p.chart_id || '-' || n, day.at, day.at + interval '3 hours',
       (%(providers)s::bigint[])[1 + (p.chart_id + n) %% %(provider_count)s], 'Medicine', '',
       'Follow-up', 'HOME', 1, now(), %(clerk)s
  FROM patients_patient p
 CROSS JOIN generate_series(1, %(each)s) n
 CROSS JOIN LATERAL (SELECT greatest(p.birth_on + 1,
        date '2004-01-05' + ((p.chart_id * 7919 + n * 1543) %% 7900)::int)::timestamptz
        + interval '14 hours' AS at) day
 WHERE p.chart_id BETWEEN %(first)s AND %(last)s
"""
SEEN_SQL = """
UPDATE patients_patient p SET last_seen_on = latest.day
  FROM (SELECT patient_id, max(ended_at)::date AS day FROM encounters_encounter
         WHERE patient_id BETWEEN %(first)s AND %(last)s GROUP BY patient_id) latest
 WHERE latest.patient_id = p.chart_id
"""
DOCUMENTS_SQL = """
WITH filed AS (
    INSERT INTO documents_document (patient_id, unit_id, encounter_id, type_id, title, service_on,
        sensitivity, status, source, page_count, version_number, lock_version, filed_at,
        filed_by_id, void_reason)
    SELECT e.patient_id, e.unit_id, e.id,
           (%(types)s::bigint[])[1 + (e.id + n) %% %(type_count)s], 'Report', e.started_at::date,
           'NORMAL', 'CURRENT', 'IMPORT', 1 + (e.id + n) %% 4, 1, 1, now(), %(clerk)s, ''
      FROM encounters_encounter e CROSS JOIN generate_series(1, %(each)s) n
     WHERE e.patient_id BETWEEN %(first)s AND %(last)s
    RETURNING id, page_count)
INSERT INTO documents_documentversion (document_id, number, reason, created_at, created_by_id,
    kind, media_type, byte_size, page_count, page_sizes, sha256, storage_name, wrapped_key, key_id)
SELECT id, 1, '', now(), %(clerk)s, 'PDF', 'application/pdf', 20000, page_count, '[]',
       md5(id::text) || md5((id + 1)::text), 'bench/' || id, '\\x00', 'bench'
  FROM filed
"""


REFERENCES = """
SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
 WHERE contype = 'f' AND conrelid = ANY(%s::regclass[])
"""
INDEXES = """
SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM pg_index i
 WHERE i.indrelid = ANY(%s::regclass[]) AND NOT i.indisprimary
   AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid)
"""


def load(number: int, seed: int, say: Callable[[str], None]) -> dict[str, Any]:
    """Load `number` patients with about five encounters and ten documents each; return counts."""
    begun = time.monotonic()
    home = house.build()
    say("bulk: triggers, foreign keys and indexes are off until everything is loaded")
    with _bare_tables():
        first = _load_people(home, people.make_people(number, seed), say)
        for low in range(first, first + number, CHUNK):
            _load_content(home, low, min(low + CHUNK, first + number) - 1)
            say(f"content of {min(low + CHUNK - first, number)} of {number} patients")
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {', '.join(TABLES)}")
        counts = {name: _count(cursor, table) for name, table in _COUNTED.items()}
    return counts | {"seconds": round(time.monotonic() - begun, 1)}


_COUNTED = {
    "patients": "patients_patient",
    "encounters": "encounters_encounter",
    "documents": "documents_document",
    "events": "audit_event",
}


def _count(cursor: Any, table: str) -> int:
    cursor.execute(f"SELECT count(*) FROM {table}")
    return int(cursor.fetchone()[0])


@contextmanager
def _bare_tables() -> Iterator[None]:
    """Take triggers, foreign keys and secondary indexes off, and put them back whatever happens."""
    with connection.cursor() as cursor:
        cursor.execute(REFERENCES, [list(TABLES)])
        references = cursor.fetchall()
        cursor.execute(INDEXES, [list(TABLES)])
        indexes = cursor.fetchall()
        for table, name, _ in references:
            cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
        for name, _ in indexes:
            cursor.execute(f"DROP INDEX {name}")
        for table in TABLES:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        try:
            yield
        finally:
            _dress(cursor, references, indexes)


def _dress(cursor: Any, references: list[Any], indexes: list[Any]) -> None:
    cursor.execute("SET maintenance_work_mem = '1GB'")
    for _, definition in indexes:
        cursor.execute(definition)
    for table, name, definition in references:
        cursor.execute(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}')
    for table in TABLES:
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    cursor.execute("RESET maintenance_work_mem")


def _load_people(home: House, found: Iterator[Person], say: Callable[[str], None]) -> int:
    """Load charts, patients, numbers and phones by COPY; return the first chart's key."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) + 1 FROM access_chart")
        first = next_id = int(cursor.fetchone()[0])
        buffers = {name: io.StringIO() for name in ("charts", "patients", "numbers", "phones")}
        for person in found:
            _write(buffers, home, person, next_id)
            next_id += 1
            if (next_id - first) % CHUNK == 0:
                buffers = _flush(cursor, buffers)
                say(f"{next_id - first} patients")
        _flush(cursor, buffers)
        for table in ("access_chart",):
            cursor.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [table, next_id])
        cursor.execute("SELECT setval('patients_mrn_number', %s)", [next_id])
    return first


def _write(buffers: dict[str, io.StringIO], home: House, person: Person, key: int) -> None:
    unit = home.unit_at(person.place)
    now = "2026-01-01 12:00:00+00"
    number = mrn.make(key, MRN_LENGTH)
    name = PersonName(person.family, person.given, person.middle)
    columns = keys.name_columns(name)
    row = {
        "chart_id": key,
        "unit_id": unit.pk,
        "mrn": number,
        "family": person.family,
        "given": person.given,
        "middle": person.middle,
        "family_key": columns.family_key,
        "given_key": columns.given_key,
        "name_key": columns.name_key,
        "sound_key": columns.sound_key,
        "sex": person.sex,
        "name_status": "LEGAL",
        "birth_on": person.birth_on,
        "birth_precision": "DAY",
        "died_on": person.died_on or "\\N",
        "status": "ACTIVE",
        "has_no_given_name": "f",
        "is_confidential_address": "f",
        "block_sound_year": keys.block_sound_year(columns.family_key, person.birth_on),
        "block_initial_birth": keys.block_initial_birth(columns.given_key, person.birth_on),
        "version": 1,
        "registered_at": now,
        "registered_by_id": home.clerk_of(unit).pk,
    }
    _line(buffers["charts"], key, unit.pk, "OPEN", "f", now)
    _line(buffers["patients"], *(row.get(column, "") for column in PATIENT_COLUMNS))
    _line(buffers["numbers"], key, "MRN", home.facility.pk, number, number, "", "t", now)
    _line(buffers["phones"], key, "HOME", person.phone, person.phone.translate(_NO_MARKS))


_NO_MARKS = str.maketrans("", "", "()- ")
_COPIES = {
    "charts": "access_chart (id, unit_id, status, is_restricted, created_at)",
    "patients": f"patients_patient ({', '.join(PATIENT_COLUMNS)})",
    "numbers": (
        "patients_identifier (patient_id, kind, facility_id, value, value_key, last_four,"
        " is_current, created_at)"
    ),
    "phones": "patients_phone (patient_id, kind, number, digits)",
}


def _line(buffer: io.StringIO, *values: object) -> None:
    buffer.write("\t".join(map(str, values)) + "\n")


def _flush(cursor: Any, buffers: dict[str, io.StringIO]) -> dict[str, io.StringIO]:
    for name, target in _COPIES.items():
        buffers[name].seek(0)
        cursor.copy_expert(f"COPY {target} FROM STDIN", buffers[name])
    return {name: io.StringIO() for name in buffers}


def _load_content(home: House, first: int, last: int) -> None:
    types = list(DocumentType.objects.order_by("pk").values_list("pk", flat=True))
    params: dict[str, Any] = {
        "providers": [provider.pk for provider in home.providers],
        "provider_count": len(home.providers),
        "types": types,
        "type_count": len(types),
        "clerk": home.clerks["MAIN"].pk,
        "first": first,
        "last": last,
    }
    with connection.cursor() as cursor:
        cursor.execute(ENCOUNTERS_SQL, params | {"each": ENCOUNTERS})
        cursor.execute(SEEN_SQL, params)
        cursor.execute(DOCUMENTS_SQL, params | {"each": DOCUMENTS // ENCOUNTERS})

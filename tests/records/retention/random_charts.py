"""Random charts with their facts, stored in bulk, for comparing two ways of answering."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import connection
from psycopg2.extras import execute_values

from accounts.models import User
from audit.writes import attributing
from records.access.models import CustodyUnit, Facility
from records.documents.models import DocumentType
from records.patients.rules import birth
from records.retention import seeds
from records.retention.enums import Block, RecordClass
from records.retention.rules.eligibility import ChartFacts

FIRST_DAY = date(1920, 1, 1)
LEAP_DAYS = [date(year, 2, 29) for year in range(1920, 2027, 4)]
UNNAMED = ("ZZ", "QQ")
PRIVACY = ("AUTHORIZATION", "CONSENT")
TABLES = {
    "access_chart": ("id", "unit_id", "status", "is_restricted", "created_at"),
    "patients_patient": (
        "chart_id",
        "unit_id",
        "mrn",
        "family",
        "given",
        "middle",
        "suffix",
        "family_key",
        "given_key",
        "name_key",
        "sound_key",
        "sex",
        "name_status",
        "gender_identity",
        "birth_on",
        "birth_precision",
        "died_on",
        "status",
        "language",
        "race",
        "ethnicity",
        "email",
        "mother_maiden_name",
        "has_no_given_name",
        "is_confidential_address",
        "override_reason",
        "last_seen_on",
        "block_sound_year",
        "block_initial_birth",
        "version",
        "registered_at",
        "registered_by_id",
    ),
    "encounters_encounter": (
        "patient_id",
        "unit_id",
        "kind",
        "status",
        "account_number",
        "started_at",
        "ended_at",
        "service",
        "location",
        "reason",
        "disposition",
        "version",
        "created_at",
        "created_by_id",
    ),
    "documents_document": (
        "patient_id",
        "unit_id",
        "type_id",
        "title",
        "service_on",
        "sensitivity",
        "status",
        "source",
        "page_count",
        "version_number",
        "lock_version",
        "filed_at",
        "filed_by_id",
        "void_reason",
    ),
}


@dataclass
class RandomChart:
    """A chart as the rules see it, and the rows it consists of."""

    patient_id: int
    facts: ChartFacts
    rows: dict[str, list[tuple[Any, ...]]]


def make_units() -> list[CustodyUnit]:
    """A unit in every state of the schedule, and in two that it does not name, by class."""
    states = sorted({rule.state for rule in seeds.schedule_rows() if rule.state})
    units = []
    with attributing(_anybody()):
        for number, state in enumerate([*states, "AL", "MS", "NE", "PR", *UNNAMED]):
            classes = list(RecordClass)
            for record_class in {RecordClass.HOSPITAL, classes[number % len(classes)]}:
                facility = Facility.objects.create(
                    code=f"D{len(units)}", name="F", state=state, record_class=record_class
                )
                units.append(
                    CustodyUnit.objects.create(facility=facility, code=f"D{len(units)}", name="U")
                )
    return units


def make(dice: random.Random, units: list[CustodyUnit], count: int) -> list[RandomChart]:
    """Return `count` random charts; nothing is stored yet."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence('access_chart', 'id'))"
            " FROM generate_series(1, %s)",
            [count],
        )
        ids = [row[0] for row in cursor.fetchall()]
    person = _anybody()
    with attributing(person):
        kinds = {
            code: DocumentType.objects.get_or_create(
                code=code, defaults={"name": "Any", "section": "Any"}
            )[0].pk
            for code in ("RND", *PRIVACY)
        }
    return [_chart(dice, dice.choice(units), key, person.pk, kinds) for key in ids]


# Every encounter and document begins with a step in its history; a cancelled one was planned.
STEPS = """
INSERT INTO encounters_encounterstatuschange
    (encounter_id, from_status, to_status, reason, changed_at, changed_by_id)
SELECT id, '', status, '', now(), created_by_id FROM encounters_encounter
WHERE patient_id = ANY(%(patients)s);
INSERT INTO encounters_encounterstatuschange
    (encounter_id, from_status, to_status, reason, changed_at, changed_by_id)
SELECT id, 'PLANNED', 'CANCELLED', '', now(), created_by_id FROM encounters_encounter
WHERE patient_id = ANY(%(patients)s) AND status = 'PLANNED';
UPDATE encounters_encounter SET status = 'CANCELLED'
WHERE patient_id = ANY(%(patients)s) AND status = 'PLANNED';
INSERT INTO documents_documentstatuschange
    (document_id, from_status, to_status, reason, changed_at, changed_by_id)
SELECT id, '', status, '', now(), filed_by_id FROM documents_document
WHERE patient_id = ANY(%(patients)s);
"""


def store(charts: list[RandomChart]) -> None:
    """Put the rows of charts into the tables."""
    with attributing(_anybody()), connection.cursor() as cursor:
        for table, columns in TABLES.items():
            rows = [row for chart in charts for row in chart.rows[table]]
            if table == "encounters_encounter":
                rows = [tuple("PLANNED" if v == "CANCELLED" else v for v in row) for row in rows]
            execute_values(
                cursor.cursor,
                f"INSERT INTO {table} ({', '.join(columns)}) VALUES %s",
                rows,
                page_size=1000,
            )
        cursor.execute(STEPS, {"patients": [chart.patient_id for chart in charts]})


def _chart(
    dice: random.Random, unit: CustodyUnit, key: int, person: int, kinds: dict[str, int]
) -> RandomChart:
    born = _day(dice, FIRST_DAY, 38000)
    precision = dice.choices(["DAY", "MONTH", "YEAR", "ESTIMATED", "UNKNOWN"], [80, 5, 5, 5, 5])[0]
    first = _day(dice, born + timedelta(days=dice.choice([0, 1, 200, 6000, 9000])), 9000)
    if dice.random() < 0.02:
        first = born - timedelta(days=40)
    visits = _visits(dice, unit, key, person, first)
    died = _day(dice, born, 30000) if dice.random() < 0.2 else None
    seen = _day(dice, first, 2000) if dice.random() < 0.1 else None
    served = [
        (dice.choices(["RND", *PRIVACY], [80, 15, 5])[0], _day(dice, first, 3000))
        for _ in range(dice.choice([0, 0, 1, 2]))
    ]
    rows = {
        "access_chart": [(key, unit.pk, "OPEN", False, datetime.now(UTC))],
        "patients_patient": [_patient(unit, key, person, born, precision, died, seen)],
        "encounters_encounter": [row for row, _, _ in visits],
        "documents_document": [
            (
                key,
                unit.pk,
                kinds[code],
                "t",
                day,
                "NORMAL",
                "CURRENT",
                "UPLOAD",
                1,
                1,
                1,
                datetime.now(UTC),
                person,
                "",
            )
            for code, day in served
        ],
    }
    return RandomChart(key, _facts(unit, born, precision, died, seen, visits, served), rows)


def _visits(
    dice: random.Random, unit: CustodyUnit, key: int, person: int, first: date
) -> list[tuple[tuple[Any, ...], date, date]]:
    """Return encounter rows, each with its first and last day at the facility."""
    found = []
    for number in range(dice.choices([0, 1, 2, 4], [5, 50, 30, 15])[0]):
        start = first if number == 0 else _day(dice, first, 5000)
        end = start + timedelta(days=dice.choice([0, 0, 3, 40]))
        status = dice.choices(["DISCHARGED", "IN_PROGRESS", "CANCELLED"], [94, 3, 3])[0]
        is_over = status == "DISCHARGED"
        row = (
            key,
            unit.pk,
            "OUTPATIENT",
            status,
            f"R{key}-{number}",
            _noon(start),
            _noon(end) if is_over else None,
            "",
            "",
            "",
            "",
            1,
            datetime.now(UTC),
            person,
        )
        found.append((row, start, end if is_over else start))
    return found


def _facts(
    unit: CustodyUnit,
    born: date,
    precision: str,
    died: date | None,
    seen: date | None,
    visits: list[tuple[tuple[Any, ...], date, date]],
    served: list[tuple[str, date]],
) -> ChartFacts:
    real = [(row, start, end) for row, start, end in visits if row[3] != "CANCELLED"]
    ends = [end for _, _, end in real] + ([seen] if seen else [])
    is_open = any(row[3] == "IN_PROGRESS" for row, _, _ in real)
    return ChartFacts(
        state=unit.facility.state,
        record_class=RecordClass(unit.facility.record_class),
        born_on=None if precision == "UNKNOWN" else birth.latest_day(born, precision),
        last_encounter_on=max(ends, default=None),
        first_encounter_on=min((start for _, start, _ in real), default=None),
        record_on=max((day for _, day in served), default=None),
        privacy_on=max((day for code, day in served if code in PRIVACY), default=None),
        died_on=died,
        blocks=frozenset({Block.OPEN_ENCOUNTER} if is_open else set()),
    )


def _patient(
    unit: CustodyUnit,
    key: int,
    person: int,
    born: date,
    precision: str,
    died: date | None,
    seen: date | None,
) -> tuple[Any, ...]:
    names = ("Doe", "Jo", "", "", "DOE", "JO", "DOE JO", "", "UNKNOWN", "LEGAL", "")
    rest = ("ACTIVE", "", "", "", "", "", False, False, "")
    head = (key, unit.pk, str(key), *names, born, precision, died)
    return (*head, *rest, seen, "", "", 1, datetime.now(UTC), person)


def _day(dice: random.Random, start: date, span: int) -> date:
    """Return a day from `start` on; leap days come far more often than in life."""
    day = start + timedelta(days=dice.randrange(span))
    later = [leap for leap in LEAP_DAYS if leap >= start]
    return dice.choice(later) if later and dice.random() < 0.05 else min(day, date(2026, 11, 1))


def _noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 17, tzinfo=UTC)


def _anybody() -> User:
    return User.objects.get(username="system")

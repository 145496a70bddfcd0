"""Holds as pages read them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models import Count, Q, QuerySet

from audit import subjects
from records.access.selectors.scopes import ListScope
from records.retention.errors import HoldUnknown
from records.retention.models import Hold

PAGE = 50
CHUNK = 2000
PATIENTS_PAGE = 50
IS_HELD = """
SELECT EXISTS (SELECT FROM retention_holdpatient WHERE patient_id = %s AND lifted_at IS NULL)
"""


@dataclass(frozen=True)
class Standing:
    """A hold on one patient."""

    hold_id: int
    name: str
    kind: str
    placed_at: datetime


@dataclass(frozen=True)
class CoveredPage:
    """Patients under a hold whom the person may see, and how many there are in all."""

    patient_ids: list[int]
    next_key: int | None
    total: int


def list_holds(*, is_lifted: bool, kind: str = "", before: int | None = None) -> list[Hold]:
    """Return a page of holds and one more, newest first, each with its number of patients."""
    return _list_before(is_lifted, kind, before, PAGE + 1)


def stream_holds(*, is_lifted: bool, kind: str = "") -> Iterator[list[Hold]]:
    """Yield all holds of a list, newest first, in chunks that cost the same each."""
    before: int | None = None
    while holds := _list_before(is_lifted, kind, before, CHUNK):
        yield holds
        if len(holds) < CHUNK:
            return
        before = holds[-1].pk


def count_holds(*, is_lifted: bool, kind: str = "", most: int) -> int:
    """Return how many holds a list has, counting no further than `most`."""
    return _list_of(is_lifted, kind).values("pk")[:most].count()


def get_hold(hold_id: int) -> Hold:
    """Return a hold with its people and its number of patients.

    Raises:
        HoldUnknown: no such hold.
    """
    found = _counted(Hold.objects.select_related("placed_by", "lifted_by"))
    hold = found.filter(pk=hold_id).first()
    if hold is None:
        raise HoldUnknown(subject_type="hold", subject_id=hold_id)
    return _renamed([hold])[0]


def list_covered(scope: ListScope, hold: Hold, *, after: int = 0) -> CoveredPage:
    """Return the patients of a hold whose charts the person may open, by id."""
    sql = f"""
        SELECT DISTINCT held.patient_id FROM retention_holdpatient held
          JOIN patients_patient p ON p.chart_id = held.patient_id
         WHERE held.hold_id = %(hold)s AND held.patient_id > %(after)s
           AND (p.unit_id = ANY(%(scope_units)s::bigint[])
                OR {scope.where_single("held.patient_id")})
         ORDER BY held.patient_id LIMIT %(many)s
    """
    values: dict[str, Any] = {
        **scope.params,
        "hold": hold.pk,
        "after": after,
        "many": PATIENTS_PAGE + 1,
    }
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        ids = [row[0] for row in cursor.fetchall()]
    next_key = ids[PATIENTS_PAGE - 1] if len(ids) > PATIENTS_PAGE else None
    return CoveredPage(ids[:PATIENTS_PAGE], next_key, hold.patient_count)  # type: ignore[attr-defined]


def list_standing(patient_id: int) -> list[Standing]:
    """Return the holds that stand on a patient, oldest first."""
    found = Hold.objects.filter(patients__patient_id=patient_id, patients__lifted_at=None)
    return [
        Standing(hold.pk, hold.name, hold.kind, hold.placed_at)
        for hold in _renamed(found.order_by("pk"))
    ]


def is_held(patient_id: int) -> bool:
    """Tell whether a hold stands on a patient."""
    with connection.cursor() as cursor:
        cursor.execute(IS_HELD, [patient_id])
        return bool(cursor.fetchone()[0])


def map_names(hold_ids: set[int]) -> dict[int, str]:
    """Return the name of each hold, in one query."""
    return {hold.pk: hold.name for hold in _renamed(Hold.objects.filter(pk__in=hold_ids))}


def count_to_remind(today: date, most: int) -> int:
    """Return how many standing holds are to be asked about, counted up to `most`."""
    due = Hold.objects.filter(lifted_at=None, remind_on__lte=today)
    return due.values("pk")[:most].count()


def list_to_remind(today: date, most: int) -> list[Hold]:
    """Return the standing holds that are to be asked about, longest waiting first."""
    due = Hold.objects.filter(lifted_at=None, remind_on__lte=today)
    return _renamed(due.order_by("remind_on", "pk")[:most])


def _list_before(is_lifted: bool, kind: str, before: int | None, many: int) -> list[Hold]:
    holds = _list_of(is_lifted, kind).select_related("placed_by")
    if before:
        holds = holds.filter(pk__lt=before)
    return _renamed(_counted(holds).order_by("-pk")[:many])


def _list_of(is_lifted: bool, kind: str) -> QuerySet[Hold]:
    holds = Hold.objects.filter(lifted_at__isnull=not is_lifted)
    return holds.filter(kind=kind) if kind else holds


def _renamed(holds: Iterable[Hold]) -> list[Hold]:
    """Return holds as they are called on pages; their rows are left alone, which never change.

    The first holds of requests were named after the request's key, which tells people nothing:
    these are called by its number.
    """
    found = list(holds)
    old = [hold for hold in found if hold.name == f"Release request {hold.request_id}"]
    labels = subjects.labels("request", {str(hold.request_id) for hold in old}) if old else {}
    for hold in old:
        hold.name = f"Release {labels[str(hold.request_id)]}"
    return found


def _counted(holds: QuerySet[Hold]) -> QuerySet[Hold]:
    return holds.annotate(
        patient_count=Count("patients__patient", distinct=True),
        standing_count=Count("patients", filter=Q(patients__lifted_at=None)),
    )

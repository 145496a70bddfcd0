"""What this room tells the rooms below it at start."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils import timezone

from audit import subjects
from jobs import registry
from records.access import custody, flags
from records.access.flags import Flag
from records.access.services.opening import ChartScope
from records.charts import panels
from records.charts.panels import Panel
from records.retention import worklist
from records.retention.models import Batch, ScheduleRule
from records.retention.permissions import VIEW_RETENTION
from records.retention.selectors import charts, holds
from records.retention.services import batches, destruction, evaluations


def _batch_labels(ids: Sequence[str]) -> Mapping[str, str]:
    rows = Batch.objects.filter(pk__in=_numbers(ids)).values_list("pk", "number")
    return {str(key): f"destruction {number}" for key, number in rows}


def _hold_labels(ids: Sequence[str]) -> Mapping[str, str]:
    names = holds.map_names(set(_numbers(ids)))
    return {str(key): f"hold {name}" for key, name in names.items()}


def _rule_labels(ids: Sequence[str]) -> Mapping[str, str]:
    rows = ScheduleRule.objects.filter(pk__in=_numbers(ids)).values_list("pk", "code")
    return {str(key): f"rule {code}" for key, code in rows}


def _find_batch(text: str) -> Sequence[str]:
    found = Batch.objects.filter(number__iexact=text.strip()).values_list("pk", flat=True)
    return [str(key) for key in found]


def _flags(patient_id: int) -> list[Flag]:
    if not holds.is_held(patient_id):
        return []
    url = reverse("retention:chart_explain", kwargs={"patient_id": patient_id})
    return [Flag("Hold", icon="lock", url=url)]


def _panel(scope: ChartScope) -> dict[str, Any]:
    term, today = charts.get_term(scope.patient_id), timezone.localdate()
    if term.is_over(today):
        # Said of last night: whoever was here today is kept longer now.
        term = term.weighed(evaluations.map_facts_now([scope.patient_id])[scope.patient_id])
    return {
        "term": term,
        "is_over": term.is_over(today),
        "holds": holds.list_standing(scope.patient_id) if term.is_held else [],
    }


def _numbers(ids: Sequence[str]) -> list[int]:
    return [int(value) for value in ids if value.isdigit()]


def register_all() -> None:
    """Register labels of the log, flag, panel, work and the worker's part."""
    worklist.register_all()
    subjects.register(
        "batch",
        _batch_labels,
        lambda key: reverse("retention:batch_detail", kwargs={"batch_id": int(key)}),
        _find_batch,
    )
    subjects.register(
        "hold",
        _hold_labels,
        lambda key: reverse("retention:hold_detail", kwargs={"hold_id": int(key)}),
    )
    subjects.register(
        "rule",
        _rule_labels,
        lambda key: reverse("retention:rule_detail", kwargs={"rule_id": int(key)}),
    )
    subjects.register(
        "stub",
        lambda ids: dict.fromkeys(ids, "what is left of the chart"),
        lambda key: reverse("retention:stub_detail", kwargs={"patient_id": int(key)}),
    )
    flags.register("hold", _flags)
    custody.register("retention_evaluation", evaluations.follow_chart)
    panels.register(
        Panel("retention", "right", 60, "retention/_panel.html", _panel, VIEW_RETENTION)
    )
    registry.register(batches.DESTRUCTION, destruction.step, on_failure=destruction.give_up)

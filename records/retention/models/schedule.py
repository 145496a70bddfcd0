"""The retention schedule: dated rows of law and policy, never constants in code."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from records.retention.enums import (
    Certainty,
    Payer,
    Population,
    RecordClass,
    RecordSeries,
    RuleSource,
    TermKind,
)


class ScheduleRule(models.Model):
    """One term of the schedule while it is in force; a change ends it and adds a new row.

    An empty `state` is every state, an empty `payer` every payer.
    """

    code = models.CharField(max_length=60)
    state = models.CharField(max_length=2, blank=True, default="")
    record_class = models.CharField(max_length=20, choices=RecordClass, blank=True, default="")
    series = models.CharField(max_length=20, choices=RecordSeries)
    population = models.CharField(max_length=10, choices=Population, default=Population.ALL)
    term_kind = models.CharField(max_length=24, choices=TermKind)
    years = models.PositiveSmallIntegerField(null=True, blank=True)
    payer = models.CharField(max_length=20, choices=Payer, blank=True, default="")
    cite = models.CharField(max_length=200)
    source = models.CharField(max_length=12, choices=RuleSource)
    source_tag = models.CharField(max_length=60, blank=True, default="")
    certainty = models.CharField(max_length=6, choices=Certainty)
    note = models.CharField(max_length=300, blank=True, default="")
    effective_from = models.DateField()
    effective_to = models.DateField(null=True, blank=True, help_text="Last day in force")
    verified_on = models.DateField()

    class Meta:
        default_permissions = ()
        permissions = [("change_schedule", "Can change the retention schedule")]
        constraints = [
            models.UniqueConstraint(
                "code", "effective_from", name="retention_schedulerule_dated_once"
            ),
            models.UniqueConstraint(
                "code",
                condition=Q(effective_to__isnull=True),
                name="retention_schedulerule_one_without_end",
            ),
            models.CheckConstraint(
                condition=Q(effective_to__isnull=True) | Q(effective_to__gte=F("effective_from")),
                name="retention_schedulerule_ends_after_start",
            ),
            models.CheckConstraint(
                condition=Q(term_kind=TermKind.PERMANENT, years__isnull=True)
                | (~Q(term_kind=TermKind.PERMANENT) & Q(years__isnull=False)),
                name="retention_schedulerule_years_unless_permanent",
            ),
            models.CheckConstraint(
                condition=Q(record_class__in=["", *RecordClass.values]),
                name="retention_schedulerule_class_is_known",
            ),
            models.CheckConstraint(
                condition=Q(series__in=RecordSeries.values),
                name="retention_schedulerule_series_is_known",
            ),
            models.CheckConstraint(
                condition=Q(population__in=Population.values),
                name="retention_schedulerule_population_is_known",
            ),
            models.CheckConstraint(
                condition=Q(term_kind__in=TermKind.values),
                name="retention_schedulerule_term_is_known",
            ),
            models.CheckConstraint(
                condition=Q(payer__in=["", *Payer.values]),
                name="retention_schedulerule_payer_is_known",
            ),
            models.CheckConstraint(
                condition=Q(source__in=RuleSource.values),
                name="retention_schedulerule_source_is_known",
            ),
            models.CheckConstraint(
                condition=Q(certainty__in=Certainty.values),
                name="retention_schedulerule_certainty_is_known",
            ),
            models.CheckConstraint(condition=~Q(cite=""), name="retention_schedulerule_has_cite"),
        ]
        indexes = [
            models.Index(fields=["state", "series", "code"], name="retention_schedule_by_state")
        ]

    def __str__(self) -> str:
        return self.code


class AgeOfMajority(models.Model):
    """At which age a person comes of age in a state; an empty state is every other state."""

    state = models.CharField(max_length=2, blank=True, default="")
    age = models.PositiveSmallIntegerField()
    cite = models.CharField(max_length=200)
    effective_from = models.DateField()
    effective_to = models.DateField(null=True, blank=True, help_text="Last day in force")
    verified_on = models.DateField()

    class Meta:
        default_permissions = ()
        verbose_name_plural = "ages of majority"
        constraints = [
            models.UniqueConstraint(
                "state", "effective_from", name="retention_ageofmajority_dated_once"
            ),
            models.UniqueConstraint(
                "state",
                condition=Q(effective_to__isnull=True),
                name="retention_ageofmajority_one_without_end",
            ),
            models.CheckConstraint(
                condition=Q(effective_to__isnull=True) | Q(effective_to__gte=F("effective_from")),
                name="retention_ageofmajority_ends_after_start",
            ),
            models.CheckConstraint(
                condition=Q(age__gte=14, age__lte=25), name="retention_ageofmajority_is_an_age"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.state or 'elsewhere'}: {self.age}"

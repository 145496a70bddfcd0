"""The filters of a list, kept under a name by somebody, for themselves or for all its readers."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from accounts.models.user import User

LONGEST_NAME = 60
LONGEST_QUERY = 500
# Codes, days and numbers of people; no value of this shape is a text that somebody typed.
WORD = "[A-Za-z0-9_-]+"
QUERY = f"^[a-z_]+={WORD}(&[a-z_]+={WORD})*$"
# Keys of addresses by which a patient, or what somebody typed, is looked for; and of paging.
NEVER_KEPT = "(^|&)(patient|patient_id|chart|mrn|q|find_[a-z]+|release|request|after|before|page)="


class SavedList(models.Model):
    """One person's saved list: the route of its page, and the filters as its address has them."""

    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    route = models.CharField(max_length=100)
    name = models.CharField(max_length=LONGEST_NAME)
    query = models.CharField(max_length=LONGEST_QUERY)
    is_shared = models.BooleanField(default=False, help_text="Seen by all who may open the list")
    is_default = models.BooleanField(default=False, help_text="The owner's list opens with it")
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                "owner", "route", Lower("name"), name="accounts_savedlist_name_is_given_once"
            ),
            models.UniqueConstraint(
                fields=["owner", "route"],
                condition=Q(is_default=True),
                name="accounts_savedlist_one_default",
            ),
            models.CheckConstraint(
                condition=Q(name__regex=r"\S"), name="accounts_savedlist_has_a_name"
            ),
            models.CheckConstraint(
                condition=Q(route__regex="^[a-z_]+:[a-z_]+$"),
                name="accounts_savedlist_route_is_a_name",
            ),
            models.CheckConstraint(
                condition=Q(query__regex=QUERY), name="accounts_savedlist_holds_codes_alone"
            ),
            models.CheckConstraint(
                condition=~Q(query__regex=NEVER_KEPT), name="accounts_savedlist_names_no_patient"
            ),
        ]
        indexes = [
            models.Index(
                "route",
                Lower("name"),
                condition=Q(is_shared=True),
                name="accounts_savedlist_shared",
            )
        ]

    def __str__(self) -> str:
        return f"saved list {self.pk}"

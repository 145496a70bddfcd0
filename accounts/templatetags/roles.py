"""Roles in words, in templates."""

from __future__ import annotations

from collections.abc import Iterable

from django import template
from django.contrib.auth.models import Group

from accounts.roles import labels_of

register = template.Library()


@register.filter
def role_labels(groups: Iterable[Group]) -> list[str]:
    """Return the words for the roles that these groups are."""
    return labels_of({group.name for group in groups})

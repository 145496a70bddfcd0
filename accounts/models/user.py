"""The people who sign in."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.db import connection, models
from django.db.models import Q
from django.db.models.functions import Lower

from accounts.roles import permissions_of
from audit.writes import attributing, is_attributed

SYSTEM_USERNAME = "system"
# Every request begins with this, so roles come along and nothing is composed anew.
WITH_ROLES = """
SELECT {columns}, ARRAY(
       SELECT (SELECT name FROM auth_group WHERE id = member.group_id)
         FROM accounts_user_groups member WHERE member.user_id = person.id)
  FROM accounts_user person WHERE person.id = %s
"""


class UserManager(BaseUserManager["User"]):
    """Finds people by the name they sign in with, in any case of letters."""

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(username__iexact=username)

    def find_with_roles(self, user_id: int) -> User | None:
        """Return a person whose roles are known already: one fixed query for both."""
        fields = self.model._meta.concrete_fields
        columns = ", ".join(f"person.{field.column}" for field in fields)
        with connection.cursor() as cursor:
            cursor.execute(WITH_ROLES.format(columns=columns), [user_id])
            row = cursor.fetchone()
        if row is None:
            return None
        *values, roles = row
        user = self.model.from_db(connection.alias, [field.attname for field in fields], values)
        user._role_names = frozenset(roles)
        return user


class User(AbstractBaseUser, PermissionsMixin):
    """A person with a sign-in of their own; never shared, never deleted, never re-used."""

    # Sign-ins are events of the trail; a column here would be a second, mutable truth.
    last_login = None

    username = models.CharField(max_length=64, validators=[UnicodeUsernameValidator()])
    email = models.EmailField()
    display_name = models.CharField(max_length=120)
    is_active = models.BooleanField(default=True)
    must_change_password = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    disabled_at = models.DateTimeField(null=True, blank=True)
    disabled_by = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["email", "display_name"]

    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        permissions = [("manage_users", "Can manage users and their roles")]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(Lower("username"), name="accounts_user_username_is_unique"),
            models.UniqueConstraint(
                Lower("email"), name="accounts_user_email_is_unique", condition=~Q(email="")
            ),
            models.CheckConstraint(
                condition=Q(is_superuser=False), name="accounts_user_nobody_is_superuser"
            ),
            models.CheckConstraint(
                condition=Q(disabled_at__isnull=True, disabled_by__isnull=True)
                | Q(disabled_at__isnull=False, disabled_by__isnull=False),
                name="accounts_user_disabled_at_and_by_together",
            ),
            models.CheckConstraint(
                condition=Q(disabled_at__isnull=True) | Q(is_active=False),
                name="accounts_user_disabled_is_not_active",
            ),
        ]

    def __str__(self) -> str:
        return self.username

    def get_full_name(self) -> str:
        return self.display_name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save under this person's own name where no service has named an actor.

        Sign-in itself writes users (a stronger hash, a new password), and every row of rights
        must say who changed it.
        """
        with nullcontext() if is_attributed() else attributing(self):
            super().save(*args, **kwargs)

    @property
    def role_names(self) -> frozenset[str]:
        """Names of the roles this person holds; one query for each loaded user."""
        if not hasattr(self, "_role_names"):
            self._role_names = frozenset(self.groups.values_list("name", flat=True))
        return self._role_names

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """Return whether a role carries `perm`, as the backend says; a page asks twenty times."""
        return obj is None and self.is_active and perm in permissions_of(self.role_names)

    @property
    def initials(self) -> str:
        """First letters of first and last word of the display name."""
        words = self.display_name.split()
        return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()

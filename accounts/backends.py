"""How a signed-in person's permissions are found: from roles in code, one query a request."""

from __future__ import annotations

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.models import AnonymousUser

from accounts import roles
from accounts.models import User


class RoleBackend(AuthenticationBackend):
    """Permissions follow roles alone; rows of auth_permission are only the targets of grants."""

    def get_user(self, user_id: int) -> User | None:
        """Return the person of a session with their roles, in one query; none when disabled."""
        user = User.objects.find_with_roles(user_id)
        return user if user is not None and self.user_can_authenticate(user) else None

    def get_all_permissions(
        self, user_obj: User | AnonymousUser, obj: Any = None
    ) -> frozenset[str]:
        """Return the permissions of the person's roles; none for an object or when disabled."""
        if obj is not None or not isinstance(user_obj, User) or not user_obj.is_active:
            return frozenset()
        return roles.permissions_of(user_obj.role_names)

    def has_perm(self, user_obj: User | AnonymousUser, perm: str, obj: Any = None) -> bool:
        """Return whether the person's roles carry `perm`."""
        return perm in self.get_all_permissions(user_obj, obj)

"""Second factors that people have set up."""

from __future__ import annotations

from allauth.mfa.models import Authenticator

from accounts.models import User


def has_second_factor(user: User) -> bool:
    """Return whether the person has an authenticator app or a passkey.

    Recovery codes alone do not count: they only stand in for a factor that was lost.
    """
    kinds = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
    return Authenticator.objects.filter(user=user, type__in=kinds).exists()


def list_kinds(user: User) -> list[str]:
    """Return which kinds of factor the person has set up, recovery codes among them."""
    rows = Authenticator.objects.filter(user=user).order_by("type")
    return [str(kind) for kind in rows.values_list("type", flat=True).distinct()]


def has_unused_codes(user: User) -> bool:
    """Return whether the person has recovery codes that still work."""
    codes = Authenticator.objects.filter(user_id=user.pk, type=Authenticator.Type.RECOVERY_CODES)
    return any(row.wrap().get_unused_codes() for row in codes)

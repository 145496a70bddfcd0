"""Choices of the accounts room."""

from accounts.roles import Role

__all__ = ["Role"]

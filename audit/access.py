"""Turns a check that raises into a yes or no, for buttons and menus."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from audit.errors import Refused


def allowed(check: Callable[..., Any], *args: Any, **kwargs: Any) -> bool:
    """Return whether `check` lets it pass. Nothing is recorded: nobody has tried anything yet."""
    return refusal(check, *args, **kwargs) is None


def refusal(check: Callable[..., Any], *args: Any, **kwargs: Any) -> Refused | None:
    """Return why `check` refuses, whose message explains a disabled button, or None."""
    try:
        check(*args, **kwargs)
    except Refused as refused:
        return refused
    return None

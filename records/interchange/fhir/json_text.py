"""JSON of FHIR in and out, with its decimals as they were written."""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from decimal import Decimal
from typing import Any, NoReturn

from records.interchange.enums import Reason
from records.interchange.errors import FhirUnreadable

DEEPEST = 60
MARK = secrets.token_hex(16)  # nobody who sends text can know it
MARKED_NUMBER = re.compile(f'"{MARK}(-?[0-9][0-9.eE+-]*){MARK}"')


def loads(text: str, path: str = "") -> Any:
    """Return the JSON value `text`, decimals exact.

    Raises:
        FhirUnreadable: it is not JSON, names a key twice, or is nested too deeply.
    """
    try:
        value = json.loads(
            text, parse_float=Decimal, parse_constant=refuse_constant, object_pairs_hook=unique
        )
    except RecursionError as error:
        raise too_deep(path) from error
    except ValueError as error:
        raise FhirUnreadable(f"Not JSON: {plainly(error)}.", Reason.BAD_JSON, path) from error
    check_depth(value, path)
    return value


def plainly(error: ValueError) -> str:
    """Return what is wrong, without the text around it, which may hold patient data."""
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg} at line {error.lineno}, column {error.colno}"
    return "a number is too long" if "digits" in str(error) else str(error)


def refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")


def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return the object; two readers could take different ones of two values for one key."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice in one object")
    return found


def too_deep(path: str) -> FhirUnreadable:
    return FhirUnreadable("Nested more deeply than FHIR ever is.", Reason.BAD_JSON, path)


def check_depth(value: Any, path: str) -> None:
    """Refuse what would exhaust those who walk it."""
    level = [value] if isinstance(value, dict | list) else []
    for _ in range(DEEPEST):
        level = [
            item
            for parent in level
            for item in (parent.values() if isinstance(parent, dict) else parent)
            if isinstance(item, dict | list)
        ]
        if not level:
            return
    raise too_deep(path)


def canonical(value: Any) -> str:
    """Return one JSON text for equal values: keys sorted, decimals as they came."""
    marked = json.dumps(
        value, sort_keys=True, ensure_ascii=True, separators=(",", ":"), default=marked_number
    )
    return MARKED_NUMBER.sub(r"\1", marked)


def marked_number(value: Any) -> str:
    """Stand in for a decimal; the marks are taken off again."""
    return f"{MARK}{value}{MARK}"


def digest(value: Any) -> str:
    """Return the SHA-256 of the canonical text of `value`."""
    return hashlib.sha256(canonical(value).encode("ascii")).hexdigest()

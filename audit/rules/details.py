"""What an event's detail may hold: ids, codes and field names; nothing that tells of a patient."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from audit.errors import UnfitDetail

CODE = re.compile(r"[A-Za-z0-9_.:/+\-]{0,128}", re.ASCII)
NAME = re.compile(r"[a-z][a-z0-9_]{0,39}", re.ASCII)
MOST_VALUES = 1000


def check_detail(detail: Mapping[str, Any]) -> None:
    """Refuse a detail that could carry free text: names have spaces, codes have none.

    A value is a whole number, yes or no, nothing, a code of at most 128 characters without spaces,
    or a flat list of at most 1,000 of these.

    Raises:
        UnfitDetail: any other name or value.
    """
    for name, value in detail.items():
        if not (isinstance(name, str) and NAME.fullmatch(name)):
            raise UnfitDetail("A detail's name must be a lower-case word")
        values = value if isinstance(value, list | tuple) else (value,)
        if len(values) > MOST_VALUES or not all(map(_is_fit, values)):
            raise UnfitDetail(f"The detail {name} may hold ids, codes and field names only")


def _is_fit(value: Any) -> bool:
    if isinstance(value, str):
        return CODE.fullmatch(value) is not None
    return value is None or isinstance(value, int)

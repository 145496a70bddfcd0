"""Holds values to the shape that their template documents, and makes their text printable."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import UnionType
from typing import (
    Annotated,
    Any,
    Literal,
    NotRequired,
    TypeGuard,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
)

from printing import glyphs, shapes
from printing.errors import TemplateUnknown, ValuesRefused


class Checker:
    """Walks values beside their shape; remembers whether a character had to be named by number."""

    def __init__(self, template: str, *, is_plain_only: bool = False) -> None:
        self.template = template
        self.is_plain_only = is_plain_only
        self.is_lacking = False

    def check(self, shape: Any, value: Any, path: str) -> Any:
        """Return `value` ready for printing.

        Raises:
            ValuesRefused: it does not have the shape.
        """
        origin = get_origin(shape)
        if is_typeddict(shape):
            return self.mapping(shape, value, path)
        if origin is list:
            return self.sequence(get_args(shape)[0], value, path)
        if origin is Literal:
            return self.literal(get_args(shape), value, path)
        if origin is UnionType:
            return self.block(get_args(shape), value, path)
        if origin is Annotated:
            return self.annotated(shape, value, path)
        return self.text(value, path)

    def mapping(self, shape: type, value: Any, path: str) -> dict[str, Any]:
        if not isinstance(value, Mapping):
            raise self.refuse(path, "must be a dictionary")
        fields, needed = fields_of(shape)
        for missing in sorted(needed - value.keys()):
            raise self.refuse(f"{path}.{missing}", "is missing")
        for unknown in sorted(map(str, value.keys() - fields.keys())):
            raise self.refuse(f"{path}.{unknown}", "is not a field of this page")
        checked = {key: self.check(fields[key], value[key], f"{path}.{key}") for key in value}
        if shape is shapes.Table:
            self.rows_fit(checked, path)
        return checked

    def rows_fit(self, table: dict[str, Any], path: str) -> None:
        width = len(table["columns"])
        if not width:
            raise self.refuse(f"{path}.columns", "must not be empty")
        for index, row in enumerate(table["rows"]):
            if len(row) != width:
                raise self.refuse(f"{path}.rows[{index}]", f"must have {width} cells")

    def sequence(self, shape: Any, value: Any, path: str) -> list[Any]:
        if not isinstance(value, list | tuple):
            raise self.refuse(path, "must be a list")
        return [self.check(shape, item, f"{path}[{index}]") for index, item in enumerate(value)]

    def literal(self, allowed: tuple[Any, ...], value: Any, path: str) -> Any:
        for choice in allowed:
            if value == choice and type(value) is type(choice):
                return choice
        raise self.refuse(path, f"must be one of {', '.join(map(str, allowed))}")

    def block(self, choices: tuple[Any, ...], value: Any, path: str) -> Any:
        kind = value.get("kind") if isinstance(value, Mapping) else None
        for choice in choices:
            if get_args(fields_of(choice)[0]["kind"])[0] == kind:
                return self.check(choice, value, path)
        raise self.refuse(f"{path}.kind", "is no kind of block")

    def annotated(self, shape: Any, value: Any, path: str) -> Any:
        if get_args(shape)[0] is int:
            if not isinstance(value, int) or isinstance(value, bool) or value < 0:
                raise self.refuse(path, "must be a whole number from 0")
            return value
        text = self.text(value, path)
        if not text.strip():
            raise self.refuse(path, "must not be blank")
        return text

    def text(self, value: Any, path: str) -> str:
        if not is_text(value):
            raise self.refuse(path, "must be text")
        shown, is_lacking = glyphs.printable(value, is_plain_only=self.is_plain_only)
        self.is_lacking = self.is_lacking or is_lacking
        return shown

    def refuse(self, path: str, reason: str) -> ValuesRefused:
        return ValuesRefused(self.template, path, reason)


def is_text(value: object) -> TypeGuard[str]:
    """Say whether `value` is text; Django's lazy translations are not, they need a language."""
    return isinstance(value, str)


@cache
def fields_of(shape: type) -> tuple[dict[str, Any], frozenset[str]]:
    """Return a shape's fields, and the names of those that must be there."""
    hints = get_type_hints(shape, include_extras=True)
    needed = frozenset(key for key, hint in hints.items() if get_origin(hint) is not NotRequired)
    fields = {key: hint if key in needed else get_args(hint)[0] for key, hint in hints.items()}
    return fields, needed


def checked(
    template: str, values: Mapping[str, Any], *, is_plain_only: bool = False
) -> tuple[dict[str, Any], bool]:
    """Return `values` ready for the typesetter, and whether a character had to be named by number.

    Raises:
        TemplateUnknown: no page has that name.
        ValuesRefused: a key is missing, unknown, of another type, or blank where it may not be.
    """
    shape = shapes.TEMPLATES.get(template)
    if shape is None:
        raise TemplateUnknown(template)
    checker = Checker(template, is_plain_only=is_plain_only)
    return checker.check(shape, values, "values"), checker.is_lacking

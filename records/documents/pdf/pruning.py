"""Drops what a drawing lists but does not use: files often list every page's pictures with each.

Runs in the sandboxed child.
"""

from __future__ import annotations

import re

from pikepdf import Dictionary, Name, Object, Stream

RESOURCE_KINDS = (
    "/XObject",
    "/Font",
    "/ExtGState",
    "/ColorSpace",
    "/Pattern",
    "/Shading",
    "/Properties",
)
STRINGS = re.compile(rb"\((?:\\.|[^\\()])*\)", re.DOTALL)
NAMES = re.compile(rb"/([^\x00\s<>\[\](){}/%]*)")
ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
DEEPEST = 12


def keep_what_is_used(drawing: Stream, depth: int = 0) -> set[bytes]:
    """Drop every picture, font and pattern that the drawing lists but does not name.

    Returns the names that the drawing uses; one inside it without a list of its own uses the
    outer one's.
    """
    used = names_in(drawing.read_bytes())
    resources = drawing.get("/Resources")
    if isinstance(resources, Dictionary) and depth <= DEEPEST:
        for inner in _inner_drawings(resources, used):
            borrowed = keep_what_is_used(inner, depth + 1)
            used |= borrowed if "/Resources" not in inner else set()
        drawing.Resources = _only(resources, used)
    return used


def _inner_drawings(resources: Dictionary, used: set[bytes]) -> list[Stream]:
    """Return what is drawn by name: forms, patterns, and the masks of graphics states."""
    named = [
        value
        for kind in ("/XObject", "/Pattern", "/ExtGState")
        for name, value in _listed(resources, kind)
        if name[1:].encode() in used
    ]
    masks = [item["/SMask"].get("/G") for item in named if _is_dictionary(item.get("/SMask"))]
    return [
        item
        for item in [*named, *masks]
        if isinstance(item, Stream) and item.get("/Subtype") != Name.Image
    ]


def _only(resources: Dictionary, used: set[bytes]) -> Dictionary:
    kept = Dictionary(dict(resources.items()))
    for kind in RESOURCE_KINDS:
        if kind in kept:
            kept[kind] = Dictionary(
                {
                    name: value
                    for name, value in _listed(resources, kind)
                    if name[1:].encode() in used or name.startswith("/Default")
                }
            )
    return kept


def _listed(resources: Dictionary, kind: str) -> list[tuple[str, Object]]:
    listed = resources.get(kind)
    return list(listed.items()) if isinstance(listed, Dictionary) else []


def _is_dictionary(item: Object | None) -> bool:
    return isinstance(item, Dictionary)


def names_in(content: bytes) -> set[bytes]:
    """Return every name that a page's drawing instructions mention."""
    bare = STRINGS.sub(b"()", content)
    return {
        ESCAPED.sub(lambda code: bytes([int(code[1], 16)]), name) for name in NAMES.findall(bare)
    }

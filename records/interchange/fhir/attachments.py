"""Takes attached files out of resources: in place, or in a Binary of the same file."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from records.interchange import kinds
from records.interchange.enums import Reason
from records.interchange.fhir import listed, parts
from records.interchange.fhir.bundle import Entry, Index
from records.interchange.fhir.names import Names
from records.interchange.fhir.node import Node
from records.interchange.values import AttachmentValue, Moment, Reference, sealed

CARRIERS = frozenset({"DocumentReference", "Media", "Binary"})


@dataclass(frozen=True)
class Found:
    """The attachments of a resource, the Binaries that they used, and what was elsewhere."""

    values: tuple[AttachmentValue, ...]
    binaries: tuple[Entry, ...]
    elsewhere: tuple[str, ...]


def of(entry: Entry, key: str, encounter: Reference | None, names: Names) -> Found:
    """Return the files attached to a resource.

    Raises:
        FhirUnreadable: attached bytes are damaged, or are not those that were hashed.
    """
    values: list[AttachmentValue] = []
    binaries: list[Entry] = []
    elsewhere: list[str] = []
    for node in attachments(entry):
        content, media_type, binary = bytes_of(node, entry, names.index)
        if binary is not None:
            binaries.append(binary)
        if content is None:
            elsewhere.append(node.text("url") or "no address")
            continue
        suffix = f"|{len(values)}" if values else ""
        values.append(
            sealed(
                AttachmentValue(
                    source_key=f"{key}|file{suffix}",
                    title=title(entry, node),
                    type=type_of(entry),
                    media_type=media_type,
                    kind=kinds.sniff(content),
                    content=content,
                    created=created(entry, node),
                    author=author(entry, names),
                    status=entry.node.text("status"),
                    encounter=encounter,
                    labels=parts.labels(entry.node),
                )
            )
        )
    return Found(tuple(values), tuple(binaries), tuple(elsewhere))


def attachments(entry: Entry) -> Iterator[Node]:
    """Yield each Attachment of a resource; a Binary is one itself."""
    if entry.type == "Binary":
        yield entry.node
        return
    for node in entry.node.objects():
        is_content = entry.type in CARRIERS and node.path.endswith((".attachment", ".content"))
        if ("contentType" in node.data and ("data" in node.data or "url" in node.data)) or (
            is_content and ("data" in node.data or "url" in node.data)
        ):
            yield node


def bytes_of(node: Node, entry: Entry, index: Index) -> tuple[bytes | None, str, Entry | None]:
    """Return the bytes of an Attachment, its media type, and the Binary that held them."""
    media_type = node.text("contentType")
    if node.has("data"):
        content = decoded(node)
        check_hash(node, content)
        return content, media_type, None
    binary = index.by_text(node.text("url"), entry) if node.text("url") else None
    if binary is None or binary.type != "Binary" or not binary.node.has("data"):
        return None, media_type, None
    content = decoded(binary.node)
    check_hash(node, content)
    return content, media_type or binary.node.text("contentType"), binary


def decoded(node: Node) -> bytes:
    try:
        return base64.b64decode("".join(node.text("data").split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise node.refuse("data", "is damaged: not base64", Reason.BAD_BASE64) from error


def check_hash(node: Node, content: bytes) -> None:
    """Compare with the SHA-1 that FHIR lets a sender give; it guards transport, not origin."""
    given = node.text("hash")
    real = base64.b64encode(hashlib.sha1(content, usedforsecurity=False).digest()).decode("ascii")
    if given and given != real:
        raise node.refuse("hash", "does not fit the bytes", Reason.HASH_MISMATCH)


def title(entry: Entry, node: Node) -> str:
    own = entry.node
    described = own.text("description") if isinstance(own.data.get("description"), str) else ""
    return node.text("title") or described or type_of(entry) or "Attached file"


def type_of(entry: Entry) -> str:
    """Return what kind of document it is, in the source's words."""
    for field in ("type", "code"):
        coded = entry.node.one_or_many(field) if is_concept(entry, field) else []
        if coded and parts.concept(coded[0]):
            return parts.concept(coded[0])
    return ""


def is_concept(entry: Entry, field: str) -> bool:
    value = entry.node.data.get(field)
    return isinstance(value, dict) or (
        isinstance(value, list) and all(isinstance(item, dict) for item in value)
    )


def created(entry: Entry, node: Node) -> Moment | None:
    return node.moment("creation") or listed.begun(entry.node)


def author(entry: Entry, names: Names) -> str:
    for field in ("author", "operator", "performer"):
        if is_concept(entry, field):
            people = (names.of(item, entry) for item in entry.node.one_or_many(field))
            return "; ".join(word for word in people if word)
    return ""

"""The values that each page takes, as typed dictionaries to which callers are held.

`Filled` is text that may not be blank. Dates and times arrive as text, already in the reader's
form and zone: a page computes nothing but its own page numbers.
"""

from __future__ import annotations

from typing import Annotated, Literal, NotRequired, TypedDict

Filled = Annotated[str, "filled"]
Count = Annotated[int, "from zero"]


class House(TypedDict):
    """What the letterhead and the foot of every page say."""

    facility: Filled
    facility_lines: list[str]  # address, phone: beside the name
    number_label: NotRequired[str]  # "Request", "Certificate"
    number: NotRequired[str]
    confidentiality: NotRequired[str]  # replaces the standing sentence
    printed_by: NotRequired[str]  # with printed_at: "Printed by NAME on DAY, TIME"
    printed_at: NotRequired[str]
    paper: NotRequired[Literal["LETTER", "A4"]]
    numbering: NotRequired[Literal["OWN", "STAMPED"]]  # STAMPED: number and pages are stamped on


class Fact(TypedDict):
    """A label and its value."""

    label: str
    value: str


class Column(TypedDict):
    """A column of a table; `weight` shares the width that unweighted columns leave."""

    label: str
    align: NotRequired[Literal["LEFT", "RIGHT"]]
    weight: NotRequired[Count]


class Paragraph(TypedDict):
    """Running text; line breaks are kept."""

    kind: Literal["PARAGRAPH"]
    text: str


class Bullets(TypedDict):
    """A list."""

    kind: Literal["LIST"]
    items: list[str]


class Facts(TypedDict):
    """Labels and values, in one or two columns."""

    kind: Literal["FACTS"]
    facts: list[Fact]
    columns: NotRequired[Literal[1, 2]]


class Table(TypedDict):
    """A table whose head repeats on each page; every row has a cell for each column."""

    kind: Literal["TABLE"]
    columns: list[Column]
    rows: list[list[str]]
    empty: NotRequired[str]  # what stands there when there are no rows


class Heading(TypedDict):
    """A heading inside a section."""

    kind: Literal["HEADING"]
    text: Filled


Block = Paragraph | Bullets | Facts | Table | Heading


class Section(TypedDict):
    """A heading and what stands under it."""

    heading: Filled
    blocks: list[Block]


class PatientLine(TypedDict):
    """Who the page is about: the banner."""

    name: Filled
    number: str
    born: str
    sex: str
    flags: NotRequired[list[str]]
    more: NotRequired[list[Fact]]


class Signature(TypedDict):
    """A person who signs: by hand over the line, or already signed at a time."""

    role: str
    name: str
    title: NotRequired[str]
    signed_at: NotRequired[str]


class Document(TypedDict):
    """Any page made of a title, an optional banner and sections: `clinical_document`."""

    house: House
    title: Filled
    subtitle: NotRequired[str]
    patient: NotRequired[PatientLine]
    facts: NotRequired[list[Fact]]
    sections: list[Section]
    notes: NotRequired[list[str]]


class FaceSheet(TypedDict):
    """The first page of a chart."""

    house: House
    patient: PatientLine
    panels: list[Section]
    encounters: Table


class Letter(TypedDict):
    """A letter: deficiency, denial, delay, no records, discharge."""

    house: House
    date: Filled
    recipient: list[str]
    subject: Filled
    references: NotRequired[list[Fact]]
    salutation: NotRequired[str]
    body: list[Block]
    closing: NotRequired[str]
    signature: Signature
    enclosures: NotRequired[list[str]]


class ReleaseCoverLetter(TypedDict):
    """The letter on top of released copies."""

    house: House
    date: Filled
    recipient: list[str]
    patient: PatientLine
    opening: NotRequired[str]
    references: list[Fact]
    contents: list[Fact]  # documents, pages, dates covered
    withheld: NotRequired[list[str]]
    notices: list[str]
    certification: NotRequired[str]
    released: list[Fact]  # who prepared, who approved, when


class IndexedDocument(TypedDict):
    """A released document and how many pages it has."""

    title: Filled
    date: str
    encounter: NotRequired[str]
    pages: Count
    source: NotRequired[str]  # the stored file: "document 12, version 1"
    source_pages: NotRequired[str]  # which of its pages: "1-3, 7"
    sha256: NotRequired[str]  # of the stored file


class ReleaseIndex(TypedDict):
    """The list of released documents with the page of the package on which each begins."""

    house: House
    patient: PatientLine
    first_page: Count
    documents: list[IndexedDocument]
    withheld: NotRequired[list[str]]


class RedisclosureNotice(TypedDict):
    """The notice with substance-use records (42 CFR 2.32); its words come from a table."""

    house: House
    patient: NotRequired[PatientLine]
    variant: Literal["LONG", "SHORT"]
    text: Filled
    cite: Filled
    consent: list[Fact]  # the consent's scope, which must go along
    recipient: NotRequired[list[str]]


class DisclosureRow(TypedDict):
    """One line of an accounting (45 CFR 164.528(b)(2) and (3))."""

    date: Filled
    recipient: Filled
    address: str
    description: Filled
    purpose: Filled
    repeats: NotRequired[str]  # "4 times, monthly; last on 2026-05-01"


class AccountingOfDisclosures(TypedDict):
    """What was disclosed, to whom, when and why."""

    house: House
    patient: PatientLine
    period_from: Filled
    period_to: Filled
    requested_on: Filled
    rows: list[DisclosureRow]
    research: NotRequired[list[list[Fact]]]
    signature: Signature


class DestroyedRecord(TypedDict):
    """A record that was destroyed."""

    number: Filled
    name: str
    description: str
    dates_from: str
    dates_to: str
    quantity: str
    rule: str


class DestructionCertificate(TypedDict):
    """What was destroyed, how, by whom, under which authority."""

    house: House
    date: Filled
    batch: Filled
    batch_digest: str
    method: Filled
    location: Filled
    records_series: Filled
    dates_from: Filled
    dates_to: Filled
    quantity: Filled
    media: list[Fact]  # medium and serial numbers
    statement: Filled  # in the normal course of business, under which schedule
    authority: Filled
    records: list[DestroyedRecord]
    approvals: list[Signature]
    destroyed_by: Signature
    witness: Signature
    supervisor: Signature
    vendor: NotRequired[list[Fact]]  # name, contract, chain of custody


class RequestSummary(TypedDict):
    """A release request on paper: facts, items, history."""

    house: House
    title: Filled
    patient: PatientLine
    facts: list[Fact]
    items: Table
    history: Table
    notes: NotRequired[list[str]]


TEMPLATES: dict[str, type] = {
    "accounting_of_disclosures": AccountingOfDisclosures,
    "clinical_document": Document,
    "destruction_certificate": DestructionCertificate,
    "face_sheet": FaceSheet,
    "letter": Letter,
    "redisclosure_notice": RedisclosureNotice,
    "release_cover_letter": ReleaseCoverLetter,
    "release_index": ReleaseIndex,
    "request_summary": RequestSummary,
}

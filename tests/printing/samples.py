"""Whole, plain values for every page of the house."""

from __future__ import annotations

from typing import Any

PATIENT: dict[str, Any] = {
    "name": "O'CONNELL, Freda Lucía",
    "number": "00-41-27",
    "born": "14 Mar 1962 (64 years)",
    "sex": "Female",
    "flags": ["Interpreter: Spanish", "Same name as another patient"],
    "more": [{"label": "Unit", "value": "Main file room"}],
}
SIGNATURE = {"role": "Released by", "name": "Rosa Delgado", "title": "RHIT"}


def house(**changes: Any) -> dict[str, Any]:
    return {
        "facility": "Saint Brendan Hospital",
        "facility_lines": ["410 Harbor Street, Portland, ME 04101", "Records room 207-555-0142"],
        "number_label": "Request",
        "number": "R-2026-000123",
        "printed_by": "Rosa Delgado",
        "printed_at": "22 Nov 2026 14:05 EST",
    } | changes


def table(columns: list[str], *rows: list[str]) -> dict[str, Any]:
    return {"kind": "TABLE", "columns": [{"label": label} for label in columns], "rows": list(rows)}


def fact(label: str, value: str) -> dict[str, str]:
    return {"label": label, "value": value}


def signed(role: str, name: str, at: str = "") -> dict[str, str]:
    return {"role": role, "name": name, "title": "HIM", "signed_at": at}


def clinical_document() -> dict[str, Any]:
    rows = [[f"Test {n}", f"{n}.5", "mmol/L", "3.5 – 5.1"] for n in range(1, 9)]
    return {
        "house": house(number_label="", number=""),
        "title": "Emergency visit, 4 Jun 2007",
        "subtitle": "Made readable from FHIR R4",
        "patient": PATIENT,
        "facts": [fact("Arrived", "4 Jun 2007 05:28 UTC"), fact("Reason", "Seizure disorder")],
        "sections": [
            {
                "heading": "Laboratory",
                "blocks": [
                    {"kind": "HEADING", "text": "Metabolic panel"},
                    table(["Test", "Value", "Unit", "Reference"], *rows),
                    {"kind": "PARAGRAPH", "text": "Unremarkable study.\nSecond line."},
                ],
            },
            {
                "heading": "Plan",
                "blocks": [
                    {"kind": "LIST", "items": ["Diabetic diet", "Exercise therapy"]},
                    {"kind": "FACTS", "facts": [fact("Goal", "Foot health")], "columns": 2},
                ],
            },
        ],
        "notes": ["The source file is kept beside this document."],
    }


def face_sheet() -> dict[str, Any]:
    facts = [fact("Address", "622 Gerhold Orchard Unit 89, Boston MA"), fact("Phone", "555-0100")]
    return {
        "house": house(number="", number_label=""),
        "patient": PATIENT,
        "panels": [{"heading": "Contact", "blocks": [{"kind": "FACTS", "facts": facts}]}],
        "encounters": table(["Date", "Kind", "Unit"], ["4 Jun 2007", "Emergency", "ED"]),
    }


def letter() -> dict[str, Any]:
    return {
        "house": house(),
        "date": "22 November 2026",
        "recipient": ["Harlan & Pike LLP", "1 Court Square", "Portland, ME 04101"],
        "subject": "Your request cannot be processed yet",
        "references": [fact("Patient", "Freda O'Connell")],
        "salutation": "Dear counsel:",
        "body": [
            {"kind": "PARAGRAPH", "text": "The authorization that came with your request lacks:"},
            {"kind": "LIST", "items": ["an expiry date or event", "a signature"]},
        ],
        "closing": "Sincerely,",
        "signature": SIGNATURE,
        "enclosures": ["Blank authorization form"],
    }


def release_cover_letter() -> dict[str, Any]:
    return {
        "house": house(),
        "date": "22 November 2026",
        "recipient": ["Harlan & Pike LLP", "Portland, ME"],
        "patient": PATIENT,
        "references": [fact("Your request of", "2 November 2026")],
        "contents": [fact("Documents", "12"), fact("Pages", "87"), fact("Medium", "Paper")],
        "withheld": ["Psychotherapy notes (45 CFR 164.524(a)(1)(i))"],
        "notices": ["Information disclosed may be redisclosed by its recipient."],
        "certification": "I certify that these are true copies of records kept here.",
        "opening": "Enclosed are the copies that you asked for.",
        "released": [fact("Prepared by", "Rosa Delgado"), fact("Approved by", "Ned Pagac")],
    }


def release_index() -> dict[str, Any]:
    pages = [
        ("Discharge summary", 3),
        ("Operative note", 1),
        ("Empty placeholder", 0),
        ("Labs", 12),
    ]
    return {
        "house": house(),
        "patient": PATIENT,
        "first_page": 4,
        "documents": [
            {
                "title": title,
                "date": "4 Jun 2007",
                "encounter": "Inpatient",
                "pages": count,
                "source": f"Document {count + 40}, version 1",
                "source_pages": f"1-{count}",
                "sha256": f"{count:x}" * 64,
            }
            for title, count in pages
        ],
        "withheld": ["One document under review"],
    }


def redisclosure_notice() -> dict[str, Any]:
    return {
        "house": house(),
        "patient": PATIENT,
        "variant": "LONG",
        "text": "This text stands in for the wording that is kept in the table of notices. " * 6,
        "cite": "42 CFR 2.32(a)(1)",
        "consent": [fact("Purpose", "Treatment"), fact("Expires", "1 Jan 2027")],
        "recipient": ["Dr. Ned Pagac"],
    }


def accounting_of_disclosures() -> dict[str, Any]:
    row = {
        "date": "3 Feb 2026",
        "recipient": "Maine CDC",
        "address": "286 Water Street, Augusta ME",
        "description": "Reportable condition: laboratory result",
        "purpose": "Public health reporting, 45 CFR 164.512(b)",
        "repeats": "4 times, monthly; last on 1 May 2026",
    }
    return {
        "house": house(),
        "patient": PATIENT,
        "period_from": "22 Nov 2020",
        "period_to": "22 Nov 2026",
        "requested_on": "1 Nov 2026",
        "rows": [row],
        "research": [[fact("Protocol", "Harbor cohort"), fact("Sponsor", "MDI Lab")]],
        "signature": SIGNATURE,
    }


def destruction_certificate() -> dict[str, Any]:
    record = {
        "number": "00-41-27",
        "name": "Wyman, Alfreda",
        "description": "Whole chart",
        "dates_from": "2001-02-03",
        "dates_to": "2009-08-07",
        "quantity": "2 volumes",
        "rule": "ME-HOSP-ADULT",
    }
    return {
        "house": house(number_label="Certificate", number="C-2026-0007"),
        "date": "22 November 2026",
        "batch": "B-2026-0003",
        "batch_digest": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "method": "Cross-cut shredding (paper); cryptographic erasure (electronic)",
        "location": "Basement, east wing",
        "records_series": "Adult inpatient charts",
        "dates_from": "2001-02-03",
        "dates_to": "2009-08-07",
        "quantity": "1 chart, 2 volumes, 14 electronic documents",
        "media": [fact("Disk", "WD-WX41A1234567")],
        "statement": "Destroyed in the normal course of business under the retention schedule.",
        "authority": "10-144 CMR ch. 112",
        "records": [record],
        "approvals": [
            signed("First approval", "Sam Ito", "20 Nov 2026 09:00 EST"),
            signed("Second approval", "Ada Nwosu", "21 Nov 2026 10:00 EST"),
        ],
        "destroyed_by": signed("Destroyed by", "Lee Park", "22 Nov 2026 11:00 EST"),
        "witness": signed("Witness", "Kim Roe"),
        "supervisor": signed("Supervisor", "Jo Hart"),
        "vendor": [fact("Vendor", "Granite Shred LLC"), fact("Contract", "BA-2024-11")],
    }


def request_summary() -> dict[str, Any]:
    return {
        "house": house(),
        "title": "Request summary",
        "patient": PATIENT,
        "facts": [fact("State", "Approved"), fact("Due", "2 Dec 2026")],
        "items": table(["Document", "Pages"], ["Discharge summary", "3"]),
        "history": table(["At", "By", "Moved to"], ["2 Nov 2026 09:00", "R. Delgado", "Logged"]),
        "notes": ["Caller asked for paper."],
    }


ALL = {
    make.__name__: make
    for make in (
        accounting_of_disclosures,
        clinical_document,
        destruction_certificate,
        face_sheet,
        letter,
        redisclosure_notice,
        release_cover_letter,
        release_index,
        request_summary,
    )
}

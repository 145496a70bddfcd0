"""Events as FHIR R4 `AuditEvent` resources, shaped by IHE BALP: what other systems read.

BALP wants one resource for each patient, so a list that showed thirty becomes thirty resources
of one event. What was typed into a search is not in the trail and so not here: a query tells what
the event keeps of it, keyed hashes and counts.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from audit.context import NO_ROLE, RECIPIENT_ROLE
from audit.enums import Action, Basis, Outcome, Purpose
from audit.presenters.words import label_patients, label_people, label_subjects, roles, word
from audit.rules import balp
from audit.rules.balp import Coding, Pattern
from audit.selectors.events import EventRow

Resource = dict[str, Any]
ENTITY_TYPE = "http://terminology.hl7.org/CodeSystem/audit-entity-type"
OBJECT_ROLE = "http://terminology.hl7.org/CodeSystem/object-role"
PERSON: Coding = (ENTITY_TYPE, "1", "Person")
SYSTEM_OBJECT: Coding = (ENTITY_TYPE, "2", "System Object")
PATIENT_ROLE: Coding = (OBJECT_ROLE, "1", "Patient")
RESOURCE_ROLE: Coding = (OBJECT_ROLE, "4", "Domain Resource")
QUERY_ROLE: Coding = (OBJECT_ROLE, "24", "Query")
WEB_REQUEST: Coding = (
    "https://profiles.ihe.net/ITI/BALP/CodeSystem/BasicAuditEntityType",
    "XrequestId",
    "",
)
SERVER_TYPE: Coding = (
    "http://terminology.hl7.org/CodeSystem/security-source-type",
    "4",
    "Application Server",
)
# https://hl7.org/fhir/R4/valueset-network-type.html
IP_ADDRESS, URI = "2", "5"
UNKNOWN_NETWORK = {
    "extension": [
        {
            "url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason",
            "valueCode": "not-applicable",
        }
    ]
}


@dataclass(frozen=True, slots=True)
class House:
    """Whose log this is: the address of this Chartroom, under which its ids mean something."""

    url: str
    name: str

    @property
    def observer(self) -> Resource:
        """Return who writes the log, and serves what is asked for."""
        return {"identifier": {"value": self.url}, "display": f"Chartroom, {self.name}"}

    def identify(self, kind: str, value: str | int, display: str = "") -> Resource:
        """Return a reference to something by the number that it has here."""
        number = {"system": f"{self.url}/ids/{kind}", "value": str(value)}
        return _filled(identifier=number, display=display)


@dataclass(frozen=True, slots=True)
class Labels:
    """The words for what a run of events names."""

    patients: Mapping[str, str]
    subjects: Mapping[tuple[str, str], str]
    people: Mapping[int, str]


def audit_events(
    events: Sequence[EventRow], shown: Mapping[int, Sequence[int]], house: House
) -> Iterator[tuple[Resource, int | None]]:
    """Yield each event as resources, with the patient whom each one names.

    `shown` holds the patients of lists by the event's number.
    """
    listed = [patient_id for patients in shown.values() for patient_id in patients]
    labels = Labels(
        label_patients([*(event.patient_id for event in events), *listed]),
        label_subjects(event.subject for event in events),
        label_people(event.on_behalf_of_id for event in events),
    )
    for event in events:
        for number, patient_id in _numbered(event, shown.get(event.id, ())):
            yield _resource(event, number, patient_id, labels, house), patient_id


def _numbered(event: EventRow, shown: Sequence[int]) -> list[tuple[str, int | None]]:
    """Return the id of each resource that an event becomes, and its patient."""
    own = [] if event.patient_id is None else [event.patient_id]
    patients = list(dict.fromkeys([*own, *shown]))
    if len(patients) < 2:
        return [(str(event.id), patients[0] if patients else None)]
    return [(f"{event.id}-{place}", patient) for place, patient in enumerate(patients, 1)]


def _resource(
    event: EventRow, number: str, patient_id: int | None, labels: Labels, house: House
) -> Resource:
    pattern = balp.PATTERNS.get(event.action, balp.ACTIVITY)
    profile = pattern.profile_url(event.outcome, has_patient=patient_id is not None)
    reason = balp.REASONS.get(event.purpose)
    why = [_concept(reason, word(Purpose, event.purpose))] if reason else None
    return _filled(
        resourceType="AuditEvent",
        id=number,
        meta={"profile": [profile]} if profile else None,
        type=_coding(pattern.type),
        subtype=_subtypes(event, pattern, house),
        action=pattern.letter,
        recorded=event.occurred_at.isoformat(),
        outcome=balp.OUTCOMES[Outcome(event.outcome)],
        outcomeDesc=word(Outcome, event.outcome),
        purposeOfEvent=why,
        agent=_agents(event, pattern, why, labels, house),
        source={
            "site": house.name,
            "observer": house.observer,
            "type": [_coding(SERVER_TYPE)],
        },
        entity=_entities(event, pattern, patient_id, labels, house),
    )


def _subtypes(event: EventRow, pattern: Pattern, house: House) -> list[Resource]:
    """Return BALP's word for the action, DICOM's where it has one, and the house's own."""
    own = (f"{house.url}/codes/action", event.action, word(Action, event.action))
    codes = (pattern.subtype, balp.NOTABLE.get(event.action), own)
    return [_coding(code) for code in codes if code]


def _agents(
    event: EventRow, pattern: Pattern, why: list[Resource] | None, labels: Labels, house: House
) -> list[Resource]:
    """Return the person, whom they acted for, the machine that asked and the one that answered."""
    server = _filled(
        type=_concept(pattern.server),
        who=house.observer,
        requestor=False,
        network={"address": house.url, "type": URI},
    )
    user = _user(event, pattern, why, house)
    client = _recipient(event, pattern, labels, house) or _client(event, pattern, house)
    client["requestor"] = user is None
    behind = _behind(event, labels, house)
    return [agent for agent in (user, behind, client, server) if agent]


def _user(
    event: EventRow, pattern: Pattern, why: list[Resource] | None, house: House
) -> Resource | None:
    """Return the person, or None where the system itself or nobody known was at work."""
    if event.actor_id is None and event.role != RECIPIENT_ROLE:
        return None
    if event.actor_id is None:
        who: Resource = {"display": event.actor_name}
    else:
        who = house.identify("user", event.actor_id, event.actor_name)
    held = [] if event.role == NO_ROLE else event.role.split("+")
    return _filled(
        type=_concept(pattern.user) if pattern.user else None,
        role=[_concept((f"{house.url}/codes/role", role, roles(role))) for role in held],
        who=who,
        name=event.actor_name,
        requestor=True,
        policy=[f"{house.url}/codes/basis#{event.basis}"] if event.basis in Basis.values else None,
        purposeOfUse=why,
    )


def _behind(event: EventRow, labels: Labels, house: House) -> Resource | None:
    if event.on_behalf_of_id is None:
        return None
    name = labels.people[event.on_behalf_of_id]
    return {
        "type": _concept(balp.RESPONSIBLE),
        "who": house.identify("user", event.on_behalf_of_id, name),
        "requestor": False,
    }


def _client(event: EventRow, pattern: Pattern, house: House) -> Resource:
    """Return the machine that asked; the system's own work is asked for by this very one."""
    address, who = event.client_address, house.observer
    if address:
        who = {"display": "Browser"}
    if event.session_digest:
        who = house.identify("session", event.session_digest, "Browser")
    network = {"address": address or house.url, "type": IP_ADDRESS if address else URI}
    return {"type": _concept(pattern.client), "who": who, "network": network}


def _recipient(event: EventRow, pattern: Pattern, labels: Labels, house: House) -> Resource | None:
    """Return to whom a disclosure went: the disclosure of the accounting names them."""
    if not pattern.is_disclosure:
        return None
    who = house.identify("recipient-of-request", event.subject_id, labels.subjects[event.subject])
    return {"type": _concept(pattern.client), "who": who, "network": UNKNOWN_NETWORK}


def _entities(
    event: EventRow, pattern: Pattern, patient_id: int | None, labels: Labels, house: House
) -> list[Resource]:
    """Return the web request, the patient, and what was read, changed or asked."""
    request: Resource = {"identifier": {"value": event.request_id}}
    found: list[Resource] = [{"type": _coding(WEB_REQUEST), "what": request}]
    if patient_id is not None:
        what = _patient(patient_id, labels)
        found.append({"what": what, "type": _coding(PERSON), "role": _coding(PATIENT_ROLE)})
    kind = _coding(SYSTEM_OBJECT)
    if pattern.is_query:
        query = b64encode(event.detail.encode()).decode()
        found.append({"type": kind, "role": _coding(QUERY_ROLE), "query": query})
    else:
        what = _what(event, patient_id, labels, house)
        details = _details(event.detail)
        found.append(_filled(what=what, type=kind, role=_coding(RESOURCE_ROLE), detail=details))
    return found


def _patient(patient_id: int, labels: Labels) -> Resource:
    label = labels.patients[str(patient_id)]
    return {"reference": f"Patient/{patient_id}", "type": "Patient", "display": label}


def _what(event: EventRow, patient_id: int | None, labels: Labels, house: House) -> Resource:
    """Return what the event is about: its subject, else the patient's chart, else the deed."""
    if event.subject_id:
        label = labels.subjects[event.subject]
        return house.identify(event.subject_type, event.subject_id, label)
    if patient_id is not None:
        return house.identify("chart", patient_id, "Chart")
    return {"display": labels.subjects[event.subject] or word(Action, event.action)}


def _details(stored: str) -> list[Resource]:
    """Return ids, codes and field names of an event, each as text."""
    found = []
    for name, value in json.loads(stored).items():
        values = value if isinstance(value, list) else [value]
        words = [one if isinstance(one, str) else json.dumps(one) for one in values]
        text = ", ".join(one for one in words if one not in ("", "null"))
        found += [{"type": name, "valueString": text}] if text else []
    return found


# The same few codes stand in every resource of a long file.
@cache
def _coding(code: Coding) -> Resource:
    system, value, display = code
    return _filled(system=system, code=value, display=display)


@cache
def _concept(code: Coding, text: str = "") -> Resource:
    return _filled(coding=[_coding(code)], text=text)


def _filled(**values: Any) -> Resource:
    """Return what has a value: FHIR knows neither empty texts nor empty lists nor null."""
    return {name: value for name, value in values.items() if value not in (None, "", [])}

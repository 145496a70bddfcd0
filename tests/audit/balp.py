"""IHE BALP 1.1, written down from its profiles as what each asks of an AuditEvent.

Kept apart from the product's own table: what is told wrongly there is not told so here.
"""

DCM = "http://dicom.nema.org/resources/ontology/DCM#"
REST = "http://terminology.hl7.org/CodeSystem/audit-event-type#rest"
INTERACTION = "http://hl7.org/fhir/restful-interaction#"
PARTICIPATION = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType#"
BASE = "https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit."
AUTHORS = {f"{PARTICIPATION}{code}" for code in ("AUT", "INF", "CST")}
READERS = {f"{PARTICIPATION}IRCP"}
RESOURCE_ROLES = {f"http://terminology.hl7.org/CodeSystem/object-role#{n}" for n in (3, 4, 20)}
# Profile: action, words of the interaction, client, server, user.
RESTFUL = {
    "Read": ("R", {"read", "vread"}, "110152", "110153", READERS),
    "Create": ("C", {"create"}, "110153", "110152", AUTHORS),
    "Update": ("U", {"update", "patch"}, "110153", "110152", AUTHORS),
    "Delete": ("D", {"delete"}, "110150", "custodian", AUTHORS),
    "Query": ("E", {"search", "search-type", "search-system"}, "110153", "110152", READERS),
}
CUSTODIAN = "http://terminology.hl7.org/CodeSystem/provenance-participant-type#custodian"


def code(coding):
    return f"{coding['system']}#{coding['code']}"


def of_type(parts, wanted):
    """The agents or entities of a type; an agent's type is a concept, an entity's a coding."""
    found = []
    for part in parts:
        codings = part.get("type", {}).get("coding", [part.get("type", {})])
        if any("system" in coding and code(coding) in wanted for coding in codings):
            found.append(part)
    return found


def one(parts, wanted, what):
    found = of_type(parts, wanted)
    assert len(found) == 1, f"{len(found)} of {what}, one is asked for"
    return found[0]


def check(resource):
    """Fail where a resource does not keep the profile that it says it keeps; return its name."""
    (profile,) = resource["meta"]["profile"]
    name = profile.removeprefix(BASE)
    assert profile.startswith(BASE)
    assert "modifierExtension" not in resource
    assert "T" in resource["recorded"]
    if name == "PrivacyDisclosure.Source":
        _check_disclosure(resource)
    else:
        _check_rest(resource, name.removeprefix("Patient"))
    if name.startswith(("Patient", "PrivacyDisclosure")):
        _check_patient(resource)
    return name


def _check_rest(resource, name):
    letter, interactions, client, server, users = RESTFUL[name]
    subtypes = {code(coding) for coding in resource["subtype"]}
    assert code(resource["type"]) == REST
    assert resource["action"] == letter
    assert resource["outcome"] == "0"
    assert len(subtypes & {f"{INTERACTION}{word}" for word in interactions}) == 1
    agents = resource["agent"]
    machines = [one(agents, {DCM + client}, "client")]
    machines.append(one(agents, {CUSTODIAN if server == "custodian" else DCM + server}, "server"))
    for machine in machines:
        assert machine["who"]
        assert machine["network"]
        assert "media" not in machine
    people = of_type(agents, users)
    assert len(people) <= 1
    for person in people:
        assert person["who"]
        assert person["requestor"] is True
        assert not {"media", "network"} & set(person)
    _check_data(resource["entity"], is_query=name == "Query")


def _check_data(entities, *, is_query):
    requests = of_type(
        entities, {"https://profiles.ihe.net/ITI/BALP/CodeSystem/BasicAuditEntityType#XrequestId"}
    )
    assert len(requests) <= 1
    for request in requests:
        assert request["what"]["identifier"]["value"]
    data = one(entities, {"http://terminology.hl7.org/CodeSystem/audit-entity-type#2"}, "data")
    if is_query:
        assert code(data["role"]) == "http://terminology.hl7.org/CodeSystem/object-role#24"
        assert data["query"]
        assert not {"what", "lifecycle", "detail"} & set(data)
    else:
        assert code(data["role"]) in RESOURCE_ROLES
        assert data["what"]


def _check_patient(resource):
    kind = {"http://terminology.hl7.org/CodeSystem/audit-entity-type#1"}
    patient = one(resource["entity"], kind, "patient")
    assert code(patient["role"]) == "http://terminology.hl7.org/CodeSystem/object-role#1"
    assert patient["what"]["reference"].startswith("Patient/")
    assert len(resource["entity"]) >= 2


def _check_disclosure(resource):
    disclose = "http://terminology.hl7.org/CodeSystem/iso-21089-lifecycle#disclose"
    assert code(resource["type"]) == f"{DCM}110106"
    assert resource["action"] == "R"
    assert disclose in {code(coding) for coding in resource["subtype"]}
    assert resource["outcome"]
    source = one(resource["agent"], {f"{DCM}110153"}, "source")
    recipient = one(resource["agent"], {f"{DCM}110152"}, "recipient")
    assert source["who"] == resource["source"]["observer"]
    for agent in (source, recipient):
        assert agent["who"]
        assert agent["network"]
    custodians = of_type(resource["agent"], {"http://snomed.info/sct#159541003"})
    assert len(custodians) <= 1
    assert all(one["who"] for one in custodians)

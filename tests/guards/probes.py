"""What single pages are asked beside their plain address: searches, choices, stale forms."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.guards.world import World, fresh_key

TURNED = {"HX-Request": "true"}


@dataclass(frozen=True)
class Probe:
    """One request to one page, sent by everybody unless `people` are named."""

    route: str
    kwargs: dict[str, Any] = field(default_factory=dict)
    query: dict[str, Any] = field(default_factory=dict)
    data: dict[str, Any] | None = None
    method: str = "GET"
    headers: dict[str, str] = field(default_factory=dict)
    people: tuple[str, ...] = ()
    shows_to: tuple[str, ...] = ()


def list_probes(world: World) -> list[Probe]:
    """Return every probe for this world."""
    return [
        *_searches(world),
        *_choices(world),
        *_log(world),
        *_lists(world),
        *_forms(world),
    ]


def _words_of(world: World, name: str) -> list[str]:
    patient = world.patients[name]
    birds = [bird for bird in world.aviary.birds if bird.owner == name]
    told = ("family name", "former family name", "telephone", "social security number")
    return [
        patient.mrn,
        patient.given,
        *(bird.text for bird in birds if bird.where in told),
        f"{patient.family} {patient.given}",
        patient.birth_on.isoformat(),
        patient.family[:5],
    ]


def _numbers_of(world: World) -> list[str]:
    numbers = [bird for bird in world.aviary.birds if bird.where == "social security number"]
    return [bird.text for bird in numbers if bird.owner in ("VISIBLE", "OTHER", "HIDDEN")]


def _searches(world: World) -> list[Probe]:
    names = ("VISIBLE", "OTHER", "HIDDEN", "GONE")
    texts = [text for name in names for text in _words_of(world, name)]
    found = [Probe("patients:patient_search", query={"q": text}) for text in texts]
    found += [Probe("patients:patient_search", query={"q": text, "go": "1"}) for text in texts[::7]]
    found += [
        Probe("patients:patient_search", query={"q": text}, headers=TURNED) for text in texts[::7]
    ]
    # What may be a social security number is answered to forms alone; the rest goes on.
    for headers in ({}, TURNED, TURNED | {"HX-Target": "global-found"}):
        found += [
            Probe("patients:patient_search", method="POST", data={"q": text}, headers=headers)
            for text in [*_numbers_of(world), *texts[::7]]
        ]
    finders = (
        ("requests_release:request_log", {}),
        ("documents:document_move", {"document_id": world.ids["document_id"]["plain"]}),
        ("documents:unfiled_file", {"unfiled_id": world.ids["unfiled_id"]["MAIN_FILE"]}),
    )
    for route, kwargs in finders:
        found += [Probe(route, kwargs, {"q": text}) for text in texts[::6]]
        found += [
            Probe(route, kwargs, method="POST", data={"q": text}) for text in _numbers_of(world)
        ]
    return found


def _choices(world: World) -> list[Probe]:
    """Return what is asked with a patient chosen on another's page."""
    found = []
    for patient_id in world.ids["patient_id"].values():
        query = {"patient": patient_id}
        found += [
            Probe("requests_release:request_log", query=query),
            Probe(
                "documents:document_move",
                {"document_id": world.ids["document_id"]["plain"]},
                query,
            ),
            Probe(
                "documents:document_move",
                {"document_id": world.ids["document_id"]["plain"]},
                method="POST",
                data={"to_patient": patient_id},
            ),
            Probe(
                "documents:unfiled_file",
                {"unfiled_id": world.ids["unfiled_id"]["MAIN_FILE"]},
                query,
            ),
            Probe(
                "documents:unfiled_file",
                {"unfiled_id": world.ids["unfiled_id"]["MAIN_FILE"]},
                method="POST",
                data={"patient": patient_id},
            ),
            Probe("retention:hold_place", query=query),
            Probe("retention:batch_propose", query={"chart": patient_id}),
            Probe("retention:batch_propose", method="POST", data={"chart": patient_id}),
        ]
    return found


def _log(world: World) -> list[Probe]:
    """Return the questions to the access log; its events are of every patient."""
    people = ("compliance", "clerk", "administrator")
    found = [
        Probe("audit:event_list", query={"patient": key}, people=people)
        for key in world.ids["patient_id"].values()
    ]
    found += [
        Probe("audit:event_list", method="POST", data={"find_patient": patient.mrn}, people=people)
        for patient in world.patients.values()
    ]
    keys = list(world.ids["patient_id"].values())
    found += [
        _taken("audit:event_export", kind, query={"patient": key}, people=people)
        for kind in ("csv", "fhir")
        for key in keys
    ]
    # The rows of the CSV once more, in another form.
    query = {"patient": keys[0]}
    found.append(_taken("audit:event_export", "xlsx", query=query, people=people))
    found += [Probe("audit:event_export", query={"patient": key}, people=people) for key in keys]
    found += [
        _taken("audit:patient_viewers_export", kind, {"patient_id": key}, people=people)
        for kind in ("csv", "xlsx")
        for key in keys[:: len(keys) - 1]
    ]
    people_seen = {"person_id": world.ids["person_id"]["clerk"]}
    found += [
        _taken("audit:person_patients_export", kind, people_seen, people=people)
        for kind in ("csv", "xlsx")
    ]
    found.append(Probe("audit:event_list", headers=TURNED, people=people))
    return found


def _lists(world: World) -> list[Probe]:
    visible = {"patient_id": world.ids["patient_id"]["VISIBLE"]}
    found = [
        Probe("charts:chart_detail", visible, {"voided": "1"}),
        Probe("retention:home", query={"state": "due"}),
        Probe("retention:home", headers=TURNED),
        Probe("retention:hold_list", query={"show": "lifted"}),
        Probe("requests_release:request_board", headers=TURNED),
        Probe("requests_release:request_board", query={"mine": "1"}),
        Probe("requests_release:request_news", query={"view": "list"}, headers=TURNED),
        _taken("requests_release:request_export", "csv"),
        _taken("requests_release:request_export", "csv", query={"status": "SUBMITTED"}),
        _taken("requests_release:request_export", "xlsx"),
        _taken("retention:due_export", "csv", query={"show": "all"}),
        _taken("retention:due_export", "xlsx", query={"show": "blocked"}),
        _taken("retention:hold_export", "csv"),
        _taken("retention:hold_export", "xlsx", query={"show": "lifted"}),
    ]
    found += [
        Probe("documents:document_view", {"document_id": key}, {"version": number})
        for key in world.ids["document_id"].values()
        for number in (1, 2)
    ]
    found += [
        _taken("requests_release:disclosure_export", kind, {"patient_id": key})
        for kind in ("csv", "xlsx")
        for key in world.ids["patient_id"].values()
    ]
    return found


def _taken(route: str, kind: str, kwargs: dict[str, Any] | None = None, **more: Any) -> Probe:
    """Return the form of an export's page, sent for a kind of file."""
    data = {"file_kind": kind, "purpose": "OVERSIGHT"}
    return Probe(route, kwargs or {}, method="POST", data=data, **more)


def _forms(world: World) -> list[Probe]:
    found = [_registration(world, name) for name in ("VISIBLE", "OTHER", "HIDDEN")]
    for name in ("VISIBLE", "HIDDEN"):
        found.append(
            Probe(
                "patients:patient_edit",
                {"patient_id": world.ids["patient_id"][name]},
                method="POST",
                data=_person(world, "VISIBLE") | {"version": "0"},
            )
        )
    for key in ("plain", "care", "secret", "hidden"):
        found.append(
            Probe(
                "documents:document_change",
                {"document_id": world.ids["document_id"][key]},
                method="POST",
                data={
                    "type": "LAB",
                    "service_on": "2026-01-05",
                    "title": "Other",
                    "sensitivity": "NORMAL",
                    "lock_version": "999",
                },
            )
        )
    found += [
        Probe(
            "retention:hold_place",
            method="POST",
            data={
                "name": "Matter",
                "kind": "LITIGATION",
                "reason": "Suit",
                "issued_on": "2026-01-05",
                "patient_ids": world.patients[name].mrn,
            },
        )
        for name in ("HIDDEN", "GONE")
    ]
    found.append(
        Probe(
            "release_links:link_download",
            {"token": world.link.token},
            method="POST",
            data={"passcode": "WRONG-WRONG"},
            people=("signed out",),
        )
    )
    return found


def _person(world: World, name: str) -> dict[str, str]:
    patient = world.patients[name]
    return {
        "family": patient.family,
        "given": patient.given,
        "sex": "FEMALE",
        "birth_on": patient.birth_on.isoformat(),
        "birth_precision": "DAY",
        "name_status": "LEGAL",
        "unit": str(world.main.pk),
        "key": fresh_key(),
    }


def _registration(world: World, name: str) -> Probe:
    """Return the attempt to register somebody who is like a patient of the house."""
    return Probe(
        "patients:patient_register",
        method="POST",
        data=_person(world, name),
        people=("clerk", "supervisor", "stranger", "bh_clerk", "sud_clerk"),
    )

"""How each kind of clinical resource reads in a document."""

from __future__ import annotations

import pytest

from records.interchange.values import (
    Bullets,
    Facts,
    Paragraph,
    Subheading,
    Table,
)
from tests.records.interchange.builders import clinical, observation
from tests.records.interchange.fhir.content import AT, SHOWN_AT, document, only_section, table


@pytest.mark.parametrize(
    "resource, heading, columns, row",
    [
        (
            clinical(
                "Condition",
                "c",
                code={
                    "text": "Sore throat",
                    "coding": [{"system": "http://snomed.info/sct", "code": "43878008"}],
                },
                clinicalStatus={"coding": [{"code": "resolved"}]},
                verificationStatus={"coding": [{"code": "confirmed"}]},
                onsetDateTime="2011-12-07",
                abatementDateTime="2011-12-18",
            ),
            "Conditions",
            ["Condition", "Status", "Since", "Until", "Code"],
            ("Sore throat", "resolved", "Dec 7, 2011", "Dec 18, 2011", "SNOMED 43878008"),
        ),
        (
            clinical(
                "Condition",
                "c",
                verificationStatus={"coding": [{"code": "entered-in-error"}]},
                onsetAge={"value": 12, "unit": "a"},
                severity={"text": "Severe"},
                note=[{"text": "Told by mother"}],
            ),
            "Conditions",
            ["Condition", "Status", "Since", "Note"],
            ("Condition c", "entered-in-error", "12 a", "Severe; Told by mother"),
        ),
        (
            clinical(
                "AllergyIntolerance",
                "a",
                code={"text": "Fish"},
                type="allergy",
                category=["food"],
                criticality="low",
                reaction=[{"manifestation": [{"text": "Hives"}], "severity": "mild"}],
                recordedDate="1991-01-02",
            ),
            "Allergies and intolerances",
            ["Substance", "Kind", "Criticality", "Reaction", "Recorded"],
            ("Fish", "food, allergy", "low", "Hives, mild", "Jan 2, 1991"),
        ),
        (
            clinical(
                "MedicationRequest",
                "m",
                medicationCodeableConcept={"text": "Aspirin 81 mg"},
                status="active",
                authoredOn="2020-01-02",
                requester={"display": "Dr. May"},
                reasonCode=[{"text": "Pain"}],
                dosageInstruction=[
                    {
                        "timing": {"repeat": {"frequency": 1, "period": 6, "periodUnit": "h"}},
                        "asNeededBoolean": True,
                        "route": {"text": "oral"},
                        "doseAndRate": [{"doseQuantity": {"value": 1, "unit": "tablet"}}],
                    }
                ],
            ),
            "Medications",
            ["Medication", "Act", "Directions", "Status", "When", "For", "By"],
            (
                "Aspirin 81 mg",
                "ordered",
                "1 tablet, oral, 1 time every 6 h, as needed",
                "active",
                "Jan 2, 2020",
                "Pain",
                "Dr. May",
            ),
        ),
        (
            clinical(
                "MedicationAdministration",
                "m",
                medicationCodeableConcept={"text": "Morphine"},
                status="completed",
                effectivePeriod={"start": AT},
                dosage={"text": "5 mg IV", "dose": {"value": 5, "unit": "mg"}},
            ),
            "Medications",
            ["Medication", "Act", "Directions", "Status", "When"],
            ("Morphine", "given", "5 mg IV", "completed", f"from {SHOWN_AT}"),
        ),
        (
            clinical(
                "Immunization",
                "i",
                vaccineCode={
                    "text": "Influenza",
                    "coding": [{"system": "http://hl7.org/fhir/sid/cvx", "code": "140"}],
                },
                occurrenceDateTime=AT,
                status="not-done",
                statusReason={"text": "refused"},
                lotNumber="L1",
                doseQuantity={"value": 0.5, "unit": "mL"},
            ),
            "Immunizations",
            ["Vaccine", "When", "Status", "Dose", "Lot", "Note", "Code"],
            ("Influenza", SHOWN_AT, "not-done", "0.5 mL", "L1", "refused", "CVX 140"),
        ),
        (
            clinical(
                "Procedure",
                "p",
                performedPeriod={"start": AT, "end": "2020-01-02T10:45:00Z"},
                status="completed",
                performer=[{"actor": {"display": "Dr. May"}}],
                reasonReference=[{"display": "Pharyngitis"}, {"display": "Pharyngitis"}],
                bodySite=[{"text": "Throat"}],
            ),
            "Procedures",
            ["Procedure", "When", "Status", "For", "By", "Note"],
            (
                "Procedure p",
                "Jan 2, 2020, 05:30 EST – 05:45 EST",
                "completed",
                "Pharyngitis",
                "Dr. May",
                "Throat",
            ),
        ),
        (
            clinical(
                "ImagingStudy",
                "s",
                identifier=[{"system": "urn:dicom:uid", "value": "urn:oid:1.2.3"}],
                started=AT,
                numberOfSeries=1,
                numberOfInstances=2,
                series=[
                    {
                        "modality": {"code": "DX", "display": "Digital Radiography"},
                        "bodySite": {"display": "Clavicle"},
                        "instance": [
                            {"title": "Image of clavicle"},
                            {"title": "Image of clavicle"},
                        ],
                    }
                ],
            ),
            "Imaging studies",
            ["Study", "When", "Kind", "Site", "Series / images", "Study number"],
            (
                "Image of clavicle",
                SHOWN_AT,
                "Digital Radiography",
                "Clavicle",
                "1 / 2",
                "urn:oid:1.2.3",
            ),
        ),
        (
            clinical(
                "Goal",
                "g",
                description={"text": "Foot health"},
                lifecycleStatus="accepted",
                achievementStatus={"coding": [{"code": "in-progress"}]},
                target=[
                    {
                        "measure": {"text": "HbA1c"},
                        "detailQuantity": {"comparator": "<", "value": 7, "unit": "%"},
                        "dueDate": "2021",
                    }
                ],
            ),
            "Goals",
            ["Goal", "Status", "Progress", "Target"],
            ("Foot health", "accepted", "in-progress", "HbA1c <7 % 2021"),
        ),
    ],
)
def test_listed_resources_read_as_rows(resource, heading, columns, row):
    assert only_section(resource).heading == heading
    assert table(resource) == (columns, [row])


def test_rows_are_in_order_of_time():
    days = ["2020-03-01", "2020-01-01", "2020-02-01"]
    resources = [clinical("Condition", str(n), onsetDateTime=day) for n, day in enumerate(days)]

    assert [row[0] for row in table(*resources)[1]] == ["Condition 1", "Condition 2", "Condition 0"]


@pytest.mark.parametrize(
    "more, cells",
    [
        ({}, ("1.5", "mg/dL", "", "", "")),
        (
            {
                "referenceRange": [{"low": {"value": 1}, "high": {"value": 2, "unit": "mg/dL"}}],
                "interpretation": [{"coding": [{"code": "H"}]}],
            },
            ("1.5", "mg/dL", "1 – 2 mg/dL", "H", ""),
        ),
        ({"referenceRange": [{"text": "negative"}]}, ("1.5", "mg/dL", "negative", "", "")),
        ({"status": "preliminary"}, ("1.5", "mg/dL", "", "", "preliminary")),
        ({"valueQuantity": None, "valueString": "trace"}, ("trace", "", "", "", "")),
        ({"valueQuantity": None, "valueBoolean": False}, ("no", "", "", "", "")),
        ({"valueQuantity": None, "valueInteger": 7}, ("7", "", "", "", "")),
        (
            {"valueQuantity": None, "valueCodeableConcept": {"text": "Never smoker"}},
            ("Never smoker", "", "", "", ""),
        ),
        (
            {"valueQuantity": None, "dataAbsentReason": {"coding": [{"code": "unknown"}]}},
            ("none: unknown", "", "", "", ""),
        ),
    ],
)
def test_observation_reads_as_a_row(more, cells):
    resource = {key: value for key, value in (observation("o") | more).items() if value is not None}
    labels, (row,) = table(resource)

    found = dict(zip(labels, row, strict=True))
    names = ("Value", "Unit", "Reference", "Flag", "Note")
    assert tuple(found.get(name, "") for name in names) == cells


def test_observation_components_are_rows_of_their_own():
    pressure = observation("o") | {
        "code": {"text": "Blood Pressure"},
        "component": [
            {"code": {"text": "Diastolic"}, "valueQuantity": {"value": 80, "code": "mm[Hg]"}},
            {"code": {"text": "Systolic"}, "valueQuantity": {"value": 120, "code": "mm[Hg]"}},
        ],
    }
    del pressure["valueQuantity"]

    assert table(pressure)[1] == [
        ("Blood Pressure", "", ""),
        ("– Diastolic", "80", "mmHg"),
        ("– Systolic", "120", "mmHg"),
    ]


def test_observations_are_grouped_and_share_their_time():
    vital = {"category": [{"coding": [{"code": "vital-signs"}]}]}
    later = {"effectiveDateTime": "2020-01-03"}

    sections = document(
        observation("a", **vital),
        observation("b", **vital),
        observation("c"),
        observation("d") | later,
    ).sections

    assert [section.heading for section in sections] == ["Vital signs", "Other observations"]
    assert sections[0].blocks[0] == Paragraph(SHOWN_AT)
    assert "When" in [column.label for column in sections[1].blocks[0].columns]


def test_observation_with_many_digits_says_so():
    found = document(observation("o", "107.18887168456683"))

    assert found.sections[0].blocks[1].rows[0][1] == "107.189"
    assert found.notes == (
        "Figures are shown with six significant digits; the source holds them in full.",
    )
    assert b"107.18887168456683" in found.source_json
    assert document(observation("o")).notes == ()


def test_report_gathers_its_results_once():
    report = clinical(
        "DiagnosticReport",
        "r",
        code={"text": "Blood count"},
        status="final",
        effectiveDateTime=AT,
        conclusion="Unremarkable.",
        contained=[
            {
                "resourceType": "Observation",
                "id": "in",
                "code": {"text": "Inside"},
                "valueString": "x",
            }
        ],
        result=[
            {"reference": "Observation/o1"},
            {"reference": "#in"},
            {"reference": "Observation/far", "display": "Far away"},
        ],
    )

    (section,) = document(observation("o1"), report, report | {"id": "r2"}).sections

    assert section.heading == "Reports"
    assert section.blocks[0] == Subheading("Blood count")
    rows = [row[0] for block in section.blocks if isinstance(block, Table) for row in block.rows]
    assert rows == ["Observation o1", "Inside", "Inside"]
    assert [block.text for block in section.blocks if isinstance(block, Paragraph)] == [
        SHOWN_AT,
        "Unremarkable.",
        "Results not shown here: Far away",
        SHOWN_AT,
        "Unremarkable.",
        "Results not shown here: Observation o1; Far away",
    ]


def test_care_plan_lists_what_is_to_be_done():
    plan = clinical(
        "CarePlan",
        "p",
        category=[{"text": "Diabetes self management plan"}],
        status="active",
        intent="order",
        period={"start": "2018-11-27"},
        addresses=[{"reference": "Condition/c"}],
        activity=[
            {"detail": {"code": {"text": "Diabetic diet"}, "status": "in-progress"}},
            {"detail": {"description": "Walk"}},
            {"reference": {"display": "Clinic visit"}},
        ],
    )

    sections = document(clinical("Condition", "c"), plan).sections

    assert sections[1].blocks == (
        Subheading("Diabetes self management plan"),
        Facts(
            (("Status", "active, order"), ("Period", "from Nov 27, 2018"), ("For", "Condition c"))
        ),
        Bullets(("Diabetic diet (in-progress)", "Walk", "Clinic visit")),
    )


def test_composition_keeps_its_text_and_no_markup():
    composition = clinical(
        "Composition",
        "c",
        title="Discharge Summary",
        type={"text": "Summary"},
        status="final",
        date="2013-02-01",
        author=[{"display": "Dr. Dave"}],
        section=[
            {
                "title": "Course",
                "text": {"div": "<div><p>Acute <b>attack</b>.</p><p>2 &lt; 3</p></div>"},
            },
            {"title": "Allergies", "entry": [{"display": "Doxycycline"}]},
            {"section": [{"title": "Deep"}], "emptyReason": {"text": "Not asked"}},
        ],
    )

    assert only_section(composition).blocks == (
        Subheading("Discharge Summary"),
        Facts(
            (
                ("Type", "Summary"),
                ("Date", "Feb 1, 2013"),
                ("Status", "final"),
                ("Author", "Dr. Dave"),
            )
        ),
        Subheading("Course"),
        Paragraph("Acute attack.\n2 < 3"),
        Subheading("Allergies"),
        Bullets(("Doxycycline",)),
        Paragraph("Not asked"),
        Subheading("Deep"),
        Paragraph("Empty."),
    )


def test_questionnaire_pairs_questions_with_answers():
    response = clinical(
        "QuestionnaireResponse",
        "q",
        status="completed",
        authored="2013-06-18",
        item=[
            {
                "linkId": "1",
                "text": "Habits",
                "item": [
                    {"linkId": "1.1", "text": "Smoke?", "answer": [{"valueString": "No"}]},
                    {"linkId": "1.2", "answer": [{"valueDate": "1960-03-13"}, {}]},
                ],
            }
        ],
    )

    assert only_section(response).blocks == (
        Subheading("Questionnaire"),
        Paragraph("Jun 18, 2013 · completed"),
        Subheading("Habits"),
        Facts((("Smoke?", "No"), ("1.2", "Mar 13, 1960; no answer"))),
    )

import pytest

from records.interchange.rules import titles


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Encounter for check up (procedure)", "Encounter for check up"),
        ("Acute viral pharyngitis (disorder)", "Acute viral pharyngitis"),
        ("Received certificate of high school equivalency (finding)",
         "Received certificate of high school equivalency"),
        ("Dependent drug abuse (situation)", "Dependent drug abuse"),
        ("Diabetes self management plan (regime/therapy)", "Diabetes self management plan"),
        ("Discharge from hospital (Procedure) ", "Discharge from hospital"),
        ("Well child visit(procedure)", "Well child visit"),
        ("Admission (emergency)", "Admission (emergency)"),
        ("Note (procedure) of May", "Note (procedure) of May"),
        ("(procedure)", "(procedure)"),
        ("Letter", "Letter"),
        ("", ""),
    ],
)  # fmt: skip
def test_a_title_does_not_end_with_a_tag_of_its_code(name, shown):
    assert titles.without_tag(name) == shown

from datetime import UTC, datetime

import pytest

from records.access.services import opening
from records.charts.pdf import face_sheets
from records.charts.presenters import face_sheet
from tests.printing import reading
from tests.records.encounters import world as stays

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 29, 19, 5, tzinfo=UTC)


def test_paper_holds_the_sheet_and_who_printed_it_when(house, patient):
    stays.begin(house.clerk, patient, house.main, account_number="V0042")
    scope = opening.peek_scope(actor=house.clerk, patient_id=patient.pk)

    pdf = face_sheets.typeset(face_sheet.get_face_sheet(scope), house.clerk, AT)

    assert len(reading.pages(pdf)) == 1
    text = reading.whole(pdf)
    for word in (
        "Facesheet",
        "MUÑOZ,RosaElena",
        "Mar14,1961",
        "DELACROIX,Rosa",
        "12ElmStreet",
        "LuisMuñoz",
        "V0042",
        "PrintedbyRosaDelgadoonNov29,2026,14:05",
        "Page1of1",
    ):
        assert word in text
    assert "219" not in text.replace("555-0199", "")


def test_paper_says_that_there_was_no_encounter(house, patient):
    scope = opening.peek_scope(actor=house.clerk, patient_id=patient.pk)

    pdf = face_sheets.typeset(face_sheet.get_face_sheet(scope), house.clerk, AT)

    assert "Noencounterisrecorded." in reading.whole(pdf)

from datetime import UTC, datetime

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.http import QueryDict

from audit.writes import attributing
from records.encounters.enums import EncounterKind
from records.encounters.forms.encounters import (
    NO_MOMENT,
    BeginForm,
    DischargeForm,
    MomentField,
    ReasonForm,
    TransferForm,
    VisitForm,
)
from records.encounters.services.encounters import EncounterFacts
from tests.factories.people import again


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel("2026-11-23 15:00 +0000"):
        yield


@pytest.mark.parametrize(
    "text, moment",
    [
        ("3/14/2026 14:05", datetime(2026, 3, 14, 18, 5, tzinfo=UTC)),
        ("3/14/26 2:05 pm", datetime(2026, 3, 14, 18, 5, tzinfo=UTC)),
        ("3/14/2026 2:05p", datetime(2026, 3, 14, 18, 5, tzinfo=UTC)),
        ("14 Mar 2026 14:05", datetime(2026, 3, 14, 18, 5, tzinfo=UTC)),
        ("Mar 14, 2026, 14:05", datetime(2026, 3, 14, 18, 5, tzinfo=UTC)),
        ("2026-03-14T14:05", datetime(2026, 3, 14, 18, 5, tzinfo=UTC)),
        ("2026-03-14 14:05:33", datetime(2026, 3, 14, 18, 5, tzinfo=UTC)),
        ("12/24/2026 09:00", datetime(2026, 12, 24, 14, 0, tzinfo=UTC)),
        ("3/14/2026", datetime(2026, 3, 14, 4, 0, tzinfo=UTC)),
        ("12:30 3/14/2026", None),
    ],
)
def test_a_moment_is_read_as_people_type_it(text, moment):
    if moment is None:
        with pytest.raises(ValidationError):
            MomentField().clean(text)
    else:
        assert MomentField().clean(text) == moment


@pytest.mark.parametrize(
    "text",
    [
        "2/30/2026 14:05",
        "3/14/2026 25:00",
        "Mar 2026 14:05",
        "2026",
        "now",
        "14:05",
        "2/30/2099 10:00",
        "3/8/2026 2:30",  # left out by the clock change
        "11/1/2026 1:30",  # made twice by it
    ],
)
def test_a_moment_that_does_not_exist_is_refused(text):
    with pytest.raises(ValidationError) as error:
        MomentField().clean(text)

    assert error.value.messages == [NO_MOMENT]


@pytest.mark.parametrize("text", ["12/31/2099 10:00", "12/31/2099", "31 Dec 2150 2:05 pm"])
def test_a_moment_farther_ahead_than_any_plan_is_said_to_lie_in_the_future(text):
    with pytest.raises(ValidationError) as error:
        MomentField().clean(text)

    assert error.value.messages == ["This lies in the future."]


def test_an_empty_moment_is_none_where_it_may_be():
    assert MomentField(required=False).clean("") is None


def query(**data):
    found = QueryDict(mutable=True)
    found.update(data)
    return found


@pytest.mark.django_db
def test_entries_become_facts(house, doctor):
    form = BeginForm(
        query(
            kind="EMERGENCY",
            started_at="3/14/2026 14:05",
            unit=str(house.main.pk),
            attending=str(doctor.pk),
            service="Surgery",
            location="2 East",
            reason="Fall",
            account_number=" acc-1 ",
        ),
        user=again(house.clerk),
    )

    assert form.is_valid(), form.errors
    assert form.facts() == EncounterFacts(
        kind=EncounterKind.EMERGENCY,
        started_at=datetime(2026, 3, 14, 18, 5, tzinfo=UTC),
        unit_id=house.main.pk,
        attending=doctor,
        service="Surgery",
        location="2 East",
        reason="Fall",
        account_number="ACC-1",
    )


@pytest.mark.django_db
def test_units_offered_are_the_persons_and_the_charts_own(house):
    def offered(user, **more):
        return [label for _, label in BeginForm(user=again(user), **more).fields["unit"].choices]

    own = (house.behavioural.pk, house.behavioural.name)
    assert offered(house.clerk) == ["Main file room"]
    assert offered(house.stranger, own_unit=own) == ["Behavioural health"]
    assert offered(house.clerk, own_unit=(house.main.pk, "x")) == ["Main file room"]


@pytest.mark.django_db
def test_a_visit_is_of_any_kind_but_a_stay(house):
    begin, visit = BeginForm(user=again(house.clerk)), VisitForm(user=again(house.clerk))

    every = [value for value, _ in begin.fields["kind"].choices]
    assert every == EncounterKind.values
    assert [value for value, _ in visit.fields["kind"].choices] == [
        value for value in every if value not in ("INPATIENT", "NEWBORN")
    ]


@pytest.mark.django_db
def test_attendings_offered_are_those_in_practice(house, doctor, other_doctor):
    with attributing(house.clerk):
        other_doctor.is_active = False
        other_doctor.save(update_fields=["is_active"])

    begin, move = BeginForm(user=again(house.clerk)), TransferForm()
    assert list(begin.fields["attending"].queryset) == [doctor]
    assert list(move.fields["to_attending"].queryset) == [doctor]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "form, needed",
    [
        (BeginForm, {"kind", "started_at", "unit"}),
        (VisitForm, {"kind", "started_at", "ended_at", "disposition", "unit", "reason"}),
        (TransferForm, {"version", "to_location", "moved_at"}),
        (DischargeForm, {"version", "ended_at", "disposition"}),
        (ReasonForm, {"version", "reason"}),
    ],
)
def test_what_is_missing_is_asked_for(house, form, needed):
    more = {"user": again(house.clerk)} if issubclass(form, BeginForm) else {}

    assert set(form(query(), **more).errors) == needed


def test_a_form_overtaken_goes_back_with_the_version_that_was_seen():
    form = ReasonForm(query(version="1", reason="Wrong bed"))
    form.is_valid()

    form.renew(4)

    assert (form["version"].value(), form["reason"].value()) == ("4", "Wrong bed")

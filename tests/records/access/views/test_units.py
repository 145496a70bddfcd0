"""The pages of custody units: for administrators, and without a patient."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from audit.enums import Action, Outcome
from records.access.forms.units import NewUnitForm
from records.access.models import CustodyUnit, UnitGroupPermission, UnitUserPermission
from records.access.selectors import rights as selectors
from records.access.services import units
from tests.builders import sign_in, sign_in_freshly
from tests.factories.people import again, make_user
from tests.factories.units import grant, make_unit
from tests.trail import count_events, events_of

PAGES = {
    "unit_list": ("get", False),
    "unit_create": ("get", False),
    "unit_detail": ("get", True),
    "unit_grant": ("post", True),
    "unit_revoke": ("post", True),
}


def path_of(name, unit):
    return reverse(f"access:{name}", args=[unit.pk] if PAGES[name][1] else [])


@pytest.fixture
def client(house):
    return sign_in_freshly(house.administrator)


@pytest.mark.parametrize("role", [role for role in Role if role != Role.ADMINISTRATOR])
@pytest.mark.parametrize("name", PAGES)
def test_other_roles_are_refused_with_an_event(house, role, name):
    client = sign_in(make_user(role))

    answer = getattr(client, PAGES[name][0])(path_of(name, house.main))

    assert answer.status_code == 403
    (event,) = events_of(Action.PAGE_REQUESTED)
    assert (event.outcome, event.subject_id) == (Outcome.REFUSED, f"access:{name}")


@pytest.mark.parametrize("name", ["unit_detail", "unit_grant", "unit_revoke"])
def test_unit_that_does_not_exist_is_not_found(client, name):
    method = getattr(client, PAGES[name][0])

    assert method(path_of(name, CustodyUnit(pk=987654))).status_code == 404


def test_list_shows_units_and_no_patient(house, patient, client):
    answer = client.get("/access/units/")

    text = answer.content.decode()
    assert [unit.name for unit in answer.context["units"]] == [
        "Behavioural health",
        "Main file room",
        "Substance-use programme",
    ]
    assert "not listed" in text
    assert '<td class="wrap">Psychotherapy notes, Mental health</td>' in text
    assert "PSYCHNOTE" not in text
    assert "O&#x27;CONNELL" not in text


@pytest.mark.goal("G-09")
@pytest.mark.usefixtures("activity_unnoted")
def test_list_costs_the_same_for_three_and_for_six(house, client, django_assert_num_queries):
    client.get("/access/units/")
    with django_assert_num_queries(3):
        client.get("/access/units/")
    for _ in range(3):
        make_unit()
    with django_assert_num_queries(3):
        client.get("/access/units/")


def test_create_makes_a_unit_nobody_may_open_yet(house, client):
    shown = client.get("/access/units/new/")

    answer = client.post(
        "/access/units/new/",
        {
            "facility": house.main.facility_id,
            "code": "eh",
            "name": "Employee health",
            "sensitivity_classes": ["HIV", "STI"],
        },
    )

    unit = CustodyUnit.objects.get(code="EH")
    assert list(shown.context["form"].fields)[:3] == ["facility", "code", "name"]
    assert (answer.status_code, answer.url) == (302, f"/access/units/{unit.pk}/")
    assert (unit.name, unit.is_listed, unit.sensitivity_classes) == (
        "Employee health",
        False,
        ["HIV", "STI"],
    )
    assert "Nobody may open these charts yet" in client.get(answer.url).content.decode()


@pytest.mark.parametrize(
    "change, field",
    [
        ({"code": ""}, "code"),
        ({"code": "two words"}, "code"),
        ({"code": "TAKEN"}, "code"),
        ({"code": "taken"}, "code"),
        ({"name": ""}, "name"),
        ({"facility": "987654"}, "facility"),
        ({"sensitivity_classes": ["NONSENSE"]}, "sensitivity_classes"),
        ({"sensitivity_classes": ["NORMAL"]}, "sensitivity_classes"),
    ],
)
def test_create_refuses_what_cannot_be(house, client, change, field):
    make_unit(code="TAKEN")
    facts = {"facility": house.main.facility_id, "code": "EH", "name": "Employee health"}
    before = CustodyUnit.objects.count()

    answer = client.post("/access/units/new/", facts | change)

    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    assert CustodyUnit.objects.count() == before


def test_change_saves_the_unit(house, client):
    path = path_of("unit_detail", house.main)

    answer = client.post(path, {"name": "Ground floor", "is_listed": "on"})
    refused = client.post(path, {"name": ""})

    unit = CustodyUnit.objects.get(pk=house.main.pk)
    assert (answer.status_code, answer.url) == (302, path)
    assert (unit.name, unit.is_listed, unit.is_active) == ("Ground floor", True, False)
    assert (refused.status_code, list(refused.context["form"].errors)) == (422, ["name"])


@pytest.mark.parametrize("kind", ["role", "user"])
def test_right_is_given_and_taken(house, client, kind):
    holder = {"role": "PROVIDER"} if kind == "role" else {"user": house.provider.pk}
    last_day = timezone.localdate() + timedelta(days=7)
    facts = {"right": "view_chart", "reason": "Treats here", "expires_on": last_day.isoformat()}

    given = client.post(path_of("unit_grant", house.main), facts | holder)
    held = selectors.get_unit_rights(again(house.provider)).open_units
    shown = client.get(given.url).content.decode()
    taken = client.post(path_of("unit_revoke", house.main), {"right": "view_chart"} | holder)

    assert given.url == taken.url == path_of("unit_detail", house.main)
    assert held == {house.main.pk}
    assert "Treats here" in shown
    assert selectors.get_unit_rights(again(house.provider)).open_units == frozenset()


def test_right_lasts_until_the_end_of_its_last_day(house, client):
    today = timezone.localdate()

    client.post(
        path_of("unit_grant", house.main),
        {
            "right": "view_chart",
            "reason": "Today only",
            "role": "PROVIDER",
            "expires_on": today.isoformat(),
        },
    )

    row = UnitGroupPermission.objects.get(group__name="PROVIDER")
    assert timezone.localtime(row.expires_at).isoformat()[:19] == f"{today}T23:59:59"


@pytest.mark.parametrize(
    "change, fields",
    [
        ({"role": ""}, ["role"]),
        ({"user": "1"}, ["role", "user"]),
        ({"reason": ""}, ["reason"]),
        ({"right": "view_everything"}, ["right"]),
        ({"role": "ROOT"}, ["role"]),
        ({"expires_on": "2020-01-01"}, ["expires_on"]),
    ],
)
def test_grant_refuses_what_cannot_be(house, client, change, fields):
    facts = {"role": "PROVIDER", "right": "view_chart", "reason": "Treats here"}
    before = UnitUserPermission.objects.count(), UnitGroupPermission.objects.count()

    answer = client.post(path_of("unit_grant", house.main), facts | change)

    assert answer.status_code == 422
    assert set(answer.context["grant"].errors) & set(fields)
    after = UnitUserPermission.objects.count(), UnitGroupPermission.objects.count()
    assert after == before


def test_nobody_gives_rights_to_themselves(house, client):
    answer = client.post(
        path_of("unit_grant", house.main),
        {"user": house.administrator.pk, "right": "view_chart", "reason": "Mine"},
    )

    assert answer.status_code == 403
    assert "You cannot grant rights to yourself" in answer.content.decode()
    event = events_of(Action.RIGHT_GRANTED)[-1]
    assert (event.outcome, event.actor_id, event.detail) == (
        Outcome.REFUSED,
        house.administrator.pk,
        {"reason": "OWN_RIGHTS"},
    )


@pytest.mark.parametrize(
    "facts", [{}, {"right": "x", "role": "CLERK"}, {"right": "view_chart", "user": "987654"}]
)
def test_revoke_that_names_nothing_is_a_bad_request(house, client, facts):
    before = count_events()

    assert client.post(path_of("unit_revoke", house.main), facts).status_code == 400
    assert count_events() == before


@pytest.mark.usefixtures("activity_unnoted")
def test_unit_page_costs_the_same_however_many_hold_rights(
    house, client, django_assert_num_queries
):
    path = path_of("unit_detail", house.main)
    client.get(path)
    with django_assert_num_queries(6):
        client.get(path)
    for _ in range(3):
        grant(house.main, user=house.provider, right="view_protected")
        grant(house.main, user=house.stranger)
    with django_assert_num_queries(6):
        client.get(path)


def test_form_that_was_overtaken_keeps_what_was_typed_and_shows_what_stands(house, client):
    path = f"/access/units/{house.main.pk}/"
    seen = re.search(r'name="seen" value="([^"]+)"', client.get(path).content.decode())[1]
    typed = {"name": "Main records room", "is_listed": "on", "is_active": "on"}
    units.change(
        actor=make_user(Role.ADMINISTRATOR),
        unit_id=house.main.pk,
        name="File room one",
        is_listed=True,
        sensitivity_classes=["HIV"],
        is_active=True,
    )

    stale = client.post(path, typed | {"seen": seen})

    text = stale.content.decode()
    assert stale.status_code == 409
    assert "Somebody changed this unit while your form was open." in text
    assert "File room one · listed · in use · HIV" in text
    assert 'value="Main records room"' in text
    assert CustodyUnit.objects.get(pk=house.main.pk).name == "File room one"
    assert events_of(Action.SETTING_CHANGED)[-1].detail == {"reason": "UNIT_STALE"}

    renewed = re.search(r'name="seen" value="([^"]+)"', text)[1]
    assert client.post(path, typed | {"seen": renewed}).status_code == 302
    assert CustodyUnit.objects.get(pk=house.main.pk).name == "Main records room"


def test_code_that_was_taken_while_the_form_was_on_its_way_is_said(house, client, monkeypatch):
    monkeypatch.setattr(NewUnitForm, "clean_code", lambda form: form.cleaned_data["code"])
    before = CustodyUnit.objects.count()

    answer = client.post(
        "/access/units/new/",
        {"facility": house.main.facility_id, "code": house.main.code, "name": "Twin"},
    )

    assert (answer.status_code, CustodyUnit.objects.count()) == (409, before)
    assert "A unit has this code by now." in answer.content.decode()
    assert 'value="Twin"' in answer.content.decode()

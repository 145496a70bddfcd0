"""Every page of the room: by role, from outside, by wrong method, of hidden and unknown things."""

from io import BytesIO

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from accounts.roles import Role
from audit.models import Event
from records.documents import urls
from records.documents.models import Document
from tests.records.documents import house as make

pytestmark = pytest.mark.django_db

READ, FILE = {"CLERK", "SUPERVISOR", "COMPLIANCE", "PROVIDER"}, {"CLERK", "SUPERVISOR"}
SUPERVISE = {"SUPERVISOR"}
# name -> (arguments, methods, roles that may)
OF_DOCUMENT = {
    "document_view": (["document"], "GET", READ),
    "page_image": (["document", 1, 1], "GET", READ),
    "thumbnail": (["document", 1, 1], "GET", READ),
    "document_print": (["document"], "GET", FILE),
    "document_download": (["document"], "GET", SUPERVISE),
    "document_change": (["document"], "GET POST", FILE),
    "document_replace": (["document"], "GET POST", FILE),
    "document_move": (["document"], "GET POST", FILE),
    "document_void": (["document"], "GET POST", SUPERVISE),
    "document_restore": (["document"], "GET POST", SUPERVISE),
}
OTHERS = {
    "document_file": (["patient"], "GET POST", FILE),
    "unfiled_list": ([], "GET POST", FILE),
    "unfiled_file": (["unfiled"], "GET POST", FILE),
    "unfiled_discard": (["unfiled"], "GET POST", FILE),
    "unfiled_page": (["unfiled", 1], "GET", FILE),
    "unfiled_thumbnail": (["unfiled", 1], "GET", FILE),
}
DEEDS = {
    "document_undo": (["document"], "POST", FILE),
    "document_undo_move": (["document", 1], "POST", FILE),
    "document_undo_voiding": (["document"], "POST", SUPERVISE),
}
# What they answer to whom their role lets in, of a document to which that person did nothing.
NOT_DONE = {"document_undo": 403, "document_undo_move": 404, "document_undo_voiding": 409}
ALL = OF_DOCUMENT | OTHERS | DEEDS
OF_UNFILED = [name for name in OTHERS if name.startswith("unfiled_") and name != "unfiled_list"]


def address(house, name, **ids):
    known = {"document": None, "patient": house.patient.pk, "unfiled": None} | ids
    return reverse(f"documents:{name}", args=[known.get(one, one) for one in ALL[name][0]])


def own(house):
    """Addresses of a document, a patient and a loose file of the house's unit."""
    document, row = house.filed(), house.received()
    return {name: address(house, name, document=document.pk, unfiled=row.pk) for name in ALL}


def test_every_address_of_the_room_is_in_the_table():
    assert {pattern.name for pattern in urls.urlpatterns} == set(ALL)


@pytest.mark.parametrize("role", [*Role.values, None])
def test_role_opens_what_the_table_says(house, at, role):
    user = make.make_user(*([role] if role else []), unit=house.unit)
    addresses = own(house)
    client = at(user)

    opened = {name for name, url in addresses.items() if client.get(url).status_code == 200}

    assert opened == {
        name for name, (_, methods, roles) in ALL.items() if role in roles and "GET" in methods
    }


@pytest.mark.parametrize("role", [*Role.values, None])
@pytest.mark.parametrize("name", DEEDS)
def test_deed_is_refused_by_the_role_alone_where_the_table_says_so(house, at, name, role):
    user = make.make_user(*([role] if role else []), unit=house.unit)

    response = at(user).post(own(house)[name])

    is_by_role = b"Your role does not allow this" in response.content
    is_allowed = role in DEEDS[name][2]
    assert (response.status_code, is_by_role) == (
        NOT_DONE[name] if is_allowed else 403,
        not is_allowed,
    )


@pytest.mark.parametrize("name", ALL)
def test_stranger_is_sent_to_sign_in(house, client, name):
    response = client.get(own(house)[name])

    assert response.status_code == 302
    assert response["Location"].startswith("/sign-in/")


@pytest.mark.parametrize("name", ALL)
def test_wrong_methods_are_refused(house, at, name):
    url, methods = own(house)[name], ALL[name][1].split()
    client = at(house.guardian)

    for method in {"post", "put", "patch", "delete"} - {one.lower() for one in methods}:
        assert getattr(client, method)(url).status_code == 405


@pytest.mark.parametrize("name", [*OF_DOCUMENT, "document_file", *DEEDS])
@pytest.mark.parametrize("method", ["get", "post"])
def test_outsider_gets_nothing_and_the_refusal_is_recorded(house, at, name, method):
    if method.upper() not in ALL[name][1]:
        pytest.skip("the method is refused before")
    url = own(house)[name]

    response = getattr(at(house.outsider), method)(url)

    assert response.status_code == 403
    assert b"Blood count" not in response.content
    assert "MUÑOZ".encode() not in response.content
    event = Event.objects.filter(actor_id=house.outsider.pk, outcome="REFUSED").latest("pk")
    assert (event.patient_id, event.detail["reason"]) == (house.patient.pk, "NO_GROUND")
    assert not Event.objects.filter(
        actor_id=house.outsider.pk, outcome="SUCCESS", patient_id=house.patient.pk
    ).exists()


@pytest.mark.goal("G-04")
@pytest.mark.goal("G-12")
@pytest.mark.goal("G-22")
@pytest.mark.parametrize("name", OF_DOCUMENT)
def test_hidden_class_answers_like_an_unknown_document(house, at, name):
    document = house.protected()
    blind = house.supervisor
    client = at(blind)

    hidden = client.get(address(house, name, document=document.pk))
    unknown = client.get(address(house, name, document=987_654))

    assert (hidden.status_code, unknown.status_code) == (404, 404)
    assert without_reference(hidden) == without_reference(unknown)
    assert not Event.objects.filter(
        actor_id=blind.pk, outcome="SUCCESS", subject_type="document"
    ).exists()
    refusals = Event.objects.filter(actor_id=blind.pk, outcome="REFUSED").order_by("pk")
    assert [event.detail["reason"] for event in refusals] == ["CLASS_HIDDEN", "DOCUMENT_UNKNOWN"]


@pytest.mark.goal("G-12")
@pytest.mark.parametrize("name", ["document_change", "document_void", "document_move", *DEEDS])
def test_hidden_class_cannot_be_changed_by_posting(house, at, name):
    document = house.protected()

    response = at(house.supervisor).post(
        address(house, name, document=document.pk),
        {"lock_version": 1, "reason": "x", "to_patient": house.other.pk},
    )

    assert response.status_code == 404
    assert Document.objects.get(pk=document.pk).lock_version == 1


@pytest.mark.parametrize("name", OF_DOCUMENT)
def test_protected_document_opens_with_the_right(house, at, name):
    document = house.protected()

    response = at(house.guardian).get(address(house, name, document=document.pk))

    assert response.status_code == 200


@pytest.mark.goal("G-04")
@pytest.mark.parametrize("name", OF_UNFILED)
def test_loose_file_of_another_unit_answers_like_an_unknown_one(house, at, name):
    row = house.received()
    client = at(house.outsider)

    foreign = client.get(address(house, name, unfiled=row.pk))
    unknown = client.get(address(house, name, unfiled=987_654))

    assert (foreign.status_code, unknown.status_code) == (404, 404)
    assert without_reference(foreign) == without_reference(unknown)


def test_numbers_beyond_any_id_are_unknown(house, at):
    client = at(house.guardian)

    for name in ("document_view", "document_print"):
        assert client.get(address(house, name, document=10**30)).status_code == 404
    assert client.get(address(house, "unfiled_file", unfiled=10**30)).status_code == 404


@pytest.mark.goal("G-05")
def test_right_withdrawn_is_gone_on_the_next_request(house, at):
    from audit import context
    from records.access.enums import UnitRight
    from records.access.services import rights

    url = own(house)["document_view"]
    client = at(house.clerk)
    assert client.get(url).status_code == 200

    with context.acting(context.system_origin()):
        rights.revoke_unit(
            actor=make.system(),
            unit=house.unit,
            right=UnitRight.VIEW_CHART,
            user=house.clerk,
        )

    assert client.get(url).status_code == 403


def test_upload_from_somebody_who_is_not_signed_in_is_not_even_read(house, client):
    file = BytesIO(b"x" * 1000)
    file.name = "a.pdf"

    response = client.post(reverse("documents:unfiled_list"), {"uploads": file})

    assert response.status_code == 302
    assert response.wsgi_request.FILES == {}


def test_every_view_states_its_rights():
    for pattern in urls.urlpatterns:
        assert pattern.callback.required_permissions
    assert Group.objects.count() == len(Role.values)


def without_reference(response):
    import re

    return re.sub(rb"[0-9a-f]{32}|csrf[^>]*|documents/[^\"<> ]*", b"", response.content)

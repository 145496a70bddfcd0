"""The pages of people: whom they let in, what they do, what they never show."""

import re

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.urls import reverse

from accounts.forms.users import NewPersonForm, PersonForm
from accounts.models import User
from accounts.roles import Role
from accounts.selectors import users as selectors
from accounts.services import users
from audit.enums import Action, Outcome
from tests.builders import sign_in, sign_in_freshly
from tests.factories.people import PASSWORD, again, make_user
from tests.trail import count_events, events_of

pytestmark = pytest.mark.django_db
NEW = "a new sentence that is easy to keep"
FACTS = {
    "display_name": "Eve Stone",
    "username": "eve",
    "email": "eve@example.org",
    "password": NEW,
    "roles": ["CLERK", "PROVIDER"],
}
PAGES = {
    "user_list": ("get", False),
    "user_create": ("get", False),
    "user_change": ("get", True),
    "user_disable": ("post", True),
    "user_enable": ("post", True),
    "user_end_sessions": ("post", True),
    "user_reset_password": ("post", True),
    "user_remove_factors": ("post", True),
}


@pytest.fixture
def administrator():
    return make_user(Role.ADMINISTRATOR, display_name="Adam Reyes")


@pytest.fixture
def clerk():
    return make_user(Role.CLERK, display_name="Rosa Delgado", username="rosa")


@pytest.fixture
def client(administrator):
    return sign_in_freshly(administrator)


def path_of(name, user=None):
    return reverse(f"accounts:{name}", args=[user.pk] if PAGES[name][1] else [])


@pytest.mark.parametrize("role", [role for role in Role if role != Role.ADMINISTRATOR])
@pytest.mark.parametrize("name", PAGES)
def test_other_roles_are_refused_with_an_event(clerk, role, name):
    client = sign_in(make_user(role))

    answer = getattr(client, PAGES[name][0])(path_of(name, clerk))

    assert answer.status_code == 403
    (event,) = events_of(Action.PAGE_REQUESTED)
    assert (event.outcome, event.subject_id, event.detail["missing"]) == (
        Outcome.REFUSED,
        f"accounts:{name}",
        ["accounts.manage_users"],
    )
    assert again(clerk).is_active is True


@pytest.mark.parametrize("name", [name for name, (method, _) in PAGES.items() if method == "post"])
def test_deeds_are_not_done_by_a_link(client, clerk, name):
    assert client.get(path_of(name, clerk)).status_code == 405


@pytest.mark.parametrize("name", [name for name, (_, has_id) in PAGES.items() if has_id])
def test_person_who_does_not_exist_answers_404(client, name):
    ghost = User(pk=987654)

    assert getattr(client, PAGES[name][0])(path_of(name, ghost)).status_code == 404


@pytest.mark.parametrize(
    "query, expected",
    [
        ("", ["Adam Reyes", "Rosa Delgado", "Zoe Yun"]),
        ("q=rosa", ["Rosa Delgado"]),
        ("q=zoe@example", ["Zoe Yun"]),
        ("role=PROVIDER", ["Zoe Yun"]),
        ("role=NONSENSE", []),
        ("active=no", ["Zoe Yun"]),
        ("active=yes&role=CLERK", ["Rosa Delgado"]),
        ("q=system", []),
    ],
)
def test_list_filters_and_is_an_event(client, administrator, clerk, query, expected):
    zoe = make_user(Role.PROVIDER, display_name="Zoe Yun", email="zoe@example.org")
    users.disable(actor=administrator, user_id=zoe.pk)

    answer = client.get(f"/people/?{query}")

    assert [person.display_name for person in answer.context["people"]] == expected
    (event,) = events_of(Action.USERS_LISTED)
    assert event.actor_id == administrator.pk


def test_list_calls_roles_as_all_other_pages_do(client):
    make_user(Role.COMPLIANCE, Role.PROVIDER, display_name="Zoe Yun")

    page = client.get("/people/?q=zoe").content.decode()

    shown = re.findall(r'<span class="badge badge-neutral">([^<]*)</span>', page)
    assert shown == ["Compliance officer", "Provider"]


@pytest.mark.goal("G-09")
@pytest.mark.usefixtures("activity_unnoted")
def test_list_costs_the_same_for_one_and_for_many(client, django_assert_num_queries):
    client.get("/people/")
    for _ in range(3):
        make_user(Role.CLERK, Role.PROVIDER)
    with django_assert_num_queries(6):
        client.get("/people/")
    for _ in range(5):
        make_user(Role.CLERK)
    with django_assert_num_queries(6):
        client.get("/people/")


def test_create_makes_a_person_who_can_sign_in(client, administrator):
    answer = client.post("/people/new/", FACTS)

    user = User.objects.get(username="eve")
    assert (answer.status_code, answer.url) == (302, f"/people/{user.pk}/")
    assert (user.display_name, user.must_change_password) == ("Eve Stone", True)
    assert sorted(user.role_names) == ["CLERK", "PROVIDER"]
    assert sign_in(user, NEW).get("/").url == "/sign-in/password/change/"
    assert [event.actor_id for event in events_of(Action.USER_CREATED)][-1] == administrator.pk


@pytest.mark.parametrize(
    "change, field",
    [
        ({"username": "ROSA"}, "username"),
        ({"username": "System"}, "username"),
        ({"username": "rosa@example.org"}, "username"),
        ({"username": "two words"}, "username"),
        ({"username": ""}, "username"),
        ({"email": "Rosa@Example.org"}, "email"),
        ({"email": "nonsense"}, "email"),
        ({"display_name": ""}, "display_name"),
        ({"password": "short"}, "password"),
        ({"password": ""}, "password"),
        ({"username": "eve-the-seventeenth", "password": "eve-the-seventeenth"}, "password"),
        ({"roles": ["ROOT"]}, "roles"),
    ],
)
def test_create_refuses_what_cannot_be(client, clerk, change, field):
    with_address = make_user(Role.CLERK, email="rosa@example.org")
    before = count_events(), User.objects.count()

    answer = client.post("/people/new/", FACTS | change)

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert (count_events(), User.objects.count()) == before
    assert with_address.email == "rosa@example.org"


@pytest.mark.goal("G-06")
@pytest.mark.parametrize(
    "field", ["is_superuser", "is_active", "must_change_password", "id", "groups", "disabled_by"]
)
@pytest.mark.parametrize("value", ["true", "1", ["1", "2"]])
def test_fields_that_the_form_does_not_have_are_not_taken(client, clerk, field, value):
    facts = {"display_name": "Rosa D.", "email": clerk.email, "roles": ["CLERK"]}

    client.post(f"/people/{clerk.pk}/", facts | {field: value})

    user = again(clerk)
    assert user.display_name == "Rosa D."
    assert (user.is_superuser, user.is_active, user.must_change_password) == (False, True, False)
    assert user.role_names == {"CLERK"}


def test_change_shows_and_saves_the_person(client, clerk):
    path, seen = f"/people/{clerk.pk}/", selectors.fingerprint(clerk)
    shown = client.get(path)

    answer = client.post(
        path, {"display_name": "Rosa D.", "email": "rd@example.org", "roles": ["SUPERVISOR"]}
    )

    assert shown.context["form"].initial == {
        "seen": seen,
        "display_name": "Rosa Delgado",
        "email": clerk.email,
        "roles": ["CLERK"],
    }
    assert (answer.status_code, answer.url) == (302, "/people/")
    user = again(clerk)
    assert (user.display_name, user.email) == ("Rosa D.", "rd@example.org")
    assert user.role_names == {"SUPERVISOR"}


def test_change_that_cannot_be_is_shown_again(client, clerk, administrator):
    answer = client.post(f"/people/{clerk.pk}/", {"display_name": "", "email": administrator.email})

    assert answer.status_code == 422
    assert sorted(answer.context["form"].errors) == ["display_name", "email"]
    assert again(clerk).display_name == "Rosa Delgado"


ALONE = "Administrator cannot be combined with another role: an administrator sees no patient"


def errors_beside(answer, field):
    """The text of the errors that the page shows in the field's own place."""
    group = re.search(rf'<[^>]*id="id_{field}_error".*?</ul>', answer.content.decode(), re.DOTALL)
    return group[0] if group else ""


@pytest.mark.parametrize(
    "roles", [["CLERK", "ADMINISTRATOR"], ["ADMINISTRATOR", "COMPLIANCE", "PROVIDER"]], ids="+".join
)
def test_administrator_beside_another_role_is_refused_beside_the_field(client, roles):
    before = User.objects.count()

    answer = client.post("/people/new/", FACTS | {"roles": roles, "email": "nonsense"})

    assert answer.status_code == 422
    assert sorted(answer.context["form"].errors) == ["email", "roles"]
    assert ALONE in errors_beside(answer, "roles")
    text = answer.content.decode()
    for typed in ('value="Eve Stone"', 'value="eve"', 'value="nonsense"'):
        assert typed in text
    ticked = re.findall(r'name="roles" value="(\w+)"[^>]*checked', text)
    assert sorted(ticked) == sorted(roles)
    assert User.objects.count() == before
    event = events_of(Action.ROLE_GRANTED)[-1]
    assert (event.outcome, event.subject_id) == (Outcome.REFUSED, "")
    assert event.detail == {"reason": "ADMINISTRATOR_NOT_ALONE"}


@pytest.mark.parametrize("held", [Role.CLERK, Role.ADMINISTRATOR])
def test_person_is_not_changed_to_administrator_beside_another_role(client, held):
    person = make_user(held, display_name="Rosa Delgado")
    typed = {"display_name": "Rosa D.", "email": "r@x.org", "roles": ["ADMINISTRATOR", "CLERK"]}

    answer = client.post(path_of("user_change", person), typed)

    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["roles"])
    assert ALONE in errors_beside(answer, "roles")
    assert 'value="Rosa D."' in answer.content.decode()
    stored = again(person)
    assert (stored.role_names, stored.display_name) == ({held}, "Rosa Delgado")
    event = events_of(Action.ROLE_GRANTED)[-1]
    assert (event.outcome, event.subject_id) == (Outcome.REFUSED, str(person.pk))


def test_page_says_that_administrator_stands_alone(client, clerk):
    for path in (path_of("user_create"), path_of("user_change", clerk)):
        assert "Administrator stands alone" in client.get(path).content.decode()


def test_own_page_offers_nothing_that_is_refused(client, administrator):
    make_user(Role.ADMINISTRATOR)
    path = f"/people/{administrator.pk}/"

    text = client.get(path).content.decode()
    answer = client.post(
        path,
        {"display_name": "Adam", "email": administrator.email, "roles": ["CLERK"]},
    )

    assert "Close this sign-in" not in text
    assert "Set a first password" not in text
    assert answer.status_code == 403
    assert "You cannot change your own roles" in answer.content.decode()
    assert again(administrator).role_names == {"ADMINISTRATOR"}
    (event,) = [e for e in events_of(Action.ROLE_GRANTED) if e.outcome == Outcome.REFUSED]
    assert event.detail == {"reason": "OWN_ROLES"}


def test_close_and_open_a_sign_in(client, clerk):
    closed = client.post(f"/people/{clerk.pk}/disable/")
    is_active = again(clerk).is_active
    opened = client.post(f"/people/{clerk.pk}/enable/")

    assert [closed.url, opened.url] == [f"/people/{clerk.pk}/"] * 2
    assert (is_active, again(clerk).is_active) == (False, True)


def test_first_password_is_given_again(client, clerk):
    path = f"/people/{clerk.pk}/password/"

    refused = client.post(path, {"password": "short"})
    answer = client.post(path, {"password": NEW})

    assert (refused.status_code, list(refused.context["first_password"].errors)) == (
        422,
        ["password"],
    )
    assert answer.status_code == 302
    assert again(clerk).check_password(NEW)
    assert sign_in(clerk, NEW).get("/").url == "/sign-in/password/change/"


def test_sign_out_everywhere_needs_no_fresh_proof(administrator, clerk):
    theirs = sign_in(clerk)

    answer = sign_in(administrator).post(f"/people/{clerk.pk}/sign-out/")

    assert answer.status_code == 302
    assert theirs.get("/session/").status_code == 401


def test_lost_factors_are_offered_only_where_there_are_some(client, clerk):
    before = client.get(f"/people/{clerk.pk}/").content.decode()
    TOTP.activate(clerk, "JBSWY3DPEHPK3PXP")
    after = client.get(f"/people/{clerk.pk}/").content.decode()

    client.post(f"/people/{clerk.pk}/factors/")

    assert ("Remove second factors" in before, "Remove second factors" in after) == (False, True)
    assert events_of(Action.SECOND_FACTOR_REMOVED)[0].subject_id == str(clerk.pk)
    assert PASSWORD not in after


def seen_of(client, user):
    """The state of the person that an opened form carries."""
    page = client.get(path_of("user_change", user)).content.decode()
    return re.search(r'name="seen" value="([^"]+)"', page)[1]


def test_form_that_was_overtaken_keeps_what_was_typed_and_shows_what_stands(client, clerk):
    typed = {"display_name": "Rosa D. Ortiz", "email": "rosa@example.org", "roles": ["CLERK"]}
    seen = seen_of(client, clerk)
    users.change(
        actor=make_user(Role.ADMINISTRATOR),
        user_id=clerk.pk,
        email="rosa.delgado@example.org",
        display_name="Rosa Delgado",
    )

    stale = client.post(path_of("user_change", clerk), typed | {"seen": seen})

    text = stale.content.decode()
    assert stale.status_code == 409
    assert "Somebody changed this person while your form was open." in text
    assert "Rosa Delgado · rosa.delgado@example.org · Clerk" in text
    assert 'value="Rosa D. Ortiz"' in text
    assert again(clerk).email == "rosa.delgado@example.org"
    assert events_of(Action.USER_CHANGED)[-1].detail == {"reason": "PERSON_STALE"}

    renewed = re.search(r'name="seen" value="([^"]+)"', text)[1]
    saved = client.post(path_of("user_change", clerk), typed | {"seen": renewed})

    assert saved.status_code == 302
    assert again(clerk).display_name == "Rosa D. Ortiz"


def test_roles_that_changed_meanwhile_make_the_form_stale_too(client, clerk):
    seen = seen_of(client, clerk)
    users.set_roles(
        actor=make_user(Role.ADMINISTRATOR), user_id=clerk.pk, roles=["CLERK", "SUPERVISOR"]
    )
    typed = {"display_name": "Rosa Delgado", "email": clerk.email, "roles": ["CLERK"]}

    stale = client.post(path_of("user_change", clerk), typed | {"seen": seen})

    assert stale.status_code == 409
    assert again(clerk).role_names == {"CLERK", "SUPERVISOR"}


def test_name_that_was_taken_while_the_form_was_on_its_way_is_said(client, monkeypatch):
    monkeypatch.setattr(NewPersonForm, "clean_username", lambda form: form.cleaned_data["username"])
    make_user(Role.CLERK, username="eve")
    before = User.objects.count()

    answer = client.post(path_of("user_create"), FACTS)

    assert (answer.status_code, User.objects.count()) == (409, before)
    assert "Somebody has this sign-in name or e-mail by now." in answer.content.decode()
    assert 'value="Eve Stone"' in answer.content.decode()
    assert events_of(Action.USER_CREATED)[-1].outcome == Outcome.REFUSED


def test_address_that_was_taken_meanwhile_is_said(client, clerk, monkeypatch):
    monkeypatch.setattr(PersonForm, "clean_email", lambda form: form.cleaned_data["email"])
    other = make_user(Role.CLERK)
    typed = {"display_name": "Rosa", "email": other.email.upper(), "roles": ["CLERK"]}

    answer = client.post(path_of("user_change", clerk), typed)

    assert answer.status_code == 409
    assert again(clerk).display_name == "Rosa Delgado"

"""A form that arrives when nobody is signed in, or under another sign-in."""

import pytest
from django.test import Client

from accounts.roles import Role
from tests.builders import sign_in
from tests.factories.people import make_user

pytestmark = pytest.mark.django_db
FORM = "/sign-in/password/change/"


def post(client, **headers):
    client.handler.enforce_csrf_checks = True
    return client.post(FORM, {"oldpassword": "typed"}, headers=headers)


@pytest.mark.parametrize(
    "referer, target",
    [
        (f"http://testserver{FORM}?a=1", "/sign-in/login/?next=%2Fsign-in%2Fpassword%2Fchange%2F"),
        ("http://testserver/sign-in/login/", "/sign-in/login/"),
        ("http://elsewhere.example/x/", "/sign-in/login/"),
        ("", "/sign-in/login/"),
    ],
)
def test_form_of_somebody_signed_out_leads_to_sign_in_and_back(referer, target):
    answer = post(Client(), Referer=referer)

    text = answer.content.decode()
    assert answer.status_code == 403
    assert "<h1>You are not signed in</h1>" in text
    assert f'<a class="btn btn-primary" href="{target}">Sign in</a>' in text
    assert "typed" not in text.replace("what was typed", "")


def test_form_of_another_sign_in_is_said_to_have_expired():
    answer = post(sign_in(make_user(Role.CLERK)))

    assert answer.status_code == 403
    assert "<h1>This form has expired</h1>" in answer.content.decode()


@pytest.mark.parametrize("header", [{"HX-Request": "true"}, {"X-Requested-With": "fetch"}])
def test_script_of_somebody_signed_out_is_told_so(header):
    answer = post(Client(), **header)

    assert (answer.status_code, answer.headers["X-Sign-In"]) == (401, "/sign-in/login/")

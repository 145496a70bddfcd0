"""Each change of a second factor: asks who one is, and ends the sessions elsewhere at once."""

import json
import time

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from accounts.selectors import second_factors
from audit.enums import Action
from tests.accounts.soft_keys import SoftKey
from tests.builders import prove_again, sign_in
from tests.factories.people import make_user
from tests.trail import events_of

SECRET = "JBSWY3DPEHPK3PXP"
pytestmark = pytest.mark.django_db


def set_up_app(client, _key):
    client.get(reverse("mfa_activate_totp"))
    secret = client.session["mfa.totp.secret"]
    code = format_hotp_value(hotp_value(secret, int(time.time()) // 30))
    return reverse("mfa_activate_totp"), {"code": code}


def remove_app(client, _key):
    return reverse("mfa_deactivate_totp"), {}


def add_passkey(client, key):
    path = reverse("mfa_add_webauthn")
    asked = client.get(path).context["js_data"]["creation_options"]["publicKey"]
    answer = SoftKey(key.user, is_kept=False).registration(asked["challenge"])
    return path, {"name": "Second", "credential": json.dumps(answer)}


def remove_passkey(client, key):
    return reverse("mfa_remove_webauthn", kwargs={"pk": key.row.pk}), {}


def make_codes(client, _key):
    return reverse("mfa_generate_recovery_codes"), {}


CHANGES = {
    "app set up": (set_up_app, {"webauthn", "recovery_codes"}),
    "app removed": (remove_app, {"totp", "webauthn", "recovery_codes"}),
    "passkey added": (add_passkey, {"webauthn", "recovery_codes"}),
    "passkey removed": (remove_passkey, {"totp", "webauthn", "recovery_codes"}),
    "recovery codes made": (make_codes, {"totp", "webauthn", "recovery_codes"}),
}


@pytest.fixture
def user(db):
    return make_user(Role.CLERK)


def is_open(client):
    return client.get("/session/").status_code == 200


def give_factors(user, kinds):
    """Let a person have factors, after the sessions of the test have begun; return their key."""
    if "totp" in kinds:
        TOTP.activate(user, SECRET)
    if "recovery_codes" in kinds:
        RecoveryCodes.activate(user)
    return SoftKey(user)


@pytest.mark.goal("G-17")
@pytest.mark.parametrize("name", CHANGES)
def test_change_ends_the_sessions_elsewhere_and_keeps_this_one(
    user, name, django_capture_on_commit_callbacks
):
    change, kinds = CHANGES[name]
    elsewhere, client = sign_in(user), prove_again(sign_in(user))
    key = give_factors(user, kinds)

    # A code is of one half minute, which may turn while it is typed.
    with time_machine.travel(timezone.now(), tick=False):
        path, data = change(client, key)
        with django_capture_on_commit_callbacks(execute=True):
            client.post(path, data)

    told = events_of(
        Action.SECOND_FACTOR_ADDED, Action.SECOND_FACTOR_REMOVED, Action.RECOVERY_CODES_MADE
    )
    assert len(told) == 1
    assert (is_open(client), is_open(elsewhere)) == (True, False)


SECRETS = [
    ("mfa_activate_totp", "get", {"webauthn"}),
    ("mfa_activate_totp", "post", {"webauthn"}),
    ("mfa_deactivate_totp", "get", {"totp"}),
    ("mfa_deactivate_totp", "post", {"totp"}),
    ("mfa_add_webauthn", "get", {"webauthn"}),
    ("mfa_add_webauthn", "post", {"webauthn"}),
    ("mfa_edit_webauthn", "post", {"webauthn"}),
    ("mfa_remove_webauthn", "get", {"webauthn"}),
    ("mfa_remove_webauthn", "post", {"webauthn"}),
    ("mfa_generate_recovery_codes", "get", {"totp"}),
    ("mfa_generate_recovery_codes", "post", {"totp"}),
    ("mfa_view_recovery_codes", "get", {"recovery_codes"}),
    ("mfa_download_recovery_codes", "get", {"recovery_codes"}),
]


@pytest.mark.goal("G-18")
@pytest.mark.parametrize("name, method, kinds", SECRETS)
def test_change_and_sight_of_secrets_need_a_fresh_proof(user, name, method, kinds):
    client = sign_in(user)
    key = give_factors(user, kinds)
    own = {"pk": key.row.pk} if name in ("mfa_edit_webauthn", "mfa_remove_webauthn") else {}
    before = list(Authenticator.objects.order_by("pk").values())

    answer = getattr(client, method)(reverse(name, kwargs=own))

    assert answer.status_code == 302
    assert answer.url.partition("?")[0].endswith("/reauthenticate/")
    assert list(Authenticator.objects.order_by("pk").values()) == before


VOID = "New recovery codes are made; the old ones are void."
FIRST = "Recovery codes are made. Keep them on paper"


def said_after(client, change):
    """What is said of recovery codes on the next page, once the change is committed."""
    path, data = change
    client.post(path, data)
    page = client.get(reverse("mfa_view_recovery_codes")).content.decode()
    return [text for text in (FIRST, VOID) if text in page]


@pytest.mark.committed
def test_old_codes_are_called_void_only_where_there_were_some():
    user, other = make_user(Role.CLERK), make_user(Role.CLERK)
    client, first = prove_again(sign_in(user)), prove_again(sign_in(other))
    TOTP.activate(other, SECRET)

    with time_machine.travel(timezone.now(), tick=False):
        with_the_factor = said_after(client, set_up_app(client, None))
    again = said_after(client, make_codes(client, None))
    by_themselves = said_after(first, make_codes(first, None))

    assert (with_the_factor, again, by_themselves) == ([FIRST], [VOID], [FIRST])


def test_codes_that_are_all_used_are_none_to_void(user):
    RecoveryCodes.activate(user)
    codes = Authenticator.objects.get(user=user, type="recovery_codes").wrap()
    before = second_factors.has_unused_codes(user)

    for code in codes.get_unused_codes():
        codes.validate_code(code)

    assert (before, second_factors.has_unused_codes(user)) == (True, False)

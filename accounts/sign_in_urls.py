"""Addresses of sign-in: allauth's, without those by which a house of its own staff is no safer.

The same names stand here first, so that allauth's own links lead to what is left of them.
"""

from __future__ import annotations

from django.urls import include, path, re_path

from accounts.views import sessions, sign_in

urlpatterns = [
    path("email/", sign_in.closed, name="account_email"),
    path("confirm-email/", sign_in.closed, name="account_email_verification_sent"),
    re_path(r"^confirm-email/(?P<key>[-:\w]+)/$", sign_in.closed, name="account_confirm_email"),
    path("login/code/confirm/", sign_in.closed, name="account_confirm_login_code"),
    path("password/set/", sign_in.closed, name="account_set_password"),
    path("password/reset/", sign_in.password_forgotten, name="account_reset_password"),
    path("password/reset/done/", sign_in.password_forgotten, name="account_reset_password_done"),
    path(
        "password/reset/key/done/",
        sign_in.password_forgotten,
        name="account_reset_password_from_key_done",
    ),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        sign_in.password_forgotten,
        name="account_reset_password_from_key",
    ),
    path("sessions/<int:session_id>/end/", sessions.session_end, name="usersessions_end"),
    path("", include("allauth.urls")),
]

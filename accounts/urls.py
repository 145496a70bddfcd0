"""Addresses of this room's pages."""

from __future__ import annotations

from django.urls import path

from accounts.views import users

app_name = "accounts"

urlpatterns = [
    path("", users.user_list, name="user_list"),
    path("new/", users.user_create, name="user_create"),
    path("<int:user_id>/", users.user_change, name="user_change"),
    path("<int:user_id>/disable/", users.user_disable, name="user_disable"),
    path("<int:user_id>/enable/", users.user_enable, name="user_enable"),
    path("<int:user_id>/password/", users.user_reset_password, name="user_reset_password"),
    path("<int:user_id>/factors/", users.user_remove_factors, name="user_remove_factors"),
    path("<int:user_id>/sign-out/", users.user_end_sessions, name="user_end_sessions"),
]

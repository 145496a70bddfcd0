"""The short address of one-time links, for people without a sign-in."""

from __future__ import annotations

from django.urls import path

from requests_release.views import links

app_name = "release_links"

urlpatterns = [path("<str:token>/", links.link_download, name="link_download")]

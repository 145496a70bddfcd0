"""Packages: the pages of one approved request, bound into one file."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from requests_release.enums import PackageState, PartKind
from requests_release.models.requests import Request


class Package(models.Model):
    """One attempt to bind the pages of a request as they were approved.

    The manifest names, for every page of the finished file, where it came from and the hash of
    that source; its own hash goes into the disclosure.
    """

    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="packages")
    number = models.PositiveSmallIntegerField(help_text="Attempt, from 1")
    job = models.ForeignKey(
        "jobs.Job", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    state = models.CharField(max_length=8, choices=PackageState, default=PackageState.BUILDING)
    front_pages = models.PositiveSmallIntegerField(default=0)
    plan = models.JSONField(default=list, help_text="Pages to bind, as they were approved")
    manifest = models.JSONField(null=True, blank=True)
    manifest_sha256 = models.CharField(max_length=64, blank=True, default="")
    sha256 = models.CharField(max_length=64, blank=True, default="")
    page_count = models.PositiveIntegerField(default=0)
    error_code = models.CharField(max_length=80, blank=True, default="")
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    ready_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                "request", "number", name="requests_release_package_number_is_unique"
            ),
            models.UniqueConstraint(
                "request",
                condition=Q(state__in=[PackageState.BUILDING, PackageState.READY]),
                name="requests_release_package_one_that_counts",
            ),
            models.CheckConstraint(
                condition=Q(state__in=PackageState.values),
                name="requests_release_package_state_is_known",
            ),
            models.CheckConstraint(
                condition=~Q(state=PackageState.READY)
                | (
                    Q(ready_at__isnull=False, manifest__isnull=False, page_count__gt=0)
                    & ~Q(sha256="")
                    & ~Q(manifest_sha256="")
                ),
                name="requests_release_package_ready_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"package {self.pk}"


class PackagePart(models.Model):
    """Bytes of a package in the vault; never changed, only erased."""

    package = models.ForeignKey(Package, on_delete=models.PROTECT, related_name="parts")
    kind = models.CharField(max_length=5, choices=PartKind)
    byte_size = models.BigIntegerField()
    page_count = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    storage_name = models.CharField(max_length=120, unique=True)
    wrapped_key = models.BinaryField(null=True, blank=True)
    key_id = models.CharField(max_length=40)
    key_erased_at = models.DateTimeField(null=True, blank=True)
    bytes_removed_at = models.DateTimeField(null=True, blank=True)
    stored_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                "package", "kind", name="requests_release_packagepart_kind_once"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=PartKind.values),
                name="requests_release_packagepart_kind_is_known",
            ),
            models.CheckConstraint(
                condition=Q(wrapped_key__isnull=False, key_erased_at__isnull=True)
                | Q(wrapped_key__isnull=True, key_erased_at__isnull=False),
                name="requests_release_packagepart_key_or_erased_at",
            ),
            models.CheckConstraint(
                condition=Q(bytes_removed_at__isnull=True)
                | Q(bytes_removed_at__gte=F("key_erased_at")),
                name="requests_release_packagepart_key_erased_before_bytes",
            ),
        ]

    def __str__(self) -> str:
        return f"part {self.pk}"

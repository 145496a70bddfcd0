"""Rows of custody and rights say who changed them."""

from django.db import migrations

from audit.append_only import TrackChanges


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0002_initial"),
        ("audit", "0001_initial"),
    ]

    operations = [
        TrackChanges("access_facility"),
        TrackChanges("access_custodyunit"),
        TrackChanges("access_chart"),
        TrackChanges("access_chartunit"),
        TrackChanges("access_unituserpermission"),
        TrackChanges("access_unitgrouppermission"),
        TrackChanges("access_chartuserpermission"),
        TrackChanges("access_brokenglass"),
    ]

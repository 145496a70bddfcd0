"""Rows of people and roles say who changed them; the system has a user of its own."""

from django.db import migrations

from audit.append_only import TrackChanges


def make_system_user(apps, schema_editor):
    """Scheduled work is done in somebody's name: an inactive user that cannot sign in."""
    apps.get_model("accounts", "User").objects.create(
        username="system",
        display_name="Chartroom (scheduled)",
        email="",
        is_active=False,
        password="!",  # noqa: S106  (no hash matches it: nobody can sign in)
    )


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("audit", "0001_initial"),
    ]

    operations = [
        TrackChanges("accounts_user"),
        TrackChanges("accounts_user_groups"),
        migrations.RunPython(make_system_user, migrations.RunPython.noop),
    ]

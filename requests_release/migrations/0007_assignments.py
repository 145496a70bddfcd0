"""To whom a request was given, by whom, and how it lay before: so that it can be taken back."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from audit.append_only import InsertOnly, TrackChanges

NAME = """
CREATE FUNCTION requests_release_guard_giver() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NEW.assigned_by_id::text IS DISTINCT FROM current_setting('chartroom.actor', true) THEN
        RAISE EXCEPTION 'Nobody gives a request in the name of another person'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER requests_release_assignment_name BEFORE INSERT
    ON requests_release_requestassignment FOR EACH ROW
    EXECUTE FUNCTION requests_release_guard_giver();
"""
DROP_NAME = """
DROP TRIGGER requests_release_assignment_name ON requests_release_requestassignment;
DROP FUNCTION requests_release_guard_giver();
"""


def person(**options):
    """Return a link to somebody who signs in."""
    return models.ForeignKey(
        on_delete=django.db.models.deletion.PROTECT,
        related_name="+",
        to=settings.AUTH_USER_MODEL,
        **options,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0001_initial"),
        ("requests_release", "0006_contacts_of_requesters"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="RequestAssignment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "version",
                    models.PositiveIntegerField(help_text="Of the request, once it was given"),
                ),
                ("is_undoing", models.BooleanField(default=False)),
                ("assigned_at", models.DateTimeField()),
                ("assigned_by", person()),
                ("assigned_by_before", person(null=True)),
                ("person", person(null=True)),
                ("person_before", person(null=True)),
                (
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="assignments",
                        to="requests_release.request",
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "indexes": [
                    models.Index(fields=["request", "id"], name="requests_assignments_in_order")
                ],
            },
        ),
        migrations.RunSQL(NAME, DROP_NAME),
        InsertOnly("requests_release_requestassignment"),
        TrackChanges("requests_release_requestassignment"),
    ]

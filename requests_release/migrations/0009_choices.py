"""Who chose documents and pages of a request or took some out, and who noted a revocation, when.

Requests from before have no such rows: what was taken out left none, and nobody can say now.
"""

import django.db.models.deletion
from django.conf import settings
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models
from django.db.models import F, Q

from audit.append_only import InsertOnly, TrackChanges

NAME = """
CREATE FUNCTION requests_release_guard_chooser() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NEW.chosen_by_id::text IS DISTINCT FROM current_setting('chartroom.actor', true) THEN
        RAISE EXCEPTION 'Nobody chooses documents in the name of another person'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER requests_release_choice_name BEFORE INSERT
    ON requests_release_requestchoice FOR EACH ROW
    EXECUTE FUNCTION requests_release_guard_chooser();
"""
DROP_NAME = """
DROP TRIGGER requests_release_choice_name ON requests_release_requestchoice;
DROP FUNCTION requests_release_guard_chooser();
"""
TOGETHER = "requests_release_authorization_revocation_at_and_by_together"
# Revocations from before have no time; nothing about them changes any more.
VALIDATE = f"""
DO $$
BEGIN
    ALTER TABLE requests_release_authorization VALIDATE CONSTRAINT {TOGETHER};
EXCEPTION WHEN check_violation THEN
    RAISE NOTICE 'Revocations from before this rule have no time: {TOGETHER}';
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0001_initial"),
        ("requests_release", "0008_order_of_days"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="RequestChoice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("added_count", models.PositiveIntegerField()),
                ("removed_count", models.PositiveIntegerField()),
                ("changed_count", models.PositiveIntegerField()),
                ("document_count", models.PositiveIntegerField(help_text="Chosen from then on")),
                ("page_count", models.PositiveIntegerField(help_text="Chosen from then on")),
                ("chosen_at", models.DateTimeField(auto_now_add=True)),
                (
                    "chosen_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="choices",
                        to="requests_release.request",
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "indexes": [
                    models.Index(fields=["request", "id"], name="requests_choices_in_order")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(added_count__gt=0)
                        | Q(removed_count__gt=0)
                        | Q(changed_count__gt=0),
                        name="requests_release_choice_changes_something",
                    ),
                    models.CheckConstraint(
                        condition=Q(document_count__gte=F("added_count") + F("changed_count"))
                        & Q(page_count__gte=F("document_count")),
                        name="requests_release_choice_numbers_agree",
                    ),
                ],
            },
        ),
        migrations.RunSQL(NAME, DROP_NAME),
        InsertOnly("requests_release_requestchoice"),
        TrackChanges("requests_release_requestchoice"),
        migrations.AddField(
            model_name="authorization",
            name="revocation_recorded_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        AddConstraintNotValid(
            model_name="authorization",
            constraint=models.CheckConstraint(
                condition=Q(
                    revocation_recorded_at__isnull=True, revocation_recorded_by__isnull=True
                )
                | Q(revocation_recorded_at__isnull=False, revocation_recorded_by__isnull=False),
                name=TOGETHER,
            ),
        ),
        migrations.RunSQL(VALIDATE, migrations.RunSQL.noop),
    ]

"""A download that broke off may be made again for a short while, a few times."""

import django.db.models.deletion
from django.db import migrations, models

from audit.append_only import InsertOnly, TrackChanges

# The row of the link is the lock on which repeats at the same moment wait for each other.
GUARD = """
CREATE FUNCTION requests_release_guard_repeat() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    used timestamptz;
BEGIN
    NEW.at := now();
    SELECT used_at INTO used FROM requests_release_delivery
    WHERE id = NEW.delivery_id AND method = 'PORTAL' FOR UPDATE;
    IF used IS NULL OR NEW.at > used + interval '15 minutes' THEN
        RAISE EXCEPTION 'A file is given again only within 15 minutes after its download'
            USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (
        SELECT FROM requests_release_repeat
        WHERE delivery_id = NEW.delivery_id AND outcome = 'ARRIVED'
    ) THEN
        RAISE EXCEPTION 'All of the file has arrived: its link has ended'
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.outcome = 'GIVEN' AND (
        SELECT count(*) FROM requests_release_repeat
        WHERE delivery_id = NEW.delivery_id AND outcome = 'GIVEN'
    ) >= 2 THEN
        RAISE EXCEPTION 'A file is given again twice at most' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER requests_release_repeat_guard BEFORE INSERT ON requests_release_repeat
    FOR EACH ROW EXECUTE FUNCTION requests_release_guard_repeat();
"""
DROP_GUARD = """
DROP TRIGGER requests_release_repeat_guard ON requests_release_repeat;
DROP FUNCTION requests_release_guard_repeat();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0001_initial"),
        ("requests_release", "0003_words_of_delivery"),
    ]

    operations = [
        migrations.CreateModel(
            name="Repeat",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("GIVEN", "File given again"),
                            ("WRONG", "Wrong passcode"),
                            ("ARRIVED", "All of the file arrived"),
                        ],
                        max_length=7,
                    ),
                ),
                ("at", models.DateTimeField(auto_now_add=True)),
                (
                    "delivery",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="repeats",
                        to="requests_release.delivery",
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("outcome__in", ["GIVEN", "WRONG", "ARRIVED"])),
                        name="requests_release_repeat_outcome_is_known",
                    ),
                    models.UniqueConstraint(
                        models.F("delivery"),
                        condition=models.Q(("outcome", "ARRIVED")),
                        name="requests_release_repeat_arrives_once",
                    ),
                ],
            },
        ),
        migrations.RunSQL(GUARD, DROP_GUARD),
        InsertOnly("requests_release_repeat"),
        TrackChanges("requests_release_repeat"),
    ]

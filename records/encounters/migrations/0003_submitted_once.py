"""A form sent twice admits once; a transfer says between which attendings."""

import django.db.models.deletion
from django.db import migrations, models


def attending() -> models.ForeignKey:
    return models.ForeignKey(
        "encounters.provider",
        blank=True,
        null=True,
        on_delete=django.db.models.deletion.PROTECT,
        related_name="+",
    )


class Migration(migrations.Migration):
    dependencies = [
        ("encounters", "0002_promises"),
    ]

    operations = [
        migrations.AddField(
            "encounter",
            "submission_key",
            models.UUIDField(
                blank=True,
                help_text="Of the form sent, so that one sent twice admits once",
                null=True,
            ),
        ),
        migrations.AddConstraint(
            "encounter",
            models.UniqueConstraint("submission_key", name="encounters_encounter_submitted_once"),
        ),
        migrations.AddField("encountermove", "from_attending", attending()),
        migrations.AddField("encountermove", "to_attending", attending()),
        migrations.AddIndex(
            "encountermove",
            models.Index(fields=["from_attending", "moved_at"], name="encounters_move_attending"),
        ),
    ]

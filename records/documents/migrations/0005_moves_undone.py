"""A move knows where in the chart its document was, and whether anything has happened since."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("documents", "0004_receipt_given"),
        ("encounters", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="documentmove",
            name="from_encounter",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="encounters.encounter",
            ),
        ),
        migrations.AddField(
            model_name="documentmove",
            name="is_undoing",
            field=models.BooleanField(default=False),
        ),
        # No document has version 0: moves from before are put right by hand.
        migrations.AddField(
            model_name="documentmove",
            name="lock_version",
            field=models.PositiveIntegerField(
                default=0, help_text="Of the document, once it was moved"
            ),
            preserve_default=False,
        ),
    ]

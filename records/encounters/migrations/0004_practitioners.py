"""Practitioners are kept at a desk; a form sent twice adds one."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("encounters", "0003_submitted_once"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="provider",
            options={
                "default_permissions": (),
                "permissions": [
                    ("manage_providers", "Can add and change practitioners"),
                    ("link_provider", "Can link practitioners to sign-ins"),
                ],
            },
        ),
        migrations.AddField(
            "provider",
            "submission_key",
            models.UUIDField(
                blank=True,
                help_text="Of the form sent, so that one sent twice adds once",
                null=True,
            ),
        ),
        migrations.AddConstraint(
            "provider",
            models.UniqueConstraint("submission_key", name="encounters_provider_submitted_once"),
        ),
    ]

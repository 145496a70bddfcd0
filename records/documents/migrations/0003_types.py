"""The types of document that a house starts with, and the key by which a form files once."""

from django.db import migrations, models

from records.documents.seeds import TYPES


def add_types(apps, schema_editor):
    """Add the types; a house renames or closes them afterwards."""
    document_type = apps.get_model("documents", "DocumentType")
    for code, name, section, position, sensitivity in TYPES:
        document_type.objects.create(
            code=code,
            name=name,
            section=section,
            position=position,
            default_sensitivity=sensitivity,
        )


class Migration(migrations.Migration):
    dependencies = [
        ("documents", "0002_promises"),
    ]

    operations = [
        migrations.AddField(
            model_name="document",
            name="filing_key",
            field=models.UUIDField(
                blank=True,
                help_text="Of the form, so that it files once",
                null=True,
                unique=True,
            ),
        ),
        migrations.RunPython(add_types, migrations.RunPython.noop),
    ]

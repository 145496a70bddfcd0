"""Which form made a link, so that the same form sent twice leads to that link."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("requests_release", "0009_choices")]

    operations = [
        migrations.AddField(
            model_name="delivery",
            name="form_key",
            field=models.UUIDField(
                blank=True,
                help_text="Of the form that made a link, sent once",
                null=True,
                unique=True,
            ),
        ),
    ]

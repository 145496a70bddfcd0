"""Who may take lists of charts and holds out of the house as files."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("retention", "0006_words_of_destroyed")]

    operations = [
        migrations.AlterModelOptions(
            name="batch",
            options={
                "default_permissions": (),
                "permissions": [
                    ("view_retention", "Can see schedules, due charts and batches"),
                    ("propose_batch", "Can propose destruction"),
                    ("approve_first", "Can give the first approval of destruction"),
                    ("approve_second", "Can give the second approval of destruction and start it"),
                    ("export_list", "Can take lists of charts and holds out as files"),
                ],
                "verbose_name_plural": "batches",
            },
        ),
    ]

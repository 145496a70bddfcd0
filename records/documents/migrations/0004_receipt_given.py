"""A file that waits again keeps its receipt: the moment is given, and now by default."""

import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("documents", "0003_types"),
    ]

    operations = [
        migrations.AlterField(
            model_name="unfiledfile",
            name="received_at",
            field=models.DateTimeField(default=django.utils.timezone.now, editable=False),
        ),
    ]

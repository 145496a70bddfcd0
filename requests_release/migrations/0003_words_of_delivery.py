"""Words of the ways in which copies leave the house; nothing changes in the database."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("requests_release", "0002_promises"),
    ]

    operations = [
        migrations.AlterField(
            model_name="delivery",
            name="method",
            field=models.CharField(
                choices=[
                    ("PICKUP", "Handed over"),
                    ("MAIL", "Mailed"),
                    ("FAX", "Faxed to a verified number"),
                    ("PORTAL", "One-time link"),
                    ("EMAIL_ENCRYPTED", "Encrypted e-mail"),
                    ("EMAIL_PLAIN", "Plain e-mail, risk accepted by the patient"),
                    ("MEDIA", "Disc or memory stick"),
                    ("DIRECT", "Direct message"),
                    ("INSPECTION", "Inspected on the premises"),
                ],
                max_length=15,
            ),
        ),
    ]

"""Other contacts of a requester are a row of their own, so that no request loses its own."""

import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("requests_release", "0005_in_ones_own_name"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="requester",
            name="requests_release_requester_once_for_each_address",
        ),
        migrations.AddConstraint(
            model_name="requester",
            constraint=models.UniqueConstraint(
                models.F("kind"),
                django.db.models.functions.text.Lower("name"),
                django.db.models.functions.text.Lower("address"),
                models.F("phone"),
                models.F("fax"),
                django.db.models.functions.text.Lower("email"),
                name="requests_release_requester_once_for_each_contact",
            ),
        ),
    ]

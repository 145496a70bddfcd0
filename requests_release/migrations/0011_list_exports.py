"""Who may take lists of requests and disclosures out of the house as files."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("requests_release", "0010_forms_of_links")]

    operations = [
        migrations.AlterModelOptions(
            name="request",
            options={
                "default_permissions": (),
                "permissions": [
                    ("view_request", "Can see release requests"),
                    ("prepare_request", "Can log and prepare release requests"),
                    ("approve_request", "Can approve, return and deny release requests"),
                    ("deliver_release", "Can deliver released copies"),
                    ("print_accounting", "Can print a patient's accounting of disclosures"),
                    ("export_list", "Can take lists of requests and disclosures out as files"),
                ],
            },
        ),
    ]

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AuditConfig(AppConfig):
    name = "audit"
    label = "audit"
    verbose_name = "Access log"

    def ready(self) -> None:
        """Apply every room's grants once, at the end of `migrate`."""
        from audit import grants  # after the settings are complete

        post_migrate.connect(grants.apply_after_migrate, sender=self)

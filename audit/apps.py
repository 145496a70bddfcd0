from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AuditConfig(AppConfig):
    name = "audit"
    label = "audit"
    verbose_name = "Access log"

    def ready(self) -> None:
        """Apply every room's grants once, at the end of `migrate`; name the log's own subjects."""
        from audit import grants, labels  # after the settings are complete

        labels.register()
        post_migrate.connect(grants.apply_after_migrate, sender=self)

from importlib import import_module

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    name = "config"
    label = "config"
    verbose_name = "Settings and start"

    def ready(self) -> None:
        """Make the queue's application the current one; show the work of the house itself."""
        import_module("config.celery")
        import_module("config.work").register()

from importlib import import_module

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    name = "config"
    label = "config"
    verbose_name = "Settings and start"

    def ready(self) -> None:
        """Make the queue's application the current one, so that tasks sent from here use it."""
        import_module("config.celery")

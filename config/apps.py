from importlib import import_module
from types import ModuleType

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    name = "config"
    label = "config"
    verbose_name = "Settings and start"

    def __init__(self, app_name: str, app_module: ModuleType | None) -> None:
        """Set the words of forms before any room makes its own."""
        super().__init__(app_name, app_module)
        import_module("config.forms").set_words()

    def ready(self) -> None:
        """Make the queue's application the current one; show the work of the house itself."""
        import_module("config.celery")
        import_module("config.work").register()

from django.apps import AppConfig


class RequestsReleaseConfig(AppConfig):
    name = "requests_release"
    label = "requests_release"
    verbose_name = "Release of information"

    def ready(self) -> None:
        from requests_release import (
            grants,  # noqa: F401  (registration on import)
            registrations,  # models are loaded only now
        )

        registrations.register_all()

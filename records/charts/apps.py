from django.apps import AppConfig


class ChartsConfig(AppConfig):
    name = "records.charts"
    label = "charts"
    verbose_name = "Charts"

    def ready(self) -> None:
        from records.charts import own_panels  # models are loaded only now

        own_panels.register_all()

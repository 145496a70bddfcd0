from django.apps import AppConfig


class ChartsConfig(AppConfig):
    name = "records.charts"
    label = "charts"
    verbose_name = "Charts"

from django.apps import AppConfig


class InterchangeConfig(AppConfig):
    name = "records.interchange"
    label = "interchange"
    verbose_name = "Interchange"

from django.apps import AppConfig


class MonitoringConfig(AppConfig):
    name = "programs.monitoring"
    label = "monitoring"

from django.apps import AppConfig


class LogbookConfig(AppConfig):
    name = "programs.logbook"
    label = "logbook"

from django.apps import AppConfig


class HomeConfig(AppConfig):
    name = "programs.home"
    label = "home"

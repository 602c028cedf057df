from django.apps import AppConfig


class SafetyConfig(AppConfig):
    name = "programs.safety"
    label = "safety"

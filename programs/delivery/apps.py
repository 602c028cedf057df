from django.apps import AppConfig


class DeliveryConfig(AppConfig):
    name = "programs.delivery"
    label = "delivery"

from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "programs.exchange"
    label = "exchange"

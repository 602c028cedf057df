from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "programs.accounts"
    label = "accounts"

from django.apps import AppConfig


class ConversationsConfig(AppConfig):
    name = "programs.conversations"
    label = "conversations"

from django.urls import path

from programs.conversations import views

app_name = "conversations"
urlpatterns = [
    path("messages/", views.messages, name="messages"),
]

from django.urls import path

from programs.exchange import views

app_name = "exchange"
urlpatterns = [
    path("me/record.json", views.export, name="export"),
]

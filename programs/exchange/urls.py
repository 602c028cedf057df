from django.urls import path

from programs.exchange import views

app_name = "exchange"
urlpatterns = [
    path("me/record.json", views.export, name="export"),
    path("me/record.zip", views.export_tables, name="export_tables"),
    path("me/delete/", views.delete, name="delete"),
    path("goodbye/", views.goodbye, name="goodbye"),
]

from django.urls import path

from programs.monitoring import views

app_name = "monitoring"
urlpatterns = [
    path("flags/<uuid:flag_id>/acknowledge/", views.acknowledge, name="acknowledge"),
    path("flags/<uuid:flag_id>/resolve/", views.resolve, name="resolve"),
]

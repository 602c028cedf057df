from django.urls import path

from programs.delivery import views

app_name = "delivery"
urlpatterns = [
    path("notices/", views.notices, name="notices"),
    path("healthz/live", views.live, name="live"),
    path("healthz/ready", views.ready, name="ready"),
]

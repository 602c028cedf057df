from django.urls import path

from programs.delivery import views

app_name = "delivery"
urlpatterns = [
    path("notices/", views.notices, name="notices"),
    path("service-worker.js", views.service_worker, name="service_worker"),
    path("manifest.webmanifest", views.manifest, name="manifest"),
    path("push/browsers/", views.browsers, name="browsers"),
    path("push/browsers/<uuid:subscription_id>/remove/", views.remove_browser, name="remove_browser"),
    path("push/tests/", views.start_test, name="start_test"),
    path("push/tests/<uuid:test_id>/", views.test, name="test"),
    path("unsubscribe/<str:token>/", views.unsubscribe, name="unsubscribe"),
    path("healthz/live", views.live, name="live"),
    path("healthz/ready", views.ready, name="ready"),
]

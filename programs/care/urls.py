from django.urls import path

from programs.care import views

app_name = "care"
urlpatterns = [
    path("patients/<uuid:patient_id>/plan/", views.assign, name="assign"),
    path("plans/<uuid:plan_id>/doses/", views.change_doses, name="change_doses"),
]

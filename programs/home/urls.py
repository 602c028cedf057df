from django.urls import path

from programs.home.views import caseload, clinic, patient, today

app_name = "home"
urlpatterns = [
    path("", today.start, name="start"),
    path("caseload/", caseload.show, name="caseload"),
    path("patients/<uuid:patient_id>/", patient.show, name="patient"),
    path("clinic/", clinic.show, name="clinic"),
    path("clinic/emergency-number/", clinic.emergency_number, name="emergency_number"),
]

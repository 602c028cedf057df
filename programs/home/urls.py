from django.urls import path

from programs.home.views import (
    breaks,
    caseload,
    clinic,
    engine,
    home_screen,
    patient,
    progress,
    relief,
    sheet,
    styleguide,
    today,
)

app_name = "home"
urlpatterns = [
    path("", today.start, name="start"),
    path("breaks/history/", breaks.history, name="break_history"),
    path("progress/", progress.show, name="progress"),
    path("sheet/", sheet.show, name="sheet"),
    path("relief/", relief.show, name="relief"),
    path("home-screen/", home_screen.show, name="home_screen"),
    path("caseload/", caseload.show, name="caseload"),
    path("patients/<uuid:patient_id>/", patient.show, name="patient"),
    path("styleguide/", styleguide.show, name="styleguide"),
    path("clinic/", clinic.show, name="clinic"),
    path("clinic/engine/", engine.show, name="engine"),
    path("healthz/engine", engine.health, name="engine_health"),
    path("clinic/patients/<uuid:patient_id>/care/", clinic.care, name="care"),
    path(
        "clinic/patients/<uuid:patient_id>/care/<uuid:therapist_id>/end/",
        clinic.stop_care,
        name="stop_care",
    ),
    path("clinic/emergency-number/", clinic.emergency_number, name="emergency_number"),
]

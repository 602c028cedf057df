from django.urls import path

from programs.safety.views import clinicians, help, on_hold, questions

app_name = "safety"
urlpatterns = [
    path("help/", help.help_page, name="help"),
    path("safety/", questions.questions, name="questions"),
    path("safety/help-now/", on_hold.help_now, name="help_now"),
    path("safety/see-someone/", on_hold.urgent, name="urgent"),
    path("safety/soon/", on_hold.soon, name="soon"),
    path("safety/ask-first/", on_hold.ask_first, name="ask_first"),
    path("safety/checked/", on_hold.checked, name="checked"),
    path("safety/holds/<uuid:lock_id>/", clinicians.end_hold, name="end_hold"),
    path("safety/conditions/<uuid:condition_id>/", clinicians.clear, name="clear"),
]

from django.urls import path

from programs.reminders import views

app_name = "reminders"
urlpatterns = [
    path("breaks/", views.breaks, name="breaks"),
    path("breaks/pause/", views.pause, name="pause"),
    path("breaks/prompt/", views.prompt, name="prompt"),
    path("breaks/prompt/<uuid:prompt_id>/answer/", views.answer, name="answer"),
    path("breaks/prompt/<uuid:prompt_id>/snooze/", views.snooze, name="snooze"),
]

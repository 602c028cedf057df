from django.urls import path

from programs.logbook.views import daily_check, history, session

app_name = "logbook"
urlpatterns = [
    path("check/", daily_check.daily_check, name="daily_check"),
    path("session/", session.session_start, name="session_start"),
    path("session/exercise/<int:number>/", session.session_exercise, name="session_exercise"),
    path("session/pause/", session.session_pause, name="session_pause"),
    path("session/after/", session.session_after, name="session_after"),
    path("session/<uuid:session_id>/done/", session.session_done, name="session_done"),
    path("history/", history.history, name="history"),
]

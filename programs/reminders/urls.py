from django.urls import path

from programs.reminders.views import breaks, calendars, now, prompt, reminders

app_name = "reminders"
urlpatterns = [
    path("breaks/", breaks.breaks, name="breaks"),
    path("breaks/moved/", breaks.moved, name="moved"),
    path("breaks/now/", now.now, name="now"),
    path("breaks/pause/", breaks.pause, name="pause"),
    path("breaks/review/", breaks.review, name="review"),
    path("breaks/wish/", breaks.wish, name="wish"),
    path("breaks/prompt/", prompt.prompt, name="prompt"),
    path("breaks/prompt/<uuid:prompt_id>/", prompt.prompt_page, name="prompt_page"),
    path("breaks/prompt/<uuid:prompt_id>/answer/", prompt.answer, name="answer"),
    path("breaks/prompt/<uuid:prompt_id>/snooze/", prompt.snooze, name="snooze"),
    path("reminders/", reminders.reminders, name="reminders"),
    path("reminders/suggested/", reminders.take_suggested, name="suggested"),
    path("reminders/stop/", reminders.stop, name="stop"),
    path("reminders/start/", reminders.start, name="start"),
    path("reminders/email/", reminders.take_email, name="take_email"),
    path("reminders/open/", reminders.open_reminder, name="open"),
    path("reminders/notice/", reminders.notice, name="notice"),
    path("reminders/not-today/", reminders.decline, name="not_today"),
    path("reminders/calendar/", calendars.calendar, name="calendar"),
    path("reminders/calendar/remove/", calendars.remove, name="remove_calendar"),
    path("reminders/calendar/feed/", calendars.renew_feed, name="renew_feed"),
    path("reminders/calendar/feed/end/", calendars.end_feed, name="end_feed"),
    path("calendar/<str:secret>.ics", calendars.feed, name="calendar_feed"),
]

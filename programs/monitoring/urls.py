from django.urls import path

from programs.monitoring.views import flags, own

app_name = "monitoring"
urlpatterns = [
    path("flags/<uuid:flag_id>/acknowledge/", flags.acknowledge, name="acknowledge"),
    path("flags/<uuid:flag_id>/snooze/", flags.snooze, name="snooze"),
    path("flags/<uuid:flag_id>/resolve/", flags.resolve, name="resolve"),
    path("why/<uuid:flag_id>/", own.why, name="why"),
    path("check-in/<uuid:check_in_id>/", own.check_in, name="check_in"),
]

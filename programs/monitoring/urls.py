from django.urls import path

from programs.monitoring.views import flags, own, take_over

app_name = "monitoring"
urlpatterns = [
    path("flags/<uuid:flag_id>/acknowledge/", flags.acknowledge, name="acknowledge"),
    path("flags/<uuid:flag_id>/snooze/", flags.snooze, name="snooze"),
    path("flags/<uuid:flag_id>/resolve/", flags.resolve, name="resolve"),
    path("flags/<uuid:flag_id>/take-over/", take_over.take_over, name="take_over"),
    path("why/<uuid:flag_id>/", own.why, name="why"),
    path("check-in/<uuid:check_in_id>/", own.check_in, name="check_in"),
]

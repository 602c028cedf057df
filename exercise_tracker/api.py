"""Every REST endpoint on one screen."""

from allauth.headless.account.views import LoginView, SessionView
from allauth.headless.constants import Client
from django.urls import URLPattern, URLResolver, include, path
from drf_spectacular.views import SpectacularAPIView
from rest_framework.routers import SimpleRouter

from programs.accounts.api import MeViewSet
from programs.care.api import PlanViewSet
from programs.delivery.api import (
    PushKeyViewSet,
    PushReceiptViewSet,
    PushSubscriptionViewSet,
    PushTestViewSet,
)
from programs.exchange.api import SyncViewSet
from programs.home.api import ProgressViewSet, TodayViewSet
from programs.lib.schema import DocumentationView
from programs.library.api import ArticleViewSet, ExerciseViewSet, ProgramViewSet
from programs.logbook.api import (
    DailyCheckViewSet,
    DirectionTryViewSet,
    IntakeViewSet,
    MorningCheckViewSet,
    OwnStageViewSet,
    PlanStageViewSet,
    PlayerKitViewSet,
    SessionViewSet,
    StageTestViewSet,
    WeeklyCheckViewSet,
)
from programs.monitoring.api import CheckInViewSet, FlagViewSet, MyFlagViewSet
from programs.reminders.api import BreakRuleViewSet, MovementBreakViewSet, PromptViewSet
from programs.reminders.api.calendars import BusyCalendarViewSet, CalendarFeedViewSet
from programs.reminders.api.now import BreakNowViewSet
from programs.reminders.api.pushed import PushedPromptViewSet
from programs.reminders.api.reminders import RemindersViewSet
from programs.reminders.api.statistics import BreakStatisticsViewSet, PlanBreaksViewSet
from programs.safety.api import (
    ConditionViewSet,
    SafetyLockViewSet,
    SafetyStatusViewSet,
    SafetyViewSet,
    ScreeningViewSet,
)

router = SimpleRouter()
router.register("plans", PlanViewSet, basename="plan")
router.register("sessions", SessionViewSet, basename="session")
router.register("daily-checks", DailyCheckViewSet, basename="daily-check")
router.register("weekly-checks", WeeklyCheckViewSet, basename="weekly-check")
router.register("morning-checks", MorningCheckViewSet, basename="morning-check")
router.register("intakes", IntakeViewSet, basename="intake")
router.register("stage-tests", StageTestViewSet, basename="stage-test")
router.register("direction-tries", DirectionTryViewSet, basename="direction-try")
router.register("exercises", ExerciseViewSet, basename="exercise")
router.register("programs", ProgramViewSet, basename="program")
router.register("articles", ArticleViewSet, basename="article")
router.register("prompts", PromptViewSet, basename="prompt")
router.register("movement-breaks", MovementBreakViewSet, basename="movement-break")
router.register("flags", FlagViewSet, basename="flag")
router.register("my-flags", MyFlagViewSet, basename="my-flag")
router.register("check-ins", CheckInViewSet, basename="check-in")
router.register("push/subscriptions", PushSubscriptionViewSet, basename="push-subscription")
router.register("safety/screenings", ScreeningViewSet, basename="safety-screening")
router.register("safety/locks", SafetyLockViewSet, basename="safety-lock")
router.register("safety/conditions", ConditionViewSet, basename="safety-condition")

endpoints: list[URLPattern | URLResolver] = [
    path("me/", MeViewSet.as_view({"get": "retrieve", "patch": "partial_update"}), name="me"),
    path("today/", TodayViewSet.as_view({"get": "retrieve"}), name="today"),
    path("progress/", ProgressViewSet.as_view({"get": "retrieve"}), name="progress"),
    path("break-rule/", BreakRuleViewSet.as_view({"get": "retrieve", "put": "update"}), name="break-rule"),
    path(
        "break-rule/pause/",
        BreakRuleViewSet.as_view({"put": "pause", "delete": "resume"}),
        name="break-rule-pause",
    ),
    path(
        "break-rule/preview/",
        BreakRuleViewSet.as_view({"post": "preview_unsaved"}),
        name="break-rule-preview-unsaved",
    ),
    path("break-rule/review/", BreakRuleViewSet.as_view({"post": "review"}), name="break-rule-review"),
    path(
        "break-rule/return/", BreakRuleViewSet.as_view({"post": "return_to_wish"}), name="break-rule-return"
    ),
    path(
        "break-rules/<uuid:pk>/preview/",
        BreakRuleViewSet.as_view({"get": "preview"}),
        name="break-rule-preview",
    ),
    path(
        "break-statistics/",
        BreakStatisticsViewSet.as_view({"get": "retrieve"}),
        name="break-statistics",
    ),
    path(
        "busy-calendar/",
        BusyCalendarViewSet.as_view({"get": "retrieve", "put": "update", "delete": "destroy"}),
        name="busy-calendar",
    ),
    path(
        "calendar-feed/",
        CalendarFeedViewSet.as_view({"get": "retrieve", "post": "create", "delete": "destroy"}),
        name="calendar-feed",
    ),
    path("reminders/", RemindersViewSet.as_view({"get": "retrieve", "put": "update"}), name="reminders"),
    path(
        "reminders/stop/", RemindersViewSet.as_view({"put": "stop", "delete": "start"}), name="reminders-stop"
    ),
    path("breaks/now/", BreakNowViewSet.as_view({"get": "retrieve"}), name="breaks-now"),
    path("direction-check/", DirectionTryViewSet.as_view({"get": "standing"}), name="direction-check"),
    path("stage/", OwnStageViewSet.as_view({"get": "retrieve"}), name="stage"),
    path("plans/<uuid:pk>/criteria/", PlanStageViewSet.as_view({"get": "criteria"}), name="plan-criteria"),
    path("plans/<uuid:pk>/stage/", PlanStageViewSet.as_view({"post": "decide"}), name="plan-stage"),
    path("plans/<uuid:pk>/mode/", PlanStageViewSet.as_view({"post": "mode"}), name="plan-mode"),
    path("plans/<uuid:pk>/breaks/", PlanBreaksViewSet.as_view({"get": "retrieve"}), name="plan-breaks"),
    path("player/kit/", PlayerKitViewSet.as_view({"get": "retrieve"}), name="player-kit"),
    path("sync/events/", SyncViewSet.as_view({"post": "create"}), name="sync-events"),
    path("safety/questions/", SafetyViewSet.as_view({"get": "questions"}), name="safety-questions"),
    path("safety/card/", SafetyViewSet.as_view({"get": "card"}), name="safety-card"),
    path("safety/status/", SafetyStatusViewSet.as_view({"get": "retrieve"}), name="safety-status"),
    path("push/key/", PushKeyViewSet.as_view({"get": "retrieve"}), name="push-key"),
    path("push/receipts/", PushReceiptViewSet.as_view({"post": "create"}), name="push-receipts"),
    path("push/prompts/words/", PushedPromptViewSet.as_view({"post": "words"}), name="push-prompt-words"),
    path("push/prompts/done/", PushedPromptViewSet.as_view({"post": "done"}), name="push-prompt-done"),
    path("push/prompts/snooze/", PushedPromptViewSet.as_view({"post": "snooze"}), name="push-prompt-snooze"),
    path("push/tests/", PushTestViewSet.as_view({"post": "create"}), name="push-tests"),
    path("push/tests/<uuid:pk>/", PushTestViewSet.as_view({"get": "retrieve"}), name="push-test"),
    path("", include(router.urls)),
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path("docs/", DocumentationView.as_view(url_name="api:schema"), name="docs"),
]

api_patterns: list[URLPattern | URLResolver] = [
    path("auth/app/v1/auth/login", LoginView.as_api_view(client=Client.APP), name="sign_in"),
    path("auth/app/v1/auth/session", SessionView.as_api_view(client=Client.APP), name="session"),
    path("", include((endpoints, "api"))),
]

"""Every REST endpoint on one screen."""

from allauth.headless.account.views import LoginView, SessionView
from allauth.headless.constants import Client
from django.urls import URLPattern, URLResolver, include, path
from drf_spectacular.views import SpectacularAPIView
from rest_framework.routers import SimpleRouter

from programs.care.api import PlanViewSet
from programs.home.api import TodayViewSet
from programs.lib.schema import DocumentationView
from programs.library.api import ArticleViewSet, ExerciseViewSet, ProgramViewSet
from programs.logbook.api import DailyCheckViewSet, SessionViewSet, WeeklyCheckViewSet
from programs.monitoring.api import CheckInViewSet, FlagViewSet, MyFlagViewSet
from programs.reminders.api import BreakRuleViewSet, PromptViewSet

router = SimpleRouter()
router.register("plans", PlanViewSet, basename="plan")
router.register("sessions", SessionViewSet, basename="session")
router.register("daily-checks", DailyCheckViewSet, basename="daily-check")
router.register("weekly-checks", WeeklyCheckViewSet, basename="weekly-check")
router.register("exercises", ExerciseViewSet, basename="exercise")
router.register("programs", ProgramViewSet, basename="program")
router.register("articles", ArticleViewSet, basename="article")
router.register("prompts", PromptViewSet, basename="prompt")
router.register("flags", FlagViewSet, basename="flag")
router.register("my-flags", MyFlagViewSet, basename="my-flag")
router.register("check-ins", CheckInViewSet, basename="check-in")

endpoints: list[URLPattern | URLResolver] = [
    path("today/", TodayViewSet.as_view({"get": "retrieve"}), name="today"),
    path("break-rule/", BreakRuleViewSet.as_view({"get": "retrieve", "put": "update"}), name="break-rule"),
    path("", include(router.urls)),
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path("docs/", DocumentationView.as_view(url_name="api:schema"), name="docs"),
]

api_patterns: list[URLPattern | URLResolver] = [
    path("auth/app/v1/auth/login", LoginView.as_api_view(client=Client.APP), name="sign_in"),
    path("auth/app/v1/auth/session", SessionView.as_api_view(client=Client.APP), name="session"),
    path("", include((endpoints, "api"))),
]

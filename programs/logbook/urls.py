from django.urls import path

from programs.logbook.views import (
    daily_check,
    direction,
    done,
    history,
    intake,
    morning_check,
    paper,
    plan_stage,
    replay,
    session,
    stage,
    stage_test,
    weekly_check,
)

app_name = "logbook"
urlpatterns = [
    path("check/", daily_check.daily_check, name="daily_check"),
    path("check/<uuid:check_id>/correct/", daily_check.correct_daily_check, name="correct_daily_check"),
    path("weekly/", weekly_check.weekly_check, name="weekly_check"),
    path("morning/", morning_check.morning_check, name="morning_check"),
    path("about-your-pain/", intake.intake, name="intake"),
    path("about-your-pain/check/", intake.intake_review, name="intake_review"),
    path("stage/", stage.stage, name="stage"),
    path("stage/ready/", stage.stage_ready, name="stage_ready"),
    path("stage/mode/", stage.stage_mode, name="stage_mode"),
    path("plans/<uuid:plan_id>/stage/", plan_stage.plan_stage, name="plan_stage"),
    path("plans/<uuid:plan_id>/mode/", plan_stage.plan_mode, name="plan_mode"),
    path("stage/test/", stage_test.stage_test, name="stage_test"),
    path("direction/", direction.direction, name="direction"),
    path("session/", session.session_start, name="session_start"),
    path("session/exercise/<int:number>/", session.session_exercise, name="session_exercise"),
    path("session/pause/", session.session_pause, name="session_pause"),
    path("session/after/", session.session_after, name="session_after"),
    path("session/paper/", paper.paper_session, name="paper_session"),
    path("session/paper/which/", paper.paper_hurt, name="paper_hurt"),
    path("session/paper/pain/", paper.paper_pain, name="paper_pain"),
    path("session/<uuid:session_id>/done/", done.session_done, name="session_done"),
    path("clinic/rules/", replay.rule_settings, name="rule_settings"),
    path("history/", history.history, name="history"),
]

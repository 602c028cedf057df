"""docker-compose.yml cannot be run everywhere: it is read, its commands and variables held to the code."""

import ast
import re
from pathlib import Path

import pytest
import yaml
from django.conf import settings
from django.core.management import get_commands
from django.utils.module_loading import import_string

ROOT = Path(__file__).resolve().parent.parent
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if service.get("image") == "exercise-tracker"}
DOCKERFILE = (ROOT / "Dockerfile").read_text()

pytestmark = pytest.mark.pure


def variables_that_settings_read() -> set[str]:
    tree = ast.parse((ROOT / "exercise_tracker/settings.py").read_text())
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return {
        call.args[0].value
        for call in calls
        if isinstance(call.func, ast.Name) and call.func.id.startswith("env_") and call.args
        if isinstance(call.args[0], ast.Constant)
    }


def words(service: dict) -> str:
    return " ".join(service["command"])


def test_the_services_of_production_are_all_there():
    assert set(SERVICES) == {
        "postgresql",
        "redis",
        "migrate",
        "web",
        "worker-hint",
        "worker-clinical",
        "beat-1",
        "beat-2",
        "standby",
    }


@pytest.mark.parametrize("name", OURS)
def test_every_variable_a_service_gets_is_one_that_the_settings_read(name):
    assert set(OURS[name]["environment"]) <= variables_that_settings_read()


def test_every_variable_that_must_be_named_is_explained_in_the_example():
    asked_for = set(re.findall(r"\$\{([A-Z_]+):\?", (ROOT / "docker-compose.yml").read_text()))
    example = (ROOT / ".env.example").read_text()
    assert asked_for == {"SECRET_KEY", "ALLOWED_HOSTS", "SITE_ADDRESS", "POSTGRES_PASSWORD"}
    assert all(re.search(rf"^#? ?{name}=", example, re.MULTILINE) for name in asked_for)


@pytest.mark.parametrize("name", OURS)
def test_every_service_runs_a_command_that_exists(name):
    command = words(OURS[name])
    for management_command in re.findall(r"manage\.py ([a-z_]+)", command):
        assert management_command in get_commands()
    if command.startswith("gunicorn"):
        module = command.split()[1]
        assert import_string(module.replace(":", "."))
    if command.startswith("celery"):
        assert import_string(f"{command.split()[2]}.celery_app").main == "exercise_tracker"


def test_every_queue_that_a_task_is_routed_to_has_a_worker():
    routed = {route["queue"] for route in settings.CELERY_TASK_ROUTES.values()}
    routed.add(settings.CELERY_TASK_DEFAULT_QUEUE)
    served = {
        queue
        for service in OURS.values()
        for queues in re.findall(r"--queues (\S+)", words(service))
        for queue in queues.split(",")
    }
    assert served == routed


def test_every_task_of_the_schedule_exists():
    app = import_string("exercise_tracker.celery_app")
    app.loader.import_default_modules()
    assert {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()} <= set(app.tasks)


def test_two_beats_and_a_standby_watch_over_each_other():
    assert words(SERVICES["beat-1"]) == words(SERVICES["beat-2"])
    assert words(SERVICES["standby"]).endswith("engine --standby")


@pytest.mark.parametrize("name", [name for name in SERVICES if name != "migrate"])
def test_every_lasting_service_restarts_and_says_how_it_is(name):
    assert SERVICES[name]["restart"] == "unless-stopped"
    assert SERVICES[name]["healthcheck"]["test"]


@pytest.mark.parametrize("name", OURS)
def test_our_services_run_without_privileges_on_a_read_only_disk(name):
    assert OURS[name]["read_only"] is True
    assert OURS[name]["cap_drop"] == ["ALL"]
    assert re.search(r"^USER exercise-tracker$", DOCKERFILE, re.MULTILINE)


def test_the_image_copies_what_exists_and_runs_what_the_web_service_runs():
    for sources in re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, re.MULTILINE):
        assert all((ROOT / source).exists() for source in sources.split())
    default = ast.literal_eval(re.search(r"^CMD (\[.+\])$", DOCKERFILE, re.MULTILINE).group(1))
    assert default == SERVICES["web"]["command"]


def test_the_broker_never_throws_messages_away_to_make_room():
    assert "--maxmemory-policy noeviction" in words(SERVICES["redis"])

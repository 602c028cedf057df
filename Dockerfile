# One image for every service; docker-compose.yml names each one's command.
FROM python:3.11-slim AS build
COPY requirements/runtime.lock /runtime.lock
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir --require-hashes -r /runtime.lock

FROM python:3.11-slim
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 VAR_DIR=/var/lib/exercise-tracker \
    STATIC_ROOT=/app/staticfiles
RUN useradd --system --uid 10001 --home-dir /var/lib/exercise-tracker --create-home exercise-tracker
COPY --from=build /venv /venv
WORKDIR /app
COPY manage.py ./
COPY exercise_tracker exercise_tracker
COPY programs programs
COPY static static
# Static files are part of the image; the secret is only for this step and is not kept.
RUN SECRET_KEY=only-for-collecting-static-files-in-the-image ALLOWED_HOSTS=localhost \
    python manage.py collectstatic --noinput --verbosity 0
USER exercise-tracker
EXPOSE 8000
CMD ["gunicorn", "exercise_tracker.wsgi:application", "--bind", "0.0.0.0:8000", "--workers", "2", "--worker-class", "gthread", "--threads", "4"]

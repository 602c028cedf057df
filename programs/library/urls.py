from django.urls import path

from programs.library import views

app_name = "library"
# Ids and never names: an address must not tell what somebody suffers from.
urlpatterns = [
    path("library/", views.exercises, name="exercises"),
    path("library/exercises/<uuid:exercise_id>/", views.exercise, name="exercise"),
    path("library/programs/", views.programs, name="programs"),
    path("library/programs/<uuid:program_id>/", views.program, name="program"),
    path("library/articles/", views.articles, name="articles"),
    path("library/articles/<uuid:article_id>/", views.article, name="article"),
    path("library/breaks/", views.break_ideas, name="break_ideas"),
    path("library/direction-check/", views.direction_check, name="direction_check"),
    path("styleguide/figures/", views.figures, name="figures"),
]

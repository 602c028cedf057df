from django.urls import path

from programs.accounts import views

app_name = "accounts"
urlpatterns = [
    path("invite/", views.invite, name="invite"),
    path("invitations/<uuid:invitation_id>/revoke/", views.revoke, name="revoke"),
    path("join/", views.join, name="join"),
    path("join/password/", views.join_password, name="join_password"),
    path("join/<str:token>/", views.join_by_link, name="join_by_link"),
    path("clinic/escalation/", views.escalation, name="escalation"),
    path("me/", views.me, name="me"),
]

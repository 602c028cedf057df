"""Who people are, which clinic they belong to, who cares for whom, and who looked at what."""

from __future__ import annotations

from datetime import datetime, time
from typing import ClassVar, Self, TypeVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Lower
from django.utils import timezone
from uuid_utils.compat import uuid7

from programs.lib.times import validate_time_zone


def working_days() -> list[int]:
    """Monday to Friday."""
    return [0, 1, 2, 3, 4]


class Role(models.TextChoices):
    PATIENT = "patient", "Patient"
    THERAPIST = "therapist", "Therapist"
    ADMIN = "admin", "Administrator"


class Clinic(models.Model):
    """A row is one practice or department; everything clinical belongs to exactly one."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=120)
    phone = models.CharField(max_length=40, blank=True)
    emergency_number = models.CharField(max_length=10, default="112")
    is_demonstration = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.name


class UserQuerySet(models.QuerySet["User"]):
    def patients_visible_to(self, user: User) -> Self:
        """The patients whom `user` cares for now. A patient sees only themselves."""
        caring = CareTeam.objects.active().filter(therapist=user, patient=OuterRef("pk"))
        return self.filter(Q(pk=user.pk) & _has_role(Role.PATIENT) | Exists(caring))


def _has_role(role: Role) -> Exists:
    return Exists(Membership.objects.active().filter(user=OuterRef("pk"), role=role))


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    def create_user(self, email: str, name: str, password: str | None = None, **more: object) -> User:
        """A person who signs in by e-mail. Without a password the account cannot sign in."""
        user: User = self.model(email=email.strip().lower(), name=name, **more)
        user.set_password(password)
        user.save(using=self._db)
        return user


class TextSize(models.IntegerChoices):
    """How large text is, in percent of the usual."""

    USUAL = 100, "Usual"
    LARGER = 115, "Larger"
    LARGEST = 130, "Largest"


class Speed(models.TextChoices):
    """How fast a session runs: 1, 1.5 and 2 times as long as the plan has it."""

    NORMAL = "normal", "Normal"
    SLOWER = "slower", "Slower"
    SLOWEST = "slowest", "Slowest"


class FirstLeg(models.TextChoices):
    """Which leg comes first where an exercise is done on one leg after the other."""

    SORE = "sore", "The sore leg"
    LEFT = "left", "The left leg"
    RIGHT = "right", "The right leg"


class User(AbstractBaseUser, PermissionsMixin):
    """A row is one person, whatever their role; they sign in by e-mail.

    How they want pages and sessions to be stands here too, so that a page knows it without asking again.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    email = models.EmailField(max_length=254, unique=True)
    name = models.CharField(max_length=120)
    year_of_birth = models.PositiveSmallIntegerField(null=True, blank=True)
    time_zone = models.CharField(max_length=64, default="Europe/London", validators=[validate_time_zone])
    is_active = models.BooleanField(default=True)
    is_demonstration = models.BooleanField(default=False)
    joined_at = models.DateTimeField(default=timezone.now)
    text_size = models.PositiveSmallIntegerField(choices=TextSize.choices, default=TextSize.USUAL)
    voice = models.BooleanField(default=True)
    speed = models.CharField(max_length=7, choices=Speed.choices, default=Speed.NORMAL)
    first_leg = models.CharField(max_length=5, choices=FirstLeg.choices, default=FirstLeg.SORE)
    less_motion = models.BooleanField(default=False)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(email=Lower("email")), name="user_email_lower_case"),
            models.CheckConstraint(condition=Q(text_size__in=TextSize.values), name="user_text_size_known"),
            models.CheckConstraint(condition=Q(speed__in=Speed.values), name="user_speed_known"),
            models.CheckConstraint(condition=Q(first_leg__in=FirstLeg.values), name="user_first_leg_known"),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    def has_role(self, *roles: str) -> bool:
        """Whether this person now holds one of `roles` in a clinic."""
        return bool(self.roles & set(roles))

    @property
    def roles(self) -> set[str]:
        """The roles held now."""
        return {each.role for each in self.memberships_now}

    @property
    def memberships_now(self) -> list[Membership]:
        """What this person is now and in which clinic, the first joined first.

        Asked once per loaded user, which lives as long as a request.
        """
        if not hasattr(self, "_memberships_now"):
            now = self.memberships.active().select_related("clinic").order_by("started_at", "id")
            self._memberships_now = list(now)
        return self._memberships_now


class MembershipQuerySet(models.QuerySet["Membership"]):
    def active(self) -> Self:
        return self.filter(ended_at=None)


class Membership(models.Model):
    """A row is one person's role in one clinic, until it ends."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    clinic = models.ForeignKey(Clinic, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role.choices)
    started_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "clinic", "role"], condition=Q(ended_at=None), name="membership_active_unique"
            ),
            # One clinic at a time for a patient: a record of care has one owner.
            models.UniqueConstraint(
                fields=["user"], condition=Q(ended_at=None, role="patient"), name="patient_in_one_clinic"
            ),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="membership_role_known"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role} in {self.clinic_id}"


class CareTeamQuerySet(models.QuerySet["CareTeam"]):
    def active(self) -> Self:
        """Care that goes on now: the therapist works in that clinic, and the patient belongs to it."""
        in_clinic = Membership.objects.active().filter(clinic=OuterRef("clinic"))
        return self.filter(
            Exists(in_clinic.filter(user=OuterRef("therapist"), role=Role.THERAPIST)),
            Exists(in_clinic.filter(user=OuterRef("patient"), role=Role.PATIENT)),
            ended_at=None,
            therapist__is_active=True,
        )


class CareTeam(models.Model):
    """A row is one therapist caring for one patient in one clinic, until it ends."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    clinic = models.ForeignKey(Clinic, on_delete=models.CASCADE, related_name="care_teams")
    patient = models.ForeignKey(User, on_delete=models.CASCADE, related_name="care_team")
    therapist = models.ForeignKey(User, on_delete=models.CASCADE, related_name="caseload")
    started_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = CareTeamQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "patient", "therapist"],
                condition=Q(ended_at=None),
                name="care_team_active_unique",
            ),
        ]
        indexes = [models.Index(fields=["therapist", "patient"])]

    def __str__(self) -> str:
        return f"{self.therapist_id} for {self.patient_id}"


class EscalationPolicy(models.Model):
    """A row is whom a clinic has told, and when, while nobody takes a flag on. A clinic without a row has the
    defaults: they are the longest waits there are, since a clinic may be quicker but never slower.

    Waits count from the moment the flag opened. `flag_backup_hours` are hours of the clinic's working time;
    all others are hours or minutes of the clock. `weekdays` lists Monday as 0.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    clinic = models.OneToOneField(Clinic, on_delete=models.CASCADE, related_name="escalation_policy")
    duty_contact = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    backup = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    urgent_backup_minutes = models.PositiveSmallIntegerField(default=15)
    urgent_administrators_minutes = models.PositiveSmallIntegerField(default=30)
    urgent_repeat_minutes = models.PositiveSmallIntegerField(default=30)
    flag_backup_hours = models.PositiveSmallIntegerField(default=4)
    flag_administrators_hours = models.PositiveSmallIntegerField(default=24)
    absence_backup_hours = models.PositiveSmallIntegerField(default=48)
    repeat_hours = models.PositiveSmallIntegerField(default=24)
    time_zone = models.CharField(max_length=64, default="Europe/London", validators=[validate_time_zone])
    weekdays = models.JSONField(default=working_days)
    opens_at = models.TimeField(default=time(8))
    closes_at = models.TimeField(default=time(18))
    saved_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    saved_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    urgent_backup_minutes__range=(1, 15),
                    urgent_administrators_minutes__range=(1, 30),
                    urgent_repeat_minutes__range=(5, 30),
                    flag_backup_hours__range=(1, 4),
                    flag_administrators_hours__range=(1, 24),
                    absence_backup_hours__range=(1, 48),
                    repeat_hours__range=(1, 24),
                ),
                name="escalation_only_quicker",
            ),
            models.CheckConstraint(
                condition=Q(urgent_backup_minutes__lte=F("urgent_administrators_minutes")),
                name="escalation_urgent_in_order",
            ),
            models.CheckConstraint(condition=Q(opens_at__lt=F("closes_at")), name="escalation_opens_first"),
        ]

    def __str__(self) -> str:
        return f"escalation of {self.clinic_id}"


Record = TypeVar("Record", bound="PatientRecord", covariant=True)


class PatientRecordQuerySet(models.QuerySet[Record]):
    """The one place that decides who sees a row of a patient's record."""

    def visible_to(self, user: User) -> Self:
        """The patient's own rows, and those of patients whom `user` cares for in the row's clinic."""
        caring = CareTeam.objects.active().filter(
            therapist=user, patient=OuterRef("patient"), clinic=OuterRef("clinic")
        )
        return self.filter(Q(patient=user) | Exists(caring))


class PatientRecord(models.Model):
    """What every row of a patient's record has: whose it is and which clinic keeps it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    clinic = models.ForeignKey(Clinic, on_delete=models.CASCADE, related_name="+")
    patient = models.ForeignKey(User, on_delete=models.CASCADE, related_name="%(class)ss")

    class Meta:
        abstract = True


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(invited_by=user)

    def unused(self, at: datetime) -> Self:
        """Neither used nor taken back nor too old; wrong years may have closed it."""
        return self.filter(accepted_at=None, revoked_at=None, expires_at__gt=at)

    def open(self, at: datetime) -> Self:
        return self.unused(at).filter(tries__lt=Invitation.MOST_TRIES)


class Invitation(models.Model):
    """A row is one single-use invitation of one patient, by a link or by a code that a person can type.

    Only hashes of both are kept. `year_of_birth` is what the clinic knows, asked of whoever joins;
    `tries` counts the wrong answers, and at `MOST_TRIES` the invitation is closed.
    """

    MOST_TRIES = 5

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    clinic = models.ForeignKey(Clinic, on_delete=models.CASCADE, related_name="invitations")
    invited_by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="invitations_sent")
    name = models.CharField(max_length=120)
    email = models.EmailField(max_length=254)
    year_of_birth = models.PositiveSmallIntegerField()
    token_hash = models.CharField(max_length=64, unique=True)
    code_hash = models.CharField(max_length=64, unique=True)
    tries = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="invitations_accepted"
    )
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def is_out_of_tries(self) -> bool:
        """Whether wrong years have closed it."""
        return self.tries >= self.MOST_TRIES


class AuditEvent(models.Model):
    """A row is one look at, or one change of, one patient's record. Never changed, never deleted."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    clinic = models.ForeignKey(Clinic, on_delete=models.CASCADE, related_name="audit_events")
    patient = models.ForeignKey(User, on_delete=models.CASCADE, related_name="looks")
    actor = models.ForeignKey(User, on_delete=models.CASCADE, related_name="acts")
    door = models.CharField(max_length=80)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["patient", "-at"])]

    def __str__(self) -> str:
        return f"{self.actor_id} {self.door} {self.patient_id}"


class Erasure(models.Model):
    """A row says that a patient's account and record were deleted, and nothing else about them.

    It has no foreign key to the patient: it is what is left. After a backup is restored it says whom to
    delete once more.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    patient_id = models.UUIDField(unique=True)
    clinic = models.ForeignKey(Clinic, on_delete=models.CASCADE, related_name="erasures")
    erased_at = models.DateTimeField()

    class Meta:
        ordering = ["-erased_at", "-id"]

    def __str__(self) -> str:
        return str(self.patient_id)

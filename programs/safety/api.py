"""Safety questions, answers, locks and the safety card over REST."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID, uuid5

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.permissions import BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet, ViewSet

from programs.accounts.actions import record_access
from programs.accounts.adapters import PatientRecords
from programs.accounts.models import Role, User
from programs.accounts.queries import clinic_of
from programs.lib.parsers import AnyhowJSONParser
from programs.lib.permissions import IsPatient, IsPatientOrTherapist, IsTherapist
from programs.lib.serializers import Input, MomentField
from programs.library.models import Contraindication
from programs.safety.actions import clear_condition, end_lock, record_screening
from programs.safety.models import ActionLevel, Answer, Condition, SafetyLock, Screening, ScreeningAnswer
from programs.safety.queries import (
    contacts_of,
    exclusion_questions,
    exclusions_of,
    is_bilateral_known,
    open_items,
    open_lock,
    what_is_due,
)
from programs.safety.rules import (
    AGAIN,
    CALF,
    CATALOGUE_VERSION,
    DETAILS,
    FOLLOW_UPS,
    GROUPS,
    KINDS,
    QUESTIONS,
    Message,
    Unreadable,
    as_it_came,
    emergency_card,
    message,
    nobody_watches,
    questions_of,
    text_of,
    urgent_card,
)

NO_ANSWERS = "Send the answers. Nothing came, so nothing was stored."
_OLDEST_ANSWER = timedelta(days=60)
_LONGEST_SINCE = 60
_FIELDS = ("id", "kind", "answered_at", "answers", "conditions", "bilateral_since")


class ScreeningInput(serializers.Serializer[Any]):
    """Nothing of this is refused: what cannot be read is kept as it came, and the care team hears of it."""

    id = serializers.UUIDField(help_text="Made by the client: sending a set again stores it once.")
    kind = serializers.ChoiceField(Screening.Kind.choices)
    answered_at = MomentField(required=False, help_text="When it was answered; now, if it is left out.")
    answers = serializers.DictField(
        child=serializers.CharField(),
        help_text="By question: no, yes or not_sure; RF06 may be skipped. A part of a set counts at once.",
    )
    conditions = serializers.DictField(
        child=serializers.CharField(),
        required=False,
        help_text="What rules exercises out, by slug: no, yes or not_sure.",
    )
    bilateral_since = serializers.CharField(
        max_length=_LONGEST_SINCE, required=False, help_text="Since when both legs, in the patient's words."
    )


class ScreeningAnswerOutput(serializers.Serializer[ScreeningAnswer]):
    question = serializers.CharField(help_text="The id of a question, or the slug of a contraindication.")
    answer = serializers.ChoiceField(Answer.choices)
    level = serializers.ChoiceField(ActionLevel.choices, help_text="What was made of it when it was given.")
    raw = serializers.CharField(help_text="What came, where it could not be read; else empty.")
    answered_at = MomentField()
    received_at = MomentField()


class ScreeningOutput(serializers.Serializer[Screening]):
    id = serializers.UUIDField()
    patient = serializers.UUIDField(source="patient_id")
    kind = serializers.ChoiceField(Screening.Kind.choices)
    questions = serializers.ListField(child=serializers.CharField(), help_text="What was put.")
    rules_version = serializers.CharField()
    recorded_on = serializers.DateField(help_text="The patient's local day.")
    begun_at = MomentField()
    completed_at = MomentField(allow_null=True, help_text="Null while something of it is not answered.")
    answers = ScreeningAnswerOutput(many=True, help_text="Oldest first; nothing is ever overwritten.")


class SafetyLockOutput(serializers.Serializer[SafetyLock]):
    id = serializers.UUIDField()
    patient = serializers.UUIDField(source="patient_id")
    level = serializers.ChoiceField(ActionLevel.choices)
    screening = serializers.UUIDField(source="screening_id")
    opened_at = MomentField()
    ended_at = MomentField(allow_null=True, help_text="Until then no session can start.")
    ending = serializers.ChoiceField(SafetyLock.Ending.choices, allow_blank=True)
    checked_on = serializers.DateField(allow_null=True)
    checked_where = serializers.CharField()


class MessageOutput(serializers.Serializer[Message]):
    level = serializers.ChoiceField(ActionLevel.choices)
    heading = serializers.CharField()
    first_line = serializers.CharField(help_text="The softer start for “not sure”; else empty.")
    sentences = serializers.ListField(child=serializers.CharField())


class UnreadableOutput(serializers.Serializer[Unreadable]):
    about = serializers.CharField()
    raw = serializers.CharField()


class RecordedOutput(serializers.Serializer[Any]):
    screening = ScreeningOutput()
    level = serializers.ChoiceField(ActionLevel.choices, help_text="The most severe of what was sent.")
    is_unsure = serializers.BooleanField()
    message = MessageOutput(help_text="Show it at once.")
    lock = SafetyLockOutput(allow_null=True, help_text="While there is one, no session can start.")
    asks = serializers.ListField(
        child=serializers.CharField(), help_text="Questions that these answers ask for on top of the set."
    )
    unreadable = UnreadableOutput(many=True, help_text="Kept as it came; ask all questions anew.")
    notice = serializers.CharField()


class GroupOutput(serializers.Serializer[Any]):
    title = serializers.CharField(help_text="Empty where none is needed.")
    items = serializers.ListField(child=serializers.CharField())


class CardPartOutput(serializers.Serializer[Any]):
    heading = serializers.CharField()
    groups = GroupOutput(many=True)
    closing = serializers.CharField()


class CardOutput(serializers.Serializer[Any]):
    emergency_number = serializers.CharField()
    clinic_name = serializers.CharField()
    clinic_phone = serializers.CharField(help_text="Empty where it is not known.")
    emergency = CardPartOutput()
    urgent = CardPartOutput()
    notice = serializers.CharField(help_text="That nobody watches live; show it beside the card.")


class QuestionOutput(serializers.Serializer[Any]):
    id = serializers.CharField()
    text = serializers.CharField(help_text="As it is put to the caller.")
    level = serializers.ChoiceField(ActionLevel.choices, help_text="What a yes asks for by itself.")
    group = serializers.CharField()
    answers = serializers.ListField(child=serializers.ChoiceField(Answer.choices))
    follow_ups = serializers.ListField(
        child=serializers.CharField(),
        help_text="Asked after a yes, and after “not sure” where that counts as yes. RF07b only after a yes "
        "to RF07a; neither where both legs are known already.",
    )
    details = serializers.ListField(
        child=serializers.CharField(),
        help_text="The full questions behind a line: asked after “not sure”, of S3 and S4 after a yes too.",
    )


class QuestionGroupOutput(serializers.Serializer[Any]):
    id = serializers.CharField()
    title = serializers.CharField()


class QuestionSetOutput(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(Screening.Kind.choices)
    questions = serializers.ListField(child=serializers.CharField())


class ExclusionQuestionOutput(serializers.Serializer[Contraindication]):
    slug = serializers.SlugField()
    level = serializers.ChoiceField(Contraindication.Level.choices)
    question = serializers.CharField()
    advice = serializers.CharField(help_text="What to read after a yes.")


class CatalogueOutput(serializers.Serializer[Any]):
    version = serializers.CharField()
    is_bilateral_known = serializers.BooleanField()
    groups = QuestionGroupOutput(many=True)
    questions = QuestionOutput(many=True, help_text="In the order in which they are asked.")
    sets = QuestionSetOutput(many=True)
    conditions = ExclusionQuestionOutput(many=True, help_text="Asked with the first set.")
    messages = MessageOutput(many=True, help_text="One for each level, to show without a connection.")


class DueOutput(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(Screening.Kind.choices)
    questions = serializers.ListField(child=serializers.CharField())
    reason = serializers.CharField()
    asks_conditions = serializers.BooleanField(help_text="Ask the conditions of the catalogue too.")


class OpenItemOutput(serializers.Serializer[Any]):
    question = serializers.CharField()
    text = serializers.CharField()
    answer = serializers.ChoiceField(Answer.choices)
    level = serializers.ChoiceField(ActionLevel.choices)
    is_unsure = serializers.BooleanField()
    answered_at = MomentField()


class BlockOutput(serializers.Serializer[Any]):
    slug = serializers.SlugField()
    name = serializers.CharField()
    advice = serializers.CharField()


class StatusOutput(serializers.Serializer[Any]):
    may_start = serializers.BooleanField(help_text="Nothing is due, locked or ruled out.")
    due = DueOutput(allow_null=True, help_text="To be answered before a session starts.")
    lock = SafetyLockOutput(allow_null=True)
    open_items = OpenItemOutput(many=True, help_text="Most severe first.")
    blocks = BlockOutput(many=True, help_text="What rules out all exercises until it is cleared.")
    message = MessageOutput(help_text="For the most severe of what stands open.")
    emergency_number = serializers.CharField()
    notice = serializers.CharField()


class EndLockInput(Input):
    checked_on = serializers.DateField(help_text="The day on which a clinician has checked the patient.")
    checked_where = serializers.CharField(max_length=200)


class ConditionOutput(serializers.Serializer[Condition]):
    id = serializers.UUIDField()
    patient = serializers.UUIDField(source="patient_id")
    slug = serializers.SlugField(help_text="That of a contraindication, or bilateral-known.")
    since = serializers.CharField()
    is_checked_by_clinician = serializers.BooleanField()
    said_at = MomentField()
    cleared_at = MomentField(allow_null=True, help_text="Until then it counts.")
    cleared_by = serializers.CharField(source="cleared_by.name", allow_null=True, default=None)
    clearance_note = serializers.CharField()


class ClearInput(Input):
    note = serializers.CharField(max_length=300, help_text="Which clinician has said yes, and when.")


class SafetyViewSet(ViewSet):
    """What a patient has to know and to answer."""

    permission_classes = [IsAuthenticated]

    @extend_schema(responses=CatalogueOutput, operation_id="safety_questions_retrieve")
    def questions(self, request: Request) -> Response:
        """All questions with their words and levels, to be asked without a connection too."""
        caller = cast(User, request.user)
        number, is_known = contacts_of(caller).emergency_number, is_bilateral_known(caller)
        catalogue = {
            "version": CATALOGUE_VERSION,
            "is_bilateral_known": is_known,
            "groups": [{"id": group, "title": title} for group, title in GROUPS.items()],
            "questions": [
                {
                    "id": each.id,
                    "text": text_of(each.id, bilateral_known=is_known),
                    "level": each.level,
                    "group": each.group,
                    "answers": each.answers,
                    "follow_ups": FOLLOW_UPS.get(each.id, ()),
                    "details": DETAILS.get(each.id, ()),
                }
                for each in QUESTIONS.values()
            ],
            "sets": [{"kind": kind, "questions": questions_of(kind)} for kind in KINDS if kind != AGAIN],
            "conditions": exclusion_questions(),
            "messages": [message(level, number) for level in ActionLevel.values],
        }
        return Response(CatalogueOutput(catalogue).data)

    @extend_schema(responses=CardOutput, operation_id="safety_card_retrieve")
    def card(self, request: Request) -> Response:
        """The safety card: when to get help, and whom to call. Keep it for when there is no connection."""
        contacts = contacts_of(cast(User, request.user))
        number = contacts.emergency_number
        card = {
            "emergency_number": number,
            "clinic_name": contacts.clinic_name,
            "clinic_phone": contacts.clinic_phone,
            "emergency": emergency_card(number),
            "urgent": urgent_card(number),
            "notice": nobody_watches(number),
        }
        return Response(CardOutput(card).data)


class SafetyStatusViewSet(ViewSet):
    """Where the patient stands."""

    permission_classes = [IsPatient]

    @extend_schema(responses=StatusOutput, operation_id="safety_status_retrieve")
    def retrieve(self, request: Request) -> Response:
        """What is due, what is on hold and why: to be asked before a session starts."""
        patient, now = cast(User, request.user), timezone.now()
        clinic = clinic_of(patient, Role.PATIENT)
        due, lock, items = what_is_due(patient, now), open_lock(patient), open_items(patient)
        blocks, number = exclusions_of(patient).blocks, clinic.emergency_number
        most_severe = [item for item in items if item.level == items[0].level]
        record_access(actor=patient, clinic=clinic, patients=[patient], door="api:safety-status", now=now)
        standing = {
            "may_start": not (due or lock or blocks),
            "due": due or None,
            "lock": lock,
            "open_items": items,
            "blocks": blocks,
            "message": message(
                items[0].level if items else lock.level if lock else ActionLevel.MONITOR,
                number,
                is_unsure=bool(items) and all(item.is_unsure for item in most_severe),
                is_calf=any(item.question in CALF for item in items),
            ),
            "emergency_number": number,
            "notice": nobody_watches(number),
        }
        return Response(StatusOutput(standing).data)


class ScreeningViewSet(PatientRecords, mixins.ListModelMixin, mixins.RetrieveModelMixin, GenericViewSet):
    """Answers to safety questions, newest set first."""

    queryset = Screening.objects.prefetch_related("answers")
    serializer_class = ScreeningOutput
    parser_classes = [AnyhowJSONParser]

    def get_permissions(self) -> list[BasePermission]:
        return [IsPatient() if self.action == "create" else IsPatientOrTherapist()]

    @extend_schema(request=ScreeningInput, responses={201: RecordedOutput, 200: RecordedOutput})
    def create(self, request: Request) -> Response:
        """Store answers and say what they ask for. The same again answers 200; only nothing is refused."""
        clinic, now = clinic_of(self.caller, Role.PATIENT), timezone.now()
        sent = request.data if isinstance(request.data, Mapping) else {"body": request.data}
        if not sent:
            raise serializers.ValidationError({"answers": NO_ANSWERS})
        given = _given(sent, self.caller, now)
        recorded = record_screening(clinic=clinic, patient=self.caller, **given, now=now)
        number = clinic.emergency_number
        said = {
            "screening": Screening.objects.prefetch_related("answers").get(pk=recorded.screening.pk),
            "level": recorded.level,
            "is_unsure": recorded.is_unsure,
            "message": message(
                recorded.level,
                number,
                is_unsure=recorded.is_unsure,
                is_calf=recorded.is_calf,
                is_unreadable=bool(recorded.unreadable),
                asks_more=bool(recorded.asks),
            ),
            "lock": recorded.lock,
            "asks": recorded.asks,
            "unreadable": recorded.unreadable,
            "notice": nobody_watches(number),
        }
        self.record_access([recorded.screening])
        return Response(
            RecordedOutput(said).data,
            status=status.HTTP_201_CREATED if recorded.is_new else status.HTTP_200_OK,
        )


class SafetyLockViewSet(PatientRecords, mixins.ListModelMixin, GenericViewSet):
    """What kept sessions from starting, newest first."""

    queryset = SafetyLock.objects.select_related("patient", "screening")
    serializer_class = SafetyLockOutput
    permission_classes = [IsPatientOrTherapist]

    @extend_schema(request=EndLockInput, responses=SafetyLockOutput, operation_id="safety_locks_end")
    @action(detail=True, methods=["post"])
    def end(self, request: Request, pk: str) -> Response:
        """Say that a clinician has checked the patient. The flag stays open; a repeat changes nothing."""
        given = EndLockInput.checked(request.data)
        lock = end_lock(lock=self.get_object(), **given, by=self.caller, now=timezone.now())
        return Response(SafetyLockOutput(lock).data)


class ConditionViewSet(PatientRecords, mixins.ListModelMixin, GenericViewSet):
    """What rules exercises out for a patient, and what did."""

    queryset = Condition.objects.select_related("cleared_by")
    serializer_class = ConditionOutput

    def get_permissions(self) -> list[BasePermission]:
        return [IsTherapist() if self.action == "clear" else IsPatientOrTherapist()]

    def get_queryset(self) -> Any:
        """Nobody clears what they said themselves as their own therapist."""
        conditions = super().get_queryset()
        return conditions.exclude(patient=self.caller) if self.action == "clear" else conditions

    @extend_schema(request=ClearInput, responses=ConditionOutput, operation_id="safety_conditions_clear")
    @action(detail=True, methods=["post"])
    def clear(self, request: Request, pk: str) -> Response:
        """Say that a clinician has said yes. Clearing it again changes nothing."""
        given = ClearInput.checked(request.data)
        condition = clear_condition(condition=self.get_object(), **given, by=self.caller, now=timezone.now())
        return Response(ConditionOutput(condition).data)


def _given(body: Mapping[str, Any], patient: User, now: datetime) -> dict[str, Any]:
    """What `record_screening` takes, out of any JSON object, or of {"body": anything else}.

    What means nothing here goes along as it came. Without an id that can be read, one is made from what was
    sent, so that a retry stores it once.
    """
    odd = {key: value for key, value in body.items() if key not in _FIELDS}
    given: dict[str, Any] = {"answers": body.get("answers"), "conditions": body.get("conditions")}
    try:
        given["screening_id"] = UUID(str(body["id"]))
    except (KeyError, ValueError):
        given["screening_id"] = uuid5(patient.pk, json.dumps(body, sort_keys=True))
        odd |= {"id": body["id"]} if "id" in body else {}
    given["kind"] = body.get("kind", AGAIN)
    if given["kind"] not in KINDS:
        odd["kind"], given["kind"] = given["kind"], AGAIN
    given["answered_at"] = _moment(body["answered_at"], now) if "answered_at" in body else now
    if given["answered_at"] is None:
        odd["answered_at"], given["answered_at"] = body["answered_at"], now
    since = body.get("bilateral_since", "")
    if not isinstance(since, str) or len(since) > _LONGEST_SINCE:
        odd["bilateral_since"], since = since, ""
    given["bilateral_since"] = since
    given["also_unreadable"] = [as_it_came(key, value) for key, value in odd.items()][:_MOST_ODD]
    return given


_MOST_ODD = 20


def _moment(value: Any, now: datetime) -> datetime | None:
    """An instant of the last 60 days; None for anything else. What a clock has too fast is now."""
    try:
        moment = MomentField().run_validation(value)
    except serializers.ValidationError:
        return None
    return moment if now - moment <= _OLDEST_ANSWER else None

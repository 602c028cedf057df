"""What changes clinics, their people and who cares for whom, each verb in the module of its subject."""

from programs.accounts.actions.care import end_care, end_membership, start_care
from programs.accounts.actions.escalation import save_escalation_policy
from programs.accounts.actions.joining import (
    ALREADY_HERE,
    EMERGENCY_NUMBER,
    INVITATION_LIFETIME,
    NOT_A_NUMBER_TO_CALL,
    NOT_OPEN,
    accept_invitation,
    found_clinic,
    invite_patient,
    join_clinic,
    record_access,
    record_access_to,
    revoke_invitation,
    set_emergency_number,
    set_time_zone,
    token_hash,
)

__all__ = [
    "ALREADY_HERE",
    "EMERGENCY_NUMBER",
    "INVITATION_LIFETIME",
    "NOT_A_NUMBER_TO_CALL",
    "NOT_OPEN",
    "accept_invitation",
    "end_care",
    "end_membership",
    "found_clinic",
    "invite_patient",
    "join_clinic",
    "record_access",
    "record_access_to",
    "revoke_invitation",
    "save_escalation_policy",
    "set_emergency_number",
    "set_time_zone",
    "start_care",
    "token_hash",
]

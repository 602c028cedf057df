"""Judging a patient's reports: what they say now, what no longer, and what has gone back to usual."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from programs.accounts.models import Clinic, User
from programs.accounts.queries import therapists_of
from programs.care.models import Plan
from programs.lib.times import local_day
from programs.monitoring.actions.episode import (
    clear_flag,
    open_again,
    open_flag,
    put_first,
    raise_flag,
    tell,
    write_finding,
)
from programs.monitoring.models import (
    CHECK_IN_OPEN_FOR,
    CheckIn,
    Flag,
    FlagEvent,
    FlagState,
    Kind,
    Level,
    Outcome,
)
from programs.monitoring.queries import (
    findings_of,
    parameters_from,
    parameters_of_version,
    rule_setting_of,
)
from programs.monitoring.rules import (
    LEVELS,
    Evidence,
    Finding,
    Parameters,
    Report,
    clearing,
    counterfactual,
    current_state,
    explain,
    explain_counterfactual,
    find_worsening,
    severity,
)
from programs.monitoring.rules.findings import CHECK_IN, OWN_WORDS
from programs.monitoring.rules.worsening import family

Key = tuple[str, str, date]

DAY = timedelta(days=1)

SOMETHING_NEW = "Something new was found."
GOES_ON = "It goes on, after later reports."
OWNER_HAS_LEFT = "Whoever took it on has left."


@dataclass(frozen=True, slots=True)
class Reviewed:
    """What one look at a patient's reports has come to. `news` is what those who care for the patient are to
    know of: what opened a flag, was added to one, or opened one again."""

    opened: tuple[Flag, ...]
    news: tuple[Finding, ...]


@transaction.atomic
def review_pain(
    *,
    clinic: Clinic,
    patient: User,
    plan: Plan | None,
    reports: Sequence[Report],
    since: date,
    now: datetime,
    since_changed: date | None = None,
    watches_trends: bool = True,
) -> Reviewed:
    """Judge a patient's reports; returns the flags that this opened (usually none), and what is news.

    Findings before `since`, or up to the day on which the clinic saved its present thresholds, are history:
    nobody is called for them. A report that was just stored is never history, and neither is the patient's
    own word, which no threshold judges. Nor is anybody called where a correction only moves a finding of a
    flag to another day before it was closed. A finding already written down changes nothing, so any
    number of repeats, in any order, end in the same flags. While an episode is unresolved, a further
    finding is added to it. The care team is told once an episode, in this transaction, and again when a
    finding is more severe than the episode was; that one opens it again. If whoever took it on no longer
    cares for the patient, any further finding opens it again for those who do.

    `since_changed` is the day of the report that was just stored or corrected; without one, `since`. What
    was found from that day on, and is found no longer, is marked as superseded, and as restored should it be
    found after all: by the thresholds in force, or by those that it was found with. Nothing is deleted, and a
    flag of which nothing is left waits for a person all the same.

    Where a diary is kept and trends are not watched, only the patient's own word opens anything: new weakness
    and "much worse". An emergency said anew, and anything new on a flag that was put off, opens it again.

    A check-in asks the patient, and calls nobody. An episode that is not urgent closes by itself once the
    reports since its last finding are back at the usual level that its first findings were measured against.
    """
    User.objects.select_for_update(no_key=True).get(pk=patient.pk)
    setting = rule_setting_of(clinic)
    review = _Review(
        clinic=clinic,
        patient=patient,
        plan=plan,
        reports=reports,
        parameters=parameters_from(setting),
        since=since,
        news_from=min(
            since if setting is None else max(since, local_day(setting.saved_at, patient.time_zone) + DAY),
            date.max if since_changed is None else since_changed,
        ),
        changed_from=since if since_changed is None else since_changed,
        watches_trends=watches_trends,
        now=now,
    )
    found = find_worsening(reports, review.parameters, since=review.first)
    review.keep_check_ins([finding for finding in found if finding.level == CHECK_IN])
    return review.keep_flags([finding for finding in found if finding.level != CHECK_IN])


@dataclass(frozen=True, slots=True)
class _Review:
    """One look at all reports of one patient."""

    clinic: Clinic
    patient: User
    plan: Plan | None
    reports: Sequence[Report]
    parameters: Parameters
    since: date
    """Earlier findings open nothing, whatever they are."""
    news_from: date
    """Earlier findings open nothing, unless they are the patient's own word."""
    changed_from: date
    """Earlier findings cannot have been taken back."""
    watches_trends: bool
    now: datetime
    given_by: dict[str, list[Finding] | None] = field(default_factory=dict)
    """What the reports give by earlier thresholds, by version, once asked for; None: not known any more."""

    @property
    def first(self) -> date:
        """Nothing earlier is looked at."""
        return min(self.since, self.news_from, self.changed_from)

    def keep_check_ins(self, found: Sequence[Finding]) -> None:
        """One question for each rule and day, as far as the reports still give it."""
        stored = {
            (check_in.rule, check_in.found_on): check_in
            for check_in in CheckIn.objects.filter(
                clinic=self.clinic, patient=self.patient, found_on__gte=self.first
            )
        }
        given = {(finding.rule, finding.found_on): finding for finding in found}
        for check_in in stored.values():
            if check_in.found_on < self.changed_from:
                continue
            key, was_given = (check_in.rule, "", check_in.found_on), check_in.superseded_at is None
            is_given = self._is_given(key, check_in.rule_version, found, asks=True, was_given=was_given)
            if is_given != was_given:
                check_in.superseded_at = None if is_given else self.now
                check_in.save(update_fields=["superseded_at"])
        CheckIn.objects.bulk_create(
            CheckIn(
                clinic=self.clinic,
                patient=self.patient,
                rule=finding.rule,
                rule_version=self.parameters.version,
                found_on=finding.found_on,
                sentence=explain(finding),
                evidence=finding.evidence.as_dict(),
                opened_at=self.now,
            )
            for key, finding in given.items()
            if key not in stored and finding.found_on >= self.news_from and self._is_of_this_week(finding)
        )

    def keep_flags(self, found: Sequence[Finding]) -> Reviewed:
        """Findings added to the episode, or a new one."""
        given = {finding.key: finding for finding in found}
        newest = self._newest_events()
        taken_back = self._mark_superseded(found, newest)
        news = [
            finding
            for key, finding in given.items()
            if self._may_call(finding) and _is_news(finding, newest.get(key))
        ]
        episode = self._episode()
        opened, added = [], []
        for finding in sorted(news, key=_place):
            if episode is None and (closed := self._moved_from(finding, taken_back)):
                self._write_down_there(closed, finding, newest.get(finding.key))
            elif episode is None:
                episode = open_flag(
                    clinic=self.clinic,
                    patient=self.patient,
                    plan=self.plan,
                    kind=Kind.WORSENING,
                    finding=finding,
                    counterfactual=self._counterfactual(finding),
                    rule_version=self.parameters.version,
                    now=self.now,
                )
                opened.append(episode)
                added.append(finding)
            else:
                self._add_to(episode, finding, newest.get(finding.key))
                added.append(finding)
        if episode is not None:
            if taken_back or news:
                self._lead_with_current(episode, given)
            self._clear(episode)
        else:
            added += self._open_if_not_back()
        return Reviewed(tuple(opened), tuple(added))

    def _open_if_not_back(self) -> list[Finding]:
        """Open again what the reports had closed, if later ones say that it goes on; returns what that is."""
        today = local_day(self.now, self.patient.time_zone)
        state = current_state(self.reports, today, self.parameters)
        if not self.watches_trends or state not in LEVELS or severity(state) < severity(Level.FLAG):
            return []
        newest = Flag.objects.filter(clinic=self.clinic, patient=self.patient, kind=Kind.WORSENING).first()
        if newest is None or newest.outcome != Outcome.CLEARED:
            return []
        if self._back_to_usual(newest.rule, newest.side, newest.evidence, self.reports) is not None:
            return []
        if not any(each.is_current and self._is_since(each.event) for each in findings_of(newest)):
            return []
        FlagEvent.objects.create(flag=newest, kind=FlagEvent.Kind.REOPENED, at=self.now, note=GOES_ON)
        open_again(newest, self.now)
        evidence = Evidence.from_dict(newest.evidence)
        return [Finding(newest.rule, newest.level, newest.found_on, newest.side, evidence)]

    def _is_since(self, event: FlagEvent) -> bool:
        return event.found_on is not None and event.found_on >= self.since

    def _is_of_this_week(self, finding: Finding) -> bool:
        """Whether it makes sense to ask the patient what changed: "this week" has to be true."""
        today = local_day(self.now, self.patient.time_zone)
        return self.watches_trends and today - finding.found_on < CHECK_IN_OPEN_FOR

    def _may_call(self, finding: Finding) -> bool:
        if finding.evidence.measure in OWN_WORDS:
            return finding.found_on >= self.since
        return self.watches_trends and finding.found_on >= self.news_from

    def _newest_events(self) -> dict[Key, FlagEvent]:
        """The newest event about each finding here: what another clinic was told is news."""
        events = FlagEvent.objects.filter(
            flag__patient=self.patient,
            flag__clinic=self.clinic,
            flag__kind=Kind.WORSENING,
            found_on__gte=self.first,
        )
        newest: dict[Key, FlagEvent] = {}
        for event in events.select_related("flag").order_by("pk"):
            if event.found_on is not None:
                newest[event.rule, event.side, event.found_on] = event
        return newest

    def _mark_superseded(self, found: Sequence[Finding], newest: dict[Key, FlagEvent]) -> list[FlagEvent]:
        """Write down what the reports no longer say, and what they say after all; `newest` is kept so.

        Returns what they no longer say since now.
        """
        taken_back = []
        for key, event in newest.items():
            if key[2] < self.changed_from:
                continue
            was_given = event.kind != FlagEvent.Kind.SUPERSEDED
            is_given = self._is_given(key, event.rule_version, found, asks=False, was_given=was_given)
            if was_given and not is_given:
                newest[key] = self._write(FlagEvent.Kind.SUPERSEDED, event)
                taken_back.append(newest[key])
            elif is_given and not was_given and not _was_closed_after(event):
                newest[key] = self._write(FlagEvent.Kind.RESTORED, event)
        return taken_back

    def _moved_from(self, finding: Finding, taken_back: Sequence[FlagEvent]) -> Flag | None:
        """The closed flag that knew of this under another day, which a correction has just taken back.

        Whoever closed it had the days before that before them. If they took it for an error, what is left of
        it is news; the patient's own word is each time its own.
        """
        if finding.evidence.measure in OWN_WORDS:
            return None
        for event in taken_back:
            is_same = (family(event.rule), event.side) == (family(finding.rule), finding.side)
            if not is_same or severity(finding.level) > severity(event.level):
                continue
            closing = event.flag.events.filter(kind__in=_CLOSING).order_by("pk").last()
            if event.flag.state != FlagState.RESOLVED or closing is None:
                continue
            if event.flag.outcome == Outcome.NOT_HELPFUL:
                continue
            if finding.found_on < local_day(closing.at, self.patient.time_zone):
                return event.flag
        return None

    def _write_down_there(self, closed: Flag, finding: Finding, newest: FlagEvent | None) -> None:
        """Each finding stands in a flag once: what was taken back from this one before is restored."""
        if newest is not None and newest.flag_id == closed.pk:
            self._write(FlagEvent.Kind.RESTORED, newest)
        else:
            write_finding(closed, FlagEvent.Kind.FOUND_AGAIN, finding, self.parameters.version, self.now)

    def _lead_with_current(self, episode: Flag, given: Mapping[Key, Finding]) -> None:
        """Make the flag about what is still found, if what it was about is not; it is as severe as before.

        Its evidence is what the reports say now, where the thresholds in force give it.
        """
        current = [
            each.event
            for each in findings_of(episode)
            if each.is_current and each.event.level == episode.level and each.event.evidence is not None
        ]
        about = (episode.rule, episode.side, episode.found_on)
        if not current or any((each.rule, each.side, each.found_on) == about for each in current):
            return
        event = current[0]
        assert event.found_on is not None  # noqa: S101 - as all findings
        assert event.evidence is not None  # noqa: S101 - chosen so
        finding = given.get((event.rule, event.side, event.found_on))
        if finding is not None and finding.level == event.level:
            put_first(episode, finding, self._counterfactual(finding), self.parameters.version)
        else:
            evidence = Evidence.from_dict(event.evidence)
            finding = Finding(event.rule, event.level, event.found_on, event.side, evidence)
            put_first(episode, finding, "", event.rule_version)

    def _is_given(
        self, key: Key, version: str, found: Sequence[Finding], *, asks: bool, was_given: bool
    ) -> bool:
        """Whether the reports give this finding: by the thresholds in force, or those it was found with.

        `found` is what those in force give of its kind: what `asks` the patient, or what calls somebody. By
        thresholds that the rules no longer know, it stays what it was.
        """
        if version == self.parameters.version or any(finding.key == key for finding in found):
            return any(finding.key == key for finding in found)
        if version not in self.given_by:
            parameters = parameters_of_version(self.clinic, version)
            self.given_by[version] = (
                None
                if parameters is None
                else find_worsening(self.reports, parameters, since=self.changed_from)
            )
        by_its_own = self.given_by[version]
        if by_its_own is None:
            return was_given
        return any(each.key == key and (each.level == CHECK_IN) == asks for each in by_its_own)

    def _write(self, kind: FlagEvent.Kind, about: FlagEvent) -> FlagEvent:
        """An event of this kind about the same finding of the same flag."""
        return FlagEvent.objects.create(
            flag=about.flag,
            kind=kind,
            at=self.now,
            rule=about.rule,
            side=about.side,
            rule_version=about.rule_version,
            level=about.level,
            found_on=about.found_on,
        )

    def _episode(self) -> Flag | None:
        """The unresolved flag, held so that nobody closes it meanwhile."""
        unresolved = Flag.objects.unresolved().filter(
            clinic=self.clinic, patient=self.patient, kind=Kind.WORSENING
        )
        flag = unresolved.select_for_update(no_key=True).first()
        if flag is not None:
            flag.patient, flag.clinic = self.patient, self.clinic
        return flag

    def _add_to(self, episode: Flag, finding: Finding, newest: FlagEvent | None) -> None:
        is_raise = severity(finding.level) > severity(episode.level)
        is_heard = self._is_heard(episode, finding)
        if newest is None or newest.flag_id != episode.pk:
            write_finding(episode, FlagEvent.Kind.FOUND_AGAIN, finding, self.parameters.version, self.now)
        elif not is_raise and severity(finding.level) > severity(newest.level):
            write_finding(episode, FlagEvent.Kind.RAISED, finding, self.parameters.version, self.now)
        if is_raise:
            raise_flag(episode, finding, self._counterfactual(finding), self.parameters.version, self.now)
        elif not is_heard:
            FlagEvent.objects.create(
                flag=episode, kind=FlagEvent.Kind.REOPENED, at=self.now, note=SOMETHING_NEW
            )
            if finding.level == episode.level == Level.EMERGENCY:
                put_first(episode, finding, "", self.parameters.version)
            open_again(episode, self.now)
        elif episode.owner is not None and episode.owner not in therapists_of(self.patient, self.clinic):
            FlagEvent.objects.create(
                flag=episode, kind=FlagEvent.Kind.REOPENED, at=self.now, note=OWNER_HAS_LEFT
            )
            open_again(episode, self.now)
        else:
            tell(episode, self.now)

    def _is_heard(self, episode: Flag, finding: Finding) -> bool:
        """Whether those who have the flag in hand know of this kind of thing already.

        Who was told of weakness ten days ago may think it dealt with; who put a rise in pain off has not
        seen that it now goes further down the leg.
        """
        if finding.level == Level.EMERGENCY:
            return False
        if episode.state != FlagState.SNOOZED:
            return True
        before = {(family(event.rule), event.side) for event in episode.events.all() if event.found_on}
        return finding.evidence.measure not in OWN_WORDS and (family(finding.rule), finding.side) in before

    def _counterfactual(self, finding: Finding) -> str:
        if finding.evidence.measure in OWN_WORDS:
            return ""
        return explain_counterfactual(counterfactual(self.reports, finding, self.parameters))

    def _clear(self, episode: Flag) -> None:
        """Close the episode if all of it is back at the level that it was measured against."""
        if episode.level != Level.FLAG:
            return
        current = [finding.event for finding in findings_of(episode) if finding.is_current]
        if not current:
            return
        last_on = max((event.found_on for event in current if event.found_on is not None), default=None)
        later = [report for report in self.reports if last_on is None or report.recorded_on > last_on]
        because = self._back_to_usual(episode.rule, episode.side, episode.evidence, later)
        first_of = {(event.rule, event.side): event for event in reversed(current)}
        if because is not None and all(
            self._back_to_usual(event.rule, event.side, event.evidence, later) is not None
            for event in first_of.values()
        ):
            clear_flag(episode, because, self.now)

    def _back_to_usual(
        self, rule: str, side: str, evidence: dict[str, Any] | None, reports: Sequence[Report]
    ) -> str | None:
        """The sentence of the rules, or None; also for findings from before each kept its evidence."""
        if evidence is None:
            return None
        today = local_day(self.now, self.patient.time_zone)
        return clearing(Evidence.from_dict(evidence), rule, side, reports, today, self.parameters)


def _place(finding: Finding) -> tuple[date, int, str, str]:
    """By days; of one day the most severe first, so that an emergency opens as one."""
    return finding.found_on, -severity(finding.level), finding.rule, finding.side


def _is_news(finding: Finding, newest: FlagEvent | None) -> bool:
    """Whether nobody has been told of this: it is new, more severe, or found after all once it was over."""
    return (
        newest is None
        or newest.kind == FlagEvent.Kind.SUPERSEDED
        or severity(finding.level) > severity(newest.level)
    )


def _was_closed_after(event: FlagEvent) -> bool:
    """Whether its flag was closed since: by somebody who read that it is no longer found."""
    if event.flag.state != FlagState.RESOLVED:
        return False
    return FlagEvent.objects.filter(flag=event.flag, kind__in=_CLOSING, pk__gt=event.pk).exists()


_CLOSING = (FlagEvent.Kind.RESOLVED, FlagEvent.Kind.CLEARED)

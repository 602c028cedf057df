"""`manage.py replay_pain`: a file of reports in, a file of findings out, or nothing and the reason."""

import csv
import io
import json
import os
import random
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from programs.monitoring.rules import ADJUSTABLE, Report, adjusted, explain, find_worsening, replay

pytestmark = pytest.mark.pure

FIRST_DAY = date(2026, 9, 1)
SUM_LIMIT = ADJUSTABLE["sum_limit"]
OUT_OF_BOUNDS = f"Choose {SUM_LIMIT.lowest:g} to {SUM_LIMIT.highest:g}."
HEADER = "patient,recorded_on,worst_leg_pain"
RISE = [3, 3, 4, 3, 2, 3, 3, 4, 3, 3, 3, 4, 3, 3, 2, 3, 3, 4, 3, 3, 3, 3, 4, 3, 7, 8, 8, 7, 8, 8, 8, 7, 8, 8]


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., list[dict[str, str]]]:
    """Replays a text, or bytes, and returns the findings."""

    def replayed(text: str | bytes, *options: str) -> list[dict[str, str]]:
        reports, out = tmp_path / "reports.csv", tmp_path / "findings.csv"
        reports.write_bytes(text.encode() if isinstance(text, str) else text)
        call_command("replay_pain", str(reports), "--out", str(out), *options)
        with out.open(newline="") as file:
            return list(csv.DictReader(file))

    return replayed


def days(scores: list[int], patient: str = "p-1") -> list[str]:
    """One row a day."""
    return [f"{patient},{FIRST_DAY + timedelta(days=day)},{score}" for day, score in enumerate(scores)]


def table(*rows: str, header: str = HEADER, end: str = "\n") -> str:
    return end.join([header, *rows, ""])


def test_a_rise_is_found_with_its_day_level_version_and_sentence(run, capsys):
    findings = run(table(*days(RISE)))
    reports = [Report(FIRST_DAY + timedelta(days=day), score) for day, score in enumerate(RISE)]
    expected = [
        {
            "patient": "p-1",
            "recorded_on": finding.found_on.isoformat(),
            "rule": finding.rule,
            "level": finding.level,
            "rule_version": "worsening-2",
            "explanation": explain(finding),
        }
        for finding in find_worsening(reports)
    ]
    assert "W2" in {finding["rule"] for finding in findings}
    assert findings == sorted(expected, key=lambda each: (each["recorded_on"], each["rule"]))
    flags = sum(each["level"] == "flag" for each in findings)
    check_ins = len(findings) - flags
    assert capsys.readouterr().out == (
        f"{len(RISE)} rows of 1 patient. "
        f"Findings by worsening-2: {check_ins} check_in, {flags} flag, 0 urgent, 0 emergency.\n"
    )


def test_findings_come_by_patient_then_day_then_rule(run):
    found = run(table(*days(RISE, "b"), *days(RISE, "a"), *days(RISE, "B")))
    keys = [(each["patient"], each["recorded_on"], each["rule"]) for each in found]
    assert keys == sorted(keys)
    assert [key[0] for key in keys] == sorted(["B", "a", "b"] * (len(keys) // 3))


def test_the_order_of_rows_and_columns_does_not_matter(run):
    rows = [*days(RISE), *days(list(reversed(RISE)), "p-2")]
    in_order = run(table(*rows))
    random.Random(5).shuffle(rows)
    turned = [",".join(reversed(row.split(","))) for row in rows]
    assert in_order
    assert run(table(*rows)) == in_order
    assert run(table(*turned, header="worst_leg_pain,recorded_on,patient")) == in_order


def test_of_several_rows_a_day_the_worst_counts(run):
    milder = [f"p-1,{FIRST_DAY + timedelta(days=day)},0" for day in range(len(RISE))]
    assert run(table(*milder, *days(RISE), *milder)) == run(table(*days(RISE)))


def test_an_empty_field_was_not_reported_and_is_no_zero(run):
    without = [row for number, row in enumerate(days(RISE)) if number % 5]
    empty = [f"p-1,{FIRST_DAY + timedelta(days=day)}," for day in range(0, len(RISE), 5)]
    assert run(table(*without, *empty)) == run(table(*without))


def test_every_column_reaches_its_rule_and_each_leg_has_its_own_row(run):
    header = "groc,weakness,numb_bother,distal_rank_right,distal_rank_left,worst_back_pain," + HEADER
    steady = [f",,,2,1,2,p-1,{FIRST_DAY + timedelta(days=day)},3" for day in range(30)]
    further = [f",,,4,3,2,p-1,{FIRST_DAY + timedelta(days=day)},3" for day in range(30, 34)]
    weekly = [
        f"the_same,none,1,,,,p-1,{FIRST_DAY + timedelta(days=6)},",
        f"the_same,none,1,,,,p-1,{FIRST_DAY + timedelta(days=13)},",
        f"the_same,none,1,,,,p-1,{FIRST_DAY + timedelta(days=20)},",
        f"much_worse,same,5,,,,p-1,{FIRST_DAY + timedelta(days=27)},",
        f"the_same,new_or_worse,5,,,,p-1,{FIRST_DAY + timedelta(days=34)},",
    ]
    found = run(table(*steady, *further, *weekly, header=header))
    rules = [each["rule"] for each in found]
    assert {"W3", "W4", "W6"} <= set(rules)
    distal = [each for each in found if each["rule"] == "W3"]
    assert len(distal) == 2
    assert distal[0]["recorded_on"] == distal[1]["recorded_on"]
    assert ["left" in each["explanation"] for each in distal] == [True, False]
    assert "emergency" in {each["level"] for each in found if each["rule"] == "W4"}


@pytest.mark.parametrize(
    "encode",
    [
        lambda text: b"\xef\xbb\xbf" + text.encode(),
        lambda text: text.replace("\n", "\r\n").encode(),
        lambda text: text.rstrip("\n").encode(),
        lambda text: ("\n" + text).replace("\n", "\n\n").lstrip().encode(),
        lambda text: "".join('"' + line.replace(",", '","') + '"\n' for line in text.splitlines()).encode(),
    ],
    ids=["byte order mark", "CRLF", "no newline at the end", "blank lines", "quoted"],
)
def test_the_same_table_in_another_form_gives_the_same(run, encode):
    text = table(*days(RISE))
    assert run(encode(text)) == run(text) != []


@pytest.mark.parametrize("patient", ["=1+1", "@p", "-5", "+5", "a,b", 'say "p"', " p ", "Zoë", "007"])
def test_the_id_of_a_patient_comes_out_as_it_went_in(run, patient):
    rows = [[patient, *row.split(",")[1:]] for row in days(RISE)]
    buffer = io.StringIO()
    csv.writer(buffer).writerows([HEADER.split(","), *rows])
    assert {each["patient"] for each in run(buffer.getvalue())} == {patient}


BAD_ROWS = [
    ("p,2026-11-31,3", 'recorded_on "2026-11-31" is not a day such as 2026-11-20.'),
    ("p,20261120,3", 'recorded_on "20261120" is not a day such as 2026-11-20.'),
    ("p,2026-11-20T10:00,3", 'recorded_on "2026-11-20T10:00" is not a day such as 2026-11-20.'),
    ("p,,3", 'recorded_on "" is not a day such as 2026-11-20.'),
    ("p,2026-11-20,11", 'worst_leg_pain "11" is not a whole number from 0 to 10.'),
    ("p,2026-11-20,-1", 'worst_leg_pain "-1" is not a whole number from 0 to 10.'),
    ("p,2026-11-20,3.5", 'worst_leg_pain "3.5" is not a whole number from 0 to 10.'),
    ("p,2026-11-20,٣", 'worst_leg_pain "٣" is not a whole number from 0 to 10.'),
    ("p,2026-11-20,three", 'worst_leg_pain "three" is not a whole number from 0 to 10.'),
    (",2026-11-20,3", "patient is empty."),
    ("  ,2026-11-20,3", "patient is empty."),
    ("p,2026-11-20", "The row has 2 fields, and the first line 3."),
    ("p,2026-11-20,3,", "The row has 4 fields, and the first line 3."),
    ('"p,2026-11-20,3', "A quotation mark is not closed, or stands in the wrong place."),
    ('"p"q,2026-11-20,3', "A quotation mark is not closed, or stands in the wrong place."),
    (
        ",soon,99",
        'patient is empty. recorded_on "soon" is not a day such as 2026-11-20. '
        'worst_leg_pain "99" is not a whole number from 0 to 10.',
    ),
    ("p,2026-11-20,a\tb", 'worst_leg_pain "a\\tb" is not a whole number from 0 to 10.'),
]


@pytest.mark.parametrize(("row", "reason"), BAD_ROWS)
def test_a_bad_row_is_named_with_its_line_and_stops_everything(run, capsys, tmp_path, row, reason):
    with pytest.raises(CommandError) as stopped:
        run(table("p,2026-11-01,3", "", row, "p,2026-11-02,3"))
    assert capsys.readouterr().err == f"line 4: {reason}\n"
    assert str(stopped.value) == (
        "1 bad row, nothing is written. Mend the file, or leave them out with --skip-bad."
    )
    assert stopped.value.returncode == 1
    assert os.listdir(tmp_path) == ["reports.csv"]


@pytest.mark.parametrize(
    ("column", "value", "wanted"),
    [
        ("worst_back_pain", "11", "a whole number from 0 to 10"),
        ("distal_rank_left", "6", "a whole number from 0 to 5"),
        ("distal_rank_right", "calf", "a whole number from 0 to 5"),
        ("numb_bother", "7", "a whole number from 0 to 6"),
        ("weakness", "worse", "one of none, same, new_or_worse"),
        (
            "groc",
            "Much worse",
            "one of very_much_better, much_better, a_little_better, the_same, a_little_worse, much_worse, "
            "very_much_worse",
        ),
    ],
)
def test_each_other_column_has_its_own_values(run, capsys, column, value, wanted):
    with pytest.raises(CommandError):
        run(table(f"p,2026-11-01,3,{value}", header=f"{HEADER},{column}"))
    assert capsys.readouterr().err == f'line 2: {column} "{value}" is not {wanted}.\n'


def test_text_that_is_not_utf_8_spoils_its_own_row_only(run, capsys):
    text = table(*days(RISE)).encode() + "Zoë,2026-11-20,3\n".encode("latin-1")
    found = run(text, "--skip-bad")
    assert found == run(table(*days(RISE)))
    assert f"line {len(RISE) + 2}: patient is not UTF-8 text." in capsys.readouterr().err


def test_skip_bad_leaves_bad_rows_out_and_says_how_many(run, capsys):
    good = days(RISE)
    found = run(table('"p-1,2026-09-01,3', *good, "p-1,never,10", "p-1,2026-09-02"), "--skip-bad")
    printed = capsys.readouterr()
    assert found == run(table(*good))
    assert printed.out.startswith(f"{len(RISE)} rows of 1 patient. 3 bad rows left out. Findings")
    assert [line.split(":")[0] for line in printed.err.splitlines()] == ["line 2", "line 37", "line 38"]


def test_no_more_than_fifty_bad_rows_are_listed(run, capsys):
    with pytest.raises(CommandError, match=r"^53 bad rows, nothing is written"):
        run(table(*["p,never,3"] * 53))
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 51
    assert lines[49:] == ['line 51: recorded_on "never" is not a day such as 2026-11-20.', "and 3 more"]


@pytest.mark.parametrize(
    ("header", "sentence"),
    [
        ("", "The first line must name the columns, and it is empty."),
        ("patient,recorded_on", "Missing column: worst_leg_pain."),
        ("recorded_on", "Missing column: patient, worst_leg_pain."),
        (
            f"{HEADER},mood,shoe size",
            'Unknown column: "mood", "shoe size". The columns are patient, recorded_on, worst_leg_pain, '
            "worst_back_pain, distal_rank_left, distal_rank_right, numb_bother, weakness, groc.",
        ),
        (f"{HEADER},groc,groc,patient", "Column named twice: patient, groc."),
        ('"patient', "The first line must name the columns, and it is not CSV."),
    ],
)
def test_a_file_with_other_columns_is_refused(run, tmp_path, header, sentence):
    with pytest.raises(CommandError) as stopped:
        run(f"{header}\np,2026-11-20,3\n" if header else "")
    assert str(stopped.value) == f"{tmp_path / 'reports.csv'}: {sentence}"
    assert os.listdir(tmp_path) == ["reports.csv"]


def test_a_table_without_rows_has_no_findings(run, tmp_path, capsys):
    assert run(HEADER) == []
    assert (tmp_path / "findings.csv").read_text() == (
        "patient,recorded_on,rule,level,rule_version,explanation\n"
    )
    assert capsys.readouterr().out.startswith("0 rows of 0 patients.")


def test_an_older_file_is_replaced_by_a_whole_one_or_not_at_all(run, tmp_path):
    out = tmp_path / "findings.csv"
    out.write_text("older")
    with pytest.raises(CommandError):
        run(table("p,never,3"))
    assert out.read_text() == "older"
    assert run(table(*days(RISE)))
    assert sorted(os.listdir(tmp_path)) == ["findings.csv", "reports.csv"]
    assert out.stat().st_mode & 0o077 == 0


def test_the_reports_are_never_overwritten(tmp_path):
    reports = tmp_path / "reports.csv"
    reports.write_text(table(*days(RISE)))
    (tmp_path / "link.csv").symlink_to(reports)
    for out in ("reports.csv", "link.csv"):
        with pytest.raises(CommandError, match="would replace"):
            call_command("replay_pain", str(reports), "--out", str(tmp_path / out))
    assert reports.read_text() == table(*days(RISE))


@pytest.mark.parametrize("out", ["", "missing/findings.csv"])
def test_a_place_that_cannot_be_written_is_named(tmp_path, out):
    reports = tmp_path / "reports.csv"
    reports.write_text(HEADER)
    with pytest.raises(CommandError, match=r"is not a file|cannot be written: No such file or directory"):
        call_command("replay_pain", str(reports), "--out", str(tmp_path / out))


def test_a_missing_file_of_reports_is_named(tmp_path):
    with pytest.raises(CommandError, match=r"none.csv cannot be read: No such file or directory\.$"):
        call_command("replay_pain", str(tmp_path / "none.csv"), "--out", str(tmp_path / "out.csv"))


def test_other_thresholds_find_other_things_under_another_version(run, tmp_path):
    parameters = tmp_path / "parameters.json"
    values = {name: ADJUSTABLE[name].highest for name in ("check_in_rise", "sum_limit")}
    parameters.write_text(json.dumps(values))
    strict = run(table(*days(RISE)), "--parameters", str(parameters))
    version = adjusted(values).version
    assert {each["rule_version"] for each in strict} == {version}
    usual = run(table(*days(RISE)))
    keys = ("recorded_on", "rule")
    assert [[each[key] for key in keys] for each in strict] != [[each[key] for key in keys] for each in usual]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("{", "is not JSON"),
        ("[1]", "must hold one JSON object"),
        (
            '{"sum_limit": 99, "mood": 1}',
            f"  sum_limit: {OUT_OF_BOUNDS}\n  mood: There is no such threshold.",
        ),
        ('{"sum_limit": "4"}', "sum_limit: Give a number."),
        ('{"sum_limit": NaN}', f"sum_limit: {OUT_OF_BOUNDS}"),
        ('{"sum_limit": 3.21}', f"sum_limit: Choose steps of {SUM_LIMIT.step:g}."),
    ],
)
def test_thresholds_that_do_not_fit_are_named(run, tmp_path, text, sentence):
    parameters = tmp_path / "parameters.json"
    parameters.write_text(text)
    with pytest.raises(CommandError) as stopped:
        run(table(*days(RISE)), "--parameters", str(parameters))
    assert sentence in str(stopped.value)
    assert not (tmp_path / "findings.csv").exists()


def test_several_processes_write_the_same_file(run, tmp_path, monkeypatch):
    rows = [row for number in range(6) for row in days(RISE, f"p-{number}")]
    alone = run(table(*rows), "--processes", "1")
    monkeypatch.setattr(replay, "ROWS_WORTH_PROCESSES", 1)
    monkeypatch.setattr(replay, "ROWS_A_TASK", 70)
    assert run(table(*rows), "--processes", "2") == alone != []

//! Other tools' findings, read from what they write: as ours where the report
//! is whole and of this run, never green where it is not.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use common::Fixture;
use serde_json::Value;

/// As `ruff check --output-format sarif` 0.17 writes it.
const RUFF: &str = r#"{"$schema":"https://json.schemastore.org/sarif-2.1.0.json","runs":[{"results":[{"level":"error","locations":[{"physicalLocation":{"artifactLocation":{"uri":"src/a.py"},"region":{"endColumn":10,"endLine":1,"startColumn":8,"startLine":1}}}],"message":{"text":"`os` imported but unused"},"ruleId":"F401"}],"tool":{"driver":{"informationUri":"https://github.com/astral-sh/ruff","name":"ruff","rules":[{"helpUri":"https://docs.astral.sh/ruff/rules/unused-import","id":"F401"}],"version":"0.17.6"}}}],"version":"2.1.0"}"#;
/// As `shellcheck -f checkstyle` 0.9 writes it.
const SHELLCHECK: &str = "<?xml version='1.0' encoding='UTF-8'?>\n<checkstyle version='4.3'>\n<file name='src/b.sh' >\n<error line='2' column='1' severity='warning' message='x appears unused. Verify use &#40;or export if used externally&#41;.' source='ShellCheck.SC2034' />\n<error line='3' column='6' severity='info' message='Double quote to prevent globbing and word splitting.' source='ShellCheck.SC2086' />\n</file>\n</checkstyle>\n";
const PY: &str = "import os\n\n\ndef f():\n    return 1\n";

/// A repository with a gate `lint` of these keys, and what a tool would write.
fn with(keys: &str, report: &str) -> Fixture {
    Fixture::new(&[
        ("ci.toml", &format!("schema = 1\n[gate.lint]\n{keys}\n")),
        (".gitignore", "/out\n"),
        ("report", report),
        ("src/a.py", PY),
        ("src/b.sh", "#!/bin/sh\nx=1\necho $1\n"),
    ])
}

fn row(fixture: &Fixture) -> Value {
    fixture.receipt()["predicate"]["gates"][0].clone()
}

fn rules(fixture: &Fixture) -> Vec<String> {
    let row = row(fixture);
    let findings = row["findings"].as_array().unwrap();
    let text = |finding: &Value| {
        format!(
            "{} {} {}:{}:{} {}",
            finding["rule"].as_str().unwrap(),
            finding["severity"].as_str().unwrap(),
            finding["path"].as_str().unwrap(),
            finding["line"],
            finding["column"],
            finding["state"].as_str().unwrap()
        )
    };
    findings.iter().map(text).collect()
}

const FAIL: &str = "sh = \"mkdir -p out; cat report > out/r; exit 1\"\n";

#[test]
fn a_sarif_report_becomes_findings() {
    let fixture = with(&format!("{FAIL}output = \"sarif:out/r\""), RUFF);
    fixture.xtask(&["verify"]).ends_with(1).says(&[
        "error[lint/F401]: `os` imported but unused",
        "src/a.py:1:8",
        "see https://docs.astral.sh/ruff/rules/unused-import",
        "fail lint  1 error  1 command",
    ]);
    assert_eq!(rules(&fixture), ["lint/F401 error src/a.py:1:8 new"]);
    let record = row(&fixture)["findings"][0].clone();
    assert_eq!((&record["endColumn"], &record["source"]), (&10.into(), &"import os".into()));
    assert_eq!(row(&fixture)["facts"]["output"], "sarif");
    fixture.xtask(&["explain", "lint/F401"]).ends_with(0).says(&["gate:allow F401", "gate 'lint'"]);
    let sarif = fixture.path().join("out/ours.sarif");
    let junit = fixture.path().join("out/ours.xml");
    let (sarif, junit) = (sarif.to_str().unwrap(), junit.to_str().unwrap());
    fixture.xtask(&["verify", "--sarif", sarif, "--junit", junit]).ends_with(1);
    let ours = std::fs::read_to_string(sarif).unwrap();
    assert!(ours.contains("\"ruleId\": \"lint/F401\"") && ours.contains("src/a.py"));
    assert!(std::fs::read_to_string(junit).unwrap().contains("lint/F401"));
}

#[test]
fn standard_output_of_every_format() {
    let jsonl = r#"{"code":"F401","filename":"src/a.py","location":{"row":1,"column":8},"end_location":{"row":1,"column":10},"message":"unused","severity":"error"}"#;
    let junit = "<testsuites><testsuite name=\"src/a.py\"><testcase name=\"org.ruff.F401\" classname=\"src/a\" line=\"1\" column=\"8\"><failure message=\"unused\"/></testcase></testsuite></testsuites>";
    let gcc = r"regex:^(?<path>[^:]+):(?<line>\\d+):(?<column>\\d+): (?<severity>\\w+): (?<message>.*) \\[(?<rule>[^\\]]+)\\]$";
    for (output, report) in [
        ("sarif", RUFF),
        ("jsonl", jsonl),
        ("junit", junit),
        (gcc, "checking\nsrc/a.py:1:8: error: unused [F401]\n1 error\n"),
    ] {
        let keys = format!("sh = \"cat report; exit 1\"\noutput = \"{output}\"");
        let fixture = with(&keys, report);
        fixture.xtask(&["verify"]).ends_with(1);
        assert_eq!(rules(&fixture), ["lint/F401 error src/a.py:1:8 new"], "{output}");
    }
    let fixture = with("sh = \"cat report; exit 1\"\noutput = \"checkstyle\"", SHELLCHECK);
    fixture.xtask(&["verify"]).ends_with(1);
    // It failed and told no error: the gravest of what it told counts.
    assert_eq!(
        rules(&fixture),
        [
            "lint/ShellCheck-SC2034 error src/b.sh:2:1 new",
            "lint/ShellCheck-SC2086 note src/b.sh:3:6 new"
        ]
    );
    assert!(row(&fixture)["facts"]["exit"].as_str().unwrap().contains("1 gravest"));
}

#[test]
fn waivers_baseline_and_weights_are_laid_over_them() {
    let fixture = with(&format!("{FAIL}output = \"sarif:out/r\""), RUFF);
    fixture.write(
        "src/a.py",
        PY.replace("os\n", "os # gate:allow F401 reason=\"kept for doctests\"\n"),
    );
    fixture.xtask(&["verify"]).ends_with(0).says(&["1 waived"]);
    assert!(row(&fixture).get("log").is_none(), "a green row keeps no log");
    fixture.commit("waived");
    fixture.xtask(&["verify"]).ends_with(0);
    fixture.xtask(&["receipt", "check"]).ends_with(0);

    fixture.write("src/a.py", PY);
    fixture.xtask(&["baseline", "update"]).ends_with(0).says(&["+ lint/F401  src/a.py"]);
    fixture.xtask(&["baseline", "update", "--write"]).ends_with(0);
    fixture.xtask(&["verify"]).ends_with(0).says(&["1 baselined"]);
    fixture.write("report", RUFF.replace("F401", "F811"));
    fixture.xtask(&["verify"]).ends_with(1).says(&["lint/F811", "lint/stale-baseline"]);
    fixture.sh().remove_path("ci.baseline.json").unwrap();

    let keys = format!("{FAIL}output = \"sarif:out/r\"\nseverity = {{ F811 = \"note\" }}");
    fixture.write("ci.toml", format!("schema = 1\n[gate.lint]\n{keys}\n"));
    fixture.xtask(&["verify"]).ends_with(0).says(&["1 note"]);

    fixture.write(
        "report",
        RUFF.replace("\"level\":\"error\",\"locations", "\"level\":\"note\",\"locations"),
    );
    fixture.write("ci.toml", "schema = 1\n[gate.lint]\nsh = \"cat report\"\noutput = \"sarif\"\n[[waiver]]\nrule = \"lint/F999\"\nreason = \"r\"\n");
    fixture.xtask(&["verify"]).ends_with(1).says(&["lint/unused-waiver"]);
}

#[test]
fn a_report_that_is_not_of_this_run_is_errored() {
    let fixture = with("run = [\"true\"]\noutput = \"sarif:out/r\"", RUFF);
    fixture.xtask(&["verify"]).ends_with(3).says(&["it left no report 'out/r'"]);
    assert_eq!(fixture.outcome("lint"), "errored output-missing");
    let sh = fixture.sh();
    sh.create_dir("out").unwrap();
    sh.copy_file("report", "out/r").unwrap();
    // Just written, but not by the command.
    fixture.xtask(&["verify"]).ends_with(3);
    assert_eq!(fixture.outcome("lint"), "errored output-stale");
    // Written by it, as it was long ago.
    let ci = "schema = 1\n[gate.lint]\nsh = \"cp report out/r; touch -d 2020-01-01 out/r\"\noutput = \"sarif:out/r\"\n";
    fixture.write("ci.toml", ci);
    fixture.xtask(&["verify"]).ends_with(3);
    assert_eq!(fixture.outcome("lint"), "errored output-stale");
    // A pipe could be waited for for ever.
    fixture.write(
        "ci.toml",
        "schema = 1\n[gate.lint]\nsh = \"rm -f out/r; mkfifo out/r\"\noutput = \"sarif:out/r\"\n",
    );
    fixture.xtask(&["verify"]).ends_with(3);
    assert_eq!(fixture.outcome("lint"), "errored output-missing");
}

#[test]
fn a_report_that_cannot_be_believed_is_errored() {
    let half = &RUFF[..RUFF.len() / 2];
    for (keys, report, code) in [
        ("sh = \"cat report\"\noutput = \"sarif\"", half, "output-unreadable"),
        ("sh = \"cat report\"\noutput = \"jsonl\"", "Found 1 error.\n", "output-unreadable"),
        ("sh = \"cat report; exit 1\"\noutput = \"junit\"", "<testsuites>", "output-unreadable"),
        ("sh = \"cat report\"\noutput = \"checkstyle\"", "", "output-unreadable"),
        (
            "sh = \"cat report; exit 1\"\noutput = \"sarif\"",
            &RUFF.replace("src/a.py", "/etc/passwd"),
            "output-elsewhere",
        ),
        (
            "sh = \"cat report; exit 1\"\noutput = \"sarif\"",
            &RUFF.replace("src/a.py", "../a.py"),
            "output-elsewhere",
        ),
        (
            "sh = \"cat report; exit 1\"\noutput = \"sarif\"",
            &RUFF.replace("Line\":1", "Line\":99"),
            "output-elsewhere",
        ),
        // It failed, and nothing says for what.
        ("sh = \"exit 1\"\noutput = \"jsonl\"", "", "exit-without-finding"),
        // It crashed, whatever it told before.
        ("sh = \"cat report; exit 2\"\noutput = \"sarif\"", RUFF, "exit-code"),
        ("sh = \"cat report; kill -9 $$\"\noutput = \"sarif\"", RUFF, "signal"),
        // 70 MiB on standard output.
        (
            "sh = \"head -c 73400320 /dev/zero | tr '\\\\0' ' '\"\noutput = \"jsonl\"",
            "",
            "output-too-large",
        ),
    ] {
        let fixture = with(keys, report);
        fixture.xtask(&["verify"]).ends_with(3);
        assert_eq!(fixture.outcome("lint"), format!("errored {code}"), "{keys}");
    }
}

#[test]
fn exit_code_and_findings_that_disagree_end_in_red() {
    let zero = with("sh = \"cat report\"\noutput = \"sarif\"", RUFF);
    zero.xtask(&["verify"]).ends_with(1).says(&["exited with 0 and told 1 error(s)"]);
    let other =
        with("sh = \"cat report; exit 14\"\noutput = \"sarif\"\nfinding_exits = [13, 14]", RUFF);
    other.xtask(&["verify"]).ends_with(1);
    assert_eq!(other.outcome("lint"), "failed findings");
    let unlisted =
        with("sh = \"cat report; exit 1\"\noutput = \"sarif\"\nfinding_exits = [14]", RUFF);
    unlisted.xtask(&["verify"]).ends_with(3).says(&["finding_exits = [1]"]);
    let fine = with("sh = \"cat report\"\noutput = \"jsonl\"", "");
    fine.xtask(&["verify"]).ends_with(0);
    fine.xtask(&["receipt", "check"]).ends_with(0);
}

#[test]
fn test_runs_are_told_by_test_and_no_test_is_empty() {
    let failed = "<testsuites><testsuite name=\"s\"><testcase classname=\"api\" name=\"lists\"><failure message=\"1 != 2\"/></testcase><testcase classname=\"api\" name=\"fine\"/></testsuite></testsuites>";
    let fixture = with("sh = \"cat report; exit 1\"\noutput = \"junit\"", failed);
    fixture.xtask(&["verify"]).ends_with(1).says(&["'api lists' failed: 1 != 2", "ci.toml:2"]);
    assert_eq!(row(&fixture)["facts"]["tests"], 2);
    let empty = with("sh = \"cat report\"\noutput = \"junit\"", "<testsuites/>");
    empty.xtask(&["verify"]).ends_with(3);
    assert_eq!(empty.outcome("lint"), "vacuous looked-at-nothing");
}

#[test]
fn a_pass_with_findings_that_do_not_count_stands_with_them() {
    let note = RUFF.replace("\"level\":\"error\",\"locations", "\"level\":\"note\",\"locations");
    let fixture = with("sh = \"cat report\"\noutput = \"sarif\"\ninputs = [\"**\"]", &note);
    fixture.xtask(&["verify"]).ends_with(0).says(&["1 note"]);
    fixture.xtask(&["verify"]).ends_with(0).says(&["1 note", "reused"]);
    assert_eq!(rules(&fixture), ["lint/F401 note src/a.py:1:8 new"]);
    // Policy is laid over it anew.
    let text = fixture.sh().read_file("ci.toml").unwrap();
    fixture.write("ci.toml", format!("{text}severity = {{ F401 = \"error\" }}\n"));
    fixture.xtask(&["verify"]).ends_with(1);
}

#[test]
fn mistakes_in_ci_toml_point_at_the_value() {
    for (keys, words) in [
        ("run = [\"x\"]\noutput = \"sarf:a\"", &["did you mean 'sarif'?", "ci.toml:4:10"][..]),
        (
            "run = [\"x\"]\noutput = \"sarif:/etc/x\"",
            &["no path below the repository", "ci.toml:4:10"],
        ),
        (
            "run = [\"x\"]\noutput = \"regex:(?<path>.)(?<mesage>.)\"",
            &["did you mean 'message'?", "ci.toml:4:10"],
        ),
        ("run = [\"x\"]\noutptu = \"sarif\"", &["unknown key 'outptu'", "did you mean 'output'?"]),
        ("run = [\"x\"]\nfinding_exits = [2]", &["has 'finding_exits'", "output = "]),
        ("run = [\"x\"]\nseverity = { F401 = \"note\" }", &["has 'severity'"]),
        ("kind = \"secret-scan\"\noutput = \"sarif\"", &["'output' is a key of command gates"]),
    ] {
        with(keys, "").xtask(&["verify"]).ends_with(2).says(words);
    }
}

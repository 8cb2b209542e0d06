//! Gates in any language: one JSON request, JSON lines back. What is not of the
//! protocol is errored; rules prove themselves as ours do.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::os::unix::fs::PermissionsExt;

use common::Fixture;
use serde_json::Value;

const EXAMPLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../scripts/examples");
const DONE: &str = r#"{"done":{"schema":1,"examined":{"files":1,"items":1}}}"#;

/// A repository with a plugin gate `own` of these keys, which is this script.
fn with(keys: &str, script: &str, files: &[(&str, &str)]) -> Fixture {
    let ci = format!("schema = 1\n[gate.own]\nplugin = {{ run = [\"./own\"]{keys} }}\n");
    let mut all = vec![("ci.toml", ci.as_str()), ("own", script), ("a.md", "text\n")];
    all.extend(files);
    let fixture = Fixture::folder(&all);
    let own = fixture.path().join("own");
    std::fs::set_permissions(own, std::fs::Permissions::from_mode(0o755)).unwrap();
    let sh = fixture.sh();
    xshell::cmd!(sh, "git init --quiet --initial-branch main").run().unwrap();
    xshell::cmd!(sh, "git config user.name fixture").run().unwrap();
    xshell::cmd!(sh, "git config user.email fixture@example.invalid").run().unwrap();
    fixture.commit("begin");
    fixture
}

/// A script that answers `check` with these lines, and `describe` with those.
fn answers(describe: &str, check: &str, end: &str) -> String {
    format!(
        "#!/bin/sh\ncase $(cat) in\n*'\"request\":\"describe\"'*) cat <<'END'\n{describe}\n{{\"done\":{{\"schema\":1}}}}\nEND\nexit ;;\nesac\ncat <<'END'\n{check}\nEND\n{end}\n"
    )
}

fn row(fixture: &Fixture) -> Value {
    fixture.receipt()["predicate"]["gates"][0].clone()
}

#[test]
fn the_example_in_shell() {
    let script = std::fs::read_to_string(format!("{EXAMPLES}/no-tabs")).unwrap();
    let fixture = with(", files = [\"*.md\"]", &script, &[("b c.md", "x\n\ty\n")]);
    fixture.xtask(&["verify"]).ends_with(1).says(&[
        "error[own/tab]: a tab where blanks belong",
        "b c.md:2:2",
        "fail own  1 error  3 items in 2 files",
    ]);
    let row = row(&fixture);
    assert_eq!((&row["kind"], &row["rules"]["count"]), (&"plugin".into(), &1.into()));
    assert_eq!(row["proof"]["tripped"], 1);
    fixture.xtask(&["prove"]).ends_with(0).says(&["ok      own  1 rule, 2 examples"]);
    fixture.xtask(&["explain", "own/tab"]).ends_with(0).says(&[
        "Write blanks.",
        "red:",
        "gate:allow tab",
    ]);
    fixture.write("b c.md", "x\n\ty <!-- gate:allow tab reason=\"shown as it is\" -->\n");
    fixture.commit("waived");
    fixture.xtask(&["verify"]).ends_with(0).says(&["1 waived"]);
    fixture.xtask(&["receipt", "check"]).ends_with(0);
}

#[test]
fn the_example_in_python() {
    let script = std::fs::read_to_string(format!("{EXAMPLES}/todo-owner.py")).unwrap();
    let files =
        [("a.py", "x = 1  # TODO: é\n"), ("bin", "\0TODO"), ("b.py", "# HACK\n# TODO(ada)\n")];
    let keys = ", files = [\"*.py\", \"bin\"], options = { words = [\"TODO\", \"HACK\"] }";
    let fixture = with(keys, &script, &files);
    fixture.xtask(&["verify"]).ends_with(0).says(&["2 warnings", "not judged: 1 binary"]);
    let found = row(&fixture)["findings"].clone();
    let place = |at: usize| {
        (found[at]["path"].clone(), found[at]["column"].clone(), found[at]["endColumn"].clone())
    };
    assert_eq!(place(0), ("a.py".into(), 10.into(), 14.into()));
    assert_eq!(place(1), ("b.py".into(), 3.into(), 7.into()));
    let ci = fixture.sh().read_file("ci.toml").unwrap();
    fixture.write("ci.toml", format!("{ci}severity = {{ no-owner = \"error\" }}\n"));
    fixture.xtask(&["verify"]).ends_with(1).says(&["write TODO(name)"]);
    fixture.xtask(&["baseline", "update", "--write"]).ends_with(0).says(&["+ own/no-owner  a.py"]);
    fixture.xtask(&["verify"]).ends_with(0).says(&["2 baselined"]);
}

#[test]
fn what_is_not_of_the_protocol_is_errored_with_its_reason() {
    let found = r#"{"finding":{"rule":"r","path":"a.md","line":1,"message":"m"}}"#;
    for (check, end, why) in [
        (found, "", "has no 'done' line"),
        ("", "", "has no 'done' line"),
        ("Checking …", "", "line 1 of its answer"),
        (&DONE.replace("\"schema\":1", "\"schema\":7"), "", "schema 7, and this program speaks 1"),
        (&format!("{}\n{DONE}", found.replace("\"line\"", "\"lines\"")), "", "unknown field"),
        (&format!("{DONE}\n{found}"), "", "'done' is not the last one"),
        (&DONE.replace("\"files\":1", "\"files\":99"), "", "judged 99 files and was handed"),
        (
            &format!("{}\n{DONE}", found.replace("a.md", "/etc/passwd")),
            "",
            "which it was not handed",
        ),
        (&format!("{}\n{DONE}", found.replace("a.md", "../x")), "", "which it was not handed"),
        (&format!("{}\n{DONE}", found.replace("\"line\":1", "\"line\":50")), "", "another state"),
        // Whatever it told, it did not come to its end.
        (&format!("{found}\n{DONE}"), "echo broken >&2; exit 3", "exited with 3"),
        (&format!("{found}\n{DONE}"), "kill -9 $$", "ended by signal 9"),
    ] {
        let fixture = with("", &answers("", check, end), &[]);
        fixture.xtask(&["verify"]).ends_with(3).says(&[why]);
    }
    let fixture = with(
        "",
        "#!/bin/sh\necho '{\"done\":{\"schema\":1,\"examined\":{\"files\":1,\"items\":1}}}'\n",
        &[],
    );
    fixture.xtask(&["verify"]).ends_with(3).says(&["asked to describe itself", "answers 'check'"]);
    let fixture = with("", "#!/bin/sh\nexit 1\n", &[]);
    fixture.xtask(&["verify"]).ends_with(3);
    assert_eq!(fixture.outcome("own"), "errored plugin-protocol");
    let slow = with("", &answers("", DONE, "sleep 60"), &[]);
    slow.xtask(&["verify", "--timeout", "2s"]).ends_with(3);
    assert_eq!(slow.outcome("own"), "timed-out timed-out");
}

#[test]
fn nothing_examined_is_vacuous() {
    let nothing = DONE.replace(":1,\"items\":1", ":0,\"items\":0");
    let fixture = with("", &answers("", &nothing, ""), &[]);
    fixture.xtask(&["verify"]).ends_with(3);
    assert_eq!(fixture.outcome("own"), "vacuous looked-at-nothing");
    let fine = with("", &answers("", DONE, ""), &[]);
    fine.xtask(&["verify"]).ends_with(0).says(&["1 item in 1 file"]);
    fine.xtask(&["receipt", "check"]).ends_with(0);
    fine.xtask(&["prove"]).ends_with(0).says(&["none    own  a plugin that describes no rules"]);
}

#[test]
fn a_rule_that_cannot_go_red_is_asleep() {
    let rule =
        r#"{"rule":{"id":"r","doc":"d","bad":["-- a.md --\nx\n"],"good":["-- a.md --\ny\n"]}}"#;
    let quiet = with("", &answers(rule, DONE, ""), &[]);
    quiet.xtask(&["verify"]).ends_with(3).says(&["own/r: bad example 1 stayed quiet"]);
    assert_eq!(quiet.outcome("own"), "errored canary-asleep");
    quiet.xtask(&["prove"]).ends_with(3).says(&["asleep  own"]);
    let found = r#"{"finding":{"rule":"r","path":"a.md","line":1,"message":"m"}}"#;
    let loud = with("", &answers(rule, &format!("{found}\n{DONE}"), ""), &[]);
    // Its good example goes red: red says enough of the tree, and the sleeper is told besides.
    loud.xtask(&["verify"]).ends_with(1).says(&["good example 1 raised 1 finding(s)"]);
    let other = found.replace("\"r\"", "\"other\"");
    let undescribed = with("", &answers(rule, &format!("{other}\n{DONE}"), ""), &[]);
    undescribed.xtask(&["verify"]).ends_with(3).says(&["did not describe the rule 'other'"]);
    let unproven = r#"{"rule":{"id":"r","doc":"d"}}"#;
    let fixture = with("", &answers(unproven, DONE, ""), &[]);
    fixture.xtask(&["verify"]).ends_with(0).says(&["without examples, so unproven: own/r"]);
    fixture.xtask(&["receipt", "check"]).ends_with(5).says(&["unproven"]);
}

#[test]
fn the_request_says_what_is_judged() {
    let script = "#!/bin/sh\nrequest=$(cat)\nprintf '%s' \"$request\" > \"$OUT\"\ncase $request in *describe*) echo '{\"done\":{\"schema\":1}}' ;; *) echo '{\"done\":{\"schema\":1,\"examined\":{\"files\":1,\"items\":1}}}' ;; esac\n";
    let fixture =
        with(", files = [\"*.md\"], options = { deep = { n = 1 } }", script, &[("c.txt", "")]);
    let out = tempfile::NamedTempFile::new().unwrap();
    let ci = fixture.sh().read_file("ci.toml").unwrap();
    let ci = ci.replace("schema = 1\n", "schema = 1\n[verify]\nbase = \"main\"\n");
    fixture.write("ci.toml", format!("{ci}set_env = {{ OUT = \"{}\" }}\n", out.path().display()));
    fixture.commit("base");
    fixture.xtask(&["verify"]).ends_with(0);
    let request: Value = serde_json::from_slice(&std::fs::read(out.path()).unwrap()).unwrap();
    let sh = fixture.sh();
    let blob = xshell::cmd!(sh, "git rev-parse HEAD:a.md").read().unwrap();
    let head = xshell::cmd!(sh, "git rev-parse HEAD").read().unwrap();
    let top = xshell::cmd!(sh, "git rev-parse --show-toplevel").read().unwrap();
    let expected = serde_json::json!({
        "schema": 1, "request": "check", "gate": "own", "options": { "deep": { "n": 1 } }, "root": top,
        "base": { "ref": "main", "mergeBase": head },
        "files": [{ "path": "a.md", "blob": blob, "kind": "file" }],
    });
    assert_eq!(request, expected);
}

#[test]
fn mistakes_in_ci_toml_are_told() {
    for (text, words) in [
        ("plugin = { rn = [\"x\"] }", &["unknown key 'rn'", "did you mean 'run'?"][..]),
        ("plugin = { run = [] }", &["'plugin.run' is empty"]),
        ("plugin = { run = [\"x\"] }\nrun = [\"y\"]", &["is a plugin and has 'run' too"]),
        ("plugin = { run = [\"x\"] }\noutput = \"sarif\"", &["has 'output' too"]),
        ("plugin = { run = [\"x\"] }\ninputs = [\"**\"]", &["judged anew each time"]),
        ("plugin = { run = [\"x\"], files = [\"{a\"] }", &["plugin.files"]),
    ] {
        let ci = format!("schema = 1\n[gate.own]\n{text}\n");
        Fixture::new(&[("ci.toml", &ci)]).xtask(&["verify"]).ends_with(2).says(words);
    }
}

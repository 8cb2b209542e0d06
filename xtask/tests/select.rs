//! `select`: which components a change concerns. What cannot be told selects
//! everything.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use common::{Fixture, ran};
use serde_json::{Value, json};
use xshell::cmd;

const CI: &str = r#"schema = 1
[gate.unit]
run = ["true"]
[select]
ignore = ["**/*.md"]
[components.api]
paths = ["services/api/**", "proto/**"]
image = "registry/api"
ports = [80, 443]
[components.web]
paths = ["web/**"]
image = "registry/web"
[components.db]
paths = ["migrations/**"]
always = true
"#;

fn repository() -> Fixture {
    let fixture = Fixture::new(&[
        ("ci.toml", CI),
        ("services/api/main.go", "package main\n\nfunc main() {}\n"),
        ("web/a.ts", "a\nb\nc\n"),
        ("web/moved.ts", "one\ntwo\nthree\nfour\nfive\n"),
    ]);
    let sh = fixture.sh();
    cmd!(sh, "git switch --quiet --create topic").run().unwrap();
    fixture
}

fn json(fixture: &Fixture, args: &[&str]) -> Value {
    let run = fixture.xtask(&[&["select", "--format", "json"], args].concat()).ends_with(0);
    serde_json::from_str(&run.stdout).unwrap()
}

fn names(fixture: &Fixture, args: &[&str]) -> Vec<String> {
    let all = json(fixture, args);
    let parts = all["components"].as_object().unwrap();
    let selected = parts.iter().filter(|(_, part)| part["selected"] == true);
    selected.map(|(name, part)| format!("{name} {}", part["why"].as_str().unwrap())).collect()
}

#[test]
fn changed_components_with_counts_and_a_matrix() {
    let fixture = repository();
    fixture
        .write("services/api/main.go", "package main\n\nfunc main() { run() }\n\nfunc run() {}\n");
    fixture.write("proto/new.proto", "one\ntwo\n");
    fixture.write("README.md", "words\n");
    fixture.write("Makefile", "all:\n");
    let all = json(&fixture, &["--base", "main"]);
    assert_eq!(
        all["components"]["api"],
        json!({ "selected": true, "why": "changed", "files": 2, "insertions": 5, "deletions": 1 })
    );
    assert_eq!(all["components"]["web"]["selected"], false);
    assert_eq!((&all["unmatched"], &all["ignored"]), (&json!(["Makefile"]), &json!(1)));
    assert_eq!((&all["all"], &all["any"], &all["count"]), (&json!(false), &json!(true), &json!(2)));
    assert_eq!(
        all["matrix"],
        json!({ "include": [
            { "component": "api", "image": "registry/api", "ports": [80, 443] },
            { "component": "db" },
        ] })
    );
    // The same committed, staged, and by its commit.
    fixture.commit("change");
    for view in [&[][..], &["--staged"], &["--rev", "HEAD"]] {
        assert_eq!(json(&fixture, &[&["--base", "main"], view].concat()), all);
    }
    fixture.xtask(&["select", "--base", "main"]).ends_with(0).says(&[
        "api  changed  2 files  +5 -1",
        "web  -",
        "db   always",
        "in no component: Makefile",
        "ignored: 1 path",
        "from 'main'",
    ]);
}

#[test]
fn renames_count_on_both_sides_and_deletions_count() {
    let fixture = repository();
    let sh = fixture.sh();
    cmd!(sh, "git mv web/moved.ts services/api/moved.ts").run().unwrap();
    fixture.commit("move");
    assert_eq!(names(&fixture, &["--base", "main"]), ["api changed", "web changed", "db always"]);
    let fixture = repository();
    fixture.sh().remove_path("web/a.ts").unwrap();
    let all = json(&fixture, &["--base", "main"]);
    assert_eq!(
        (&all["components"]["web"]["files"], &all["components"]["web"]["deletions"]),
        (&json!(1), &json!(3))
    );
    assert_eq!(all["components"]["api"]["selected"], false);
}

#[test]
fn a_ref_is_compared_from_the_merge_base_and_a_file_with_its_commit() {
    let fixture = repository();
    let sh = fixture.sh();
    let begin = cmd!(sh, "git rev-parse HEAD").read().unwrap();
    fixture.write("web/a.ts", "x\n");
    fixture.commit("ours");
    cmd!(sh, "git switch --quiet main").run().unwrap();
    fixture.write("services/api/main.go", "package other\n");
    fixture.commit("theirs");
    let main = cmd!(sh, "git rev-parse HEAD").read().unwrap();
    cmd!(sh, "git switch --quiet topic").run().unwrap();
    // What the other side did meanwhile is not ours.
    assert_eq!(names(&fixture, &["--base", "main"]), ["web changed", "db always"]);
    // What is deployed from there is other than this, both ways.
    let outside = tempfile::tempdir().unwrap();
    let file = outside.path().join("deployed");
    let path = file.to_str().unwrap();
    std::fs::write(&file, format!("{main} by ada\n")).unwrap();
    assert_eq!(names(&fixture, &["--base", path]), ["api changed", "web changed", "db always"]);
    std::fs::write(&file, &begin).unwrap();
    assert_eq!(names(&fixture, &["--base", path]), ["web changed", "db always"]);
}

#[test]
fn a_base_that_is_not_known_selects_everything_and_says_so() {
    let fixture = repository();
    let outside = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = outside.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let (zero, gone) = ("0".repeat(40), "a".repeat(40));
    let everything = ["api unknown-base", "web unknown-base", "db always"];
    for (base, why) in [
        (zero.clone(), "is not known here"),
        ("origin/main".into(), "is not known here"),
        ("./no-such-file".into(), "is not there"),
        (file("empty", ""), "holds no commit"),
        (file("words", "main\n"), "holds no commit"),
        (file("gone", &gone), "is not here"),
        (file("huge", &"a".repeat(5_000)), "holds no commit"),
    ] {
        assert_eq!(names(&fixture, &["--base", &base]), everything, "{base}");
        fixture
            .xtask(&["select", "--base", &base])
            .ends_with(0)
            .says(&["everything is selected", why]);
    }
    assert_eq!(names(&fixture, &[]), everything);
    fixture.xtask(&["select"]).ends_with(0).says(&["no base is given"]);
    let sh = fixture.sh();
    cmd!(sh, "git switch --quiet --orphan island").run().unwrap();
    fixture.write("ci.toml", CI);
    fixture.commit("alone");
    assert_eq!(names(&fixture, &["--base", "main"]), everything);

    let from = format!("file://{}", fixture.path().display());
    let into = outside.path().join("shallow");
    fixture.write("web/a.ts", "1\n");
    fixture.commit("two");
    cmd!(sh, "git branch side HEAD~1").run().unwrap();
    cmd!(sh, "git clone --quiet --depth 1 --no-single-branch {from} {into}").run().unwrap();
    let into = into.to_str().unwrap();
    let run = ["-C", into, "select", "--base", "origin/side"];
    fixture.xtask(&run).ends_with(0).says(&["api  unknown-base", "web  unknown-base"]);
    let folder = Fixture::folder(&[("ci.toml", CI)]);
    assert_eq!(names(&folder, &["--base", "main"]), everything);
}

#[test]
fn outputs_of_a_step_are_lines() {
    let fixture = repository();
    let sh = fixture.sh();
    fixture.write("web/a.ts", "x\n");
    fixture.write("odd\nname", "x");
    fixture.commit("change");
    let out = tempfile::NamedTempFile::new().unwrap();
    let mut command = fixture.command(&["select", "--base", "main"]);
    command.env("GITHUB_ACTIONS", "true").env("GITHUB_OUTPUT", out.path());
    let printed = ran(command.output().unwrap()).ends_with(0).stdout;
    let main = cmd!(sh, "git rev-parse main").read().unwrap();
    let expected = [
        "api=false",
        "web=true",
        "db=true",
        "all=false",
        "any=true",
        &format!("base={main}"),
        "count=2",
        "components=[\"web\",\"db\"]",
        "matrix={\"include\":[{\"component\":\"web\",\"image\":\"registry/web\"},{\"component\":\"db\"}]}",
        "unmatched=[\"odd\\nname\"]",
    ];
    assert_eq!(printed.lines().collect::<Vec<_>>(), expected);
    assert_eq!(std::fs::read_to_string(out.path()).unwrap(), printed);
}

#[test]
fn an_empty_selection_and_a_full_matrix() {
    let fixture = repository();
    fixture.write("ci.toml", CI.replace("always = true\n", ""));
    fixture.commit("none is always");
    let all = json(&fixture, &["--base", "HEAD"]);
    assert_eq!(all["matrix"], json!({ "include": [{ "component": "(nothing)" }] }));
    assert_eq!((&all["any"], &all["count"]), (&json!(false), &json!(0)));
    let many: String = (0..257).map(|at| format!("[components.c{at}]\nalways = true\n")).collect();
    fixture.write("ci.toml", format!("schema = 1\n[gate.unit]\nrun = [\"true\"]\n{many}"));
    let run = ["select", "--base", "HEAD", "--format"];
    fixture
        .xtask(&[&run[..], &["github"]].concat())
        .ends_with(2)
        .says(&["257 components", "256 entries"]);
    fixture.xtask(&[&run[..], &["plain"]].concat()).ends_with(0).says(&["c256  always"]);
    fixture.write("ci.toml", "schema = 1\n[gate.unit]\nrun = [\"true\"]\n");
    fixture.xtask(&["select"]).ends_with(2).says(&["ci.toml has no component"]);
}

#[test]
fn a_name_that_is_a_ref_and_a_file_is_refused() {
    let fixture = repository();
    fixture.write("main", "x\n");
    fixture
        .xtask(&["select", "--base", "main"])
        .ends_with(2)
        .says(&["both a ref and a file", "./main"]);
    fixture.xtask(&["select", "--base", "refs/heads/main"]).ends_with(0);
}

#[test]
fn mistakes_in_ci_toml_are_told() {
    for (text, words) in [
        (
            "[components.api]\npath = [\"a\"]\n",
            &["'path' would be passed through", "did you mean 'paths'?", "ci.toml:4:13"][..],
        ),
        ("[components.api]\n", &["'api' has no paths"]),
        ("[components.\"a b\"]\nalways = true\n", &["no name for a component"]),
        ("[components.matrix]\nalways = true\n", &["an output of 'select' itself"]),
        ("[components.a]\nalways = true\ncomponent = \"b\"\n", &["its name in the matrix"]),
        ("[components.a]\nalways = true\nday = 2026-01-01\n", &["nothing that JSON can hold"]),
        ("[components.a]\npaths = [\"{a\"]\n", &["component 'a': paths"]),
        ("[select]\nignroe = [\"a\"]\n", &["unknown key 'ignroe'", "did you mean 'ignore'?"]),
        (
            "[component.a]\nalways = true\n",
            &["unknown key 'component'", "did you mean 'components'?"],
        ),
    ] {
        let ci = format!("schema = 1\n[gate.unit]\nrun = [\"true\"]\n{text}");
        Fixture::new(&[("ci.toml", &ci)]).xtask(&["select"]).ends_with(2).says(words);
    }
}

//! A fan-out: planned once, judged by many jobs, merged into the one receipt
//! that a single machine would have written; and every way in which the parts
//! are no proof.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use common::fan::{CI, Fan};
use common::{Fixture, ran, workflow};
use serde_json::{Value, json};

#[test]
fn parts_make_the_receipt_that_one_machine_would() {
    let fan = Fan::new(&[]);
    let (gates, digest) = fan.plan(&[]);
    assert_eq!(gates, ["action-pins", "secret-scan", "fmt", "unit"]);
    for gate in &gates {
        fan.job(gate, &digest, &[]).ends_with(0).says(&["partial"]);
        let part = fan.json(&format!("parts/part-{gate}/part.json"));
        assert_eq!(part["predicate"]["selection"]["planSha256"], digest.as_str());
        let fanned_out = part["predicate"]["gates"].as_array().unwrap().iter();
        assert_eq!(fanned_out.filter(|row| row["reason"]["code"] == "fanned-out").count(), 3);
    }
    fan.job("unit", &digest, &[]).says(&["it needs fmt; 'merge' blocks it unless that is green"]);
    fan.merge(&digest, &[]).ends_with(0).says(&["green"]);
    let [single, merged] = fan.both();
    assert_eq!(single, merged);
    let parts = fan.json("merged.json")["predicate"]["parts"].as_array().unwrap().len();
    assert_eq!(parts, 4);
    let receipt = fan.path("merged.json");
    fan.xtask(&["receipt", "check", receipt.to_str().unwrap()]).ends_with(0).says(&["green"]);
    // A part alone is no proof.
    let part = fan.path("parts/part-fmt/part.json");
    fan.xtask(&["receipt", "check", part.to_str().unwrap()]).ends_with(5).says(&["one part of a"]);
}

#[test]
fn the_same_parts_make_the_same_receipt() {
    let fan = Fan::new(&[]);
    let digest = fan.jobs(&[]);
    fan.merge(&digest, &[]).ends_with(0);
    let mut first = fan.json("merged.json");
    let folder = |gate: &str| fan.path(&format!("parts/part-{gate}")).to_str().unwrap().to_owned();
    let folders = ["unit", "secret-scan", "fmt", "action-pins"].map(folder);
    fan.merge(&digest, &[]).ends_with(0);
    let mut again = fan.json("merged.json");
    assert_ne!(first["predicate"]["run"]["id"], again["predicate"]["run"]["id"]);
    for receipt in [&mut first, &mut again] {
        receipt["predicate"].as_object_mut().unwrap().remove("run");
    }
    assert_eq!(first, again);
    // Named one by one, in another order: only the parts' names are longer.
    let receipt = fan.path("merged.json");
    let mut args = vec!["merge", "--plan-digest", &digest, "--receipt", receipt.to_str().unwrap()];
    args.extend(folders.iter().map(String::as_str));
    fan.xtask(&args).ends_with(0);
    let other = fan.json("merged.json");
    assert_eq!(other["predicate"]["gates"], again["predicate"]["gates"]);
    let name = other["predicate"]["parts"][0]["name"].as_str().unwrap();
    assert_eq!(name, format!("{}/part.json", folder("action-pins")));
    fan.xtask(&["receipt", "check", receipt.to_str().unwrap()]).ends_with(0);
}

#[test]
fn github_is_handed_the_matrix_and_the_digest() {
    let fan = Fan::new(&[]).in_ci("17");
    let output = fan.path("output");
    std::fs::write(&output, "before=1\n").unwrap();
    let mut command = fan.repository.command(&["plan", "--matrix"]);
    command.envs(&fan.env).env("GITHUB_OUTPUT", &output);
    let planned = ran(command.output().unwrap()).ends_with(0);
    let (_, digest) = fan.plan(&[]);
    let text = fan.text("output");
    assert_eq!(text, format!("before=1\nmatrix={}digest={digest}\n", planned.stdout));
}

#[test]
fn a_plan_is_of_one_commit_profile_and_event() {
    let fan = Fan::new(&[]);
    let (_, first) = fan.plan(&[]);
    assert_eq!(fan.plan(&[]).1, first);
    let (gates, quick) = fan.plan(&["--profile", "quick"]);
    assert_eq!(gates, ["action-pins", "fmt"]);
    assert_ne!(quick, first);
    fan.job("fmt", &quick, &[]).ends_with(5).says(&["the plan here is", "profile"]);
    fan.job("fmt", &quick, &["--profile", "quick"]).ends_with(0);
    fan.job("unti", &first, &[]).ends_with(2).says(&["no gate 'unti'", "secret-scan"]);
    fan.job("publish", &first, &[]).ends_with(2).says(&["no gate 'publish'"]);
    fan.job("(nothing)", &first, &[]).ends_with(2);
    fan.repository.commit("another");
    assert_ne!(fan.plan(&[]).1, first);
    fan.job("fmt", &first, &[]).ends_with(5);
    fan.merge(&first, &[]).ends_with(5).says(&["the plan here is"]);
    fan.repository.write("new", "file");
    fan.xtask(&["plan", "--matrix"]).ends_with(4).says(&["differs from its commit"]);
    fan.job("fmt", &first, &[]).ends_with(4).says(&["differs from its commit"]);
    let folder = Fixture::folder(&[("ci.toml", CI)]);
    folder.xtask(&["plan", "--matrix"]).ends_with(4).says(&["needs a commit"]);
}

#[test]
fn a_profile_is_merged_and_stays_partial() {
    let fan = Fan::new(&[]);
    let digest = fan.jobs(&["--profile", "quick"]);
    fan.merge(&digest, &["--profile", "quick"]).ends_with(0).says(&["partial"]);
    assert_eq!(fan.outcome("unit"), "skipped not-in-profile");
    assert_eq!(fan.outcome("fmt"), "passed ");
}

#[test]
fn an_empty_plan_has_one_entry_and_is_never_green() {
    let fan = Fan::new(&[]);
    let late = ["--profile", "late"];
    let (gates, digest) = fan.plan(&late);
    assert_eq!(gates, ["(nothing)"]);
    fan.job("(nothing)", &digest, &late).ends_with(0);
    fan.merge(&digest, &late).ends_with(3).says(&["nothing is proven by nothing"]);
    assert_eq!(fan.json("merged.json")["predicate"]["verdict"], "error");
    assert_eq!(fan.outcome("publish"), "not-applicable when-event");
}

#[test]
fn a_matrix_holds_no_more_than_the_provider_takes() {
    let gates = |count: usize| {
        let tables = (0..count).map(|at| format!("[gate.g{at}]\nrun = [\"true\"]\n"));
        format!("schema = 1\n{}", tables.collect::<String>())
    };
    let fan = Fan::new(&[("ci.toml", &gates(256))]);
    assert_eq!(fan.plan(&[]).0.len(), 256);
    fan.repository.write("ci.toml", gates(257));
    fan.repository.commit("one more");
    fan.xtask(&["plan", "--matrix"]).ends_with(2).says(&["257 gates", "256 entries"]);
}

#[test]
fn a_red_gate_is_red_in_its_job_and_in_the_merge() {
    let loose = workflow("actions/checkout@v4");
    let fan = Fan::new(&[(".github/workflows/ci.yml", &loose)]);
    let (_, digest) = fan.plan(&[]);
    fan.job("action-pins", &digest, &[]).ends_with(1);
    for gate in ["secret-scan", "fmt", "unit"] {
        fan.job(gate, &digest, &[]).ends_with(0);
    }
    fan.merge(&digest, &[]).ends_with(1).says(&["actions/checkout@v4"]);
    let [single, merged] = fan.both();
    assert_eq!(single, merged);
}

#[test]
fn an_advisory_gate_reddens_neither_its_job_nor_the_merge() {
    let ci = CI.replace("[\"true\"]", "[\"false\"]\nrequired = false");
    let fan = Fan::new(&[("ci.toml", &ci.replace("needs = [\"fmt\"]\n", ""))]);
    let (_, digest) = fan.plan(&[]);
    fan.job("fmt", &digest, &[]).ends_with(0);
    let digest = fan.jobs(&[]);
    fan.merge(&digest, &[]).ends_with(0).says(&["green"]);
    assert!(fan.outcome("fmt").starts_with("failed"));
    // Listed all the same: its part may not be missing.
    std::fs::remove_dir_all(fan.path("parts/part-fmt")).unwrap();
    fan.merge(&digest, &[]).ends_with(3).says(&["gate 'fmt' was planned and left no part"]);
}

#[test]
fn a_need_that_is_not_green_blocks_though_its_job_passed() {
    let ci = CI.replacen("[\"true\"]", "[\"false\"]", 1);
    let fan = Fan::new(&[("ci.toml", &ci)]);
    let digest = fan.jobs(&[]);
    fan.merge(&digest, &[]).ends_with(1);
    assert_eq!(fan.outcome("unit"), "blocked needs");
    let [mut single, mut merged] = fan.both();
    for side in [&mut single, &mut merged] {
        // The words of a failed command hold its time.
        let rows = side["gates"].as_array_mut().unwrap();
        rows.retain(|row| row["id"] != "fmt");
    }
    assert_eq!(single, merged);
    std::fs::remove_dir_all(fan.path("parts/part-fmt")).unwrap();
    fan.merge(&digest, &[]).ends_with(3).says(&["left no part"]);
    assert_eq!(fan.outcome("unit"), "blocked needs");
}

#[test]
fn a_gate_that_may_look_at_nothing_hinders_nobody() {
    const EMPTY: &str = "schema = 1\n[gate.secret-scan]\nhistory = \"none\"\n[gate.action-pins]\nempty = \"ok\"\n[gate.more-pins]\nkind = \"action-pins\"\n";
    for (ci, code) in [(EMPTY.split("[gate.more").next().unwrap(), 0), (EMPTY, 3)] {
        let fan = Fan::new(&[("ci.toml", ci), (".github/workflows/ci.yml", "")]);
        let sh = fan.repository.sh();
        xshell::cmd!(sh, "git rm --quiet -r .github").quiet().run().unwrap();
        fan.repository.commit("no workflow");
        let (gates, digest) = fan.plan(&[]);
        for gate in gates {
            let code = if gate == "more-pins" { 3 } else { 0 };
            fan.job(&gate, &digest, &[]).ends_with(code);
        }
        fan.merge(&digest, &[]).ends_with(code);
        assert_eq!(fan.outcome("action-pins"), "not-applicable empty-allowed");
        let [single, merged] = fan.both();
        assert_eq!(single, merged);
    }
}

/// What is done to a part, and what the merge says of it.
type Way = (&'static str, &'static str, fn(&mut Value));

#[test]
fn every_way_in_which_a_part_is_no_proof() {
    let ways: [Way; 16] = [
        ("commit", "its commit is 1111", |part| {
            part["predicate"]["source"]["commit"] = json!("1".repeat(40));
            part["subject"][0]["digest"]["gitCommit"] = json!("1".repeat(40));
        }),
        ("tree", "its tree is 2222", |part| {
            part["predicate"]["source"]["tree"] = json!("2".repeat(40));
            part["subject"][0]["digest"]["gitTree"] = json!("2".repeat(40));
        }),
        ("subject", "its subject is not its source", |part| {
            part["subject"][0]["digest"]["gitTree"] = json!("2".repeat(40));
        }),
        ("config", "its ci.toml is 3333", |part| {
            part["predicate"]["config"]["sha256"] = json!("3".repeat(64));
        }),
        ("tool", "its program is gate-runner 9.9.9", |part| {
            part["predicate"]["tool"]["version"] = json!("9.9.9");
        }),
        ("sources", "sources 4444", |part| {
            part["predicate"]["tool"]["sourceTree"] = json!("4".repeat(64));
        }),
        ("lock", "its program is", |part| {
            part["predicate"]["tool"]["lockSha256"] = json!("4".repeat(64));
        }),
        ("plan", "its plan is 5555", |part| {
            part["predicate"]["selection"]["planSha256"] = json!("5".repeat(64));
        }),
        ("no plan", "its plan is none", |part| {
            part["predicate"]["selection"].as_object_mut().unwrap().remove("planSha256");
        }),
        ("profile", "its profile is quick", |part| {
            part["predicate"]["profile"] = json!("quick");
        }),
        ("dirty", "dirty", |part| part["predicate"]["source"]["dirty"] = json!(true)),
        ("version", "unknown schema: version 2", |part| {
            part["predicate"]["schemaVersion"] = json!(2);
        }),
        ("type", "unknown schema: 'https://in-toto.io/Statement/v9'", |part| {
            part["_type"] = json!("https://in-toto.io/Statement/v9");
        }),
        ("required", "gate 'fmt' is not what ci.toml says", |part| {
            part["predicate"]["gates"][2]["required"] = json!(false);
        }),
        ("options", "gate 'fmt' is not what ci.toml says", |part| {
            part["predicate"]["gates"][2]["options"]["sha256"] = json!("6".repeat(64));
        }),
        ("nothing", "it judged no gate", |part| {
            part["predicate"]["gates"][2]["outcome"] = json!("skipped");
        }),
    ];
    let fan = Fan::new(&[]);
    let digest = fan.jobs(&[]);
    let whole = fan.text("parts/part-fmt/part.json");
    for (name, said, change) in ways {
        fan.edit("fmt", change);
        assert_ne!(fan.text("parts/part-fmt/part.json"), whole, "{name}");
        fan.merge(&digest, &[]).ends_with(3).says(&[said]);
        let merged = fan.json("merged.json");
        assert_eq!(merged["predicate"]["verdict"], "error", "{name}");
        let reason = merged["predicate"]["selection"]["reason"].as_str().unwrap();
        assert!(reason.contains(said), "{name}: {reason}");
        let receipt = fan.path("merged.json");
        fan.xtask(&["receipt", "check", receipt.to_str().unwrap()]).ends_with(5);
        std::fs::write(fan.path("parts/part-fmt/part.json"), &whole).unwrap();
    }
    fan.merge(&digest, &[]).ends_with(0);
}

#[test]
fn every_file_must_be_a_part() {
    let fan = Fan::new(&[]);
    let digest = fan.jobs(&[]);
    let part = "parts/part-fmt/part.json";
    let whole = fan.text(part);
    let twice = whole.replacen('{', "{\n  \"_type\": \"https://in-toto.io/Statement/v1\",", 1);
    for (text, said) in [
        (format!("{whole} "), "not in canonical form"),
        (whole.replacen("\n", "\r\n", 1), "not in canonical form"),
        (format!("{whole}{{}}"), "unreadable"),
        (whole[..whole.len() / 2].to_owned(), "unreadable"),
        (String::new(), "unreadable"),
        ("{}".to_owned(), "unreadable"),
        (whole.replacen("\"verdict\"", "\"verdikt\"", 1), "unreadable"),
        (twice, "part 'part-fmt/part.json'"),
        (" ".repeat(8 * 1024 * 1024 + 1), "at most 8388608 bytes"),
    ] {
        std::fs::write(fan.path(part), text).unwrap();
        fan.merge(&digest, &[]).ends_with(3).says(&[said]);
    }
    std::fs::write(fan.path(part), &whole).unwrap();
    // Beside all that are needed, too.
    std::fs::write(fan.path("parts/part-fmt/stray.txt"), "x").unwrap();
    fan.merge(&digest, &[])
        .ends_with(3)
        .says(&["part 'part-fmt/stray.txt': unreadable", "green by parts that are no proof"]);
    std::fs::remove_file(fan.path("parts/part-fmt/stray.txt")).unwrap();
    fan.merge(&digest, &[]).ends_with(0);
}

#[test]
fn a_part_that_says_what_it_does_not_show_is_not_called_green() {
    let loose = workflow("actions/checkout@v4");
    let fan = Fan::new(&[(".github/workflows/ci.yml", &loose)]);
    let digest = fan.jobs(&[]);
    fan.edit("action-pins", |part| {
        let row = &mut part["predicate"]["gates"][0];
        assert_eq!(row["outcome"], "failed");
        row["outcome"] = json!("passed");
        row["reason"] = json!({ "code": "", "text": "" });
    });
    fan.merge(&digest, &[]).ends_with(3).says(&["incoherent: gate 'action-pins'"]);
    assert_eq!(fan.json("merged.json")["predicate"]["verdict"], "error");
    fan.edit("action-pins", |part| {
        part["predicate"]["gates"][0]["findings"] = json!([]);
        part["predicate"]["gates"][0]["proof"]["tripped"] = json!(0);
    });
    fan.merge(&digest, &[]).ends_with(3).says(&["unproven: gate 'action-pins'"]);
    // What no baseline knows.
    let digest = fan.jobs(&[]);
    fan.edit("action-pins", |part| {
        let row = &mut part["predicate"]["gates"][0];
        row["outcome"] = json!("passed");
        row["reason"] = json!({ "code": "", "text": "" });
        for finding in row["findings"].as_array_mut().unwrap() {
            finding["state"] = json!("baselined");
        }
    });
    fan.merge(&digest, &[]).ends_with(3).says(&["config-mismatch", "is not in the baseline"]);
    fan.edit("action-pins", |part| {
        let sha256 = "0".repeat(64);
        part["predicate"]["parts"] = json!([{ "name": "part.json", "sha256": sha256 }]);
    });
    fan.merge(&digest, &[]).ends_with(3).says(&["it was merged from parts, and is no part"]);
}

#[test]
fn a_gate_has_one_part() {
    let fan = Fan::new(&[]);
    let digest = fan.jobs(&[]);
    std::fs::create_dir(fan.path("parts/again")).unwrap();
    std::fs::copy(fan.path("parts/part-fmt/part.json"), fan.path("parts/again/part.json")).unwrap();
    let two = "gate 'fmt' has 2 parts: 'again/part.json', 'part-fmt/part.json'";
    fan.merge(&digest, &[]).ends_with(3).says(&[two]);
    assert_eq!(fan.outcome("fmt"), "errored two-parts");
    std::fs::remove_dir_all(fan.path("parts/again")).unwrap();
    // One part that says it judged two.
    let unit = fan.json("parts/part-unit/part.json")["predicate"]["gates"][3].clone();
    fan.edit("fmt", |part| part["predicate"]["gates"][3] = unit.clone());
    fan.merge(&digest, &[]).ends_with(3).says(&["it judged fmt, unit, a part has one gate"]);
}

#[test]
fn nothing_downloaded_is_no_part() {
    let fan = Fan::new(&[]);
    let (_, digest) = fan.plan(&[]);
    fan.merge(&digest, &[]).ends_with(3).says(&["'action-pins' was planned and left no part"]);
    std::fs::create_dir(fan.path("parts")).unwrap();
    fan.merge(&digest, &[]).ends_with(3).says(&["left no part"]);
    assert_eq!(fan.json("merged.json")["predicate"]["verdict"], "error");
    fan.merge("", &[]).ends_with(5);
}

#[test]
fn parts_are_of_one_run_of_the_provider() {
    let mut fan = Fan::new(&[]).in_ci("17");
    let digest = fan.jobs(&[]);
    fan.merge(&digest, &[]).ends_with(0);
    assert_eq!(fan.json("merged.json")["predicate"]["run"]["ci"]["runId"], "17");
    // A job that was run again belongs to the same run.
    fan.env.insert("GITHUB_RUN_ATTEMPT", "2".to_owned());
    fan.job("unit", &digest, &[]).ends_with(0);
    fan.merge(&digest, &[]).ends_with(0);
    assert_eq!(fan.json("merged.json")["predicate"]["run"]["ci"]["runAttempt"], "2");
    fan.env.insert("GITHUB_RUN_ID", "18".to_owned());
    fan.job("unit", &digest, &[]).ends_with(0);
    fan.env.insert("GITHUB_RUN_ID", "17".to_owned());
    fan.merge(&digest, &[])
        .ends_with(3)
        .says(&["'part-unit/part.json': it is of github run o/r 18"]);
    fan.env.clear();
    fan.merge(&digest, &[]).ends_with(3).says(&["expected no CI run"]);
}

/// Two gates of one kind, a rule's name that two kinds share, a comment in a
/// file that one gate alone reads, a baseline: what each job would say wrongly.
#[test]
fn what_is_said_of_exceptions_is_neither_lost_nor_doubled() {
    const KINDS: &str = r#"schema = 1

[gate.secret-scan]
history = "none"

[gate.action-pins]

[gate.more-pins]
kind = "action-pins"

[[waiver]]
rule = "action-pins/unpinned-uses"
path = ".github/workflows/waived.yml"
reason = "its next release is signed"

[[waiver]]
rule = "action-pins/unpinned-uses"
path = "nowhere.yml"
reason = "long gone"
"#;
    let waived = workflow("actions/cache@v4");
    // Put together here: written out, they would be exceptions of this file.
    let allow = |words: &str| format!("# {}:{} {words}\n", "gate", "allow");
    let used = allow("unpinned-uses reason=\"a test of waivers\"");
    let comments = [
        workflow(&format!("actions/checkout@v4 {}", used.trim_end())),
        allow("unpinned-use reason=\"mistyped\""),
        allow("missing-permissions reason=\"unused\" until=2020-01-01"),
        allow("generic-api-key reason=\"unused, and of the other gate\""),
        allow("unpinned-uses"),
    ]
    .concat();
    let notes = allow("unpinned-usse reason=\"only one gate reads this\"");
    let baselined = workflow("actions/setup-go@v5");
    let files = [
        ("ci.toml", KINDS),
        (".github/workflows/waived.yml", waived.as_str()),
        (".github/workflows/comments.yml", comments.as_str()),
        (".github/workflows/known.yml", baselined.as_str()),
        ("notes.txt", notes.as_str()),
    ];
    let fan = Fan::new(&files);
    let digest = fan.jobs(&[]);
    fan.merge(&digest, &[]).ends_with(1);
    let [single, merged] = fan.both();
    assert_eq!(single, merged);
    assert!(single.to_string().contains("covers nothing"), "{single:#}");

    // A baseline that two gates know, and an entry that nobody does.
    fan.repository.xtask(&["baseline", "update", "--write"]);
    let known = fan.repository.sh().read_file("ci.baseline.json").unwrap();
    let entry = known.find("\"fingerprint\": \"").unwrap() + 16;
    let stale = format!("{}{}{}", &known[..entry], "0".repeat(32), &known[entry + 32..]);
    for (text, is_stale) in [(known.clone(), false), (stale, true)] {
        fan.repository.write("ci.baseline.json", text);
        fan.repository.commit("know it");
        let _old = std::fs::remove_dir_all(fan.path("parts"));
        let digest = fan.jobs(&[]);
        fan.merge(&digest, &[]);
        let [single, merged] = fan.both();
        assert_eq!(single, merged);
        assert_eq!(single.to_string().contains("stale-baseline"), is_stale);
    }

    // An entry that the base does not have.
    let shrinks = KINDS.replacen(
        "schema = 1\n",
        "schema = 1\nverify = { base = \"before\", baseline_only_shrinks = true }\n",
        1,
    );
    fan.repository.write("ci.baseline.json", "{\"schema\": 1, \"findings\": []}\n");
    fan.repository.commit("forget it");
    let sh = fan.repository.sh();
    xshell::cmd!(sh, "git tag before").run().unwrap();
    fan.repository.write("ci.toml", shrinks);
    fan.repository.write("ci.baseline.json", known);
    fan.repository.commit("know it again");
    std::fs::remove_dir_all(fan.path("parts")).unwrap();
    let digest = fan.jobs(&[]);
    fan.merge(&digest, &[]);
    let [single, merged] = fan.both();
    assert_eq!(single, merged);
    assert!(single.to_string().contains("grown-baseline"), "{single:#}");
}

#[test]
fn a_merged_receipt_may_release() {
    let fan = Fan::new(&[]).in_ci("17");
    let digest = fan.jobs(&[]);
    fan.merge(&digest, &[]).ends_with(0);
    let policy = "schema = 1\nrepository = \"o/r\"\nworkflow = \".github/workflows/ci.yml\"\n[require.secret-scan]\noptions.history = \"full\"\n";
    std::fs::write(fan.path("policy.toml"), policy).unwrap();
    let (receipt, policy) = (fan.path("merged.json"), fan.path("policy.toml"));
    let args = [
        "require-green",
        "--commit",
        "HEAD",
        "--receipt",
        receipt.to_str().unwrap(),
        "--policy",
        policy.to_str().unwrap(),
    ];
    fan.xtask(&args).ends_with(0);
    // A part is the receipt of one gate, and says so.
    std::fs::copy(fan.path("parts/part-secret-scan/part.json"), &receipt).unwrap();
    assert_ne!(fan.xtask(&args).code, 0);
}

#[test]
fn numbers_of_strangers_are_only_numbers() {
    let fan = Fan::new(&[]);
    let digest = fan.jobs(&[]);
    let waiver = json!({ "rules": ["a/b"], "where": "x:1", "reason": "r", "used": u64::MAX });
    for gate in ["action-pins", "secret-scan"] {
        fan.edit(gate, |part| {
            part["predicate"]["waivers"] = json!([waiver, waiver]);
            part["predicate"]["findingsCut"] = json!(u64::MAX);
        });
    }
    fan.merge(&digest, &[]).ends_with(3);
    let merged = fan.json("merged.json");
    assert_eq!(merged["predicate"]["findingsCut"], json!(u64::MAX));
    assert_eq!(merged["predicate"]["waivers"].as_array().unwrap().len(), 2);
}

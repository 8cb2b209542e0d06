//! The gate as its users meet it: rules that prove themselves, and the Go files
//! that slip past a search by line.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod twice;

use editions_gate::REGISTER;

#[test]
fn rules_prove_themselves() {
    testkit::rules_prove_themselves(&REGISTER);
    testkit::sleeping_rules_are_noticed(&REGISTER);
    testkit::messages_have_the_form(&REGISTER);
}

fn options(restricted: &[&str], seams: &serde_json::Value) -> String {
    let seams: Vec<String> = seams
        .as_array()
        .unwrap()
        .iter()
        .map(|seam| format!("{{ path = {}, requires = {} }}", seam["path"], seam["requires"]))
        .collect();
    format!(
        "[[boundary]]\nname = 'core'\nrestricted = {restricted:?}\nseams = [{}]\n",
        seams.join(", ")
    )
}

/// Six ways to write an import that compiles and that a line-based guard does
/// not see.
#[test]
fn what_slips_past_a_search_by_line_is_found() {
    let cases = include_str!("../cases/go-evasions.jsonl");
    let mut wrong = Vec::new();
    let mut count = 0;
    for line in cases.lines() {
        let case: serde_json::Value = serde_json::from_str(line).unwrap();
        let files: Vec<(String, String)> = case["files"]
            .as_object()
            .unwrap()
            .iter()
            .map(|(path, text)| (path.clone(), text.as_str().unwrap().to_owned()))
            .collect();
        let files: Vec<(&str, &str)> =
            files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
        let restricted: Vec<&str> = case["restricted"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one.as_str().unwrap())
            .collect();
        // A seam that the case has no file for is none of it.
        let seams: Vec<&serde_json::Value> = case["seams"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|seam| case["files"].get(seam["path"].as_str().unwrap()).is_some())
            .collect();
        let options = options(&restricted, &serde_json::json!(seams));
        let found = twice::judge(&options, &files);
        let expected: Vec<String> = case["expect"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| {
                let text = |key: &str| one[key].as_str().unwrap();
                format!("{}:{} {}", text("path"), one["line"], text("rule"))
            })
            .collect();
        if found != expected {
            wrong.push(format!("{}: found {found:?}, expected {expected:?}", case["id"]));
        }
        count += 1;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(count, 6);
}

#[test]
fn a_boundary_around_nothing_is_refused() {
    let wrong = |options: &str| {
        let tree = kernel::Tree::literal::<&str, &str>([]);
        (REGISTER.configure)(&kernel::Options::of(options), &tree).err().unwrap().message
    };
    assert!(wrong("boundary = []").contains("no boundary"));
    assert!(wrong("[[boundary]]\nname = 'a'\nrestricted = []").contains("'restricted' is empty"));
    let seam = "[[boundary]]\nname = 'a'\nrestricted = ['ee/**']\nseams = [{ path = 'x.go', requires = '!!&' }]";
    assert!(wrong(seam).contains("'!!&' is no build constraint"));
    assert!(wrong("strings = ['x']").contains("strings"));
}

#[test]
fn a_link_into_the_restricted_tree_is_an_import() {
    let mut literal = kernel::Literal::default();
    let mut add = |path: &str, kind, text: &str| literal.insert(path.into(), kind, text.into());
    add("ee/a.ts", kernel::EntryKind::File, "");
    add("src/a.ts", kernel::EntryKind::Symlink, "../ee/a.ts");
    add("src/b.ts", kernel::EntryKind::File, "const nul = `\0`");
    let tree = kernel::Tree::new(std::sync::Arc::new(literal));
    let gate = testkit::configure(&REGISTER, "", &tree);
    let (replies, pulse) = (std::collections::BTreeMap::new(), kernel::Pulse::default());
    let (base, history, remarks) = (None, None, [].as_slice());
    let evidence =
        kernel::Evidence { head: &tree, base, history, replies: &replies, remarks, pulse: &pulse };
    let link = kernel::survey(&*gate, &evidence).unwrap();
    assert_eq!(link.findings.len(), 1);
    assert_eq!(link.findings[0].rule, "editions-gate/core-imports-restricted");
    let nul = gate.check_file(&tree.read("src/b.ts".into()).unwrap()).unwrap();
    assert!(nul.findings.is_empty() && nul.examined.files == 1);
}

/// The user's own patterns and names fly as canaries, in every language that
/// both sides have.
#[test]
fn canaries_are_made_of_the_configuration() {
    let files = [
        ("go.mod", "module example.org/m\n"),
        ("paid/go.mod", "module example.org/m/paid\n"),
        ("cmd/a.go", "package main\n"),
        ("cmd/seam.go", "//go:build !free\n\npackage main\n"),
        ("paid/x/a.go", "package x\n"),
        ("core/Cargo.toml", "[package]\nname = 'core'\n"),
        ("paid/Cargo.toml", "[package]\nname = 'paid'\n"),
        ("web/src/a.ts", ""),
        ("paid/web/b.ts", ""),
        ("api/a.py", ""),
        ("paid/api/b.py", ""),
        ("core/src/lib.rs", ""),
        ("paid/src/lib.rs", ""),
        ("app/org/m/App.java", "package org.m; class App {}"),
        ("paid/org/m/paid/Plan.java", "package org.m.paid; class Plan {}"),
        ("Dockerfile", "FROM scratch\n"),
    ];
    let tree = kernel::Tree::literal(files);
    let options = "[[boundary]]\nname = 'core'\nrestricted = ['paid/**']\n\
                   seams = [{ path = 'cmd/seam.go', requires = '!free' }]\n\
                   type_only = 'warn'\n\
                   license = { core = 'MIT', restricted = 'LicenseRef-X' }\n";
    let gate = testkit::configure(&REGISTER, options, &tree);
    let plain = testkit::configure(&REGISTER, "", &kernel::Tree::literal::<&str, &str>([]));
    let mut made = 0;
    for (rule, usual) in gate.rules().iter().zip(plain.rules().iter()) {
        made += rule.bad.len() - usual.bad.len();
        assert_eq!(rule.bad.len() - usual.bad.len(), rule.good.len() - usual.good.len());
        let options = kernel::Options::of(options);
        let proof = kernel::canary::prove_rule(&REGISTER.configure, &options, &*gate, rule);
        assert_eq!(proof.failures, [], "{}", rule.id);
    }
    // Imports in five languages, types and loading in two, two manifests, one
    // Dockerfile, one seam, one header.
    assert_eq!(made, 14);
}

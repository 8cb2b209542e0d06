//! Rust and Python as a repository has them: manifests, modules and packages
//! together, a finding for every road over the boundary.

mod twice;

use editions_gate::REGISTER;

fn found(options: &str, files: &[(&str, &str)]) -> Vec<String> {
    let options = format!(
        "[[boundary]]\nname = 'core'\nrestricted = ['ee/**', 'core/src/ee/**']\n{options}\n"
    );
    let found = twice::judge(&options, files).into_iter();
    found.map(|line| line.replace("editions-gate/", "")).collect()
}

const EE: (&str, &str) = ("ee/Cargo.toml", "[package]\nname = 'my-ee'\n[lib]\nname = 'paid'\n");

fn rust(options: &str, dependency: &str, source: &str) -> Vec<String> {
    let workspace = "[workspace]\nmembers = ['core']\n[workspace.dependencies]\nlicence = { package = 'my-ee', path = 'ee' }\nmy-ee.path = 'ee'\n";
    let manifest = format!("[package]\nname = 'core'\n{dependency}\n");
    found(
        options,
        &[
            EE,
            ("Cargo.toml", workspace),
            ("core/Cargo.toml", &manifest),
            ("core/src/lib.rs", source),
            ("core/src/ee/mod.rs", ""),
            ("ee/src/lib.rs", ""),
            ("ee/src/deep.rs", ""),
        ],
    )
}

#[test]
fn every_road_of_a_rust_file_is_found() {
    for source in [
        "use paid::x;",
        "use paid as p;",
        "use {std::mem, paid::{self, a::b}};",
        "extern crate paid;",
        "fn f() { paid::x::<u8>() }",
        "#[paid::route] fn f() {}",
        "macro_rules! m { () => { ::paid::x!() } }",
        "mod ee;",
        "#[cfg(feature = \"ee\")] mod ee;",
        "use crate::ee::x;",
        "mod a { use super::super::ee; } mod b { use super::ee; }",
        "#[path = \"../../ee/src/deep.rs\"] mod deep;",
        "#[cfg_attr(feature = \"ee\", path = \"ee/mod.rs\")] mod free;",
        "include!(\"../../ee/src/deep.rs\");",
        "const A: &str = include_str!(concat!(env!(\"CARGO_MANIFEST_DIR\"), \"/../ee/a.md\"));",
        "mod r#ee;",
    ] {
        let lines = rust("", "", source);
        assert!(
            lines.iter().any(|line| line == "core/src/lib.rs:1 core-imports-restricted"),
            "{source}: {lines:?}"
        );
    }
}

#[test]
fn what_only_looks_like_it_is_left() {
    for source in [
        "// use paid::x;",
        "/// [`paid::x`]\nconst A: &str = \"use paid::x;\";",
        "mod paid {} use paid::x as y;",
        "use crate::eel::x;",
        "fn f(paid: u8) -> u8 { paid }",
        "include!(concat!(env!(\"OUT_DIR\"), \"/ee.rs\"));",
        "struct A<'paid>(&'paid str);",
        "use std::ee::x;",
    ] {
        let lines = rust("", "", source);
        assert!(lines.iter().all(|line| !line.contains("core-imports")), "{source}: {lines:?}");
    }
}

#[test]
fn every_dependency_of_a_manifest_is_found() {
    for dependency in [
        "[dependencies]\nmy-ee = { path = '../ee' }",
        "[dependencies]\nx = { package = 'my-ee', version = '1', optional = true }\n[features]\nee = ['dep:x']",
        "[dependencies]\nlicence.workspace = true",
        "[dependencies]\nmy-ee = { workspace = true, optional = true }",
        "[dev-dependencies.my-ee]\npath = '../ee'",
        "[build-dependencies]\nmy-ee = '1'",
        "[target.'cfg(windows)'.dependencies]\nmy-ee = { path = '../ee' }",
        "[patch.crates-io]\nmy-ee = { path = '../ee' }",
        "[lib]\npath = '../ee/src/lib.rs'",
        "[[bin]]\nname = 'x'\npath = '../ee/src/main.rs'",
        "[dependencies]\ntaken-away = { path = '../ee/gone' }",
    ] {
        let lines = rust("", dependency, "");
        assert!(
            lines.iter().any(|line| line.starts_with("core/Cargo.toml:")
                && line.ends_with(" manifest-dependency")),
            "{dependency}: {lines:?}"
        );
    }
    for dependency in ["[dependencies]\nmy-eel = '1'", "[features]\nmy-ee = []", ""] {
        assert_eq!(rust("", dependency, ""), [""; 0], "{dependency}");
    }
    assert_eq!(rust("", "[", ""), ["core/Cargo.toml:0 incomplete-coverage"]);
}

#[test]
fn a_renamed_crate_is_known_by_its_key() {
    let dependency = "[dependencies]\nlicence.workspace = true";
    let lines = rust("", dependency, "fn f() { licence::deep::x() }");
    assert_eq!(
        lines,
        ["core/Cargo.toml:4 manifest-dependency", "core/src/lib.rs:1 core-imports-restricted"]
    );
}

#[test]
fn tests_inside_a_file_are_tests() {
    let source = "use paid::a;\n#[cfg(test)]\nmod tests {\n    use paid::b;\n}\n#[tokio::test]\nasync fn t() { paid::c() }\nfn f() { paid::d() }\n";
    let lines = |tests: &str| {
        let found = rust(&format!("tests = '{tests}'"), "", source);
        found
            .iter()
            .filter_map(|line| line.split([':', ' ']).nth(1).map(str::to_owned))
            .collect::<Vec<_>>()
    };
    assert_eq!(lines("deny"), ["1", "4", "7", "8"]);
    assert_eq!(lines("allow"), ["1", "8"]);
}

fn python(source: &str) -> Vec<String> {
    found(
        "",
        &[
            ("pyproject.toml", ""),
            ("ee/app/licence.py", ""),
            ("app/__init__.py", ""),
            ("app/api.py", source),
            ("app/eel.py", ""),
        ],
    )
}

#[test]
fn every_road_of_a_python_file_is_found() {
    for (source, rule) in [
        ("import ee", "core-imports-restricted"),
        ("import os, ee.app.licence as licence", "core-imports-restricted"),
        ("from ee.app import (\n    licence,  # c\n)", "core-imports-restricted"),
        ("from ee.app.licence import *", "core-imports-restricted"),
        ("from .. import ee", "core-imports-restricted"),
        ("from ..ee.app import licence", "core-imports-restricted"),
        (
            "try:\n    from ee.app import licence\nexcept ImportError: licence = None",
            "core-imports-restricted",
        ),
        ("def f(): import ee.app", "core-imports-restricted"),
        ("from ee.\\\n  app import licence", "core-imports-restricted"),
        ("from ee.gone import x", "core-imports-restricted"),
        ("# c\rimport ee.app", "core-imports-restricted"),
        ("x = 'a\\\r\nb'; import ee.app", "core-imports-restricted"),
        (
            "from typing import TYPE_CHECKING as T\nimport typing as t\nif t.TYPE_CHECKING:\n\timport ee",
            "type-import",
        ),
        ("importlib.import_module('ee.app.licence')", "dynamic-import"),
        ("import_module(\n  name='ee.app')", "dynamic-import"),
        ("import_module('.licence', 'ee.app')", "dynamic-import"),
        ("import_module('.licence', package='ee.app')", "dynamic-import"),
        ("import_module('ee' '.app')", "dynamic-import"),
        ("__import__('ee.app', fromlist=['licence'])", "dynamic-import"),
        ("import_module('..ee.app', __package__)", "dynamic-import"),
    ] {
        let lines = python(source);
        assert!(
            lines.iter().any(|line| line.starts_with("app/api.py:") && line.ends_with(rule)),
            "{source}: {lines:?}"
        );
    }
    for source in [
        "# import ee",
        "'''\nimport ee\n'''",
        "from app import eel",
        "from .ee import x",
        "raise A from ee",
        "import_module(ee)",
    ] {
        let lines = python(source);
        assert_eq!(lines, [""; 0], "{source}");
    }
}

#[test]
fn a_finding_tells_how_its_file_is_reached() {
    let files = [
        ("src/main.ts", "import './routes'"),
        ("src/routes.ts", "import { a } from './app'"),
        ("src/app.ts", "import '../ee/plan'"),
        ("ee/plan.ts", ""),
    ];
    let tree = kernel::Tree::literal(files);
    let gate = testkit::configure(&REGISTER, "", &tree);
    let (replies, pulse) = (std::collections::BTreeMap::new(), kernel::Pulse::default());
    let (base, history, remarks) = (None, None, [].as_slice());
    let evidence =
        kernel::Evidence { head: &tree, base, history, replies: &replies, remarks, pulse: &pulse };
    let checked = kernel::survey(&*gate, &evidence).ok();
    let labels = checked.into_iter().flat_map(|checked| checked.findings).map(|it| it.label);
    let way = "src/main.ts → src/routes.ts → src/app.ts";
    let expected = format!("this is 'ee/plan.ts'; the file is reached by {way}");
    assert_eq!(labels.collect::<Vec<_>>(), [Some(expected)]);
}

//! Commands that install, over any text: nothing panics, nothing takes long, the
//! same text gives the same findings.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use action_pins::REGISTER;
use kernel::Tree;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

const OPTIONS: &str = "supply = ['**']\nimages = 'version'\nsystem_packages = ['**']";

/// Files that are read as each kind of script.
const PATHS: &[&str] =
    &["a.sh", "a.ps1", "a.cmd", "Makefile", "Dockerfile", "tools/a", ".github/workflows/a.yml"];

fn found(path: &str, text: &str) -> Vec<String> {
    let text = match path {
        "tools/a" => format!("#!/bin/sh\n{text}"),
        ".github/workflows/a.yml" => {
            format!(
                "jobs:\n  a:\n    steps:\n      - run: |\n          {}\n",
                text.replace('\n', "\n          ")
            )
        }
        "Makefile" => format!("a:\n\t{}\n", text.replace('\n', "\n\t")),
        "Dockerfile" => format!("FROM scratch\nRUN {}\n", text.replace('\n', "\\\n")),
        _ => text.to_owned(),
    };
    let tree = Tree::literal([(path, text.as_str())]);
    let gate = testkit::configure(&REGISTER, OPTIONS, &tree);
    let checked = gate.check_file(&tree.read(path.into()).unwrap()).unwrap();
    let own = checked.findings.iter().filter(|it| it.rule == "action-pins/unpinned-install");
    own.map(|it| format!("{:?} {}", it.at.span, it.message)).collect()
}

#[allow(clippy::disallowed_methods, reason = "what is tested is the time")]
fn elapsed(path: &str, text: &str) -> std::time::Duration {
    let started = std::time::Instant::now();
    found(path, text);
    started.elapsed()
}

#[test]
fn the_same_command_is_found_in_every_kind_of_file() {
    for path in PATHS {
        assert_eq!(found(path, "sudo pip install ruff && echo ok").len(), 1, "{path}");
        assert!(found(path, "pip install ruff==1.2").is_empty(), "{path}");
    }
}

/// Four times as much of the same takes about four times as long: what grows
/// by its square would be far beyond the limit.
#[test]
fn hostile_scripts_end() {
    let parts = [
        "`",
        "$(",
        "(",
        "${a:-$(",
        "a=(",
        "a=() ",
        "<<a ",
        "<<a\n",
        "case a in ",
        "[[ ",
        "((",
        "'\"",
        "\\\n",
        "a=$a$a; ",
        "a+=x; ",
        "curl h | ",
        "curl -o a h; ",
        "sh -c '",
        "eval ",
        "sudo ",
        "pip install $a\n",
        "for a in $a $a; do ",
        "mv a b; ",
        "x{",
        "npx -p ",
        "$a ",
        "a||",
        "${{ env.a }}",
        "uvx --with ",
    ];
    for part in parts {
        for path in PATHS {
            let small = elapsed(path, &part.repeat(8_000 / part.len()));
            let large = elapsed(path, &part.repeat(32_000 / part.len()));
            // Small enough is good enough: other programs run, too.
            let is_linear = large < small * 12 || large.as_millis() < 1_500;
            assert!(is_linear, "{part:?} in {path}: {small:?}, then {large:?}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { rng_seed: RngSeed::Fixed(7), ..ProptestConfig::with_cases(150) })]

    #[test]
    fn any_script_is_judged(
        words in proptest::collection::vec(
            proptest::sample::select(vec![
                "pip install", "npx", "go install", "curl", "-o", "x", "| sh", "$(", ")", "'", "\"", "`", "\n", ";",
                "&&", "<<E", "E", "A=1", "$A", "${A:-", "}", "sh -c", "@latest", "==", "https://h/x", "chmod +x",
                "for i in", "do", "cargo install", "--git", "dotnet add", "é", "$$", "\\", "#", "<(", "choco install",
                "-r", "-e", "apt-get install", "--version=", "[[", "case a in", "esac", "{", "uvx", "gem install",
            ]),
            0..40,
        ),
    ) {
        let text = words.join(" ");
        for path in PATHS {
            prop_assert_eq!(found(path, &text), found(path, &text));
        }
    }

    #[test]
    fn any_characters_are_judged(text in any::<String>()) {
        for path in PATHS {
            found(path, &text);
        }
    }
}

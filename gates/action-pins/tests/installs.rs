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

#[test]
fn the_same_command_is_found_in_every_kind_of_file() {
    for path in PATHS {
        assert_eq!(found(path, "sudo pip install ruff && echo ok").len(), 1, "{path}");
        assert!(found(path, "pip install ruff==1.2").is_empty(), "{path}");
    }
}

/// What hides an install from a reader hides it not from the gate.
#[test]
fn no_spelling_hides_an_install() {
    for script in [
        "setsid pip install a",
        "flock /tmp/lock pip install a",
        "unbuffer pip install a",
        "env -S pip install a",
        "chroot /mnt pip install a",
        "watch -n 5 pip install a",
        "parallel -j 2 pip install a",
        "find . -name x -exec pip install a \\;",
        "trap 'pip install a' EXIT",
        "echo 'pip install a' | sh",
        "printf '%s' 'pip install a' | sudo bash -s",
        "bash <<< 'pip install a'",
        "pip --quiet install a",
        "pip download a",
        "python -mpip install a",
        "python -W ignore -m pip install a",
        "python -Im pip install a",
        "pip install 'a==1.*'",
        "pip install a@git+https://example.org/a",
        "pip install a -c https://example.org/constraints.txt",
        "cargo install --git https://example.org/a --rev release",
        "go install example.org/a/...@latest",
    ] {
        assert_eq!(found("a.sh", script).len(), 1, "{script}");
    }
}

#[test]
fn a_check_is_of_what_it_names() {
    let fetch = "curl -o a https://e.org/a; curl -o b https://e.org/b;";
    for (check, count) in [
        ("echo '0a  a' | sha256sum -c", 1),
        ("sha256sum -c <<< '0a  a'", 1),
        ("sha256sum a b", 2),
        ("sha256sum a b | grep -q 0a", 0),
        ("test \"$(sha256sum b)\" = x", 1),
        ("sha256sum -c SUMS", 0),
        ("echo \"$SUMS\" | sha256sum --check", 0),
        ("gpg --verify a.sig a", 1),
    ] {
        let script = format!("{fetch} {check}; sh a; sh b");
        assert_eq!(found("a.sh", &script).len(), count, "{check}");
    }
}

/// Ten megabytes of installs are no gigabytes of findings, and what is not kept
/// cannot be excepted with the rest.
#[test]
fn a_crowd_of_installs_is_refused() {
    for script in ["pip install x\n".repeat(6_000), format!("pip install {}", "x ".repeat(6_000))] {
        let tree = Tree::literal([("a.sh", script.as_str())]);
        let gate = testkit::configure(&REGISTER, OPTIONS, &tree);
        let checked = gate.check_file(&tree.read("a.sh".into()).unwrap()).unwrap();
        let of = |rule: &str| checked.findings.iter().filter(|it| it.rule.ends_with(rule)).count();
        assert_eq!((of("/unreadable"), of("/unpinned-install")), (1, 5_000));
    }
}

/// However often the same is opened and never closed, it comes to an end: what
/// doubled with each would not.
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
        "curl h/a.tgz | tar xz -C b; ",
        "b/a; ",
        "cd a; ",
        "docker run ",
        "docker run a ",
        "docker build -t a; ",
        "cat <<a >b.sh\na\n",
        "cat <<a >b.sh; ",
        "cat > x.sh <<a\n",
        "uv run --with a,a ",
        "deno run ",
        "PATH=a:a:a ",
        "${a/a/a}",
    ];
    for part in parts {
        for path in PATHS {
            let _findings = found(path, &part.repeat(32_000 / part.len()));
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

//! What a CI provider runs: a file of its own form around one call.

/// Where `cargo xtask` is no alias: what brings the program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Install {
    url: String,
    commit: String,
}

impl Install {
    /// Reads `URL@COMMIT`. None where it is not that: a branch or a tag can be
    /// moved by whoever can push there.
    #[must_use]
    pub fn parse(source: &str) -> Option<Install> {
        let (url, commit) = source.rsplit_once('@')?;
        let is_commit = commit.len() == 40 && commit.bytes().all(|byte| byte.is_ascii_hexdigit());
        let is_url = url.starts_with("https://")
            && url.bytes().all(|byte| byte.is_ascii_alphanumeric() || b":/._-~".contains(&byte));
        (is_commit && is_url)
            .then(|| Install { url: url.to_owned(), commit: commit.to_ascii_lowercase() })
    }

    fn line(&self) -> String {
        format!("cargo install --locked --git {} --rev {} xtask", self.url, self.commit)
    }
}

/// What differs between two workflows of GitHub Actions.
#[derive(Clone, Copy, Debug)]
pub struct Workflow<'a> {
    /// Its name.
    pub name: &'a str,
    /// Branches whose pushes are judged.
    pub branches: &'a [&'a str],
    /// What brings the program; none where the alias does.
    pub install: Option<&'a Install>,
    /// What it is for.
    pub form: Form,
}

/// What a workflow is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Every gate in one job.
    OneJob,
    /// One job a gate, and one that merges what they left.
    FanOut,
    /// Once a day: every proof, and nothing that was kept.
    Nightly,
    /// The first job of a release.
    Release,
}

impl Workflow<'_> {
    /// The file's text.
    #[must_use]
    pub fn text(&self) -> String {
        let form = match self.form {
            Form::OneJob => include_str!("github-one-job.yml"),
            Form::FanOut => include_str!("github-fan-out.yml"),
            Form::Nightly => include_str!("github-nightly.yml"),
            Form::Release => include_str!("github-release.yml"),
        };
        // Only the release asks GitHub, for which the program needs TLS.
        let online = if self.install.is_some() { "xtask" } else { "cargo xtask-online" };
        let mut prepare = prepare(self.install);
        if self.form == Form::Release {
            prepare = prepare.replace(" xtask\n", " --features https xtask\n");
            prepare = prepare.replace("key: xtask-", "key: xtask-https-");
        }
        form.replace("      - PREPARE\n", &prepare)
            .replace("NAME", self.name)
            .replace("BRANCHES", &self.branches.join(", "))
            .replace("BASE", &format!("origin/{}", self.branches.first().unwrap_or(&"main")))
            .replace("ONLINE", online)
            .replace("XTASK", call(self.install))
    }
}

/// The steps before the call. With an alias the program is built of the
/// repository, and what it is built of is kept; else the program itself is.
fn prepare(install: Option<&Install>) -> String {
    let cache = |paths: &[&str], key: &str| {
        let paths: String = paths.iter().map(|path| format!("            {path}\n")).collect();
        format!(
            "      - uses: actions/cache@5a3ec84eff668545956fd18022155c47e93e2684 # v4.2.3\n        with:\n          path: |\n{paths}          key: {key}\n"
        )
    };
    match install {
        None => cache(
            &["~/.cargo/registry", "target"],
            "cargo-${{ runner.os }}-${{ hashFiles('Cargo.lock') }}",
        ),
        Some(install) => {
            let paths = ["~/.cargo/bin/xtask", "~/.cargo/.crates.toml", "~/.cargo/.crates2.json"];
            let key = format!("xtask-${{{{ runner.os }}}}-{}", install.commit);
            format!("{}      - run: {}\n", cache(&paths, &key), install.line())
        }
    }
}

/// A GitLab job in `image`.
#[must_use]
pub fn gitlab(image: &str, install: Option<&Install>) -> String {
    let pin = "  # A tag can be moved: 'docker buildx imagetools inspect IMAGE' shows the digest,\n  # and IMAGE@sha256:<64 hex> holds it.\n";
    let install_line = install.map(|install| format!("    - {}\n", install.line()));
    include_str!("gitlab.yml")
        .replace("  # PIN\n", if image.contains("@sha256:") { "" } else { pin })
        .replace("    - INSTALL\n", &install_line.unwrap_or_default())
        .replace("IMAGE", image)
        .replace("XTASK", call(install))
}

/// A script for a POSIX shell.
#[must_use]
pub fn shell(install: Option<&Install>) -> String {
    let line = install.map(|install| format!("{}\n", install.line())).unwrap_or_default();
    // Where cargo installs to need not be in PATH.
    let installed = "\"${CARGO_HOME:-$HOME/.cargo}/bin/xtask\"";
    let call = if install.is_some() { installed } else { "cargo xtask" };
    include_str!("gates.sh").replace("INSTALL\n", &line).replace("XTASK", call)
}

fn call(install: Option<&Install>) -> &'static str {
    if install.is_some() { "xtask" } else { "cargo xtask" }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn install() -> Install {
        Install::parse(&format!("https://example.invalid/o/r@{}", "0A".repeat(20))).unwrap()
    }

    fn all(install: Option<&Install>) -> Vec<String> {
        let github =
            |form| Workflow { name: "gates", branches: &["main", "master"], install, form }.text();
        vec![
            github(Form::OneJob),
            github(Form::FanOut),
            gitlab("rust:1.95", install),
            shell(install),
            github(Form::Nightly),
            github(Form::Release),
        ]
    }

    #[test]
    fn no_placeholder_is_left() {
        for install in [None, Some(&install())] {
            for text in all(install) {
                for word in [
                    "PREPARE", "INSTALL", "XTASK", "NAME", "BRANCHES", "IMAGE", "- PIN", "BASE",
                    "ONLINE",
                ] {
                    let is_variable = word == "NAME" && text.contains("$CI_");
                    assert!(is_variable || !text.contains(word), "{word}: {text}");
                }
                assert!(text.is_ascii() && text.ends_with('\n') && !text.contains("\n\n\n"));
            }
        }
    }

    #[test]
    fn the_program_is_the_alias_or_what_was_installed() {
        let [one, many, gitlab, shell, nightly, release] = all(None).try_into().unwrap();
        assert!(one.contains("- run: cargo xtask verify --receipt"));
        assert!(many.contains("run: cargo xtask plan --matrix") && !many.contains("cargo install"));
        assert!(gitlab.contains("- cargo xtask verify") && shell.contains("exec cargo xtask"));
        assert!(nightly.contains("- run: cargo xtask verify --no-reuse --prove"));
        assert!(release.contains("- run: cargo xtask-online require-green"));
        assert!(release.contains("--policy origin/main:release-policy.toml"));
        let install = install();
        let [one, many, gitlab, shell, nightly, release] = all(Some(&install)).try_into().unwrap();
        let line = format!(
            "cargo install --locked --git https://example.invalid/o/r --rev {} xtask\n",
            "0a".repeat(20)
        );
        assert!(one.contains(&format!("- run: {line}")) && one.contains("- run: xtask verify"));
        assert!(nightly.contains(&format!("- run: {line}")));
        assert!(
            release.contains(" --features https xtask\n") && release.contains("- run: xtask req")
        );
        assert_eq!(many.matches(&line).count(), 3, "each job brings it");
        assert!(gitlab.contains(&format!("    - {line}    - xtask verify")), "{gitlab}");
        assert!(shell.contains(&format!("\n{line}exec \"${{CARGO_HOME")), "{shell}");
    }

    #[test]
    fn a_source_is_an_address_and_a_commit() {
        let commit = "a".repeat(40);
        for source in ["x", "https://h/o", "https://h/o@main", "git@h:o/r"] {
            assert_eq!(Install::parse(source), None, "{source}");
        }
        for url in ["http://h/o", "https://h/$(x)", "https://h/o r", "https://h/o;x"] {
            assert_eq!(Install::parse(&format!("{url}@{commit}")), None, "{url}");
        }
        assert!(Install::parse(&format!("https://h/o@{commit}")).is_some());
    }

    #[test]
    fn a_digest_needs_no_advice() {
        assert!(gitlab("rust:1.95", None).contains("inspect rust:1.95"));
        let pinned = format!("rust:1.95@sha256:{}", "0".repeat(64));
        assert!(!gitlab(&pinned, None).contains("inspect"));
    }

    /// This repository is the first user of the forms. `UPDATE=1` writes those
    /// that are the whole file.
    #[test]
    fn our_own_workflows_are_the_forms() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../.github/workflows");
        let of = |name, form| Workflow { name, branches: &["main"], install: None, form }.text();
        for (name, form) in [("ci", Form::FanOut), ("nightly", Form::Nightly)] {
            let (path, text) = (format!("{folder}/{name}.yml"), of(name, form));
            if std::env::var_os("UPDATE").is_some() {
                std::fs::write(&path, &text).unwrap();
            }
            assert!(
                std::fs::read_to_string(&path).unwrap() == text,
                "{name}.yml is not its form: UPDATE=1 cargo test -p gate-runner --lib our_own_workflows"
            );
        }
        // Of a release the form is the beginning; what is built differs.
        let own = std::fs::read_to_string(format!("{folder}/release.yml")).unwrap();
        let text = of("release", Form::Release);
        let (_, jobs) = text.split_once("jobs:\n").unwrap();
        assert!(own.contains(jobs), "release.yml does not begin with its form:\n{jobs}");
    }
}

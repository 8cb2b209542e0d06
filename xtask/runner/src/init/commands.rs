//! Command gates that a repository's files suggest.

use camino::Utf8Path;
use kernel::{Proposal, Tree};

/// Tests and checks by the tools whose files stand at the repository's root.
pub fn suggest(tree: &Tree) -> Vec<Proposal> {
    let has = |path: &str| tree.find(Utf8Path::new(path)).is_some();
    let mut found = Vec::new();
    if has("Cargo.toml") {
        found.push(gate("fmt", &["cargo", "fmt", "--all", "--check"], "Cargo.toml"));
        found.push(gate("test", &["cargo", "test", "--workspace", "--locked"], "Cargo.toml"));
    }
    if has("go.mod") || has("go.work") {
        found.push(gate("go-test", &["go", "test", "./..."], "go.mod"));
    }
    let scripts = scripts(tree);
    let npm = if has("pnpm-lock.yaml") {
        "pnpm"
    } else if has("yarn.lock") {
        "yarn"
    } else {
        "npm"
    };
    for script in ["lint", "typecheck", "test"] {
        if scripts.iter().any(|name| name == script) {
            found.push(gate(script, &[npm, "run", script], "package.json"));
        }
    }
    if has("pyproject.toml") || has("setup.py") {
        found.push(gate("pytest", &["python", "-m", "pytest"], "pyproject.toml"));
    }
    if has("Makefile") && makes(tree, "check") {
        found.push(gate("check", &["make", "check"], "Makefile"));
    }
    // Two tools may suggest one name; the first keeps it.
    let mut names = Vec::new();
    found.retain(|(name, _)| {
        !names.contains(name) && {
            names.push(name.clone());
            true
        }
    });
    found.into_iter().map(|(_, proposal)| proposal).collect()
}

fn gate(name: &str, argv: &[&str], because: &str) -> (String, Proposal) {
    let program = argv.first().copied().unwrap_or_default();
    let argv: Vec<String> = argv.iter().map(|word| format!("\"{word}\"")).collect();
    let toml = format!("[gate.{name}]\nrun = [{}]\nrequires = [\"{program}\"]\n", argv.join(", "));
    (name.to_owned(), Proposal::new(toml, because))
}

fn scripts(tree: &Tree) -> Vec<String> {
    let file = tree.read(Utf8Path::new("package.json")).ok();
    let package: Option<serde_json::Value> =
        file.and_then(|file| serde_json::from_slice(file.bytes()).ok());
    let scripts = package.as_ref().and_then(|package| package.get("scripts"));
    let scripts = scripts.and_then(serde_json::Value::as_object);
    scripts.map(|scripts| scripts.keys().cloned().collect()).unwrap_or_default()
}

fn makes(tree: &Tree, target: &str) -> bool {
    let file = tree.read(Utf8Path::new("Makefile")).ok();
    let text = file.as_ref().and_then(|file| file.text()).unwrap_or_default();
    text.lines().any(|line| line.split(':').next().is_some_and(|name| name.trim() == target))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(files: &[(&str, &str)]) -> Vec<String> {
        let found = suggest(&Tree::literal(files.iter().copied()));
        found.iter().map(|one| one.toml.lines().next().unwrap().to_owned()).collect()
    }

    #[test]
    fn each_tool_is_known_by_its_file() {
        assert_eq!(names(&[]), [""; 0]);
        assert_eq!(names(&[("Cargo.toml", "")]), ["[gate.fmt]", "[gate.test]"]);
        let package = ("package.json", "{\"scripts\":{\"test\":\"x\",\"build\":\"y\"}}");
        assert_eq!(names(&[package]), ["[gate.test]"]);
        assert_eq!(names(&[("package.json", "{")]), [""; 0]);
        assert_eq!(names(&[("Makefile", "check: a\n")]), ["[gate.check]"]);
        assert_eq!(names(&[("Cargo.toml", ""), package]), ["[gate.fmt]", "[gate.test]"]);
    }
}

//! What tools fetch for themselves: package managers of Corepack, extensions of
//! `gh`, plugins and charts of Helm, modules of PowerShell.

use super::call::Call;
use super::version::{Hold, of_number, of_semver, why};
use super::{Finds, Known};

pub(super) fn judge(call: &Call, _known: &Known, finds: &mut Finds) {
    match &*call.program {
        "corepack" => corepack(call, finds),
        "gh" => gh(call, finds),
        "helm" | "helm3" => helm(call, finds),
        "install-module" | "install-script" | "install-psresource" => module(call, finds),
        _ => {}
    }
}

/// `corepack prepare pnpm@9.1.0`; without a name package.json says which.
fn corepack(call: &Call, finds: &mut Finds) {
    let verb = call.verb();
    if !matches!(verb, "prepare" | "use" | "install" | "up") {
        return;
    }
    for word in call.words_after(1, &["-o", "--output", "--cache-only"]) {
        let (name, version) = match word.text.split_once('@') {
            Some((name, version)) => (name, Some(version)),
            None => (&*word.text, None),
        };
        let tool = format!("corepack {verb}");
        let expected = format!("name the release: {tool} {name}@1.2.3");
        let hold = version.map_or(Hold::Moving, of_semver);
        finds.add(hold, word.word, &tool, &word.text, why(version), expected);
    }
}

/// `gh extension install owner/gh-x --pin v1.2.3`.
fn gh(call: &Call, finds: &mut Finds) {
    let words = call.words_after(0, &["--pin"]);
    let [group, verb, extension, ..] = words.as_slice() else { return };
    let is_install = matches!(&*group.text, "extension" | "extensions" | "ext")
        && verb.text == "install"
        && !extension.text.starts_with('.');
    if is_install {
        let hold = if call.has(&["--pin"]) { Hold::Exact } else { Hold::Moving };
        let expected =
            format!("name the release: gh extension install {} --pin v1.2.3", extension.text);
        finds.add(
            hold,
            extension.word,
            "gh extension install",
            &extension.text,
            why(None),
            expected,
        );
    }
}

/// Options of Helm whose value is no chart.
const HELM_VALUED: &[&str] = &[
    "--version",
    "--namespace",
    "-n",
    "--values",
    "-f",
    "--set",
    "--set-string",
    "--set-file",
    "--set-json",
    "--repo",
    "--timeout",
    "--kube-context",
    "--kubeconfig",
    "--username",
    "--password",
    "--ca-file",
    "--destination",
    "-d",
];

/// `helm plugin install https://…`, and charts that an address names: that
/// `a/b` is no folder only its machine knows.
fn helm(call: &Call, finds: &mut Finds) {
    let words = call.words_after(0, HELM_VALUED);
    let mut texts = words.iter().map(|word| word.text.as_str());
    let (tool, from) = match (texts.next(), texts.next()) {
        (Some("plugin"), Some("install" | "add")) => ("helm plugin install", 2),
        (Some("install" | "upgrade" | "template" | "pull" | "fetch"), _) => ("helm", 1),
        _ => return,
    };
    let has_repository = call.has(&["--repo"]);
    let is_remote = |text: &str| match tool {
        "helm" => text.starts_with("oci://"),
        _ => text.contains("://"),
    };
    let mut after = words.iter().skip(from);
    let chart = match has_repository && tool == "helm" {
        // The last word is the chart, before it the release's own name.
        true => after.next_back(),
        false => after.find(|word| is_remote(&word.text)),
    };
    let Some(chart) = chart else { return };
    let version = call.value(&["--version"]);
    let hold = match version {
        _ if chart.text.contains("@sha256:") => Hold::Exact,
        Some(version) => of_semver(version),
        None if chart.text.contains(".tgz") || chart.text.contains(".tar.gz") => return,
        None => Hold::Moving,
    };
    let expected = format!("name the release: {tool} {} --version 1.2.3", chart.text);
    finds.add(hold, chart.word, tool, &chart.text, why(version), expected);
}

/// `Install-Module x -RequiredVersion 1.2.3`.
fn module(call: &Call, finds: &mut Finds) {
    let named = call.value_ignoring_case(&["-Name"]);
    let name = match named {
        Some(name) => name,
        None if call.verb().starts_with('-') => return,
        None => call.verb(),
    };
    if name.is_empty() {
        return;
    }
    let version = call.value_ignoring_case(&["-RequiredVersion", "-Version"]);
    let hold = match version {
        Some(version) if version.starts_with(['[', '(']) => Hold::Moving,
        Some(version) => of_number(version),
        None if name.contains('$') => Hold::Open,
        None => Hold::Moving,
    };
    let expected = format!("name the release: Install-Module {name} -RequiredVersion 1.2.3");
    finds.add(hold, call.word, "Install-Module", name, why(version), expected);
}

#[cfg(test)]
mod tests {
    use kernel::Pulse;

    use crate::installs::{Form, Known, read};
    use crate::shell::Dialect;

    fn found(script: &str, dialect: Dialect) -> Vec<String> {
        let known = Known::default();
        let installs = read(script, Form::Shell(dialect), &known, &Pulse::default());
        installs.unpinned.into_iter().map(|it| it.subject).collect()
    }

    #[test]
    fn what_a_tool_fetches_for_itself_names_its_release() {
        let script = "corepack enable; corepack prepare; corepack prepare a@latest b@1.2.3 --activate; corepack use c\n\
            gh extension install o/gh-d; gh ext install --pin v1.2 o/gh-e; gh extension install .; gh pr list\n\
            helm plugin install https://h/f; helm plugin install https://h/g --version 1.2.3; helm plugin list\n\
            helm install r oci://h/i; helm upgrade --install r oci://h/j --version 1.2.3; helm install r ./k -n l\n\
            helm upgrade r m --repo https://h --version '>1'; helm pull oci://h/n@sha256:0a; helm install r o/p";
        let expected = ["a@latest", "c", "o/gh-d", "https://h/f", "oci://h/i", "m"];
        assert_eq!(found(script, Dialect::Posix), expected);
    }

    #[test]
    fn modules_of_powershell_name_their_release() {
        let script = "Install-Module A -Force\ninstall-module -name B\nInstall-Module C -RequiredVersion 1.2.3\n\
            Install-PSResource D -Version '[1.0,2.0)'\nInstall-Module -Name $E";
        assert_eq!(found(script, Dialect::PowerShell), ["A", "B", "D"]);
    }
}

//! Manifests through the gate: which file is asked for what, and where a
//! finding stands.

use std::collections::BTreeMap;

use action_pins::REGISTER;
use kernel::{Evidence, Finding, Gate, Options, Pulse, Tree};

fn judge(options: &str, files: &[(&str, &str)]) -> Vec<String> {
    let found = testkit::judge(&REGISTER, options, files);
    found.into_iter().map(|it| it.replace("action-pins/", "")).collect()
}

fn survey(gate: &dyn Gate, head: &Tree) -> Vec<Finding> {
    let (replies, pulse) = (BTreeMap::new(), Pulse::default());
    let (replies, pulse) = (&replies, &pulse);
    let evidence = Evidence { head, base: None, history: None, replies, remarks: &[], pulse };
    kernel::survey(gate, &evidence).map(|checked| checked.findings).unwrap_or_default()
}

const WEB: &str = "{\n  \"private\": true,\n  \"dependencies\": {\n    \"é\": \"^1.2.0\"\n  }\n}\n";

#[test]
fn each_key_asks_for_its_own() {
    let files = [("web/package.json", WEB)];
    assert_eq!(judge("", &files), [""; 0]);
    assert_eq!(
        judge("ranges = ['**/package.json']", &files),
        ["web/package.json:4 manifest-range"]
    );
    assert_eq!(judge("supply = ['web/**']", &files), ["web/package.json:0 unlocked-manifest"]);
    let both = "supply = ['web/**', '!**/package.json']\nranges = ['web/**', '!web/test/**']";
    assert_eq!(judge(both, &files), ["web/package.json:4 manifest-range"]);
    assert_eq!(judge(both, &[("web/test/package.json", WEB)]), [""; 0]);
}

#[test]
fn a_range_is_shown_where_it_stands() {
    let tree = Tree::literal([("web/package.json", WEB)]);
    let gate = testkit::configure(&REGISTER, "ranges = ['**']", &tree);
    let span = survey(&*gate, &tree)[0].at.span.unwrap();
    assert_eq!((span.line, span.column, span.end_column), (4, 10, 18));
}

#[test]
fn a_workspace_is_told_once_and_at_its_root() {
    let root =
        "{\"private\": true, \"workspaces\": [\"*\"], \"devDependencies\": {\"a\": \"1.0.0\"}}";
    let files = [("a/package.json", WEB), ("b/package.json", WEB), ("package.json", root)];
    assert_eq!(judge("supply = ['**/package.json']", &files), ["package.json:0 unlocked-manifest"]);
    assert_eq!(
        judge("supply = ['*/package.json']", &files),
        ["a/package.json:0 unlocked-manifest"]
    );
    let locked = [files[0], files[1], files[2], ("pnpm-lock.yaml", "")];
    assert_eq!(judge("supply = ['**']", &locked), [""; 0]);
}

#[test]
fn packages_of_one_workspace_are_no_ranges() {
    let root = ("package.json", "{\"workspaces\": [\"a\", \"b\"]}");
    let a = ("a/package.json", "{\"name\": \"own\"}");
    let b = ("b/package.json", "{\"dependencies\": {\"own\": \"*\", \"other\": \"*\"}}");
    let c = ("c/package.json", "{\"dependencies\": {\"own\": \"*\"}}");
    assert_eq!(
        judge("ranges = ['**']", &[root, a, b, c]),
        ["b/package.json:1 manifest-range", "c/package.json:1 manifest-range"]
    );
}

#[test]
fn what_only_looks_like_an_image_is_none() {
    let step = "jobs: {a: {steps: [{uses: x/y@v1, with: {image: 'local:latest'}}]}}\n";
    assert_eq!(judge("supply = ['**']", &[("templates/ci.yml", step)]), [""; 0]);
    let put = "put: image\nparams: {repository: a, tag: version/version}\n";
    assert_eq!(judge("supply = ['**']", &[("ci/pipeline.yml", put)]), [""; 0]);
    let with = "with: {image: 'a:latest'}\n";
    assert_eq!(judge("supply = ['**']", &[("a.yml", with)]), ["a.yml:1 latest-image"]);
}

#[test]
fn what_is_not_judged_is_counted() {
    let skipped = |options: &str, path: &str, text: &str| {
        let tree = Tree::literal([(path, text)]);
        let gate = testkit::configure(&REGISTER, options, &tree);
        let checked = gate.check_file(&tree.read(path.into()).unwrap()).unwrap();
        checked.skipped.into_keys().collect::<Vec<_>>()
    };
    let library = "{\"name\": \"x\", \"version\": \"1.0.0\", \"dependencies\": {\"a\": \"1\"}}";
    assert_eq!(skipped("supply = ['**']", "package.json", library), ["library-manifest"]);
    assert_eq!(skipped("supply = ['**']", "package-lock.json", "{"), ["lock-file"]);
    let pod = "kind: Pod\nspec: {containers: [{image: a, imagePullPolicy: Never}, {image: 'localhost/a'}]}";
    assert_eq!(skipped("supply = ['**']", "pod.yaml", pod), ["local-image"]);
    let compose = "services: {a: {image: 'a:dev', pull_policy: never}}";
    assert_eq!(skipped("supply = ['**']", "compose.yaml", compose), ["local-image"]);
    assert_eq!(skipped("supply = ['**']", "setup.py", ""), ["other-kind-of-file"]);
    assert_eq!(skipped("ranges = ['**']", "setup.py", ""), ["no-manifest"]);
    assert_eq!(skipped("ranges = ['**']", "{{x}}/package.json", "{{{{ x }}"), ["template"]);
}

#[test]
fn what_cannot_be_read_is_red() {
    for (path, text) in [
        ("package.json", "{\"dependencies\": {"),
        ("pyproject.toml", "[project\n"),
        ("Cargo.toml", "a = 1\na = 2\n"),
        ("composer.json", "a\0"),
        ("requirements.txt", "version https://git-lfs.github.com/spec/v1\n"),
    ] {
        for options in ["supply = ['**']", "ranges = ['**']"] {
            let found = judge(options, &[(path, text)]);
            assert_eq!(found.len(), 1, "{path}: {found:?}");
            assert!(found[0].ends_with(" unreadable"), "{path}: {found:?}");
        }
    }
    // Another file's umbrella is not excused by it.
    let found = judge("supply = ['**']\numbrella = 'all'", &[("package.json", "{")]);
    assert_eq!(found, [".github/workflows:0 missing-umbrella", "package.json:1 unreadable"]);
}

#[test]
fn allow_entries_cover_packages_and_manifests() {
    let options = "supply = ['**']\nranges = ['**']\nallow = [
        { package = '@types/*', path = 'web/**', reason = 'types alone' },
        { manifest = 'examples/**', reason = 'to be read' },
    ]";
    let text = "{\"dependencies\": {\"@types/a\": \"^1\", \"b\": \"^1\"}}";
    let tree = Tree::literal([("web/package.json", text), ("examples/a/package.json", text)]);
    let gate = testkit::configure(&REGISTER, options, &tree);
    let waivers = gate.waivers();
    let found = survey(&*gate, &tree);
    let mut open: Vec<String> = found
        .iter()
        .filter(|finding| !waivers.iter().any(|waiver| waiver.covers(finding)))
        .map(|finding| format!("{} {}", finding.at.path, finding.subject.as_deref().unwrap()))
        .collect();
    open.sort();
    assert_eq!(
        open,
        [
            "examples/a/package.json @types/a",
            "examples/a/package.json b",
            "web/package.json b",
            "web/package.json web/package.json",
        ]
    );
}

#[test]
fn a_mistake_says_what_to_write() {
    let error = |text: &str| {
        let read = (REGISTER.configure)(&Options::of(text), &Tree::literal::<&str, &str>([]));
        read.err().unwrap()
    };
    let wrong = error("ranges = ['**/go.mod']");
    assert!(wrong.hint.unwrap().contains("always exact"));
    assert!(error("ranges = ['Gemfile']").hint.unwrap().contains("'supply'"));
    assert!(error("ranges = ['setup.cfg']").hint.unwrap().contains("pyproject.toml"));
}

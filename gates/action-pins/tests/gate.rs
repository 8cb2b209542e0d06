//! The gate as a whole, over literal trees.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;

use action_pins::REGISTER;
use kernel::{Evidence, Options, Pulse, Tree, survey};

#[test]
fn rules_prove_themselves() {
    testkit::rules_prove_themselves(&REGISTER);
}

#[test]
fn sleeping_rules_are_noticed() {
    testkit::sleeping_rules_are_noticed(&REGISTER);
}

#[test]
fn messages_have_the_form() {
    testkit::messages_have_the_form(&REGISTER);
}

#[test]
fn fixes_mend() {
    assert!(testkit::fixes_mend(&REGISTER) >= 2);
}

/// The edits of a file's findings, as `rule: start..end text`.
fn edits(text: &str) -> Vec<String> {
    let tree = Tree::literal([(".github/workflows/ci.yml", text)]);
    let gate = testkit::configure(&REGISTER, "comments = 'strict'", &tree);
    let evidence = Evidence {
        head: &tree,
        base: None,
        history: None,
        replies: &BTreeMap::new(),
        remarks: &[],
        pulse: &Pulse::default(),
    };
    let found = survey(&*gate, &evidence).unwrap().findings;
    let edits = found.iter().flat_map(|finding| finding.fix.iter().flat_map(|fix| &fix.edits));
    edits.map(|edit| format!("{} -> {}", &text[edit.start..edit.end], edit.text)).collect()
}

#[test]
fn a_version_is_repeated_only_where_that_is_certain() {
    let sha = "11bd71901bbe5b1630ceea73d27597364c9af683";
    let steps = |known: &str, step: &str| {
        let known = known.replace("SHA", sha);
        let step = step.replace("SHA", sha);
        edits(&format!("jobs:\n  j:\n    steps:\n{known}      - {step}\n"))
    };
    let known = "      - uses: a/b@SHA # v1.2.3\n";
    assert_eq!(steps(known, "uses: a/b@SHA"), [" ->  # v1.2.3"]);
    assert_eq!(steps(known, "uses: a/b/sub@SHA # v1"), ["# v1 -> # v1.2.3"]);
    for step in [
        "uses: a/other@SHA",
        "uses: a/b@SHA # v1, of the vendor",
        "uses: a/b@SHA # needed for the tests",
        "uses: >-\n          a/b@SHA",
        "uses: |\n          a/b@SHA",
        "{uses: a/b@SHA}",
        "uses: &x a/b@SHA",
        "name: n\n        uses:\n          a/b@SHA",
    ] {
        assert!(steps(known, step).is_empty(), "{step}: {:?}", steps(known, step));
    }
    let torn = format!("{known}      - uses: a/b@SHA # v1.2\n");
    assert!(steps(&torn, "uses: a/b@SHA").is_empty(), "comments that do not agree");
    assert!(steps("", "uses: a/b@SHA").is_empty());
}

/// Published names: one that goes breaks ci.toml, waivers and receipts of users.
#[test]
fn published_rules_stay() {
    let gate = testkit::configure(&REGISTER, "", &Tree::literal::<&str, &str>([]));
    let rules = gate.rules();
    let ids: Vec<&str> = rules.iter().map(|rule| &*rule.id).collect();
    let published = [
        "action-pins/unpinned-uses",
        "action-pins/malformed-reference",
        "action-pins/unpinned-image",
        "action-pins/dynamic-image",
        "action-pins/unreadable",
        "action-pins/unlisted-owner",
        "action-pins/missing-version-comment",
        "action-pins/moving-version-comment",
        "action-pins/conflicting-version-comment",
    ];
    for id in published {
        assert!(ids.contains(&id), "{id} was published and is gone");
    }
}

#[test]
fn proofs_hold_whatever_the_options() {
    for options in [
        "comments = 'off'",
        "comments = 'strict'\nowners = ['nobody']",
        "umbrella = 'test'",
        "supply = ['**', '!web/**']\nimages = 'digest'",
        "ranges = ['**', '!web/**']",
        "umbrella = 'verify-all'\nrelease_workflows = ['.github/workflows/ci.yml']",
    ] {
        let gate = testkit::configure(&REGISTER, options, &Tree::literal::<&str, &str>([]));
        let proofs = kernel::canary::prove(&REGISTER.configure, &Options::of(options), &*gate);
        for proof in proofs {
            assert!(proof.failures.is_empty(), "{options}: {proof:?}");
        }
    }
}

/// What is found in one workflow, `line offence`.
fn found(options: &str, text: &str) -> Vec<String> {
    let found = testkit::judge(&REGISTER, options, &[(".github/workflows/ci.yml", text)]);
    found
        .iter()
        .map(|it| it.replace(".github/workflows/ci.yml:", "").replace("action-pins/", ""))
        .collect()
}

#[test]
fn a_named_umbrella_needs_every_job_that_always_runs() {
    let jobs = "jobs:
  a: {steps: [{run: x}]}
  b: {needs: a, steps: [{run: x}]}
  sometimes: {if: github.ref == 'x', steps: [{run: x}]}
  with-it: {needs: sometimes, steps: [{run: x}]}
  maybe: {continue-on-error: true, steps: [{run: x}]}
  done: {if: always(), needs: NEEDS, steps: [{run: x}]}
  after: {needs: Done, steps: [{run: x}]}
";
    let with = |needs: &str| found("umbrella = 'DONE'", &jobs.replace("NEEDS", needs));
    assert!(with("[b]").is_empty());
    assert_eq!(with("[A]"), ["3 umbrella-incomplete"]);
    assert_eq!(with("[]"), ["2 umbrella-incomplete", "3 umbrella-incomplete"]);
    assert_eq!(with("[b, c]"), ["7 umbrella-incomplete"]);
    let skipped = jobs.replace("NEEDS", "b").replace("always()", "success()");
    assert_eq!(found("umbrella = 'done'", &skipped), ["7 umbrella-incomplete"]);
    assert!(found("", &skipped).is_empty());
    assert_eq!(found("umbrella = 'other'", &skipped), [".github/workflows:0 missing-umbrella"]);
}

#[test]
fn a_publishing_job_is_stopped_by_the_check() {
    let jobs = "permissions: {}
jobs:
  require-green: {steps: [{run: cargo xtask require-green}]}
  build: {needs: require-green, steps: [{run: make}]}
  publish:
    KEYS
    steps: [{run: cargo publish}]
";
    let with = |keys: &str| found("", &jobs.replace("KEYS", keys));
    assert_eq!(with("timeout-minutes: 1"), ["5 publish-without-check"]);
    assert_eq!(with("needs: [publish]"), ["5 publish-without-check"]);
    assert!(with("needs: BUILD").is_empty());
    assert!(with("needs: build\n    if: github.ref == 'x'").is_empty());
    let asks =
        |condition: &str| with(&format!("needs: [build, require-green]\n    if: {condition}"));
    assert_eq!(asks("always()"), ["7 publish-without-check"]);
    assert!(asks("always() && needs.require-green.result == 'success'").is_empty());
    assert!(asks("always() && needs.build.result == 'success'").is_empty());
    assert!(
        asks("${{ !failure() && !cancelled() && needs.build.result == 'success' }}").is_empty()
    );
    assert_eq!(asks("always() && needs.build.result != 'failure'"), ["7 publish-without-check"]);
}

#[test]
fn a_check_by_name_alone_is_an_error_only_in_a_listed_release() {
    let path = ".github/workflows/release.yml";
    let weight = |options: &str, run: &str| {
        let head = "permissions: {contents: write}\njobs:\n  require-green-ci:\n";
        let text = format!("{head}    steps: [{{run: {run}}}]\n");
        let tree = Tree::literal([(path, text.as_str())]);
        let gate = testkit::configure(&REGISTER, options, &tree);
        let checked = gate.check_file(&tree.read(path.into()).unwrap()).unwrap();
        let own = |it: &&kernel::Finding| it.rule.ends_with("check-with-write-permissions");
        checked.findings.iter().find(own).unwrap().severity
    };
    let warning = Some(kernel::Severity::Warning);
    assert_eq!(weight("", "./check.sh"), warning);
    assert_eq!(weight("", "cargo xtask require-green"), None);
    assert_eq!(weight(&format!("release_workflows = ['{path}']"), "./check.sh"), None);
}

#[test]
fn an_excused_check_is_told() {
    let with = |step: &str| {
        let step = format!("jobs:\n  a:\n    permissions: {{}}\n    steps:\n      - {step}\n");
        found("", &step)
    };
    let call = "run: cargo xtask require-green --commit x";
    let told = ["5 excused-check"];
    assert!(with(call).is_empty());
    assert!(with(&format!("{{if: success(), {call}}}")).is_empty());
    assert!(with(&format!("{{continue-on-error: false, {call} || exit 1}}")).is_empty());
    assert_eq!(with(&format!("{call} || true")), told);
    assert_eq!(with(&format!("{{if: github.event_name == 'push', {call}}}")), told);
    assert_eq!(with(&format!("{{continue-on-error: true, {call}}}")), told);
}

#[test]
fn workflows_in_sub_folders_are_counted_not_judged() {
    let path = ".github/workflows/old/ci.yml";
    let text = "jobs: {j: {steps: [{uses: a/b@v1}]}}\n";
    assert!(testkit::judge(&REGISTER, "", &[(path, text)]).is_empty());
    assert_eq!(
        testkit::judge(
            &REGISTER,
            "",
            &[(".github/workflows/old/action.yml", "runs: {steps: [{uses: a/b@v1}]}\n")]
        ),
        [".github/workflows/old/action.yml:1 action-pins/unpinned-uses"]
    );
}

#[test]
fn allow_entries_become_waivers_of_the_right_rules() {
    let options = "allow = [
        { uses = 'slsa-framework/slsa-github-generator/**', reason = 'its verifier needs a tag' },
        { image = '${{ inputs.image }}', path = '.github/workflows/a.yml', reason = 'by digest' },
    ]";
    let slsa = "slsa-framework/slsa-github-generator/.github/workflows/x.yml@v2.1.0";
    let tree = Tree::literal([(
        ".github/workflows/a.yml",
        format!(
            "jobs:\n  a:\n    uses: {slsa}\n  b:\n    container: ${{{{inputs.image}}}}\n  c:\n    container: ${{{{ inputs.other }}}}\n"
        ),
    )]);
    let gate = testkit::configure(&REGISTER, options, &tree);
    let (replies, pulse) = (BTreeMap::new(), Pulse::default());
    let evidence = Evidence {
        head: &tree,
        base: None,
        history: None,
        replies: &replies,
        remarks: &[],
        pulse: &pulse,
    };
    let checked = survey(&*gate, &evidence).unwrap();
    let waivers = gate.waivers();
    let covered: Vec<Vec<bool>> = checked
        .findings
        .iter()
        .filter(|finding| {
            ["action-pins/unpinned-uses", "action-pins/dynamic-image"].contains(&&*finding.rule)
        })
        .map(|finding| waivers.iter().map(|waiver| waiver.covers(finding)).collect())
        .collect();
    assert_eq!(covered, [[true, false], [false, true], [false, false]]);
}

/// Judges `text` as the file `path` of `supply`: findings as `line offence`, and
/// what was skipped.
fn supplied(level: &str, path: &str, text: &str) -> (Vec<String>, Vec<String>) {
    let options = format!("supply = ['**']\nimages = '{level}'");
    let tree = Tree::literal([(path, text)]);
    let gate = testkit::configure(&REGISTER, &options, &tree);
    let checked = gate.check_file(&tree.read(path.into()).unwrap()).unwrap();
    let found = checked.findings.iter().map(|finding| {
        let line = finding.at.span.map_or(0, |span| span.line);
        format!("{line} {}", finding.rule.replace("action-pins/", ""))
    });
    (found.collect(), checked.skipped.into_keys().collect())
}

#[test]
fn images_of_kubernetes_are_found_in_any_kind() {
    let text = "apiVersion: v1
kind: Pod
spec:
  initContainers: [{image: a}]
  containers:
    - image: b:1.2
      env: [{name: image, value: c}]
    - {image: $(D)}
  ephemeralContainers: [{image: 'e:main'}]
  volumes: [{image: {reference: 'f:2'}}]
---
apiVersion: example.org/v1
kind: Database
spec: {version: 3, image: 'g:3', baseImage: h, metadata: {labels: {image: i:1}}}
---
apiVersion: v1
kind: ConfigMap
data: {image: 'j:1'}
";
    let (found, skipped) = supplied("version", "k8s/all.yaml", text);
    let latest =
        |lines: &[u32]| lines.iter().map(|it| format!("{it} latest-image")).collect::<Vec<_>>();
    assert_eq!(found[..1], ["8 dynamic-image".to_owned()]);
    assert_eq!(found[1..], latest(&[4, 9, 10, 14]));
    assert_eq!(skipped, ["image-with-its-tag-elsewhere"]);
    let (found, _) = supplied("digest", "k8s/all.yaml", text);
    assert_eq!(found.last().map(String::as_str), Some("6 tag-only-image"));
}

#[test]
fn compose_pulls_what_it_does_not_build() {
    let text = "x-base: &base {image: 'a:1'}
services:
  one: {<<: *base}
  two: {build: ., image: 'b:dev'}
  three: {image: 'b:dev'}
  four: {build: ., image: 'c:dev', pull_policy: always}
  five: {image: 'd:${TAG}'}
  six: {image: '${R:-r}/e:${TAG:-1.2}'}
";
    let (found, skipped) = supplied("version", "compose.yaml", text);
    assert_eq!(found, ["7 dynamic-image", "1 latest-image", "6 latest-image"]);
    assert!(skipped.is_empty());
}

#[test]
fn values_and_templates_of_helm() {
    let text = "image: {repository: a, tag: ''}
web:
  image: {registry: r, repository: b, tag: main}
  installerImage: busybox:1
  image_tag: x
  logoImage: /img/logo.png
tools: {repository: c, tag: 1.2}
kubectl: {image: d, imageTag: latest, repository: https://charts.example.org}
";
    let (found, skipped) = supplied("version", "values.yaml", text);
    assert_eq!(found, ["3 latest-image", "4 latest-image", "8 latest-image"]);
    assert_eq!(skipped, ["image-with-its-tag-elsewhere"]);
    let text = "{{- if .Values.on }}
spec:
  containers:
    - image: {{ .Values.image }}
    - image: \"{{ .Values.r }}/a:latest\" # no
    - image: 'postgres:16'
{{- end }}
";
    let (found, skipped) = supplied("version", "templates/job.yaml", text);
    assert_eq!(found, ["5 latest-image", "6 latest-image"]);
    assert_eq!(skipped, ["template"]);
}

#[test]
fn nothing_of_supply_passes_unsaid() {
    let skipped = |path: &str, text: &str| supplied("version", path, text).1;
    assert_eq!(skipped("deploy/run.py", "docker run x"), ["other-kind-of-file"]);
    assert_eq!(skipped("deploy/x.json", "{\"image\": 1"), ["other-kind-of-file"]);
    assert_eq!(
        skipped("Dockerfile", "# syntax=docker/dockerfile:1\nFROM a:1.2"),
        ["dockerfile-frontend"]
    );
    assert_eq!(supplied("version", "a.yaml", "image: [").0, ["1 unreadable"]);
    assert_eq!(supplied("version", "Dockerfile", "FROM a\0").0, ["0 unreadable"]);
    assert!(skipped(".github/workflows/README.md", "x").contains(&"other-kind-of-file".into()));
    let options = "supply = ['.github/**', '!.github/workflows/**']";
    let workflow = (".github/workflows/a.yml", "jobs: {j: {steps: [{uses: a/b@v1}]}}\n");
    let found = testkit::judge(&REGISTER, options, &[workflow]);
    assert!(found.iter().any(|it| it.ends_with("/unpinned-uses")), "{found:?}");
}

#[test]
fn allow_entries_cover_images_of_supply() {
    let options = "supply = ['**']
        allow = [{ image = '${REGISTRY}/app:*', path = 'deploy/**', reason = 'built in the test' }]";
    let tree = Tree::literal([(
        "deploy/compose.yaml",
        "services: {a: {image: '${REGISTRY}/app:dev'}, b: {image: other:dev}}\n",
    )]);
    let gate = testkit::configure(&REGISTER, options, &tree);
    let checked = gate.check_file(&tree.read("deploy/compose.yaml".into()).unwrap()).unwrap();
    let waiver = gate.waivers().remove(0);
    let covered: Vec<bool> = checked.findings.iter().map(|it| waiver.covers(it)).collect();
    assert_eq!(covered, [true, false]);
}

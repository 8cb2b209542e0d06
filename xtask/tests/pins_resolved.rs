//! `fix action-pins --online` and `--update`: commits that belong to nobody,
//! releases that are new, images of a registry, GitHub's API in git's place.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod common;

use common::base::{Base, OLD};
use common::github::{Github, Reply};
use common::{Fixture, ran, workflow};
use serde_json::json;
use tempfile::TempDir;
use xshell::cmd;

const CONFIG: &str = "schema = 1\n[gate.action-pins]\n";
const WORKFLOW: &str = ".github/workflows/ci.yml";
const PINS: &str = "ci.pins.toml";

fn fixture(config: &str, steps: &[String]) -> Fixture {
    let steps = steps.join("\n      - uses: ");
    Fixture::new(&[("ci.toml", config), (WORKFLOW, &workflow(&steps))])
}

fn uses(fixture: &Fixture) -> Vec<String> {
    let text = fixture.sh().read_file(WORKFLOW).unwrap();
    let steps = text.lines().filter_map(|line| line.trim().strip_prefix("- uses: "));
    steps.map(str::to_owned).collect()
}

#[test]
fn a_forks_commit_is_told_and_one_that_is_reached_is_kept() {
    let base = Base::new();
    let first = base.release("a/b", "v1.0.0", OLD);
    base.release("a/b", "v1.1.0", OLD);
    base.git("a/b", &["commit", "--quiet", "--allow-empty", "-m", "between"]);
    let between = base.git("a/b", &["rev-parse", "HEAD"]);
    base.release("a/b", "v1.2.0", OLD);
    let tree = base.git("a/b", &["write-tree"]);
    let forked = base.git("a/b", &["commit-tree", &tree, "-p", &first, "-m", "fork"]);
    base.git("a/b", &["update-ref", "refs/pull/1/head", &forked]);
    base.git("a/b", &["pack-refs", "--all"]);
    let steps = [
        format!("a/b@{first} # v1.0.0"),
        format!("a/b@{between}"),
        format!("a/b@{}", forked.to_uppercase()),
    ];
    let fixture = fixture(CONFIG, &steps);
    fixture.xtask(&["verify"]).ends_with(0);
    let facts = |fixture: &Fixture| {
        let facts = fixture.receipt()["predicate"]["gates"][0]["facts"].clone();
        ["commits_proven", "commits_unknown", "commits_not_asked"].map(|name| facts[name].as_u64())
    };
    assert_eq!(facts(&fixture), [Some(0), Some(0), Some(3)]);

    base.fix(&fixture, &["--online", "--write"]).ends_with(1).says(&[
        "no tag or branch leads to it: it may be a fork's",
        "3 commits: 2 proven, 1 not; ci.pins.toml written",
    ]);
    let pins = fixture.sh().read_file(PINS).unwrap();
    assert!(pins.contains("reached_by = \"refs/tags/v1.0.0\"") && pins.contains("\"nothing\""));
    assert!(pins.contains("reached_by = \"refs/heads/main\""), "{pins}");
    fixture
        .xtask(&["verify"])
        .ends_with(1)
        .says(&["action-pins/unknown-commit", "no tag or branch of a/b leads to commit"]);
    assert_eq!(facts(&fixture), [Some(2), Some(1), Some(0)]);

    // What is known is not asked for again; what is not, is.
    base.git("a/b", &["tag", "found", &forked]);
    base.fix(&fixture, &["--online", "--write"]).ends_with(0).says(&["1 commit: 1 proven;"]);
    fixture.xtask(&["verify"]).ends_with(0);
    drop(base);
    let nobody = TempDir::new().unwrap();
    let args = ["fix", "--online", "--git-base", nobody.path().to_str().unwrap()];
    fixture.xtask(&args).ends_with(0).says(&["nothing to ask"]);
}

#[test]
fn who_does_not_answer_proves_nothing() {
    let base = Base::new();
    let steps = [format!("a/b@{} # v1.0.0", "1".repeat(40))];
    let fixture = fixture(CONFIG, &steps);
    base.fix(&fixture, &["--online", "--write"])
        .ends_with(1)
        .says(&["not proven: ", "1 commit: 0 proven, 1 not; ci.pins.toml as it was"]);
    fixture.xtask(&["verify"]).ends_with(0);
}

#[test]
fn pins_move_as_far_as_the_policy_lets_them() {
    let base = Base::new();
    let from = base.release("a/b", "v4.1.0", OLD);
    let to = base.release("a/b", "v4.2.0", OLD);
    let next = base.release("a/b", "v5.0.0", OLD);
    base.release("a/b", "v4.2.1-rc.1", OLD);
    let young = base.release("a/b", "v4.3.0", "2090-01-01T00:00:00Z");
    let steps = [
        format!("a/b@{from} # v4.1.0"),
        format!("'A/b/sub@{from}'   # tag=v4.1.0"),
        format!("a/b@{from}"),
        format!("a/b@{from} # needed here"),
        format!("a/b@{to} # v4.2.0"),
    ];
    let moved = |commit: &str, tag: &str, last: &str| {
        [
            format!("a/b@{commit} # {tag}"),
            format!("'A/b/sub@{commit}'   # tag={tag}"),
            format!("a/b@{commit} # {tag}"),
            format!("a/b@{commit} # needed here"),
            last.to_owned(),
        ]
    };
    let fixture = fixture(CONFIG, &steps);
    let before = fixture.sh().read_file(WORKFLOW).unwrap();
    let shown = base.fix(&fixture, &["--update"]).ends_with(0).says(&[
        "moved in 4 places",
        "'v4.3.0' is younger than 7 days",
        "4 pins to move; nothing written: add --write",
        &format!("+      - uses: a/b@{to} # v4.2.0"),
    ]);
    let again = base.fix(&fixture, &["--update"]);
    assert_eq!((shown.stdout, shown.stderr), (again.stdout, again.stderr), "the same each time");
    assert_eq!(cmd!(fixture.sh(), "git status --porcelain").quiet().read().unwrap(), "");

    base.fix(&fixture, &["--update", "--write"]).ends_with(0).says(&["4 pins moved"]);
    assert_eq!(uses(&fixture), moved(&to, "v4.2.0", &steps[4]));
    fixture.xtask(&["verify"]).ends_with(0);
    base.fix(&fixture, &["--update", "--write"]).ends_with(0).says(&["no pin to move"]);
    assert_eq!(uses(&fixture), moved(&to, "v4.2.0", &steps[4]));

    for (policy, commit, tag) in
        [("min_age = '0d'", &young, "v4.3.0"), ("major = 'move'", &next, "v5.0.0")]
    {
        fixture.write("ci.toml", format!("{CONFIG}update = {{ {policy} }}\n"));
        fixture.write(WORKFLOW, &before);
        base.fix(&fixture, &["--update", "--write"]).ends_with(0).says(&["5 pins moved"]);
        let last = format!("a/b@{commit} # {tag}");
        assert_eq!(uses(&fixture), moved(commit, tag, &last), "{policy}");
    }
    fixture.write("ci.toml", format!("{CONFIG}update = {{ owners = ['actions'] }}\n"));
    fixture.write(WORKFLOW, &before);
    base.fix(&fixture, &["--update"]).ends_with(0).says(&["no pin to move"]);
    fixture.write("ci.toml", format!("{CONFIG}update = {{ min_age = 'soon' }}\n"));
    base.fix(&fixture, &["--update"]).ends_with(2).says(&["'soon' is no length of time"]);
}

#[test]
fn a_move_keeps_every_other_byte() {
    let base = Base::new();
    let from = base.release("a/b", "v1.0.0", OLD);
    let to = base.release("a/b", "v1.1.0", OLD);
    let text = format!(
        "\u{feff}on: push\r\npermissions: {{}}\r\njobs:\r\n  j: {{permissions: {{}}, timeout-minutes: 5, steps: [{{uses: &x 'a/b@{from}'}}, {{uses: *x}}]}} # é v1.0.0\r\n"
    );
    let fixture = fixture(CONFIG, &[]);
    fixture.write(WORKFLOW, &text);
    base.fix(&fixture, &["--update", "--write"]).ends_with(0).says(&["1 pin moved"]);
    let after = fixture.sh().read_file(WORKFLOW).unwrap();
    assert_eq!(after, text.replace(&from, &to));
    // A comment that says more is somebody's own.
    fixture.write(WORKFLOW, workflow(&format!("a/b@{from} # v1.0.0, v1.1.0 is broken")));
    base.fix(&fixture, &["--update", "--write"])
        .ends_with(1)
        .says(&["1 place left: the comment says more than a version", "no pin to move"]);
}

#[test]
fn images_get_the_digest_that_their_registry_gives() {
    let digest = format!("sha256:{}", "9c".repeat(32));
    let index = "application/vnd.oci.image.index.v1+json";
    let registry = Github::new();
    let challenge = format!(
        "Bearer realm=\"{}/token\",service=\"s\",scope=\"repository:library/node:pull\"",
        registry.url
    );
    let found = || Reply::bytes(b"").header("content-type", index);
    let node = "/v2/library/node/manifests/22";
    let private = Reply::status(401).header("www-authenticate", &challenge);
    let known = found().header("docker-content-digest", &digest);
    registry.on(node, vec![private, known]);
    registry.on("/token", vec![Reply::json(&json!({ "token": "anybody" }))]);
    // One that says no digest is asked for the whole.
    let whole = Reply::bytes(b"{}").header("content-type", index);
    registry.on("/v2/o/tool/manifests/v1", vec![whole]);
    let page = Reply::bytes(b"<html>").header("content-type", "text/html");
    registry.on("/v2/o/page/manifests/v1", vec![page.header("docker-content-digest", &digest)]);
    let body = format!("sha256:{}", common::online::sha256(b"{}"));

    let text = "on: push\npermissions: {}\njobs:\n  j:\n    permissions: {}\n    timeout-minutes: 5\n    container: node:22 # é\n    services:\n      a: {image: 'ghcr.io/o/tool:v1', options: x}\n      b: {image: ghcr.io/o/page:v1}\n      c: {image: ghcr.io/o/none:v1}\n      d: {image: node}\n    steps:\n      - run: x\n";
    let config = format!("{CONFIG}supply = ['Dockerfile']\nimages = 'digest'\n");
    let dockerfile = "FROM node:22 AS a\nRUN x\n";
    let fixture =
        Fixture::new(&[("ci.toml", &config), (WORKFLOW, text), ("Dockerfile", dockerfile)]);
    let args = ["fix", "action-pins", "--online", "--registry-base", &registry.url, "--write"];
    fixture.xtask(&args).ends_with(1).says(&[
        "failed: the registry answered with 'text/html', which is no index and no image",
        "failed: no image or tag of that name",
        "4 images: 2 resolved, 2 not; ci.pins.toml written",
        "3 fixes made in 2 files",
    ]);
    let after = text.replace("node:22", &format!("node:22@{digest}"));
    let after = after.replace("o/tool:v1", &format!("o/tool:v1@{body}"));
    assert_eq!(fixture.sh().read_file(WORKFLOW).unwrap(), after);
    let after = format!("FROM node:22@{digest} AS a\nRUN x\n");
    assert_eq!(fixture.sh().read_file("Dockerfile").unwrap(), after);
    let asked = registry.asked();
    assert!(asked.contains(&format!("{node}?ns=docker.io with bearer anybody")), "{asked:?}");
    assert!(asked.iter().any(|it| it.starts_with("/token?service=s&scope=")), "{asked:?}");

    // From the cache, with nobody there to ask.
    fixture.write("Dockerfile", dockerfile);
    fixture.xtask(&["fix", "action-pins", "--write"]).ends_with(0).says(&["1 fix made"]);
    assert_eq!(fixture.sh().read_file("Dockerfile").unwrap(), after);
}

/// Whatever a registry says: no digest of it is taken that is none, nothing of
/// this machine is read, and a token goes to nobody else.
#[test]
fn a_hostile_registry_gives_nothing() {
    let (registry, other) = (Github::new(), Github::new());
    let index = "application/vnd.oci.image.index.v1+json";
    let digest = format!("sha256:{}", "9c".repeat(32));
    let told = |digest: &str| {
        vec![
            Reply::bytes(b"").header("content-type", index).header("docker-content-digest", digest),
        ]
    };
    let to = |status, address: &str| vec![Reply::status(status).header("location", address)];
    let asks = |realm: &str| {
        let challenge = format!("Bearer realm=\"{realm}\",service=\"s\"");
        vec![Reply::status(401).header("www-authenticate", &challenge)]
    };
    let of = |name: &str| format!("/v2/h/{name}/manifests/v1");
    registry.on(&of("other-algorithm"), told(&format!("sha512:{}", "9c".repeat(64))));
    registry.on(&of("upper-case"), told(&digest.to_uppercase().replace("SHA", "sha")));
    registry.on(&of("more-behind"), told(&format!("{digest} # x")));
    registry.on(&of("this-machine"), to(302, "file:///etc/passwd"));
    registry.on(&of("in-circles"), to(302, &of("in-circles")));
    registry.on(&of("always-401"), asks(&format!("{}/token", registry.url)));
    registry.on(&of("realm-of-file"), asks("file:///etc/passwd"));
    registry.on(&of("realm-of-words"), asks("what?"));
    registry.on(&of("no-challenge"), vec![Reply::status(401)]);
    registry.on(&of("two-lines"), asks(&format!("{}/lines", registry.url)));
    let large = Reply::bytes(&vec![b' '; 5 << 20]).header("content-type", index);
    registry.on(&of("large"), vec![large]);
    registry.on("/token", vec![Reply::json(&json!({ "token": "own" }))]);
    registry.on("/lines", vec![Reply::json(&json!({ "token": "a\r\nx: y" }))]);
    // Who answers elsewhere answers without the token.
    let mut sent = asks(&format!("{}/token", registry.url));
    sent.extend(to(307, &format!("{}/elsewhere", other.url)));
    registry.on(&of("sent-on"), sent);
    other.on("/elsewhere", told(&digest));

    let names = [
        "other-algorithm",
        "upper-case",
        "more-behind",
        "this-machine",
        "in-circles",
        "always-401",
        "realm-of-file",
        "realm-of-words",
        "no-challenge",
        "two-lines",
        "large",
        "sent-on",
        // These are not asked for at all.
        "..",
        "%2e%2e",
        "a?b",
        "A",
        "-o@x",
    ];
    let services: String =
        names.iter().map(|name| format!("      - image: 'ghcr.io/h/{name}:v1'\n")).collect();
    let text = format!("on: push\njobs:\n  j:\n    services:\n{services}    steps: [{{run: x}}]\n");
    let fixture = Fixture::new(&[("ci.toml", CONFIG), (WORKFLOW, &text)]);
    let args = ["fix", "action-pins", "--online", "--registry-base", &registry.url, "--write"];
    fixture.xtask(&args).ends_with(1).leaves_unsaid(&["root:", "9c9c9c9c9c9c9c9c9c9c9c9c # x"]);
    let after = text.replace("h/sent-on:v1", &format!("h/sent-on:v1@{digest}"));
    assert_eq!(fixture.sh().read_file(WORKFLOW).unwrap(), after);
    assert_eq!(other.asked(), ["/elsewhere"]);
    let asked = registry.asked();
    assert!(asked.len() < 60, "{asked:?}");
    let paths = || asked.iter().filter_map(|it| it.split('?').next());
    assert!(paths().all(|path| !path.contains("..") && !path.contains('%')), "{asked:?}");
}

#[test]
fn the_api_answers_as_git_does_and_the_token_stays_unsaid() {
    let (tagged, between, forked) = ("1".repeat(40), "2".repeat(40), "3".repeat(40));
    let api = Github::new();
    let named = |name: &str, sha: &str| json!({ "name": name, "commit": { "sha": sha } });
    let tags = json!([named("v1", &tagged), named("v1.2.3", &tagged)]);
    api.on("tags", vec![Reply::json(&tags)]);
    api.on("branches", vec![Reply::json(&json!([named("main", &"4".repeat(40))]))]);
    api.on("/repos/o/r", vec![Reply::json(&json!({ "default_branch": "main" }))]);
    let compared = |status: &str| vec![Reply::json(&json!({ "status": status }))];
    let main = "compare/refs%2Fheads%2Fmain...";
    api.on(&format!("{main}{between}"), compared("behind"));
    api.on(&format!("{main}{forked}"), compared("diverged"));
    let steps = ["o/r@v1".to_owned(), format!("o/r@{between}"), format!("o/r@{forked}")];
    let fixture = fixture(CONFIG, &steps);
    let token = "not-to-be-seen";
    let args = ["fix", "action-pins", "--online", "--write", "--api-base"];
    let mut command = fixture.command(&[&args[..], &[&api.url]].concat());
    let run = ran(command.env("GH_TOKEN", token).output().unwrap()).ends_with(1);
    run.says(&["1 name of 1 repository: 1 resolved; 2 commits: 1 proven, 1 not"])
        .leaves_unsaid(&[token]);
    assert_eq!(uses(&fixture)[0], format!("o/r@{tagged} # v1.2.3"));
    let pins = fixture.sh().read_file(PINS).unwrap();
    assert!(!pins.contains(token) && pins.contains("refs/heads/main"), "{pins}");
    assert!(api.asked().iter().all(|asked| asked.ends_with(&format!("with bearer {token}"))));
    fixture.xtask(&["verify"]).ends_with(1).says(&["action-pins/unknown-commit"]);

    // The address may stand in the environment, as it does on GitHub.
    let mut command = fixture.command(&["fix", "--online", "--api-base"]);
    ran(command.env("GITHUB_API_URL", &api.url).output().unwrap())
        .ends_with(1)
        .says(&["1 commit: 0 proven, 1 not"]);
    fixture.xtask(&["fix", "--online", "--api-base", "http://x", "--git-base", "."]).ends_with(2);
}

#[test]
fn a_name_that_leads_up_is_not_asked_for() {
    let api = Github::new();
    api.on("tags", vec![Reply::json(&json!([]))]);
    let fixture = fixture(CONFIG, &["o/r@../../../../user".to_owned(), "o/r@a/./b".to_owned()]);
    fixture.xtask(&["fix", "--online", "--api-base", &api.url]).ends_with(1);
    assert!(
        api.asked().iter().all(|it| !it.contains("/..") && !it.contains("/./")),
        "{:?}",
        api.asked()
    );
}

#[test]
fn the_api_gives_a_releases_age() {
    let (from, to, young) = ("1".repeat(40), "2".repeat(40), "3".repeat(40));
    let api = Github::new();
    let named = |name: &str, sha: &str| json!({ "name": name, "commit": { "sha": sha } });
    let tags = json!([named("v1.0.0", &from), named("v1.1.0", &to), named("v1.2.0", &young)]);
    api.on("tags", vec![Reply::json(&tags)]);
    let made =
        |day: &str| vec![Reply::json(&json!({ "commit": { "committer": { "date": day } } }))];
    api.on(&format!("commits/{to}"), made(OLD));
    // Whoever writes an old date into a commit does not publish earlier by it.
    api.on(&format!("commits/{young}"), made(OLD));
    let published = json!({ "published_at": "2100-01-01T00:00:00Z" });
    api.on("releases/tags/v1.2.0", vec![Reply::json(&published)]);
    let fixture = fixture(CONFIG, &[format!("o/r@{from} # v1.0.0")]);
    let args = ["fix", "action-pins", "--update", "--write", "--api-base", &api.url];
    fixture.xtask(&args).ends_with(0).says(&["1 pin moved"]);
    assert_eq!(uses(&fixture), [format!("o/r@{to} # v1.1.0")]);
}

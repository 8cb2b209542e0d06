//! deno: modules by an address, `npm:` and `jsr:`. What deno.lock of the
//! repository holds is not asked for.

use super::call::Call;
use super::version::{self, Hold, is_commit, of_semver};
use super::{Finds, Known};

const VERBS: &[&str] =
    &["add", "bench", "bundle", "cache", "compile", "install", "i", "run", "serve", "test", "x"];

const VALUED: &[&str] = &[
    "-c",
    "--config",
    "--import-map",
    "-n",
    "--name",
    "--root",
    "-o",
    "--output",
    "--target",
    "--cert",
    "--location",
    "--seed",
    "--env-file",
    "--port",
    "--host",
    "-L",
    "--log-level",
    "--icon",
    "--include",
];

pub(super) fn judge(call: &Call, known: &Known, finds: &mut Finds) {
    let (verb, skipped) = match (&*call.program, call.verb()) {
        ("dx", _) => ("x", 0),
        ("deno", verb) if VERBS.contains(&verb) => (verb, 1),
        _ => return,
    };
    let is_global = call.has(&["-g", "--global"]) || matches!(verb, "x" | "add");
    let is_locked = known.has_lock("deno.lock") && !is_global;
    let is_one = matches!(verb, "run" | "serve" | "x" | "compile" | "bundle" | "bench" | "test")
        || (verb == "install" && !call.has(&["--npm", "--jsr"]));
    // What follows the module is its own.
    let words_max = if is_one { 1 } else { usize::MAX };
    for word in call.words_after(skipped, VALUED).into_iter().take(words_max) {
        let text = word.text.as_str();
        let (hold, why) = match text.split_once(':') {
            Some(("npm" | "jsr", package)) => {
                let version = package.trim_start_matches(['/', '@']).split_once('@');
                let version =
                    version.map(|(_, version)| version.split('/').next().unwrap_or_default());
                let hold = version.map_or(Hold::Moving, of_semver);
                (hold, version::why(version))
            }
            Some(("https" | "http", address)) => {
                (of_address(address), "names no version in its address".to_owned())
            }
            None if verb == "x" && !text.starts_with(['.', '/']) => {
                let version = text.trim_start_matches('@').split_once('@').map(|(_, it)| it);
                (version.map_or(Hold::Moving, of_semver), version::why(version))
            }
            _ if text.starts_with('$') => (Hold::Open, String::new()),
            _ => continue,
        };
        let hold = if is_locked { Hold::Exact } else { hold };
        let tool = if skipped == 0 { "dx".to_owned() } else { format!("deno {verb}") };
        let expected = "name the release: npm:name@1.2.3, jsr:@scope/name@1.2.3, \
                        https://deno.land/x/name@1.2.3/mod.ts; or commit deno.lock"
            .to_owned();
        finds.add(hold, word.word, &tool, text, why, expected);
    }
}

/// A version in its path, or a commit.
fn of_address(address: &str) -> Hold {
    let parts =
        || address.split('/').skip(1).flat_map(|part| part.split('@').skip(1).chain([part]));
    match () {
        () if parts().any(|part| is_commit(part) || of_semver(part) == Hold::Exact) => Hold::Exact,
        () if address.contains("@$") || address.starts_with('$') => Hold::Open,
        () => Hold::Moving,
    }
}

#[cfg(test)]
mod tests {
    use kernel::Tree;

    use crate::installs::{Form, Known, read};
    use crate::shell::Dialect;

    fn found(source: &str, known: &Known) -> Vec<String> {
        let installs = read(source, Form::Shell(Dialect::Posix), known, &kernel::Pulse::default());
        installs.unpinned.into_iter().map(|it| it.subject).collect()
    }

    #[test]
    fn modules_have_versions() {
        let script = "deno run -A https://deno.land/x/a/mod.ts npm:own; deno run https://deno.land/std@0.200.0/a.ts\n\
            deno install -g -n x https://h/b.ts; deno run npm:c@1.2.3; deno run jsr:@d/e; dx f; deno x g@1.2.3\n\
            deno run main.ts; deno cache $A; deno add npm:h jsr:@i/j@1.2.3; deno run --config c.json npm:@k/l@^1/bin";
        let known = Known::default();
        assert_eq!(
            found(script, &known),
            [
                "https://deno.land/x/a/mod.ts",
                "https://h/b.ts",
                "jsr:@d/e",
                "f",
                "npm:h",
                "npm:@k/l@^1/bin"
            ]
        );
        let tree = Tree::literal([("deno.lock", "")]);
        let known = Known::of(&tree, &[]).unwrap();
        assert_eq!(found(script, &known), ["https://h/b.ts", "f", "npm:h"]);
    }
}

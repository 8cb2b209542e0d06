//! `git ls-remote`: what another repository calls its commits. No repository
//! of ours is involved, so none of its settings are (a token among them, in CI).

use std::time::Duration;

use camino::Utf8Path;

use super::{SETTINGS, VARS, VARS_OF_ANOTHER_REPOSITORY, without_credentials};
use crate::exec::{self, Cancel, Command, Env, Status};

/// The largest repositories have some ten thousand tags of a hundred bytes.
const OUTPUT_BYTES_MAX: usize = 32 << 20;

/// How git may fetch; [`VARS`] forbids it altogether.
const PROTOCOLS: &str = "file:http:https:ssh";

/// Every tag and branch at `url`, as `git ls-remote` prints them. `dir` is an
/// empty folder that git is run in.
///
/// # Errors
/// In words: why there is no answer.
pub(crate) fn references(
    url: &str,
    dir: &Utf8Path,
    limit: Duration,
    cancel: &Cancel,
) -> Result<String, String> {
    let args = ["ls-remote", "--heads", "--tags", "--", url];
    let output = run(&args, None, dir, limit, cancel)?;
    String::from_utf8(output).map_err(|_| "a tag of it is no UTF-8".to_owned())
}

/// What `git ARGS` prints in `dir`; it may ask other machines.
pub(super) fn run(
    args: &[&str],
    stdin: Option<Vec<u8>>,
    dir: &Utf8Path,
    limit: Duration,
    cancel: &Cancel,
) -> Result<Vec<u8>, String> {
    let mut argv = vec!["git"];
    // Neither a helper nor a header of the user's adds a token.
    for setting in SETTINGS.into_iter().chain(["credential.helper=", "http.extraHeader="]) {
        argv.extend(["-c", setting]);
    }
    argv.extend(args);
    let inherited = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok());
    let mut env =
        Env::only(inherited.filter(|name| !VARS_OF_ANOTHER_REPOSITORY.contains(&name.as_str())));
    for (name, value) in VARS.into_iter().filter(|(name, _)| *name != "GIT_ALLOW_PROTOCOL") {
        env = env.with(name, value);
    }
    env = env.with("GIT_ALLOW_PROTOCOL", PROTOCOLS).with("GIT_CEILING_DIRECTORIES", dir.as_str());
    let command = Command {
        env,
        stdin,
        timeout: Some(limit),
        output_bytes_max: OUTPUT_BYTES_MAX,
        raw: true,
        ..Command::new(argv, dir)
    };
    let ended = exec::run(&command, cancel);
    match ended.status {
        Status::Exited(0) => {}
        Status::Exited(_) => return Err(reason(&without_credentials(&ended.stderr.text()))),
        Status::TimedOut { limit } => {
            return Err(format!("no answer within {} s", limit.as_secs()));
        }
        other => return Err(format!("git {other}")),
    }
    let whole = ended.stdout.whole().filter(|_| !ended.output_held_open);
    let whole = whole.ok_or("its list of tags is larger than any that is expected")?;
    Ok(whole.to_vec())
}

/// What git said, on one line.
fn reason(stderr: &str) -> String {
    // A repository that is not there and one that is private look the same.
    let asks = ["could not read Username", "Authentication failed", "terminal prompts disabled"];
    if asks.iter().any(|words| stderr.contains(words)) {
        return "no public repository of that name".to_owned();
    }
    let lines = || stderr.lines().map(str::trim).filter(|line| !line.is_empty());
    let fatal = lines().find_map(|line| line.strip_prefix("fatal: "));
    fatal.or_else(|| lines().next()).unwrap_or("git said nothing").to_owned()
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use xshell::{Shell, cmd};

    use super::*;

    fn asked(url: &str, limit: Duration) -> Result<String, String> {
        let folder = tempfile::tempdir().unwrap();
        let dir = Utf8Path::from_path(folder.path()).unwrap();
        references(url, dir, limit, &Cancel::new())
    }

    #[test]
    fn tags_and_branches_of_a_folder_are_listed() {
        let folder = tempfile::tempdir().unwrap();
        let sh = Shell::new().unwrap();
        sh.change_dir(folder.path());
        cmd!(sh, "git init --quiet --initial-branch main").run().unwrap();
        let who = ["-c", "user.name=a", "-c", "user.email=a@example.invalid"];
        cmd!(sh, "git {who...} commit --quiet --allow-empty -m one").run().unwrap();
        cmd!(sh, "git {who...} tag -a v1 -m one").run().unwrap();
        let text = asked(folder.path().to_str().unwrap(), Duration::from_secs(20)).unwrap();
        let names: Vec<&str> = text.lines().filter_map(|line| line.split('\t').nth(1)).collect();
        assert_eq!(names, ["refs/heads/main", "refs/tags/v1", "refs/tags/v1^{}"]);
    }

    #[test]
    fn who_never_answers_is_left_after_the_limit() {
        let silent = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://user:hidden@{}/a/b", silent.local_addr().unwrap());
        let error = asked(&url, Duration::from_secs(1)).unwrap_err();
        assert_eq!(error, "no answer within 1 s");
    }

    #[test]
    fn what_git_says_is_told_on_one_line() {
        let error = asked("/nowhere/at/all", Duration::from_secs(20)).unwrap_err();
        assert!(error.contains("/nowhere/at/all") && !error.contains('\n'), "{error}");
        let program = asked("ext::touch /tmp/never", Duration::from_secs(20)).unwrap_err();
        assert!(program.contains("not allowed"), "{program}");
        assert!(asked("--upload-pack=touch /tmp/never", Duration::from_secs(20)).is_err());
    }
}

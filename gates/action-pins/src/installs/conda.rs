//! conda, mamba, micromamba and pixi: `==`, or `=` with three numbers; fewer are
//! the beginning of a version to them.

use super::call::Call;
use super::version::{self, Hold, of_number, of_semver};
use super::{Finds, Known};

const VALUED: &[&str] = &[
    "-c",
    "--channel",
    "-f",
    "--feature",
    "--file",
    "-n",
    "--name",
    "-p",
    "--prefix",
    "--solver",
    "--platform",
    "--subdir",
    "-e",
    "--environment",
    "--clone",
    "--manifest-path",
    "-r",
    "--root-prefix",
    "--rc-file",
    "--expose",
    "--with",
];

pub(super) fn judge(call: &Call, known: &Known, finds: &mut Finds) {
    let program = &*call.program;
    let words = call.words_after(0, VALUED);
    let verb = words.first().map(|it| it.text.as_str()).unwrap_or_default();
    let is_verb = match program {
        "conda" | "mamba" | "micromamba" => matches!(verb, "install" | "create"),
        "pixi" => matches!(verb, "add" | "global" | "exec"),
        _ => false,
    };
    // The rest of `pixi exec` is the program's own.
    let (skipped, words_max) = match verb {
        "global" if words.get(1).is_some_and(|it| it.text == "install") => (2, usize::MAX),
        "global" => return,
        "exec" => (1, 1),
        _ => (1, usize::MAX),
    };
    if !is_verb || call.has(&["--offline", "--help", "-h", "--pypi"]) {
        return;
    }
    let tool = match skipped {
        2 => "pixi global install".to_owned(),
        _ => format!("{program} {verb}"),
    };
    if let Some(file) = call.value(&["--file"])
        && let Some(is_pinned) = known.requirements(file)
    {
        let hold = if is_pinned { Hold::Exact } else { Hold::Moving };
        let why = "takes ranges from that file".to_owned();
        let expected = "write every line as name==1.2.3".to_owned();
        finds.add(hold, call.word, &tool, file, why, expected);
    }
    for word in words.iter().skip(skipped).take(words_max) {
        let text = word.text.trim().trim_matches(['"', '\'']);
        // `channel::name`.
        let name = text.rsplit("::").next().unwrap_or_default();
        let is_file = [".conda", ".tar.bz2", ".txt", ".yml", ".yaml", ".lock"];
        if name.starts_with(['.', '/']) || is_file.iter().any(|end| name.ends_with(end)) {
            finds.seen += 1;
            continue;
        }
        let (own, version) = match name.split_once('=') {
            Some((own, version)) => (own, Some(version)),
            None => (name.split(['<', '>', '!', '~', ' ']).next().unwrap_or_default(), None),
        };
        let is_range = name.contains(['<', '>', '~', '!', '*', '|']);
        let hold = match version.map(|version| version.split('=').collect::<Vec<_>>()) {
            _ if is_range => Hold::Moving,
            // `name==1.2`, and `name=1.2=build`.
            Some(parts) if parts.first() == Some(&"") => {
                of_number(parts.get(1).copied().unwrap_or_default())
            }
            Some(parts) if parts.len() > 1 => of_number(parts.first().copied().unwrap_or_default()),
            Some(parts) => of_semver(parts.first().copied().unwrap_or_default()),
            None if name.contains('$') => Hold::Open,
            None => Hold::Moving,
        };
        let why = match is_range {
            true => "takes a range".to_owned(),
            false => version::why(version.map(|it| it.trim_start_matches('='))),
        };
        let expected = format!("name the release: {tool} {own}==1.2.3");
        finds.add(hold, word.word, &tool, name, why, expected);
    }
}

#[cfg(test)]
mod tests {
    use crate::installs::{Form, Known, read};
    use crate::shell::Dialect;

    fn found(source: &str) -> Vec<String> {
        let installs =
            read(source, Form::Shell(Dialect::Posix), &Known::default(), &kernel::Pulse::default());
        installs.unpinned.into_iter().map(|it| it.subject).collect()
    }

    #[test]
    fn one_equal_sign_is_a_beginning() {
        assert_eq!(
            found("conda install -y -c conda-forge a b=1.2 c=1.2.3 d==1.2 e=1.2=py_0 'f>=1' g::h"),
            ["a", "b=1.2", "f>=1", "h"]
        );
        assert_eq!(
            found("mamba create -n x -p y python=3.10; micromamba install a"),
            ["python=3.10", "a"]
        );
        assert!(found("conda create -n x; conda env list; conda install ./a.conda $A").is_empty());
        assert_eq!(
            found("pixi global install a; pixi add b==1.2; pixi global list; pixi exec c d"),
            ["a", "c"]
        );
    }
}

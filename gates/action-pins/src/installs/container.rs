//! What a container engine pulls, and what it runs inside: `docker run image pip
//! install x`. What variables say of an image is counted as not judged: most of
//! those are made by the pipeline itself.

use std::collections::HashSet;
use std::ops::Range;

use super::call::{Argument, Call, name};
use crate::supply::{Hold, Supplied, hold};
use crate::variables::UNKNOWN;

/// Engines that read the same words.
const ENGINES: &[&str] = &["docker", "nerdctl", "podman"];

/// Options of one letter that take a value.
const VALUED_LETTERS: &str = "acehlmpuvw";

/// Options without a value; every other long one has one.
const FLAGS: &[&str] = &[
    "--all-tags",
    "--detach",
    "--disable-content-trust",
    "--env-host",
    "--help",
    "--init",
    "--interactive",
    "--no-healthcheck",
    "--no-hosts",
    "--oom-kill-disable",
    "--privileged",
    "--publish-all",
    "--quiet",
    "--read-only",
    "--replace",
    "--rm",
    "--rmi",
    "--sig-proxy",
    "--tls-verify",
    "--tty",
];

/// Images of Docker Hub that are called by one word, those that pipelines run. A
/// word alone that is not among them is mostly what the pipeline has built.
const OFFICIAL: &[&str] = &[
    "alpine",
    "almalinux",
    "amazonlinux",
    "archlinux",
    "bash",
    "buildpack-deps",
    "busybox",
    "cassandra",
    "centos",
    "clickhouse",
    "composer",
    "debian",
    "docker",
    "eclipse-temurin",
    "elasticsearch",
    "elixir",
    "erlang",
    "fedora",
    "gcc",
    "golang",
    "gradle",
    "haproxy",
    "haskell",
    "hello-world",
    "httpd",
    "influxdb",
    "julia",
    "kibana",
    "mariadb",
    "maven",
    "memcached",
    "mongo",
    "mysql",
    "nats",
    "neo4j",
    "nginx",
    "node",
    "openjdk",
    "opensuse",
    "oraclelinux",
    "perl",
    "php",
    "postgres",
    "pypy",
    "python",
    "rabbitmq",
    "redis",
    "registry",
    "rockylinux",
    "ruby",
    "rust",
    "scratch",
    "sonarqube",
    "swift",
    "traefik",
    "ubuntu",
    "valkey",
    "vault",
    "wordpress",
    "zookeeper",
];

/// An image that a command pulls, before it is known what the file builds.
#[derive(Debug)]
struct Pulled {
    image: Supplied,
    /// Without tag and digest, as far as it is known.
    name: String,
    /// Whether it is asked for by `pull`: then it is nothing of this machine.
    is_asked: bool,
}

/// Images that the commands of one file pull, and those that they make.
#[derive(Debug, Default)]
pub(super) struct Images {
    pulled: Vec<Pulled>,
    /// By their names without tags.
    made: HashSet<String>,
    /// Whether some come out of a file: `docker load`.
    are_loaded: bool,
}

impl Images {
    /// Notes what `call` pulls or makes; `place` says where a word stands.
    pub(super) fn read(&mut self, call: &Call, place: &dyn Fn(usize) -> Range<usize>) {
        if matches!(&*call.program, "buildah" | "ko" | "pack" | "img" | "kaniko" | "buildctl") {
            return self.made_by(call);
        }
        let Some((verb, rest)) = verb(call) else { return };
        match verb {
            "build" | "buildx" | "tag" | "commit" | "import" | "bake" | "compose" => {
                self.made_by(call);
            }
            "load" => self.are_loaded = true,
            "run" | "create" | "pull" => {
                let Some(at) = positional(call, rest).filter(|_| !is_never(call)) else { return };
                let Some(argument) = call.arguments.get(at) else { return };
                let same = call.arguments.iter().filter(|it| it.word == argument.word);
                self.pulls(argument, verb == "pull", same.count() == 1, place(argument.word));
            }
            _ => {}
        }
    }

    fn pulls(&mut self, argument: &Argument, is_asked: bool, is_whole: bool, span: Range<usize>) {
        let text = argument.text.trim();
        // One word that became several says nothing of the one image.
        let hold = if is_whole { hold(text) } else { Hold::Open };
        if !is_image(text) {
            return;
        }
        let image = Supplied { text: text.to_owned(), span, made_of: Vec::new(), hold };
        self.pulled.push(Pulled { image, name: bare(text).to_owned(), is_asked });
    }

    fn made_by(&mut self, call: &Call) {
        let mut arguments = call.arguments.iter().map(|it| it.text.as_str()).peekable();
        while let Some(argument) = arguments.next() {
            match argument.split_once('=') {
                Some(("-t" | "--tag", made)) => _ = self.made.insert(bare(made).to_owned()),
                _ if matches!(argument, "-t" | "--tag") => {
                    self.made.extend(arguments.next().map(|made| bare(made).to_owned()));
                }
                _ => {}
            }
        }
        // `tag from to`, `commit container to`, `import file to`.
        if matches!(verb(call), Some(("tag" | "commit" | "import", _))) {
            self.made.extend(call.arguments.last().map(|made| bare(&made.text).to_owned()));
        }
    }

    /// The images that nothing here makes, and how many are left out: those that
    /// variables say, and those of this machine.
    pub(super) fn end(self) -> (Vec<Supplied>, usize, usize) {
        let (mut images, mut open, mut local) = (Vec::new(), 0, 0);
        for Pulled { image, name, is_asked } in self.pulled {
            let is_word = !name.contains(['/', '.', ':']);
            let is_known = is_asked || OFFICIAL.contains(&&*name);
            let host = name.split(['/', ':']).next().unwrap_or_default();
            match () {
                () if image.hold == Hold::Open || name.contains(UNKNOWN) => open += 1,
                () if matches!(host, "localhost" | "127.0.0.1" | "local") => local += 1,
                () if self.made.contains(&name) || (self.are_loaded && !is_known) => local += 1,
                () if is_word && !is_known => local += 1,
                () => images.push(image),
            }
        }
        (images, open, local)
    }
}

/// The verb of an engine, and the number of the argument after it.
fn verb(call: &Call) -> Option<(&str, usize)> {
    if !ENGINES.contains(&&*call.program) {
        return None;
    }
    let mut at = 0;
    // `docker --context x run`, `docker -H host run`.
    while let Some(argument) = call.arguments.get(at) {
        if !argument.text.starts_with('-') {
            break;
        }
        let takes = matches!(
            &*argument.text,
            "--context"
                | "-c"
                | "-H"
                | "--host"
                | "--config"
                | "-l"
                | "--log-level"
                | "--namespace"
                | "-n"
                | "--root"
                | "--runroot"
        );
        at += 1 + usize::from(takes);
    }
    let verb = call.arguments.get(at)?.text.as_str();
    match verb {
        "container" | "image" | "builder" => {
            Some((call.arguments.get(at + 1)?.text.as_str(), at + 2))
        }
        verb => Some((verb, at + 1)),
    }
}

/// The number of the first argument from `at` on that is neither an option nor
/// the value of one.
fn positional(call: &Call, mut at: usize) -> Option<usize> {
    loop {
        let text = call.arguments.get(at)?.text.as_str();
        at += match text {
            "--" => return Some(at + 1),
            long if long.starts_with("--") => {
                1 + usize::from(!long.contains('=') && !FLAGS.contains(&long))
            }
            short if short.starts_with('-') && short.len() > 1 => {
                let valued =
                    short.char_indices().skip(1).find(|(_, c)| VALUED_LETTERS.contains(*c));
                1 + usize::from(valued.is_some_and(|(at, _)| at + 1 == short.len()))
            }
            // Options in a variable: what can be an image comes after them.
            UNKNOWN => {
                let next = call.arguments.get(at + 1).map(|it| it.text.as_str());
                match next.is_some_and(|next| next.starts_with('-') || is_tagged(next)) {
                    true => 1,
                    false => return Some(at),
                }
            }
            "" => 1,
            _ => return Some(at),
        };
    }
}

/// `--pull never`, `--help`.
fn is_never(call: &Call) -> bool {
    call.value(&["--pull"]) == Some("never") || call.has(&["--help"])
}

/// What `call` runs within a container.
pub(super) fn inner(call: &Call) -> Option<Call> {
    let (verb, rest) = verb(call)?;
    let rest = match verb {
        "run" | "create" | "exec" => rest,
        "compose" => {
            let is_run = |it: &Argument| matches!(&*it.text, "run" | "exec");
            rest + call.arguments.iter().skip(rest).position(is_run)? + 1
        }
        _ => return None,
    };
    let image = positional(call, rest)?;
    let mut arguments = call.arguments.get(image + 1..).unwrap_or_default().to_vec();
    let own = call.arguments.get(rest..image).unwrap_or_default().to_vec();
    let options = Call { arguments: own, ..Call::default() };
    let entry = options.value(&["--entrypoint"]).filter(|entry| !entry.is_empty());
    let (path, word) = match entry {
        Some(entry) => (entry.to_owned(), call.arguments.get(image)?.word),
        None if arguments.is_empty() => return None,
        None => {
            let first = arguments.remove(0);
            (first.text, first.word)
        }
    };
    Some(Call { program: name(&path), path, arguments, word })
}

/// Whether `text` has a tag or a registry, as no other word of a command has.
fn is_tagged(text: &str) -> bool {
    is_image(text) && (text.contains(':') || text.contains('/')) && !text.starts_with(['/', '.'])
}

fn is_image(text: &str) -> bool {
    let is_name = |c: char| c.is_ascii_alphanumeric() || "._-/:@$+".contains(c);
    text.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '$') && text.chars().all(is_name)
}

/// `h:1/a/b:tag@digest` → `h:1/a/b`.
fn bare(image: &str) -> &str {
    let image = image.split('@').next().unwrap_or_default();
    let last = image.rfind('/').map_or(0, |at| at + 1);
    match image.get(last..).and_then(|last| last.find(':')) {
        Some(at) => image.get(..last + at).unwrap_or(image),
        None => image,
    }
}

#[cfg(test)]
mod tests {
    use crate::installs::{Form, Known, read};
    use crate::shell::Dialect;

    /// Images, then what is run inside.
    fn found(source: &str) -> (Vec<String>, Vec<String>) {
        let installs =
            read(source, Form::Shell(Dialect::Posix), &Known::default(), &kernel::Pulse::default());
        let image = |it: &crate::supply::Supplied| {
            assert_eq!(&source[it.span.clone()], it.text);
            it.text.clone()
        };
        let images = installs.images.iter().map(image).collect();
        (images, installs.unpinned.iter().map(|it| source[it.span.clone()].to_owned()).collect())
    }

    #[test]
    fn images_are_found_behind_every_option() {
        for options in [
            "",
            "--rm -it",
            "-v a:b -e A=b --name c",
            "-itp 80:80 -u0 --network=host",
            "--privileged --platform linux/amd64",
            "-d --rm --mount type=bind,src=a,dst=b",
            "$OPTIONS",
        ] {
            let (images, _) = found(&format!("sudo docker run {options} alpine:latest ls -l x:y"));
            assert_eq!(images, ["alpine:latest"], "{options}");
        }
        assert!(found("for a in b c; do docker pull h/$a:1; done").0.is_empty());
        assert_eq!(
            found("podman pull redis; docker --context c image pull 'q.io/a'").0,
            ["redis", "q.io/a"]
        );
        assert_eq!(
            found("A=node:22\ndocker container run \"node:22\"; docker run $B").0,
            ["node:22"]
        );
        assert!(
            found("docker run; docker run --rm; docker ps; docker run --pull never node x")
                .0
                .is_empty()
        );
    }

    #[test]
    fn what_is_made_here_is_not_pulled() {
        let script = "docker run a/b:c\ndocker build -t a/b:d .; docker tag x e/f; docker run e/f\n\
            docker buildx build --tag=g/h . ; docker run g/h:1; docker run own; docker run localhost:5000/x";
        assert!(found(script).0.is_empty());
        assert_eq!(found("docker load -i x; docker run a/b; docker run alpine").0, ["alpine"]);
    }

    #[test]
    fn what_runs_inside_is_judged() {
        for script in [
            "docker run x:1.2 pip install a",
            "docker exec -it x pip install a",
            "docker compose -f y run --rm x pip install a",
            "podman run --entrypoint pip x:1.2 install a",
            "docker run --entrypoint=sh x:1.2 -c 'pip install a'",
            "docker run x:1.2 sh -c 'pip install a'",
            "docker run x:1.2 sudo -u b pip install a",
        ] {
            assert_eq!(found(script).1.len(), 1, "{script}");
        }
        assert!(found("docker run pip install a").1.is_empty());
    }
}

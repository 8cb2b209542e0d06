//! Here-documents that become files: `cat > x.sh <<EOF`. A script is judged where
//! it is written: by its name, its first line, or because what follows runs it.

use std::collections::HashSet;
use std::ops::Range;

use super::call;
use super::fetch::plain;
use super::script::{Form, form_of, is_shell_script};
use super::{Known, Reader, read_at};
use crate::shell::{Command, Dialect};

/// So many commands that read each other are followed.
const PIPED_MAX: usize = 3;

/// Names of what the commands of one script run.
pub(super) fn names_run(commands: &[Command], reader: &Reader<'_>) -> HashSet<String> {
    let mut names = HashSet::new();
    for command in commands {
        let Some(call) = call::call(command, &reader.scope) else { continue };
        let arguments = call.arguments.iter().filter(|it| !it.text.starts_with('-'));
        if call::is_shell(&call.program) || matches!(&*call.program, "." | "source") {
            names.extend(arguments.take(1).map(|it| plain(&it.text)));
        } else if call.program == "chmod" {
            names.extend(arguments.map(|it| plain(&it.text)));
        } else if call.path.contains('/') {
            names.insert(plain(&call.path));
        }
    }
    names
}

/// The file that the output of command `number` becomes.
pub(super) fn written(number: usize, commands: &[Command], reader: &Reader<'_>) -> Option<String> {
    for number in number..number.saturating_add(PIPED_MAX) {
        let command = commands.get(number)?;
        let redirected = command.redirects.iter().rev().find(|it| {
            !it.is_input
                && !it.word.text.starts_with("/dev/")
                && !it.word.text.bytes().all(|byte| byte.is_ascii_digit())
        });
        if let Some(redirect) = redirected {
            return Some(plain(&redirect.word.text));
        }
        let call = call::call(command, &reader.scope)?;
        // `docker build -f - . <<EOF`.
        if matches!(&*call.program, "docker" | "podman") && call.has(&["-", "-f-"]) {
            return Some("Dockerfile".to_owned());
        }
        if call.program == "tee" {
            let file = call.arguments.iter().find(|it| !it.text.starts_with('-'))?;
            return Some(plain(&file.text));
        }
        commands.get(number + 1).filter(|next| next.reads == Some(number))?;
    }
    None
}

/// What `file` with that text is; none where it holds no commands.
pub(super) fn form(file: &str, text: &str, is_run: bool) -> Option<Form> {
    let name = file.rsplit(['/', '\\']).next().unwrap_or_default().to_ascii_lowercase();
    let of_name = || match crate::supply::form(&name) {
        Some(crate::supply::Form::Dockerfile) => Some(Form::Dockerfile),
        _ => form_of(&name),
    };
    if text.starts_with("#!") {
        return is_shell_script(text.as_bytes()).then_some(Form::Shell(Dialect::Posix));
    }
    of_name().or_else(|| is_run.then_some(Form::Shell(Dialect::Posix)))
}

impl Reader<'_> {
    /// Judges `text`, which becomes `file`, where it stands.
    pub(super) fn file(
        &mut self,
        (file, is_run): (&str, bool),
        text: &str,
        place: &dyn Fn(Range<usize>) -> Range<usize>,
        depth: usize,
    ) {
        match form(file, text, is_run) {
            Some(Form::Shell(dialect)) => self.read(text, dialect, place, depth),
            Some(form) => {
                let known: &Known = self.known;
                let mut inner = read_at(text, form, known, self.pulse, depth);
                inner.unpinned.iter_mut().for_each(|it| {
                    it.span = place(it.span.clone());
                    it.fetched = it.fetched.clone().map(place);
                });
                inner.images.iter_mut().for_each(|it| it.span = place(it.span.clone()));
                self.take(inner);
            }
            None => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::installs::{Form, Known, read};
    use crate::shell::Dialect;

    fn found(source: &str, form: Form) -> Vec<String> {
        let installs = read(source, form, &Known::default(), &kernel::Pulse::default());
        installs.unpinned.into_iter().map(|it| source[it.span].to_owned()).collect()
    }

    fn shell(source: &str) -> Vec<String> {
        found(source, Form::Shell(Dialect::Posix))
    }

    #[test]
    fn scripts_are_judged_where_they_are_written() {
        for script in [
            "cat > x.sh <<EOF\npip install a\nEOF",
            "cat <<'EOF' > /usr/local/bin/x\n#!/bin/bash\npip install a\nEOF",
            "sudo tee -a /etc/x.sh <<EOF >/dev/null\npip install a\nEOF",
            "cat <<EOF | sudo tee /etc/x.sh\npip install a\nEOF",
            "cat <<EOF | envsubst | tee x.bash\npip install a\nEOF",
            "cat > x <<EOF\npip install a\nEOF\nbash ./x",
            "cat > x <<EOF\npip install a\nEOF\nchmod +x x",
            "cat > x <<EOF\npip install a\nEOF\n./x",
            "cat > Dockerfile <<EOF\nFROM scratch\nRUN pip install a\nEOF",
            "cat > Makefile <<EOF\nx:\n\tpip install a\nEOF",
            "sh -c 'cat > x.sh <<E\npip install a\nE\n'",
        ] {
            assert_eq!(shell(script), ["a"], "{script}");
        }
    }

    #[test]
    fn what_is_no_script_is_not_judged() {
        for script in [
            "cat > notes <<EOF\npip install a\nEOF",
            "cat <<EOF\npip install a\nEOF",
            "cat > x.py <<EOF\npip install a\nEOF\npython x.py",
            "cat > x.sh <<EOF\n#!/usr/bin/python\npip install a\nEOF",
        ] {
            assert!(shell(script).is_empty(), "{script}");
        }
    }

    #[test]
    fn images_of_a_dockerfile_within_are_judged() {
        let source = "docker build -f - . <<E\nFROM a\nE\ncat > Dockerfile <<E\nFROM node:22 AS b\nFROM b\nE\n";
        let installs =
            read(source, Form::Shell(Dialect::Posix), &Known::default(), &kernel::Pulse::default());
        let images: Vec<_> = installs.images.iter().map(|it| &source[it.span.clone()]).collect();
        assert_eq!(images, ["a", "node:22"]);
    }

    #[test]
    fn dockerfiles_copy_them_too() {
        let source = "FROM scratch\nCOPY <<EOF /start.sh\npip install a\nEOF\nCOPY <<EOF /x.txt\npip install b\nEOF\n\
            RUN cat > y.sh <<E\npip install c\nE\n";
        assert_eq!(found(source, Form::Dockerfile), ["a", "c"]);
    }
}

//! The `RUN`s of a Dockerfile: shell form, exec form and here-documents, with
//! what `ARG` and `ENV` say.

use std::ops::Range;

use dockerfile_syntax::{self as dockerfile, Instruction};

use super::fetch::Fetch;
use super::{OTHER_SHELL, Reader, Script, context};
use crate::shell::{self, Dialect};

pub(super) fn read(source: &str, reader: &mut Reader<'_>) {
    let mut dialect = Dialect::Posix;
    for instruction in dockerfile::instructions(source) {
        if reader.pulse.is_stopped() {
            return;
        }
        match &*instruction.name {
            "arg" => assign(&instruction, reader),
            "env" => {
                search_path(&instruction, reader);
                assign(&instruction, reader);
            }
            "shell" => dialect = shell(source, &instruction),
            "add" | "copy" => {
                add(&instruction, reader);
                copy(source, &instruction, reader);
            }
            "run" => run(source, &instruction, dialect, reader),
            _ => {}
        }
    }
    reader.end_added();
}

/// `A=b C=d`, and `ENV A b`.
fn assign(instruction: &Instruction, reader: &mut Reader<'_>) {
    let words: Vec<&str> = instruction.words.iter().map(|word| word.text.as_str()).collect();
    if let ("env", [name, value]) = (&*instruction.name, words.as_slice())
        && !name.contains('=')
    {
        return reader.scope.set(name, reader.scope.fill(value));
    }
    for (name, value) in words.iter().filter_map(|word| word.split_once('=')) {
        reader.scope.set(name, reader.scope.fill(value));
    }
}

/// `ENV PATH=/opt/tool/bin:$PATH`.
fn search_path(instruction: &Instruction, reader: &mut Reader<'_>) {
    let words = &instruction.words;
    let found = match words.as_slice() {
        [name, value] if name.text == "PATH" => reader.files.searched(&value.text, 1),
        words => words.iter().enumerate().find_map(|(number, word)| {
            reader.files.searched(word.text.strip_prefix("PATH=")?, number)
        }),
    };
    if let Some((fetch, at, number)) = found
        && let Some(word) = words.get(number)
    {
        reader.add_archive(fetch, word.span.clone(), at);
    }
}

/// `SHELL ["pwsh", "-Command"]`.
fn shell(source: &str, instruction: &Instruction) -> Dialect {
    let text = instruction.text(source).to_ascii_lowercase();
    match () {
        () if text.contains("powershell") || text.contains("pwsh") => Dialect::PowerShell,
        () if text.contains("cmd") => Dialect::Cmd,
        () => Dialect::Posix,
    }
}

/// `ADD https://… /bin/x` without `--checksum`, `ADD https://host/o/r.git /src`
/// without a commit.
fn add(instruction: &Instruction, reader: &mut Reader<'_>) {
    let words = || instruction.words.iter().filter(|word| !word.text.starts_with("--"));
    let is_checked = instruction.words.iter().any(|word| word.text.starts_with("--checksum="));
    let Some(to) = words().next_back().filter(|_| !is_checked && instruction.name == "add") else {
        return;
    };
    let count = words().count().saturating_sub(1);
    for from in words().take(count) {
        let text = reader.scope.fill(&from.text);
        match context::hold_of_git(&text) {
            Some(hold) => reader.context(hold, "ADD", &text, from.span.clone()),
            None if text.starts_with("http") => {
                reader.files.fetched(Fetch::added(&text, &to.text), from.span.clone());
            }
            None => {}
        }
    }
}

/// `COPY <<EOF /start.sh`, and a program out of an archive that another stage has
/// unpacked: `COPY --from=build /x/tool /usr/local/bin/`.
fn copy(source: &str, instruction: &Instruction, reader: &mut Reader<'_>) {
    let words = || instruction.words.iter().filter(|word| !word.text.starts_with("--"));
    let Some(to) = words().next_back() else { return };
    for body in &instruction.documents {
        let (start, text) = (body.start, source.get(body.clone()).unwrap_or_default());
        let place = |at: Range<usize>| start + at.start..start + at.end;
        reader.file((&to.text, false), text, &place, DEPTH_WITHIN);
    }
    if instruction.words.iter().any(|word| word.text.starts_with("--from=")) {
        let paths: Vec<shell::Word> = words()
            .map(|word| shell::Word { text: word.text.clone(), ..shell::Word::default() })
            .collect();
        let paths: Vec<&shell::Word> = paths.iter().collect();
        if let Some((fetch, at, number)) = reader.files.placed(&paths, 0)
            && let Some(word) = words().nth(number)
        {
            reader.add_archive(fetch, word.span.clone(), at);
        }
    }
}

/// What a here-document of a Dockerfile holds is within that.
const DEPTH_WITHIN: usize = 1;

fn run(source: &str, instruction: &Instruction, dialect: Dialect, reader: &mut Reader<'_>) {
    let flags = instruction.words.iter().take_while(|word| word.text.starts_with("--")).count();
    let Some(first) = instruction.words.get(flags) else { return };
    let raw = source.get(first.span.clone()).unwrap_or_default();
    if raw.starts_with('[')
        && let Some(script) = exec(source, instruction, first.span.start)
    {
        return reader.script(&script);
    }
    let is_document = raw.trim_start_matches(|c: char| c.is_ascii_digit()).starts_with("<<")
        && !instruction.documents.is_empty();
    if is_document {
        // What reads it, if not the shell: `RUN <<EOF python3`.
        let reader_of = instruction
            .words
            .iter()
            .skip(flags)
            .find(|word| !source.get(word.span.clone()).unwrap_or_default().starts_with("<<"));
        let name = reader_of.map(|word| super::call::name(&word.text)).unwrap_or_default();
        let is_shell = matches!(
            &*name,
            "" | "bash" | "sh" | "ash" | "dash" | "zsh" | "ksh" | "set" | "&&" | "cd"
        );
        for body in &instruction.documents {
            let text = source.get(body.clone()).unwrap_or_default();
            let first_line = text.lines().next().unwrap_or_default();
            match is_shell
                && (!first_line.starts_with("#!") || super::is_shell_script(first_line.as_bytes()))
            {
                true => {
                    let mut script = Script::new(dialect);
                    script.push(text, body.start);
                    reader.script(&script);
                }
                false => reader.skip(OTHER_SHELL),
            }
        }
        return;
    }
    let mut script = Script::new(dialect);
    for piece in &instruction.pieces {
        let start = piece.start.max(first.span.start);
        script.push(source.get(start..piece.end).unwrap_or_default(), start);
    }
    for body in &instruction.documents {
        // The shell reads them after the line.
        script.push("\n", body.start);
        script.push(
            source.get(body.clone()).unwrap_or_default().trim_end_matches(['\r', '\n']),
            body.start,
        );
    }
    reader.script(&script);
}

/// `["pip", "install", "x"]`. No shell reads that, so a `|` in it is a word; who
/// writes one means the pipe all the same.
fn exec(source: &str, instruction: &Instruction, from: usize) -> Option<Script<'static>> {
    let mut words: Vec<(String, usize)> = Vec::new();
    let mut word: Option<(String, usize)> = None;
    let mut is_escaped = false;
    let mut is_closed = false;
    for piece in &instruction.pieces {
        let start = piece.start.max(from);
        for (at, c) in source.get(start..piece.end)?.char_indices() {
            match (&mut word, c) {
                (Some((text, _)), c) if is_escaped => {
                    is_escaped = false;
                    text.push(match c {
                        'n' => '\n',
                        't' => '\t',
                        c => c,
                    });
                }
                (Some(_), '\\') => is_escaped = true,
                (Some(_), '"') => words.extend(word.take()),
                (Some((text, _)), c) => text.push(c),
                (None, '"') => word = Some((String::new(), start + at + 1)),
                (None, ']') => is_closed = true,
                (None, '[' | ',') => {}
                (None, c) if c.is_whitespace() => {}
                // No list at all: a shell reads it.
                (None, _) => return None,
            }
        }
    }
    if !is_closed {
        return None;
    }
    let mut script = Script::new(Dialect::Posix);
    for (text, at) in words {
        let is_plain = matches!(&*text, "|" | "||" | "&&" | ";" | ">" | ">>" | "2>&1")
            || text.starts_with("<(");
        match is_plain
            || !text.contains(|c: char| c.is_whitespace() || "'\"\\$;&|<>()#*?`".contains(c))
        {
            true => script.push(&text, at),
            false => {
                script.push("'", at);
                script.push(&text.replace('\'', "'\\''"), at);
                script.push("'", at);
            }
        }
        script.push(" ", at);
    }
    Some(script)
}

#[cfg(test)]
mod tests {
    use crate::installs::{Form, Known, read};

    fn found(source: &str) -> Vec<String> {
        let installs = read(source, Form::Dockerfile, &Known::default(), &kernel::Pulse::default());
        installs
            .unpinned
            .into_iter()
            .map(|it| format!("{} {}", it.subject, &source[it.span]))
            .collect()
    }

    #[test]
    fn every_form_of_run() {
        let source = "ARG V=1.2.3\nENV W latest\nRUN --mount=type=cache,target=/x pip install \\\n  # c\n  a b==$V \\\n  c\n\
            RUN [\"pip\", \"install\", \"d\"]\nRUN <<E\npip install e\nE\nRUN <<E python3\npip install f\nE\n\
            RUN bash <<E\npip install g\nE\nRUN cat <<E > x\npip install h\nE\nRUN npm i -g i@$W";
        assert_eq!(found(source), ["a a", "c c", "d d", "e e", "g g", "i@latest i@$W"]);
        assert_eq!(found("RUN [ -f x ] && pip install a"), ["a a"]);
        assert_eq!(found("RUN [\"sh\", \"-c\", \"curl b | sh\"]").len(), 1);
    }

    #[test]
    fn repositories_need_a_commit() {
        let sha = "0a".repeat(20);
        let source = format!(
            "ADD https://h/o/r.git /a\nADD git@h:o/r.git#main /b\nADD --keep-git-dir=true https://h/o/r.git#{sha} /c\n\
             ADD https://h/o/r.git#$REF /d\nADD https://h/{sha}/x /e\n"
        );
        assert_eq!(
            found(&source),
            ["https://h/o/r.git https://h/o/r.git", "git@h:o/r.git#main git@h:o/r.git#main"]
        );
    }

    #[test]
    fn archives_go_from_stage_to_stage() {
        let fetch = "FROM a AS b\nRUN curl -L https://h/tool-1.2.tgz | tar xz -C /opt/tool\n";
        for used in [
            "FROM c\nCOPY --from=b /opt/tool/tool /usr/local/bin/",
            "ENV PATH=/opt/tool/bin:$PATH",
            "ENV PATH /opt/tool:$PATH",
            "RUN /opt/tool/tool --version",
            "RUN cd /opt/tool && make install",
        ] {
            assert_eq!(found(&format!("{fetch}{used}")).len(), 1, "{used}");
        }
        for other in [
            "COPY --from=b /opt/tool/data /srv/",
            "ENV PATH=/opt:$PATH",
            "RUN cd /opt/tool\nRUN make",
        ] {
            assert_eq!(found(&format!("{fetch}{other}")).len(), 0, "{other}");
        }
    }

    #[test]
    fn files_live_from_one_run_to_the_next() {
        assert_eq!(found("ADD https://h/x /bin/x\nRUN chmod +x /bin/x").len(), 1);
        assert_eq!(
            found("ADD --checksum=sha256:0 https://h/x /bin/x\nRUN chmod +x /bin/x").len(),
            0
        );
        assert_eq!(found("ADD https://h/x /etc/x"), ["https://h/x https://h/x"]);
        assert_eq!(found("ADD https://h/x /etc/x\nRUN echo '0 /etc/x' | sha256sum -c").len(), 0);
        assert_eq!(found("RUN curl -Lo x https://h/x\nRUN sha256sum -c sums\nRUN sh x").len(), 0);
    }
}

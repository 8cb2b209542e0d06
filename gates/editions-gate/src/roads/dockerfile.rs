//! `COPY`, `ADD` and bind mounts of a Dockerfile, and the paths its `RUN`s name.
//! The context of the build is said by whoever builds: it is the file's own
//! folder or one above it, so the nearest in which a source is there is taken.

use camino::Utf8PathBuf;
use dockerfile_syntax::{Instruction, Word, instructions};

use super::words::{paths, trimmed};
use super::{Place, References, fixed};
use crate::reference::{Kind, Reference, join};

pub(super) fn references(place: &Place<'_>, text: &str) -> References {
    let mut found = References::new();
    let mut variables: Vec<(String, String)> = Vec::new();
    for instruction in instructions(text) {
        match &*instruction.name {
            "arg" | "env" => variables.extend(assigned(&instruction)),
            "copy" | "add" => copied(place, &instruction, &variables, &mut found),
            "run" => run(place, text, &instruction, &variables, &mut found),
            _ => {}
        }
    }
    found
}

fn assigned(instruction: &Instruction) -> Vec<(String, String)> {
    let pairs = instruction.words.iter().filter_map(|word| word.text.split_once('='));
    pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// `$A` and `${A}` by what the file itself says of them; none where it does not.
fn filled(text: &str, variables: &[(String, String)]) -> Option<String> {
    let mut filled = text.to_owned();
    // The last one said wins; a value may not name another without end.
    for (name, value) in variables.iter().rev().take(64) {
        if filled.contains('$') && filled.len() < 4_096 {
            filled = filled.replace(&format!("${{{name}}}"), value);
            if filled == format!("${name}") || filled.starts_with(&format!("${name}/")) {
                filled = filled.replacen(&format!("${name}"), value, 1);
            }
        }
    }
    (!filled.contains('$')).then_some(filled)
}

fn copied(
    place: &Place<'_>,
    instruction: &Instruction,
    variables: &[(String, String)],
    found: &mut References,
) {
    let flags = || instruction.words.iter().take_while(|word| word.text.starts_with("--"));
    // What comes from another stage or image is no file of the repository.
    if flags().any(|word| word.text.starts_with("--from=")) {
        return;
    }
    let words = instruction.words.get(flags().count()..).unwrap_or_default();
    let Some((_to, sources)) = words.split_last() else { return };
    for word in sources {
        found.extend(source(place, word, &word.text, variables));
    }
}

/// What a source is: in the first context that has it.
fn source(
    place: &Place<'_>,
    word: &Word,
    text: &str,
    variables: &[(String, String)],
) -> Option<(Reference, Vec<Utf8PathBuf>)> {
    // The form of a list: `["a", "b"]`.
    let text = text.trim_matches(['[', ']', ',']);
    if text.starts_with("<<") || text.contains("://") {
        return None;
    }
    let path = filled(text, variables)?;
    let path = path.trim_start_matches('/');
    let at = |folder| join(folder, fixed(path));
    let is_there = |to: &Utf8PathBuf| !to.as_str().is_empty() && place.is_there(to);
    let there = place.folders().filter_map(at).find(is_there);
    // Nowhere: as it would be in the repository's own root, the usual context.
    let to = there.or_else(|| at("".into()))?;
    let specifier = text.to_owned();
    Some((Reference { kind: Kind::Copy, specifier, span: word.span.clone() }, vec![to]))
}

fn run(
    place: &Place<'_>,
    text: &str,
    instruction: &Instruction,
    variables: &[(String, String)],
    found: &mut References,
) {
    for word in &instruction.words {
        let Some(mount) = word.text.strip_prefix("--mount=") else { break };
        let fields = || mount.split(',').filter_map(|field| field.split_once('='));
        let is_other =
            fields().any(|(name, value)| name == "from" || (name == "type" && value != "bind"));
        let named = fields().find(|(name, _)| matches!(*name, "source" | "src"));
        if let Some((_, value)) = named.filter(|_| !is_other) {
            found.extend(source(place, word, value, variables));
        }
    }
    let documents = instruction.documents.iter().cloned();
    for piece in instruction.pieces.iter().cloned().chain(documents) {
        let Some(script) = text.get(piece.clone()) else { continue };
        for (word, span) in paths(script).into_iter().filter(|(word, _)| word.contains('/')) {
            let at = |folder| join(folder, trimmed(word)).filter(|to| place.is_there(to));
            let Some(to) = place.folders().find_map(at) else { continue };
            if to.as_str().is_empty()
                || script.get(..span.start).is_some_and(|it| it.contains("--mount="))
            {
                continue;
            }
            let span = piece.start + span.start..piece.start + span.end;
            let reference = Reference { kind: Kind::Run, specifier: word.to_owned(), span };
            found.push((reference, vec![to]));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::Files;

    fn found(text: &str) -> Vec<String> {
        let files = Files::of(["ee/web/a.ts", "deploy/ee/x", "web/a.ts", "ee/cmd/a.go"]);
        let place = Place { path: "deploy/docker/Dockerfile".into(), files: &files };
        let lines = references(&place, text).into_iter();
        lines
            .flat_map(|(it, to)| to.into_iter().map(move |to| format!("{} {to}", it.specifier)))
            .collect()
    }

    #[test]
    fn sources_are_those_of_the_nearest_context() {
        assert_eq!(found("COPY --chown=a ee/web web /x"), ["ee/web ee/web", "web web"]);
        assert_eq!(found("COPY ee/x /x"), ["ee/x deploy/ee/x"]);
        assert_eq!(found("ADD [\"ee/web\", \"/x\"]"), ["ee/web ee/web"]);
        assert_eq!(found("COPY ee/web/*.ts /x"), ["ee/web/*.ts ee/web"]);
        assert_eq!(found("ARG E=ee\nCOPY ${E}/web /x"), ["${E}/web ee/web"]);
        assert_eq!(found("COPY ee/gone /x"), ["ee/gone ee/gone"]);
        assert_eq!(found("ONBUILD COPY ee/web /x"), ["ee/web ee/web"]);
        assert_eq!(found("RUN --mount=type=bind,source=ee/web,target=/x true"), ["ee/web ee/web"]);
        assert_eq!(found("RUN go build ./ee/... \\\n && x"), ["./ee/... deploy/ee"]);
        assert_eq!(found("RUN <<E\ncd ee/cmd\nE\n"), ["ee/cmd ee/cmd"]);
    }

    #[test]
    fn other_stages_and_addresses_are_no_files() {
        for text in [
            "COPY --from=build /ee/web /x",
            "ADD https://example.org/ee/web /x",
            "COPY <<E /x\nee/web\nE\n",
            "COPY $X/ee /x",
            "# COPY ee/web /x",
            "RUN --mount=type=cache,source=ee/web,target=/x true",
            "RUN cd /ee/web",
        ] {
            assert_eq!(found(text), [""; 0], "{text}");
        }
    }
}

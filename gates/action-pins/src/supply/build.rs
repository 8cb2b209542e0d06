//! Images of a Dockerfile: what its stages begin with and copy from.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use dockerfile_syntax::{self as dockerfile, Instruction, Word};

use super::{Supply, TEMPLATE};
use crate::variables::{Filled, UNKNOWN, fill};

/// Every image that `source` builds on.
pub(super) fn read(source: &str) -> Supply {
    let instructions = dockerfile::instructions(source);
    let mut build = Build::default();
    if dockerfile::has_frontend(source) {
        build.supply.skipped.push("dockerfile-frontend");
    }
    let froms = instructions.iter().filter(|instruction| instruction.name == "from");
    build.every_stage = froms.clone().filter_map(stage).collect();
    build.used = instructions.iter().flat_map(used).collect();
    for instruction in &instructions {
        match &*instruction.name {
            "arg" if build.froms == 0 => instruction.words.iter().for_each(|it| build.arg(it)),
            "from" => build.from(instruction),
            "copy" | "run" => build.copy(instruction),
            _ => {}
        }
    }
    if build.froms == 0 {
        // A part of a Dockerfile that something else puts together.
        build.supply.skipped.push(TEMPLATE);
    }
    build.supply
}

/// The name after `AS`.
fn stage(from: &Instruction) -> Option<String> {
    let mut words = from.words.iter().skip_while(|word| !word.text.eq_ignore_ascii_case("as"));
    Some(words.nth(1)?.text.to_ascii_lowercase())
}

#[derive(Default)]
struct Build {
    supply: Supply,
    /// Arguments before the first stage, which alone reach a `FROM`.
    args: HashMap<String, (Option<String>, Range<usize>)>,
    froms: usize,
    /// Stages before this line.
    stages: HashSet<String>,
    every_stage: HashSet<String>,
    /// What stages begin with and copy from.
    used: HashSet<String>,
}

/// What a variable chooses is not to be told: one of the stages before it.
const CHOSEN_STAGE: &str = "stage-that-a-variable-chooses";

/// What `FROM` or `--from=` of `instruction` names.
fn used(instruction: &Instruction) -> Vec<String> {
    let base = instruction.words.iter().find(|word| !word.text.starts_with("--"));
    let base = base.filter(|_| instruction.name == "from").map(|word| word.text.as_str());
    let flags = instruction.words.iter().take_while(|word| word.text.starts_with("--"));
    let copied = flags.filter_map(|word| Some(word.text.split_once("from=")?.1));
    let copied = copied.filter_map(|text| text.split(',').next());
    base.into_iter().chain(copied).map(str::to_ascii_lowercase).collect()
}

impl Build {
    fn fill(&self, text: &str) -> (Filled, Vec<Range<usize>>) {
        let filled = fill(text, &|name| self.args.get(name)?.0.clone());
        let places = filled.names.iter().filter_map(|name| Some(self.args.get(name)?.1.clone()));
        let places = places.collect();
        (filled, places)
    }

    fn arg(&mut self, word: &Word) {
        let (name, value) = match word.text.split_once('=') {
            Some((name, value)) => (name, Some(self.fill(value).0.text)),
            None => (word.text.as_str(), None),
        };
        // One without a default leaves an earlier default standing.
        if value.is_some() || !self.args.contains_key(name) {
            self.args.insert(name.to_owned(), (value, word.span.clone()));
        }
    }

    fn from(&mut self, from: &Instruction) {
        self.froms += 1;
        if let Some(word) = from.words.iter().find(|word| !word.text.starts_with("--")) {
            let (filled, places) = self.fill(&word.text);
            let name = filled.text.to_ascii_lowercase();
            if self.chooses_stage(&name) {
                self.supply.skipped.push(CHOSEN_STAGE);
            } else if name != "scratch" && !self.stages.contains(&name) {
                self.supply.add(&word.text, &filled, word.span.clone(), places);
            }
        }
        self.stages.extend(stage(from));
    }

    /// `FROM $BASE` after stages that nothing else builds on, and
    /// `FROM app-${GPU:-cpu}` after one that is called like it.
    fn chooses_stage(&self, name: &str) -> bool {
        let Some((before, after)) = name.split_once(UNKNOWN) else { return false };
        let unused = || self.stages.difference(&self.used);
        let after = after.rsplit(UNKNOWN).next().unwrap_or_default();
        let is_alike = |stage: &String| {
            let rest = stage.strip_prefix(before);
            rest.is_some_and(|rest| rest.ends_with(after))
        };
        unused().any(is_alike)
    }

    /// `COPY --from=image`, and `RUN --mount=type=bind,from=image`.
    fn copy(&mut self, copy: &Instruction) {
        for flag in copy.words.iter().take_while(|word| word.text.starts_with("--")) {
            let from = match flag.text.strip_prefix("--mount=") {
                Some(mount) => mount.split(',').find_map(|part| part.strip_prefix("from=")),
                None => flag.text.strip_prefix("--from="),
            };
            let Some(from) = from.filter(|from| !from.is_empty()) else { continue };
            // Arguments before the first stage do not reach here.
            let filled = fill(from, &|_| None);
            let name = filled.text.to_ascii_lowercase();
            let is_number = name.parse::<usize>().is_ok_and(|number| number < self.froms);
            let is_stage = is_number || self.every_stage.contains(&name) || name == "scratch";
            if !is_stage {
                self.supply.add(from, &filled, flag.span.clone(), Vec::new());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::supply::Hold;

    fn read(source: &str) -> Vec<String> {
        let images = super::read(source).images;
        images.into_iter().map(|image| format!("{} {:?}", image.text, image.hold)).collect()
    }

    #[test]
    fn stages_and_scratch_are_no_images() {
        let source = "FROM --platform=$P a:1 AS One\nFROM scratch\nFROM one AS two\nFROM three\n\
            COPY --from=two --chown=x b c\nCOPY --from=0 b c\nCOPY --from=4 b c\nCOPY --from=d:1.2 / /\n\
            RUN --mount=type=bind,from=e,target=/ x\nRUN --mount=type=cache,target=/ x --from=no";
        assert_eq!(
            read(source),
            [
                "a:1 Moving(\"1\")",
                "three Nothing",
                "4 Nothing",
                "d:1.2 Release(\"1.2\")",
                "e Nothing"
            ]
        );
    }

    #[test]
    fn defaults_of_arguments_are_followed() {
        let source = "ARG V=1.2 W\nARG I=\"a:${V}-slim\" W\nFROM $I\nFROM b:${W:-3}\nFROM c:$W\nARG X=1.0\nFROM d:$X";
        assert_eq!(
            read(source),
            ["$I Release(\"1.2-slim\")", "b:${W:-3} Moving(\"3\")", "c:$W Open", "d:$X Open"]
        );
        let first = super::read(source).images.remove(0);
        assert_eq!(first.made_of.len(), 1);
        assert_eq!(&source[first.made_of[0].clone()], "I=\"a:${V}-slim\"");
    }

    #[test]
    fn a_variable_can_choose_a_stage() {
        let source = "ARG B\nFROM a:1.2 AS x\nFROM a:1.3 AS y\nFROM $B AS z\nCOPY --from=x / /\n";
        let supply = super::read(source);
        assert_eq!(
            (supply.images.len(), supply.skipped),
            (2, vec!["stage-that-a-variable-chooses"])
        );
        assert_eq!(read("ARG B\nFROM a:1.2 AS x\nFROM $B\nCOPY --from=x / /\n")[1], "$B Open");
    }

    #[test]
    fn a_variable_within_a_name_can_choose_a_stage() {
        let stages = "ARG G\nFROM a:1.2 AS x-cpu\nFROM a:1.3 AS x-gpu-b\n";
        for from in ["x-$G", "x-${G:+gpu-}${G:-cpu}", "$G-cpu", "x-${G}b"] {
            let supply = super::read(&format!("{stages}FROM {from}\n"));
            assert_eq!(supply.skipped, ["stage-that-a-variable-chooses"], "{from}");
        }
        for from in ["y-$G", "x-${G}z", "r/x-$G", "x-$G:1"] {
            let images = read(&format!("{stages}FROM {from}\n"));
            assert_eq!(images.len(), 3, "{from}");
        }
    }

    #[test]
    fn what_replaces_a_tag_is_followed() {
        let hex = "9c3380ea".repeat(8);
        let source = format!(
            "ARG S=sha256:{hex}\nARG B=a:1\nARG B=${{B/a:1/a@$S}}\nARG B=${{B/a:2/b}}\nFROM $B\n"
        );
        assert_eq!(read(&source), ["$B Digest"]);
    }

    #[test]
    fn what_a_template_makes_is_told() {
        assert_eq!(super::read("FROM {{ base }}\n").skipped, ["template"]);
        assert_eq!(super::read("RUN x\n").skipped, ["template"]);
        assert_eq!(
            super::read("FROM {{base}}:latest").images[0].hold,
            Hold::Moving("latest".into())
        );
    }
}

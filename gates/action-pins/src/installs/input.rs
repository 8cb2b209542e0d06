//! What commands say to each other and to those after them: what a shell is fed,
//! what a check names, what variables hold.

use std::collections::HashMap;
use std::ops::Range;

use super::call::{self, Call};
use super::fetch::Fetch;
use super::reader::{INNER_MAX, Reader};
use crate::shell::{self, Command, Dialect};

/// The value of a variable that a command asked of the network.
const FETCHED: &str = "what-the-network-says";

impl Reader<'_> {
    /// What a shell is fed: `echo 'script' | sh`, `sh <<< 'script'`.
    pub(super) fn fed(
        &mut self,
        command: &Command,
        commands: &[Command],
        place: &dyn Fn(Range<usize>) -> Range<usize>,
        depth: usize,
    ) {
        let texts = command.redirects.iter().filter(|it| it.is_input).map(|it| &it.word);
        let mut scripts: Vec<(String, Range<usize>)> =
            texts.map(|word| (word.text.clone(), word.at..word.end)).collect();
        let source = command.reads.and_then(|read| commands.get(read));
        if let Some(source) = source
            && let Some(said) = self.echoed(source)
        {
            let first = source.words.first().map_or(0, |word| word.at);
            let last = source.words.last().map_or(first, |word| word.end);
            scripts.push((said.join(" "), first..last));
        }
        for (script, at) in scripts {
            self.read(&script, Dialect::Posix, &|_| place(at.clone()), depth + 1);
        }
    }

    /// What `echo` or `printf` prints, options and formats left out.
    fn echoed(&self, command: &Command) -> Option<Vec<String>> {
        let call = call::call(command, &self.scope)?;
        let is_echo = matches!(&*call.program, "echo" | "printf");
        let texts = call.arguments.into_iter().map(|it| it.text);
        is_echo.then(|| texts.filter(|text| !text.starts_with(['-', '%'])).collect())
    }

    /// What a check names by itself; nothing where a list of sums does.
    pub(super) fn said(&self, call: &Call, command: &Command, commands: &[Command]) -> Vec<String> {
        let has_list = call.has(&["-c", "--check"])
            && call.arguments.iter().any(|it| !it.text.starts_with('-'));
        if has_list {
            return Vec::new();
        }
        let own = call.arguments.iter().map(|it| it.text.clone());
        let given = command.redirects.iter().map(|it| self.scope.fill(&it.word.text));
        let read = command.reads.and_then(|read| self.echoed(commands.get(read)?));
        let said: Vec<String> = own.chain(given).chain(read.into_iter().flatten()).collect();
        said.iter().flat_map(|text| text.split_whitespace()).map(str::to_owned).collect()
    }

    /// Variables that `command` sets from here on.
    pub(super) fn assign(
        &mut self,
        command: &Command,
        fetches: &HashMap<usize, (Fetch, Range<usize>)>,
    ) {
        for word in &command.words {
            let Some((name, value)) =
                word.text.split_once('=').filter(|_| shell::is_assignment(&word.text))
            else {
                match &*word.text {
                    "export" | "readonly" | "local" | "declare" | "typeset" | "if" | "then"
                    | "do" | "else" | "while" | "!" | "{" | "until" | "env" | "sudo" => continue,
                    option if option.starts_with('-') => continue,
                    _ => break,
                }
            };
            // `VERSION=$(curl …/latest)`.
            let is_fetched = word
                .inner
                .clone()
                .rev()
                .take(INNER_MAX)
                .any(|number| fetches.contains_key(&number));
            let value = match is_fetched {
                true => FETCHED.to_owned(),
                false => self.scope.fill(value),
            };
            match name.strip_suffix('+') {
                Some(name) => {
                    let before = self.scope.fill(&format!("${{{name}:-}}"));
                    self.scope.set(name, format!("{before} {value}"));
                }
                None => self.scope.set(name, value),
            }
        }
        // `for x in a b c`.
        let mut words = command
            .words
            .iter()
            .skip_while(|word| matches!(&*word.text, "do" | "then" | "{" | "else"));
        if words.next().is_some_and(|word| word.text == "for")
            && let Some(name) = words.next()
            && words.next().is_some_and(|word| word.text == "in")
        {
            let items: Vec<String> = words.map(|word| self.scope.fill(&word.text)).collect();
            self.scope.set(&name.text, items.join(" "));
        }
    }
}

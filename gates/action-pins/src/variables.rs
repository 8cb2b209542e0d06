//! Variables in the text of an image, filled in as far as the file tells:
//! `$A`, `${A}`, `${A:-default}`, `$(A)` and `{{ .A }}`.

/// A text whose variables were filled in. What nothing answers is a `$`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Filled {
    pub(crate) text: String,
    /// Names that were asked for.
    pub(crate) names: Vec<String>,
    /// Whether some of it is `{{ … }}`, which a template engine fills in.
    pub(crate) is_template: bool,
}

/// What stands in a text for what nobody knows.
pub(crate) const UNKNOWN: &str = "$";

/// Defaults within defaults, deeper than anybody writes them.
const DEPTH_MAX: usize = 8;

/// A longer text is no image; values that double each other end here.
const LENGTH_MAX: usize = 4_096;

/// `text` with each variable as `answer` has it, or else by its own default.
pub(crate) fn fill(text: &str, answer: &dyn Fn(&str) -> Option<String>) -> Filled {
    let mut filled = Filled::default();
    filled.take(text, answer, 0);
    filled
}

impl Filled {
    fn take(&mut self, text: &str, answer: &dyn Fn(&str) -> Option<String>, depth: usize) {
        let mut rest = text;
        while let Some(at) = rest.find(['$', '{']) {
            if self.text.len() > LENGTH_MAX || depth > DEPTH_MAX {
                break;
            }
            let (before, after) = rest.split_at(at);
            self.text.push_str(before);
            rest = if let Some(body) = after.strip_prefix("${{").or(after.strip_prefix("{{")) {
                self.is_template = true;
                self.text.push('$');
                body.split_once("}}").map_or("", |(_, rest)| rest)
            } else if let Some(body) = after.strip_prefix("${") {
                let (body, rest) = split_brace(body);
                self.braced(body, answer, depth);
                rest
            } else if let Some(body) = after.strip_prefix("$(") {
                self.text.push('$');
                body.split_once(')').map_or("", |(_, rest)| rest)
            } else if let Some(body) = after.strip_prefix('$') {
                let (name, rest) = split_name(body);
                self.named(name, answer);
                rest
            } else {
                self.text.push('{');
                after.get(1..).unwrap_or_default()
            };
        }
        if self.text.len() > LENGTH_MAX || depth > DEPTH_MAX {
            self.text.truncate(0);
            self.text.push('$');
        } else {
            self.text.push_str(rest);
        }
    }

    fn named(&mut self, name: &str, answer: &dyn Fn(&str) -> Option<String>) {
        self.names.push(name.to_owned());
        match answer(name) {
            Some(value) => self.text.push_str(&value),
            None => self.text.push('$'),
        }
    }

    fn braced(&mut self, body: &str, answer: &dyn Fn(&str) -> Option<String>, depth: usize) {
        let (name, rest) = split_name(body);
        let known = answer(name);
        let default = [":-", ":=", "-", "="].iter().find_map(|mark| rest.strip_prefix(mark));
        match (default, rest) {
            (Some(default), _) if known.as_ref().is_none_or(String::is_empty) => {
                self.names.push(name.to_owned());
                self.take(default, answer, depth + 1);
            }
            (Some(_), _) | (None, "") => self.named(name, answer),
            // `${A[@]}`: all of a list.
            (None, "[@]" | "[*]") => self.named(name, answer),
            // `${A:?it is missing}`: whatever it is, it is A.
            (None, rest) if rest.trim_start_matches(':').starts_with('?') => {
                self.named(name, answer);
            }
            // `${A/this/that}`, texts alone.
            (None, rest) if rest.starts_with('/') => self.replaced(name, rest, answer, depth),
            // `${A%x}` and its like are not followed.
            _ => self.text.push('$'),
        }
    }
}

impl Filled {
    fn replaced(
        &mut self,
        name: &str,
        rest: &str,
        answer: &dyn Fn(&str) -> Option<String>,
        depth: usize,
    ) {
        let (rest, is_every) = match rest.strip_prefix("//") {
            Some(rest) => (rest, true),
            None => (rest.get(1..).unwrap_or_default(), false),
        };
        let (from, to) = rest.split_once('/').unwrap_or((rest, ""));
        self.names.push(name.to_owned());
        let is_text = !from.is_empty() && !from.contains(['*', '?', '[', '$', '\\', '#', '%']);
        let Some(value) = answer(name).filter(|_| is_text) else {
            return self.text.push('$');
        };
        let mut to_filled = Filled::default();
        to_filled.take(to, answer, depth + 1);
        self.names.append(&mut to_filled.names);
        let value = match is_every {
            true => value.replace(from, &to_filled.text),
            false => value.replacen(from, &to_filled.text, 1),
        };
        match value.len() > LENGTH_MAX {
            true => self.text.push('$'),
            false => self.text.push_str(&value),
        }
    }
}

fn split_name(text: &str) -> (&str, &str) {
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    text.split_at(text.find(|c| !is_name(c)).unwrap_or(text.len()))
}

/// Splits after the `}` that closes a `${`, those between left out.
fn split_brace(text: &str) -> (&str, &str) {
    let mut open = 1_usize;
    for (at, c) in text.char_indices() {
        match c {
            '{' => open += 1,
            '}' if open == 1 => {
                return (
                    text.get(..at).unwrap_or_default(),
                    text.get(at + 1..).unwrap_or_default(),
                );
            }
            '}' => open -= 1,
            _ => {}
        }
    }
    (text, "")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn filled(text: &str) -> String {
        fill(text, &|name| (name == "A").then(|| "a".to_owned())).text
    }

    #[test]
    fn what_is_known_is_filled_in() {
        assert_eq!(filled("x:$A-${A}"), "x:a-a");
        assert_eq!(filled("${A:-b}${A-b}${A:?no}"), "aaa");
        assert_eq!(filled("${B:-b}:${B-${C:-c}}/${B:=${A}}"), "b:c/a");
        assert_eq!(filled("${A/a/x$A}${A/b/c}${A//a/}."), "xaa.");
        assert_eq!(filled("${B/a/b}${A/*/b}"), "$$");
    }

    #[test]
    fn what_is_not_known_is_a_mark() {
        for unknown in ["$B", "${B}", "${B:?no}", "${A%x}", "${B:+x}", "$(A)", "${B", "$"] {
            assert_eq!(filled(&format!("x:{unknown}")), "x:$", "{unknown}");
        }
        let template = fill("{{ .A }}:1", &|_| None);
        assert_eq!((template.text.as_str(), template.is_template), ("$:1", true));
        assert_eq!(filled("a{b{{c"), "a{b$");
    }

    #[test]
    fn defaults_and_doubles_end() {
        assert_eq!(filled(&"${B:-".repeat(100)), "$");
        let long = fill("$A$A", &|_| Some("x".repeat(5_000)));
        assert_eq!(long.text, "$");
    }

    proptest! {
        #![proptest_config(ProptestConfig { rng_seed: proptest::test_runner::RngSeed::Fixed(7), ..ProptestConfig::with_cases(2000) })]

        #[test]
        fn any_text_is_filled(text in "[-$(){}:?=AB é]{0,60}", any in any::<String>()) {
            filled(&text);
            filled(&any);
        }
    }
}

//! `alias` of a bundler's configuration (vite, vitest, webpack, rspack), which
//! is a program: read are the forms in which people write it, a table or a list
//! of names with a path in string literals. A name whose path is computed
//! otherwise is told, since an import by it cannot be judged.

use camino::Utf8Path;

use super::aliases::Alias;
use syntax::ecmascript::{Kind, Token, tokens};

use super::value::value;
use crate::reference::folder;

/// The aliases of one configuration, and the names without a readable path.
pub(crate) fn aliases(path: &Utf8Path, text: &str) -> (Vec<Alias>, Vec<String>) {
    let tokens = tokens(text);
    let reader = Reader { text, tokens: &tokens, scope: folder(path) };
    let mut found = (Vec::new(), Vec::new());
    for at in 0..tokens.len() {
        if matches!(reader.text(at), "alias" | "'alias'" | "\"alias\"")
            && reader.text(at + 1) == ":"
        {
            match reader.text(at + 2) {
                "{" => reader.table(at + 3, &mut found),
                "[" => reader.list(at + 3, &mut found),
                _ => {}
            }
        }
    }
    found
}

struct Reader<'a> {
    text: &'a str,
    tokens: &'a [Token],
    scope: &'a Utf8Path,
}

type Found = (Vec<Alias>, Vec<String>);

impl Reader<'_> {
    fn text(&self, at: usize) -> &str {
        self.tokens.get(at).map(|token| token.text(self.text)).unwrap_or_default()
    }

    // The name of a key or the value of a string.
    fn name(&self, at: usize) -> Option<String> {
        let token = self.tokens.get(at)?;
        match token.kind {
            Kind::String => value(token.text(self.text)),
            Kind::Word => Some(token.text(self.text).to_owned()),
            _ => None,
        }
    }

    // Where an expression ends: at the comma or bracket that closes what it
    // stands in.
    fn expression_end(&self, from: usize) -> usize {
        let mut depth = 0_usize;
        for at in from..self.tokens.len() {
            match self.text(at) {
                "(" | "[" | "{" => depth += 1,
                ")" | "]" | "}" if depth == 0 => return at,
                ")" | "]" | "}" => depth -= 1,
                "," if depth == 0 => return at,
                _ => {}
            }
        }
        self.tokens.len()
    }

    // `'@ee': path.resolve(__dirname, '../ee/web'),` …
    fn table(&self, mut at: usize, found: &mut Found) {
        while at < self.tokens.len() && self.text(at) != "}" {
            let end;
            if self.text(at + 1) == ":" {
                end = self.expression_end(at + 2);
                if let Some(name) = self.name(at) {
                    self.take(&name, at + 2, end, found);
                }
            } else {
                // A spread or a shorthand: other names, not readable here.
                end = self.expression_end(at);
            }
            at = if self.text(end) == "," { end + 1 } else { end };
            if self.text(end) != "," {
                return;
            }
        }
    }

    // `{ find: '@ee', replacement: path.resolve(__dirname, '../ee/web') },` …
    fn list(&self, mut at: usize, found: &mut Found) {
        while self.text(at) == "{" {
            let (mut name, mut target) = (None, None);
            let mut inside = at + 1;
            while self.text(inside + 1) == ":" {
                let end = self.expression_end(inside + 2);
                match self.text(inside) {
                    "find" => name = self.find(inside + 2),
                    "replacement" => target = Some((inside + 2, end)),
                    _ => {}
                }
                inside = if self.text(end) == "," { end + 1 } else { end };
            }
            if let (Some(name), Some((from, end))) = (name, target) {
                self.take(&name, from, end, found);
            }
            let end = self.expression_end(at);
            at = end + 1;
            if self.text(end) != "," {
                return;
            }
        }
    }

    // A string, or a regular expression that is only a name: `/^@ee\//`.
    fn find(&self, at: usize) -> Option<String> {
        let text = self.text(at);
        match text.strip_prefix('/') {
            Some(regex) => {
                let (body, _flags) = regex.rsplit_once('/')?;
                let name = body.strip_prefix('^').unwrap_or(body).replace("\\/", "/");
                Some(name.trim_end_matches(['$', '/']).to_owned())
            }
            None => self.name(at),
        }
    }

    fn take(&self, name: &str, from: usize, end: usize, (found, unread): &mut Found) {
        let parts: Vec<String> = self
            .tokens
            .get(from..end)
            .unwrap_or_default()
            .iter()
            .filter(|it| it.kind == Kind::String || it.is_plain_template(self.text))
            .filter_map(|token| value(token.text(self.text)))
            .collect();
        let target = parts.join("/").replace("//", "/");
        // A package's name is no path; it is looked up as any other import.
        let is_path = target.starts_with('.') || self.text(from) != parts_text(&parts);
        if target.is_empty() {
            unread.push(name.to_owned());
        } else if is_path {
            let target = target.strip_prefix('/').unwrap_or(&target).to_owned();
            found.extend(Alias::prefix(self.scope, name.trim_end_matches('$'), &[target]));
        }
    }
}

// A lone literal as it would stand in the file.
fn parts_text(parts: &[String]) -> String {
    match parts {
        [one] => format!("'{one}'"),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str, specifier: &str) -> Vec<String> {
        let (found, _) = aliases("web/vite.config.ts".into(), text);
        let applied = found.iter().filter_map(|alias| alias.apply(specifier)).flatten();
        applied.map(camino::Utf8PathBuf::into_string).collect()
    }

    #[test]
    fn tables_and_lists_of_names() {
        for text in [
            "export default { resolve: { alias: { '@ee': path.resolve(__dirname, '../ee/web') } } }",
            "alias: { a: 'b', \"@ee\": path.resolve(__dirname, '..', 'ee', 'web'), }",
            "alias: { '@ee': fileURLToPath(new URL('../ee/web', import.meta.url)) }",
            "alias: { ...other, '@ee': `../ee/web` }",
            "alias: [{ find: '@ee', replacement: path.resolve(__dirname, '../ee/web') }]",
            "alias: [{ find: 'a', replacement: 'b' }, { find: /^@ee\\//, replacement: '../ee/web/' }]",
        ] {
            assert_eq!(of(text, "@ee/x"), ["ee/web/x"], "{text}");
        }
    }

    #[test]
    fn a_computed_path_is_told() {
        let (_, unread) = aliases("vite.config.ts".into(), "alias: { '@ee': where(), b: './b' }");
        assert_eq!(unread, ["@ee"]);
    }

    #[test]
    fn a_package_is_no_path() {
        assert_eq!(of("alias: { react: 'preact/compat' }", "react"), [""; 0]);
    }
}

//! JavaScript and TypeScript: imports, the aliases that configurations give
//! names to, and the packages of a workspace.

mod aliases;
mod bundler;
mod doc_types;
mod imports;
mod packages;
mod resolve;
mod tsconfig;
mod value;

pub(crate) use imports::imports;
pub(crate) use packages::DEPENDENCIES;
pub(crate) use resolve::{Configurations, Names};
pub(crate) use tsconfig::{compiled, others};

use crate::reference::{Kind, Reference};

/// The script of a file: all of it, or what stands between the tags of a Vue or
/// Svelte component, with blanks for the rest so that places stay.
pub(crate) fn script<'a>(extension: &str, text: &'a str) -> std::borrow::Cow<'a, str> {
    if !matches!(extension, "vue" | "svelte") {
        return text.into();
    }
    let mut script = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, inside)) = rest
        .find("<script")
        .and_then(|at| Some((at, at + rest.get(at..)?.find('>')? + 1)))
        .and_then(|(_, open)| rest.split_at_checked(open))
    {
        blank(before, &mut script);
        let length = inside.find("</script").unwrap_or(inside.len());
        let (code, after) = inside.split_at_checked(length).unwrap_or((inside, ""));
        script.push_str(code);
        rest = after;
    }
    blank(rest, &mut script);
    script.into()
}

/// What the `src` of a component's script names.
pub(crate) fn sources(extension: &str, text: &str) -> Vec<Reference> {
    let mut found = Vec::new();
    if !matches!(extension, "vue" | "svelte") {
        return found;
    }
    for (at, _) in text.match_indices("<script") {
        let tag = text.get(at..).and_then(|rest| rest.split('>').next()).unwrap_or_default();
        let source = tag.find(" src=").or(tag.find("\nsrc=")).or(tag.find("\tsrc="));
        let Some(from) = source.map(|mark| mark + " src=".len()) else { continue };
        let value = tag.get(from..).unwrap_or_default();
        let Some(quote) = value.chars().next().filter(|c| matches!(c, '"' | '\'')) else {
            continue;
        };
        let Some(name) = value.split(quote).nth(1) else { continue };
        let span = at + from..at + from + name.len() + 2;
        found.push(Reference { kind: Kind::Static, specifier: name.to_owned(), span });
    }
    found
}

// Line ends and lengths stay, so that lines and columns do.
fn blank(text: &str, script: &mut String) {
    script.extend(text.bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }));
}

#[cfg(test)]
mod tests {
    use super::script;

    #[test]
    fn a_component_is_its_script() {
        let text = "<template>é'</template>\n<script lang=\"ts\">\nimport 'x'\n</script>\n<style>`</style>\n";
        let code = script("vue", text);
        assert_eq!(code.len(), text.len());
        assert_eq!(code.find("import"), text.find("import"));
        assert_eq!(code.trim(), "import 'x'");
        assert_eq!(script("ts", text), text);
    }
}

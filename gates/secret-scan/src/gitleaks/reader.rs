//! Reads one configuration file, strictly: a key that gitleaks does not have
//! is an error, not a silent nothing.

use std::ops::Range;

use kernel::ConfigError;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::allow::{Allowlist, Expr, Target};
use crate::engine::Required;

/// A configuration file.
#[derive(Debug, Default)]
pub struct Document {
    /// What it builds on.
    pub extend: Extend,
    /// Its rules, in order.
    pub rules: Vec<RuleEntry>,
    /// Its exceptions for all rules.
    pub allow: Vec<Allowlist>,
}

/// `[extend]`.
#[derive(Debug, Default)]
pub struct Extend {
    /// The built-in rules.
    pub use_default: bool,
    /// Another file, relative to the repository.
    pub path: Option<(String, Range<usize>)>,
    /// Rules to leave out.
    pub disabled: Vec<String>,
}

/// One of `[[rules]]`; what is not given is empty or none.
#[derive(Debug)]
pub struct RuleEntry {
    /// Its id.
    pub id: String,
    /// Where it begins.
    pub span: Range<usize>,
    /// What it finds.
    pub description: String,
    /// What it looks for, in Go's syntax.
    pub regex: Option<(String, Range<usize>)>,
    /// Only in such paths.
    pub path: Option<Expr>,
    /// Least entropy.
    pub entropy: Option<f64>,
    /// The group that is the secret.
    pub group: Option<(usize, Range<usize>)>,
    /// Words to look for first, in lower case.
    pub keywords: Vec<String>,
    /// Its own exceptions.
    pub allow: Vec<Allowlist>,
    /// Rules that must find something near, each with its place.
    pub required: Vec<(Required, Range<usize>)>,
    /// Whether it is there only to be required.
    pub skip_report: bool,
}

/// Reads `text`, the content of `file`.
///
/// # Errors
/// Not TOML, an unknown key, a value of another type, an expression that does
/// not compile.
pub fn read(file: &str, text: &str) -> Result<Document, ConfigError> {
    document(text).map_err(|error| match error.file {
        Some(_) => error,
        None => error.file(file),
    })
}

fn document(text: &str) -> Result<Document, ConfigError> {
    let table = DeTable::parse(text).map_err(|error| {
        let config = ConfigError::new(error.message().to_owned());
        error.span().into_iter().fold(config, ConfigError::span)
    })?;
    let mut keys = Keys::new(table, "the file");
    let mut document = Document::default();
    for ignored in ["title", "description", "minversion"] {
        keys.take(ignored);
    }
    if let Some(value) = keys.take("extend") {
        document.extend = extend(value)?;
    }
    for value in keys.tables("rules")? {
        document.rules.push(rule(value)?);
    }
    document.allow = allowlists(&mut keys, true)?;
    keys.done(&[
        "extend",
        "rules",
        "allowlist",
        "allowlists",
        "title",
        "description",
        "minVersion",
    ])?;
    Ok(document)
}

fn extend(value: Spanned<DeValue<'_>>) -> Result<Extend, ConfigError> {
    let span = value.span();
    let mut keys = Keys::new(table(value, "[extend]")?, "[extend]");
    let extend = Extend {
        use_default: keys.flag("usedefault")?.unwrap_or_default(),
        path: keys.text("path")?.filter(|(path, _)| !path.is_empty()),
        disabled: keys.texts("disabledrules")?.into_iter().map(|(id, _)| id).collect(),
    };
    if let Some((url, span)) = keys.text("url")?
        && !url.is_empty()
    {
        let error = ConfigError::new(format!(
            "'url = \"{url}\"' would be fetched from the network, and a gate reads only the tree"
        ));
        return Err(error
            .span(span)
            .hint("copy that configuration into the repository and name it by 'path'"));
    }
    keys.done(&["useDefault", "path", "disabledRules"])?;
    if extend.use_default && extend.path.is_some() {
        let error = ConfigError::new(
            "[extend] has both 'useDefault' and 'path'; it can build on one of them",
        );
        return Err(error.span(span).hint("set 'useDefault' in the file that 'path' names"));
    }
    Ok(extend)
}

fn rule(value: Spanned<DeTable<'_>>) -> Result<RuleEntry, ConfigError> {
    let span = value.span();
    let mut keys = Keys::new(value, "[[rules]]");
    let Some((id, _)) = keys.text("id")?.filter(|(id, _)| !id.is_empty()) else {
        return Err(ConfigError::new("a rule without an 'id'").span(span).hint("write id = \"…\""));
    };
    let in_rule = |error: ConfigError| {
        let message = format!("rule '{id}': {}", error.message);
        ConfigError { message, ..error }
    };
    keys.place = format!("rule '{id}'");
    let mut entry = RuleEntry {
        id: id.clone(),
        span: span.clone(),
        description: keys
            .text("description")
            .map_err(in_rule)?
            .map_or_else(String::new, |(text, _)| text),
        regex: keys.text("regex").map_err(in_rule)?.filter(|(text, _)| !text.is_empty()),
        path: None,
        entropy: keys.number("entropy").map_err(in_rule)?,
        group: None,
        keywords: keys
            .texts("keywords")
            .map_err(in_rule)?
            .into_iter()
            .map(|(word, _)| word.to_ascii_lowercase())
            .collect(),
        allow: Vec::new(),
        required: Vec::new(),
        skip_report: keys.flag("skipreport").map_err(in_rule)?.unwrap_or_default(),
    };
    if let Some((text, span)) =
        keys.text("path").map_err(in_rule)?.filter(|(text, _)| !text.is_empty())
    {
        entry.path = Some(expr(&text, span, "path").map_err(in_rule)?);
    }
    if let Some((text, span)) = &entry.regex {
        expr(text, span.clone(), "regex").map_err(in_rule)?;
    }
    if let Some(group) = keys.take("secretgroup") {
        let at = group.span();
        let number = integer(&group).and_then(|number| usize::try_from(number).ok());
        let error = || ConfigError::new("'secretGroup' is no number of a group").span(at.clone());
        entry.group =
            Some((number.ok_or_else(error).map_err(in_rule)?, at.clone())).filter(|(n, _)| *n > 0);
    }
    keys.texts("tags").map_err(in_rule)?;
    for value in keys.tables("required").map_err(in_rule)? {
        entry.required.push(required(value).map_err(in_rule)?);
    }
    entry.allow = allowlists(&mut keys, false).map_err(in_rule)?;
    keys.done(&[
        "id",
        "description",
        "regex",
        "path",
        "entropy",
        "secretGroup",
        "keywords",
        "tags",
        "allowlist",
        "allowlists",
        "required",
        "skipReport",
    ])?;
    Ok(entry)
}

fn required(value: Spanned<DeTable<'_>>) -> Result<(Required, Range<usize>), ConfigError> {
    let span = value.span();
    let mut keys = Keys::new(value, "[[rules.required]]");
    let Some((rule, at)) = keys.text("id")?.filter(|(id, _)| !id.is_empty()) else {
        let error = ConfigError::new("[[rules.required]] without an 'id'").span(span);
        return Err(error.hint("write id = \"…\", the rule that must find something too"));
    };
    let mut distance = |key: &str| -> Result<Option<u32>, ConfigError> {
        let Some(value) = keys.take(key) else { return Ok(None) };
        let number = integer(&value).and_then(|number| u32::try_from(number).ok());
        let error = || {
            ConfigError::new(format!("'{key}' is no number of lines or columns")).span(value.span())
        };
        Ok(Some(number.ok_or_else(error)?))
    };
    let (lines_max, columns_max) = (distance("withinLines")?, distance("withinColumns")?);
    keys.done(&["id", "withinLines", "withinColumns"])?;
    Ok((Required { rule, lines_max, columns_max }, at))
}

fn allowlists(keys: &mut Keys<'_>, is_global: bool) -> Result<Vec<Allowlist>, ConfigError> {
    let old = keys.take("allowlist");
    let new = keys.tables("allowlists")?;
    match old {
        Some(old) if !new.is_empty() => {
            let error = ConfigError::new(
                "'allowlist' and 'allowlists' stand side by side; gitleaks takes one of them",
            );
            Err(error.span(old.span()).hint("make it one more [[…allowlists]]"))
        }
        Some(old) => Ok(vec![allowlist(table(old, "'allowlist'")?, is_global)?]),
        None => new.into_iter().map(|value| allowlist(value, is_global)).collect(),
    }
}

fn allowlist(value: Spanned<DeTable<'_>>, is_global: bool) -> Result<Allowlist, ConfigError> {
    let span = value.span();
    let mut keys = Keys::new(value, "the allowlist");
    keys.take("id");
    keys.take("description");
    let exprs = |keys: &mut Keys<'_>, key: &str| {
        let texts = keys.texts(key)?;
        texts.into_iter().map(|(text, span)| expr(&text, span, key)).collect::<Result<Vec<_>, _>>()
    };
    let words = |keys: &mut Keys<'_>, key: &str| -> Result<Vec<String>, ConfigError> {
        Ok(keys.texts(key)?.into_iter().map(|(word, _)| word.to_ascii_lowercase()).collect())
    };
    let needs_all = match keys.text("condition")? {
        None => false,
        Some((text, span)) => match text.to_ascii_uppercase().as_str() {
            "" | "OR" | "||" => false,
            "AND" | "&&" => true,
            _ => {
                return Err(ConfigError::new(format!(
                    "condition '{text}' is neither 'AND' nor 'OR'"
                ))
                .span(span));
            }
        },
    };
    let target = match keys.text("regextarget")? {
        None => Target::Secret,
        Some((text, span)) => match text.to_ascii_lowercase().as_str() {
            "" | "secret" => Target::Secret,
            "match" => Target::Match,
            "line" => Target::Line,
            _ => {
                return Err(ConfigError::new(format!(
                    "regexTarget '{text}' is none of 'secret', 'match', 'line'"
                ))
                .span(span));
            }
        },
    };
    let list = Allowlist {
        needs_all,
        commits: words(&mut keys, "commits")?,
        paths: exprs(&mut keys, "paths")?,
        target,
        regexes: exprs(&mut keys, "regexes")?,
        stopwords: words(&mut keys, "stopwords")?,
        rules: if is_global {
            keys.texts("targetrules")?.into_iter().map(|(id, _)| id).collect()
        } else {
            Vec::new()
        },
    };
    keys.done(&[
        "description",
        "condition",
        "commits",
        "paths",
        "regexTarget",
        "regexes",
        "stopwords",
        "targetRules",
    ])?;
    if list.commits.is_empty()
        && list.paths.is_empty()
        && list.regexes.is_empty()
        && list.stopwords.is_empty()
    {
        let error = ConfigError::new(
            "an allowlist without commits, paths, regexes or stopwords allows nothing",
        );
        return Err(error.span(span));
    }
    Ok(list)
}

fn expr(text: &str, span: Range<usize>, key: &str) -> Result<Expr, ConfigError> {
    Expr::new(text).map_err(|reason| {
        ConfigError::new(format!("'{key}' does not compile: {reason}")).span(span)
    })
}

fn table<'a>(value: Spanned<DeValue<'a>>, what: &str) -> Result<Spanned<DeTable<'a>>, ConfigError> {
    let span = value.span();
    match value.into_inner() {
        DeValue::Table(table) => Ok(Spanned::new(span, table)),
        _ => Err(ConfigError::new(format!("{what} is no table")).span(span)),
    }
}

fn integer(value: &Spanned<DeValue<'_>>) -> Option<i64> {
    match value.get_ref() {
        DeValue::Integer(number) => {
            i64::from_str_radix(&number.as_str().replace('_', ""), number.radix()).ok()
        }
        _ => None,
    }
}

/// The keys of one table; those not taken are unknown. gitleaks reads them in
/// any case.
struct Keys<'a> {
    entries: Vec<(String, Range<usize>, Spanned<DeValue<'a>>)>,
    place: String,
}

impl<'a> Keys<'a> {
    fn new(table: Spanned<DeTable<'a>>, place: &str) -> Keys<'a> {
        let entries = table.into_inner().into_iter();
        let entries = entries.map(|(key, value)| (key.get_ref().to_string(), key.span(), value));
        Keys { entries: entries.collect(), place: place.to_owned() }
    }

    fn take(&mut self, key: &str) -> Option<Spanned<DeValue<'a>>> {
        let at = self.entries.iter().position(|(name, ..)| name.eq_ignore_ascii_case(key))?;
        Some(self.entries.swap_remove(at).2)
    }

    fn text(&mut self, key: &str) -> Result<Option<(String, Range<usize>)>, ConfigError> {
        self.take(key).map(|value| text_of(&value, key)).transpose()
    }

    fn texts(&mut self, key: &str) -> Result<Vec<(String, Range<usize>)>, ConfigError> {
        let Some(value) = self.take(key) else { return Ok(Vec::new()) };
        match value.get_ref() {
            DeValue::Array(values) => values.iter().map(|value| text_of(value, key)).collect(),
            _ => Err(ConfigError::new(format!("'{key}' is no list of strings")).span(value.span())),
        }
    }

    fn flag(&mut self, key: &str) -> Result<Option<bool>, ConfigError> {
        let Some(value) = self.take(key) else { return Ok(None) };
        match value.get_ref() {
            DeValue::Boolean(flag) => Ok(Some(*flag)),
            _ => {
                Err(ConfigError::new(format!("'{key}' is neither true nor false"))
                    .span(value.span()))
            }
        }
    }

    fn number(&mut self, key: &str) -> Result<Option<f64>, ConfigError> {
        let Some(value) = self.take(key) else { return Ok(None) };
        let number = match value.get_ref() {
            DeValue::Float(number) => number.as_str().replace('_', "").parse::<f64>().ok(),
            _ => integer(&value).map(|number| number as f64),
        };
        let error = || ConfigError::new(format!("'{key}' is no number")).span(value.span());
        Ok(Some(number.filter(|number| number.is_finite()).ok_or_else(error)?))
    }

    fn tables(&mut self, key: &str) -> Result<Vec<Spanned<DeTable<'a>>>, ConfigError> {
        let Some(value) = self.take(key) else { return Ok(Vec::new()) };
        let span = value.span();
        match value.into_inner() {
            DeValue::Array(values) => {
                values.into_iter().map(|value| table(value, &format!("each of '{key}'"))).collect()
            }
            _ => Err(ConfigError::new(format!("'{key}' is no list of tables; write [[{key}]]"))
                .span(span)),
        }
    }

    fn done(self, known: &[&str]) -> Result<(), ConfigError> {
        match self.entries.into_iter().next() {
            None => Ok(()),
            Some((key, span, _)) => {
                let error = ConfigError::new(format!("unknown key '{key}' in {}", self.place));
                Err(error.span(span).hint(format!("known here: {}", known.join(", "))))
            }
        }
    }
}

fn text_of(value: &Spanned<DeValue<'_>>, key: &str) -> Result<(String, Range<usize>), ConfigError> {
    match value.get_ref() {
        DeValue::String(text) => Ok((text.to_string(), value.span())),
        _ => Err(ConfigError::new(format!("'{key}' is no string")).span(value.span())),
    }
}

//! The full path of one registration.

use super::super::facts::Method;
use super::super::words::Joins;
use crate::path::{Dialect, Path};
use crate::routes::METHODS;

/// Method and path of a registration under a prefix.
pub(super) fn route(
    method: &Method,
    (prefix, joins): (&str, Joins),
    written: &str,
    dialect: Dialect,
) -> Option<(Option<String>, Path, Option<Path>)> {
    let (method, rest) = match method {
        Method::Any => (None, written),
        Method::Of(text) => (Some(text.known()?.to_ascii_uppercase()), written),
        Method::InPath => match written.split_once([' ', '\t']) {
            Some((method, rest)) => (Some(method.to_owned()), rest.trim_start()),
            None => (None, written),
        },
    };
    if method.as_ref().is_some_and(|method| !METHODS.contains(&method.as_str())) {
        return None;
    }
    // `example.com/path`: the host is no part of what a specification compares.
    let rest = match dialect {
        Dialect::NetHttp => rest.find('/').and_then(|at| rest.get(at..))?,
        _ => rest,
    };
    let full = match joined_by(prefix, rest, joins) {
        full if full.is_empty() && dialect == Dialect::Any => "/".to_owned(),
        full => full,
    };
    // Fiber's last parameter may be left out: `/a/:id?`.
    if let Some(whole) = full.strip_suffix('?').filter(|_| dialect == Dialect::Any)
        && let Some((bare, _)) = whole.rsplit_once("/:")
    {
        let bare = if bare.is_empty() { "/" } else { bare };
        return Some((method, Path::read(whole, dialect)?, Path::read(bare, dialect)));
    }
    let path = Path::read(&full, dialect)?;
    // A mounted chi router serves its root with and without the slash.
    let is_root = dialect == Dialect::Chi && rest == "/" && !prefix.is_empty();
    if is_root {
        let bare = Path::read(prefix.trim_end_matches('/'), dialect);
        return Some((method, bare.unwrap_or_else(|| path.clone()), Some(path)));
    }
    Some((method, path, None))
}

/// A prefix and a path, as the framework puts them together.
pub(super) fn joined_by(prefix: &str, path: &str, joins: Joins) -> String {
    match joins {
        Joins::BySlash if !path.is_empty() && !path.starts_with('/') => {
            joined(prefix, &format!("/{path}"))
        }
        _ => joined(prefix, path),
    }
}

/// A prefix and a path, with one slash between them.
pub(super) fn joined(prefix: &str, path: &str) -> String {
    if path.is_empty() {
        return prefix.to_owned();
    }
    let prefix = prefix.strip_suffix('*').unwrap_or(prefix).trim_end_matches('/');
    if prefix.is_empty() { path.to_owned() } else { format!("{prefix}{path}") }
}

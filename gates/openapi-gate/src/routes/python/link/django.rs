//! Django: lists of patterns, and what they include.

use std::collections::BTreeSet;

use super::super::syntax::Statement;
use super::call::Called;
use super::machine::Machine;
use super::regex;
use super::value::Value;
use super::web::{Entry, Kind, Methods};
use super::{drf, ninja, views};
use crate::routes::Found;

/// Lists of patterns that include each other deeper than this include themselves.
const DEPTH_MAX: usize = 16;

/// What is known where a list of patterns is read.
#[derive(Clone, Debug)]
pub(super) struct Under {
    /// Each spelling of what stands before, without the first slash.
    pub(super) prefixes: Vec<String>,
    pub(super) root: usize,
    pub(super) is_conditional: bool,
    pub(super) depth: usize,
}

/// Whether a class of a package gathers view sets.
pub(super) fn is_register(last: &str) -> bool {
    last.ends_with("Router")
}

pub(super) fn made(machine: &mut Machine<'_>, name: &str, called: &Called) -> Option<Value> {
    if ninja::is_made(name) {
        return Some(ninja::made(machine, called));
    }
    let last = name.rsplit('.').next().unwrap_or(name);
    match last {
        "path" | "re_path" | "url" | "include" if name.starts_with("django") => {
            Some(machine.entry(last, called))
        }
        // Files that are served while one develops.
        "static" | "staticfiles_urlpatterns" if name.starts_with("django") => {
            Some(machine.list(Vec::new()))
        }
        // What a developer sees beside the pages.
        "debug_toolbar_urls" => Some(machine.list(Vec::new())),
        "format_suffix_patterns" => called.argument(0, "urlpatterns").cloned(),
        "i18n_patterns" => {
            let inner = machine.list(called.positional.clone());
            let mut own = called.clone();
            own.positional = vec![Value::text("{language}/"), inner];
            Some(machine.entry("below", &own))
        }
        "as_view" => {
            let class = name.strip_suffix(".as_view").unwrap_or(name);
            let class = Value::Library(Machine::shared(class));
            Some(machine.as_view(&class, called))
        }
        "api_view"
        | "action"
        | "list_route"
        | "detail_route"
        | "require_http_methods"
        | "extend_schema"
        | "swagger_auto_schema" => {
            machine.mark(last, called);
            Some(Value::Unknown)
        }
        _ if is_register(last) && name.contains("rest_framework")
            || last.ends_with("DefaultRouter") =>
        {
            Some(drf::register(machine, last, called))
        }
        // What wraps a view is the view.
        _ => called.positional.iter().find(|it| is_view(it)).cloned(),
    }
}

fn is_view(value: &Value) -> bool {
    matches!(value, Value::View(..) | Value::Function(_) | Value::Class(_) | Value::Entry(_))
}

pub(super) fn word(
    machine: &mut Machine<'_>,
    router: usize,
    name: &str,
    called: &Called,
) -> Option<Value> {
    if machine.routers.get(router).is_some_and(|it| it.kind == Kind::Ninja) {
        return ninja::word(machine, router, name, called);
    }
    match name {
        "register" => {
            let entry = machine.entry("register", called);
            machine.registered.entry(router).or_default().push(entry);
            Some(Value::Nothing)
        }
        "get_urls" => Some(Value::Routes(router)),
        _ => None,
    }
}

impl Machine<'_> {
    /// A setting of the project, where one file alone has its settings.
    pub(super) fn setting(&mut self, name: &str) -> Option<Value> {
        let is_settings = |statement: &Statement| match statement {
            Statement::Assign(targets, _) => {
                targets.iter().any(|it| it.last_name() == Some("ROOT_URLCONF"))
            }
            _ => false,
        };
        let mut all = (0..self.files.len()).filter(|file| {
            self.files.get(*file).is_some_and(|(_, facts)| facts.body.iter().any(is_settings))
        });
        let (first, second) = (all.next()?, all.next());
        if second.is_some() {
            return None;
        }
        self.of_module(first, name, 16)
    }
}

/// Every route below the patterns where requests begin.
pub(super) fn routes(machine: &mut Machine<'_>, found: &mut Found) {
    let mut roots = BTreeSet::new();
    for file in 0..machine.files.len() {
        if let Some(name) = machine.named(file, "ROOT_URLCONF") {
            for name in name.each() {
                if let Some(Value::Module(root)) =
                    name.as_text().and_then(|it| machine.module(it, file))
                {
                    roots.insert(root);
                }
            }
        }
    }
    let has_root = !roots.is_empty();
    if !has_root {
        roots = (0..machine.files.len())
            .filter(|file| machine.named(*file, "urlpatterns").is_some())
            .collect();
        // Those that others include are no roots.
        let mut trial = Found::default();
        let lost = machine.lost.clone();
        for root in &roots {
            below_root(machine, *root, &mut trial);
        }
        machine.lost = lost;
        machine.taken.clear();
        machine.placed.clear();
        roots.retain(|root| !machine.included.contains(root));
    }
    for root in roots {
        below_root(machine, root, found);
    }
}

fn below_root(machine: &mut Machine<'_>, root: usize, found: &mut Found) {
    let under = Under { prefixes: vec![String::new()], root, is_conditional: false, depth: 0 };
    module(machine, root, &under, found);
}

fn module(machine: &mut Machine<'_>, file: usize, under: &Under, found: &mut Found) {
    let patterns = machine.of_module(file, "urlpatterns", 16);
    machine.file = file;
    match patterns {
        Some(patterns) => list(machine, &patterns, under, found),
        None => machine.lose_file(file, "urlpatterns", "no list of patterns can be told here"),
    }
}

fn list(machine: &mut Machine<'_>, value: &Value, under: &Under, found: &mut Found) {
    if under.depth > DEPTH_MAX || !machine.steps() {
        return;
    }
    let under = &Under { depth: under.depth + 1, ..under.clone() };
    // Of lists that stand for one another, what all of them have is always there.
    let lists: Vec<Vec<Value>> =
        value.each().iter().map(|it| machine.elements(it).unwrap_or_default()).collect();
    for value in value.each() {
        match value {
            Value::List(_) => {
                for element in machine.elements(value).unwrap_or_default() {
                    let is_always = lists.iter().all(|list| list.contains(&element));
                    let is_conditional = under.is_conditional || !is_always;
                    list(machine, &element, &Under { is_conditional, ..under.clone() }, found);
                }
            }
            Value::Entry(number) => {
                if let Some(entry) = machine.entries.get(*number).cloned() {
                    pattern(machine, &entry, under, found);
                }
            }
            Value::Routes(router) => match machine.routers.get(*router).map(|it| it.kind) {
                Some(Kind::Ninja) => ninja::routes(machine, *router, under, found),
                _ => drf::routes(machine, *router, under, found),
            },
            Value::Nothing => {}
            _ => {
                let why = "an element of the patterns cannot be told";
                machine.lose_file(machine.file, "urlpatterns", why);
            }
        }
    }
}

/// One `path(…)`.
fn pattern(machine: &mut Machine<'_>, entry: &Entry, under: &Under, found: &mut Found) {
    let called = &entry.called;
    machine.file = called.file;
    let is_conditional = under.is_conditional || entry.is_conditional;
    let under = &Under { is_conditional, ..under.clone() };
    let view = called.argument(1, "view").cloned().unwrap_or(Value::Unknown);
    let route = called.argument(0, if entry.word == "path" { "route" } else { "regex" });
    let route = route.or_else(|| called.keyword("route"));
    let Some(route) = route.and_then(Value::as_text) else {
        return machine.lose_at(called, "the path is not a constant, so it cannot be told");
    };
    let own = match entry.word.as_str() {
        "below" => Some(vec![route.to_owned()]),
        "path" => Some(vec![regex::from_rule(route)]),
        _ => regex::spellings(route),
    };
    let Some(own) = own else {
        return machine.lose_at(called, "the pattern stands for more paths than can be told");
    };
    let prefixes = under.prefixes.iter();
    let prefixes: Vec<String> =
        prefixes.flat_map(|outer| own.iter().map(move |own| format!("{outer}{own}"))).collect();
    let under = &Under { prefixes, ..under.clone() };
    match &view {
        Value::Entry(number) => {
            let Some(inner) = machine.entries.get(*number).cloned() else { return };
            if inner.word == "include" {
                include(machine, &inner.called, under, found);
            } else {
                pattern(machine, &inner, under, found);
            }
        }
        Value::List(_) | Value::Routes(_) => include_value(machine, &view, called, under, found),
        // `admin.site.urls`: what a package serves.
        Value::Library(name) | Value::Made(name) if name.ends_with(".urls") => {
            everything(machine, called, under, found);
        }
        _ => {
            let (methods, is_hidden) = views::methods(machine, &view);
            let (class, actions) = match &view {
                Value::View(class, actions) => (&**class, actions.as_deref()),
                other => (other, None),
            };
            let function = |method: &str| {
                let named = actions.unwrap_or_default().iter().find(|(own, _)| own == method);
                named.map_or_else(|| method.to_ascii_lowercase(), |(_, action)| action.clone())
            };
            let (shown, hidden) = views::apart(machine, class, &methods, function);
            served(machine, (&shown, is_hidden), called, under, found);
            served(machine, (&Methods::Of(hidden), true), called, under, found);
        }
    }
}

fn include(machine: &mut Machine<'_>, called: &Called, under: &Under, found: &mut Found) {
    let argument = called.argument(0, "arg").cloned().unwrap_or(Value::Unknown);
    include_value(machine, &argument, called, under, found);
}

fn include_value(
    machine: &mut Machine<'_>,
    value: &Value,
    called: &Called,
    under: &Under,
    found: &mut Found,
) {
    match value {
        Value::Text(name) => match machine.module(name, called.file) {
            Some(Value::Module(file)) if under.depth <= DEPTH_MAX => {
                machine.included.insert(file);
                module(machine, file, &Under { depth: under.depth + 1, ..under.clone() }, found);
            }
            _ => {
                let first = name.split('.').next().unwrap_or_default();
                if machine.module(first, called.file).is_some() {
                    return machine.lose_at(called, "what is included is none of the files");
                }
                everything(machine, called, under, found);
            }
        },
        Value::Module(file) if under.depth <= DEPTH_MAX => {
            machine.included.insert(*file);
            module(machine, *file, &Under { depth: under.depth + 1, ..under.clone() }, found);
        }
        Value::List(_) => {
            // `(patterns, name of the application)`
            let elements = machine.elements(value).unwrap_or_default();
            match elements.as_slice() {
                [first, Value::Text(_) | Value::Library(_), ..]
                    if !matches!(first, Value::Entry(_)) =>
                {
                    include_value(machine, first, called, under, found);
                }
                _ => list(machine, value, under, found),
            }
        }
        Value::Routes(_) | Value::Choice(_) => list(machine, value, under, found),
        Value::Library(_) | Value::Made(_) => everything(machine, called, under, found),
        _ => machine.lose_at(called, "what is included here cannot be told"),
    }
}

/// What a package serves below a path.
fn everything(machine: &mut Machine<'_>, called: &Called, under: &Under, found: &mut Found) {
    let prefixes = under.prefixes.iter().map(|it| format!("{it}*")).collect();
    let under = &Under { prefixes, ..under.clone() };
    served(machine, (&Methods::Any, false), called, under, found);
}

/// Notes a route at each of its spellings.
pub(super) fn served(
    machine: &mut Machine<'_>,
    (methods, is_hidden): (&Methods, bool),
    called: &Called,
    under: &Under,
    found: &mut Found,
) {
    let at = machine.at(called);
    let router = (!under.is_conditional).then_some(under.root);
    let all = &under.prefixes;
    for spelling in all {
        // With and without its last slash is one route.
        let bare = spelling.strip_suffix('/').filter(|bare| all.iter().any(|it| it == bare));
        if all.iter().any(|it| it.strip_suffix('/') == Some(spelling)) && !spelling.is_empty() {
            continue;
        }
        let full = format!("/{spelling}");
        let bare = bare.map(|bare| format!("/{bare}"));
        super::take(machine, found, (&full, bare.as_deref()), methods, &at, router, is_hidden);
    }
}

/// A router of the REST framework's, in a list of patterns.
pub(super) fn kind() -> Kind {
    Kind::Register
}

//! The REST framework's view sets and routers.

use super::call::Called;
use super::django::{self, Under, served};
use super::machine::Machine;
use super::regex;
use super::value::Value;
use super::views::{PLAIN, allowed, apart, excludes, is_hidden, last};
use super::web::Methods;
use crate::routes::Found;

/// What classes of the REST framework can do, and by which actions.
const ACTIONS: &[(&str, &[&str])] = &[
    ("ModelViewSet", &["list", "create", "retrieve", "update", "partial_update", "destroy"]),
    ("ReadOnlyModelViewSet", &["list", "retrieve"]),
    ("ListModelMixin", &["list"]),
    ("CreateModelMixin", &["create"]),
    ("RetrieveModelMixin", &["retrieve"]),
    ("UpdateModelMixin", &["update", "partial_update"]),
    ("DestroyModelMixin", &["destroy"]),
    ("ViewSet", &[]),
    ("GenericViewSet", &[]),
    ("ViewSetMixin", &[]),
];

/// The actions of a list of things and of one of them, by their methods.
const OF_LIST: [(&str, &str); 2] = [("GET", "list"), ("POST", "create")];
const OF_ONE: [(&str, &str); 4] =
    [("GET", "retrieve"), ("PUT", "update"), ("PATCH", "partial_update"), ("DELETE", "destroy")];

/// A router that gathers view sets.
pub(super) fn register(machine: &mut Machine<'_>, name: &str, called: &Called) -> Value {
    let mut prefix = Some(String::new());
    if name.starts_with("Nested") {
        // `NestedSimpleRouter(parent, "domains", lookup="domain")`
        let parent = called.argument(0, "parent_router").and_then(Value::router);
        let outer = parent.and_then(|it| machine.routers.get(it)?.prefix.clone());
        let own = called.argument(1, "parent_prefix").and_then(Value::as_text);
        let lookup = called.keyword("lookup").and_then(Value::as_text).unwrap_or("nested");
        prefix = outer.zip(own).map(|(outer, own)| {
            let own = own.trim_end_matches('/');
            let slash = if own.is_empty() { "" } else { "/" };
            format!("{outer}{own}{slash}{{{lookup}_pk}}/")
        });
    }
    let router = machine.new_router(django::kind(), prefix, Some(called));
    if let Some(own) = router.router().and_then(|it| machine.routers.get_mut(it)) {
        let slash = called.keyword("trailing_slash").cloned();
        own.names.extend(slash.map(|slash| ("trailing_slash".to_owned(), slash)));
        let has_root = name.contains("Default");
        own.names.insert("(root)".to_owned(), Value::Truth(has_root));
    }
    router
}

/// Every route of a router.
pub(super) fn routes(machine: &mut Machine<'_>, router: usize, under: &Under, found: &mut Found) {
    let entries = machine.registered.get(&router).cloned().unwrap_or_default();
    let Some(own) = machine.routers.get(router) else { return };
    let (prefix, slash) = (own.prefix.clone(), own.names.get("trailing_slash").cloned());
    let is_own = own.class.is_some_and(|class| makes_own_routes(machine, class));
    let slash = match slash {
        None | Some(Value::Truth(true)) => Some("/".to_owned()),
        Some(Value::Truth(false)) => Some(String::new()),
        Some(other) => other.as_text().map(str::to_owned),
    };
    for entry in entries {
        if let Value::Routes(other) = entry {
            if other != router && machine.steps() {
                routes(machine, other, under, found);
            }
            continue;
        }
        let Value::Entry(number) = entry else { continue };
        let Some(entry) = machine.entries.get(number).cloned() else { continue };
        let called = &entry.called;
        machine.file = called.file;
        if is_own {
            let why =
                "the router is of a class that makes other routes of it, which cannot be told";
            machine.lose_at(called, why);
        }
        let own = called.argument(0, "prefix").and_then(Value::as_text).and_then(regex::spellings);
        let (Some(own), Some(prefix), Some(slash)) = (own, &prefix, &slash) else {
            machine.lose_at(called, "the prefix is not a constant, so it cannot be told");
            continue;
        };
        let own: Vec<String> = own.iter().map(|it| format!("{prefix}{it}")).collect();
        let is_conditional = under.is_conditional || entry.is_conditional;
        let under = &Under { is_conditional, ..under.clone() };
        let view = called.argument(1, "viewset").cloned().unwrap_or(Value::Unknown);
        view_set(machine, &view, (&own, slash), called, under, found);
    }
}

/// Whether a class of the files changes which routes its routers make.
fn makes_own_routes(machine: &Machine<'_>, class: usize) -> bool {
    let own = ["routes", "get_urls", "get_routes", "get_method_map", "get_lookup_regex"];
    let changes = |function: usize| {
        machine.functions.get(function).is_some_and(|it| !it.syntax.body.is_empty())
    };
    own.iter().any(|name| machine.of_class(class, name, 0).is_some())
        || matches!(machine.of_class(class, "__init__", 0), Some(Value::Function(it)) if changes(it))
}

/// `under` with each of `tails` behind it, in each spelling.
fn below(under: &Under, own: &[String], tail: &str) -> Under {
    let tails = regex::spellings(tail).unwrap_or_else(|| vec![tail.to_owned()]);
    let mut prefixes = Vec::new();
    for outer in &under.prefixes {
        for own in own {
            // Nothing registered under nothing has no slash before it.
            let own = if own.is_empty() { "" } else { own };
            prefixes.extend(tails.iter().map(|tail| {
                let tail = if own.is_empty() { tail.trim_start_matches('/') } else { tail };
                format!("{outer}{own}{tail}")
            }));
        }
    }
    Under { prefixes, ..under.clone() }
}

fn view_set(
    machine: &mut Machine<'_>,
    view: &Value,
    (own, slash): (&[String], &str),
    called: &Called,
    under: &Under,
    found: &mut Found,
) {
    let Value::Class(class) = view else {
        let class = if let Value::Library(name) = view { last(name) } else { "" };
        let known = ACTIONS.iter().find(|(name, _)| *name == class).map(|(_, actions)| *actions);
        if known.is_none() {
            let why = "the view set is in none of the files, so its further actions cannot be told";
            machine.lose_at(called, why);
        }
        let of = |all: &[(&str, &str)]| match known {
            Some(actions) => methods_of(all, |it| actions.contains(&it)),
            None => Methods::Any,
        };
        served(machine, (&of(&OF_LIST), false), called, &below(under, own, slash), found);
        let one = below(under, own, &format!("/(?P<pk>x){slash}"));
        return served(machine, (&of(&OF_ONE), false), called, &one, found);
    };
    let class = *class;
    let is_hidden = is_hidden(machine, view);
    let bases = machine.library_bases(class, 0);
    let mut can: Vec<String> = Vec::new();
    let mut is_known = true;
    for base in &bases {
        let known = ACTIONS.iter().find(|(name, _)| *name == last(base));
        match known {
            Some((_, actions)) => can.extend(actions.iter().map(|it| (*it).to_owned())),
            None => is_known &= last(base).ends_with("Mixin") || PLAIN.contains(&last(base)),
        }
    }
    for (_, action) in OF_LIST.iter().chain(&OF_ONE) {
        if machine.of_class(class, action, 0).is_some() {
            can.push((*action).to_owned());
        }
    }
    let lookup = ["lookup_url_kwarg", "lookup_field"]
        .iter()
        .find_map(|name| machine.of_class(class, name, 0)?.as_text().map(str::to_owned));
    let lookup = format!("/(?P<{}>x)", lookup.unwrap_or_else(|| "pk".to_owned()));
    for (all, tail) in [(&OF_LIST[..], slash.to_owned()), (&OF_ONE[..], format!("{lookup}{slash}"))]
    {
        let of = methods_of(all, |it| can.iter().any(|own| own == it));
        let methods = match of {
            Methods::Of(own) if own.is_empty() && is_known => continue,
            Methods::Of(own) if is_known => match allowed(machine, class, own) {
                // Nothing of it is let through.
                Methods::Any => continue,
                own => own,
            },
            _ => Methods::Any,
        };
        let action = |method: &str| {
            let own = all.iter().find(|(known, _)| *known == method);
            own.map_or_else(String::new, |(_, action)| (*action).to_owned())
        };
        let (shown, hidden) = apart(machine, view, &methods, action);
        let under = &below(under, own, &tail);
        served(machine, (&shown, is_hidden), called, under, found);
        served(machine, (&Methods::Of(hidden), true), called, under, found);
    }
    for (function, name) in actions(machine, class) {
        let marks =
            machine.marks.get(&Value::Function(function).key()).cloned().unwrap_or_default();
        let is_hidden = is_hidden || marks.iter().any(|(_, called)| excludes(called));
        let mapped = marks.iter().filter(|(word, _)| word.starts_with("mapping."));
        let mapped: Vec<String> = mapped
            .map(|(word, _)| word.trim_start_matches("mapping.").to_ascii_uppercase())
            .collect();
        for (word, action) in &marks {
            let is_detail = match word.as_str() {
                "action" => action.argument(1, "detail") == Some(&Value::Truth(true)),
                "detail_route" => true,
                "list_route" => false,
                _ => continue,
            };
            let get = Methods::Of(vec!["GET".to_owned()]);
            let Some(Methods::Of(mut own_methods)) =
                machine.methods(action.argument(0, "methods"), get)
            else {
                machine.lose_at(action, "the methods are no constants, so they cannot be told");
                continue;
            };
            own_methods.extend(mapped.iter().cloned());
            let path = match action.keyword("url_path") {
                None | Some(Value::Nothing) => Some(name.clone()),
                Some(told) => told.as_text().map(str::to_owned),
            };
            let path = path.filter(|path| regex::spellings(path).is_some());
            let Some(path) = path else {
                machine.lose_at(action, "the path is not a constant, so it cannot be told");
                continue;
            };
            let methods = match allowed(machine, class, own_methods) {
                Methods::Any => continue,
                own => own,
            };
            let tail = match is_detail {
                true => format!("{lookup}/{path}{slash}"),
                false => format!("/{path}{slash}"),
            };
            served(machine, (&methods, is_hidden), action, &below(under, own, &tail), found);
        }
    }
}

fn methods_of(all: &[(&str, &str)], can: impl Fn(&str) -> bool) -> Methods {
    let own = all.iter().filter(|(_, action)| can(action));
    Methods::Of(own.map(|(method, _)| (*method).to_owned()).collect())
}

/// Functions of a class, and of those it stands on, that are further actions.
fn actions(machine: &Machine<'_>, class: usize) -> Vec<(usize, String)> {
    let mut found: Vec<(usize, String)> = Vec::new();
    let mut seen: Vec<String> = Vec::new();
    let mut open = vec![(class, 0)];
    while let Some((class, depth)) = open.pop() {
        let Some(own) = machine.classes.get(class).filter(|_| depth < 16) else { continue };
        let names = machine.scopes.get(own.scope).into_iter().flat_map(|scope| &scope.names);
        for (name, value) in names {
            if let Value::Function(function) = value
                && !seen.iter().any(|it| it == name)
            {
                seen.push((*name).to_owned());
                let marks = machine.marks.get(&value.key());
                if marks.is_some_and(|marks| {
                    marks
                        .iter()
                        .any(|(word, _)| word.ends_with("action") || word.ends_with("_route"))
                }) {
                    found.push((*function, (*name).to_owned()));
                }
            }
        }
        for base in own.bases.iter().rev() {
            if let Value::Class(base) = base {
                open.push((*base, depth + 1));
            }
        }
    }
    found
}

//! NestJS: classes that are controllers, and their methods that are routes.

mod whole;

use std::collections::BTreeMap;

use super::facts::Expr;
use super::link::{Machine, Site, Told, Value};
use crate::path::{Dialect, Path};
use crate::routes::{Found, METHODS, Route, Versioning};
use whole::{Whole, versions_of, whole};

/// Controllers of more versions and paths than anyone writes.
const PATHS_MAX: usize = 200;

const TOO_MANY: &str = "it comes to more paths than are followed";

/// A class by its file and number.
type ClassKey = (usize, usize);

/// A class by its file, its number and the scope that it was met in.
type Met = (usize, usize, usize);

/// A decorator of `@nestjs/…`.
struct Decorator {
    name: String,
    arguments: Vec<Value>,
    site: Site,
}

/// Every route of every controller.
pub(super) fn found(machine: &mut Machine<'_>, versioning: Option<Versioning>) -> Found {
    let mut found = Found::default();
    let classes: Vec<Met> = machine.all_classes();
    // Also notes what the modules say of their paths.
    let decorated: Vec<_> =
        classes.iter().map(|class| (*class, decorators_of(machine, *class))).collect();
    let whole = whole(machine, versioning);
    let modules = modules(machine, &decorated);
    if !whole.is_lost {
        for (class, decorators) in &decorated {
            let Some(controller) = decorators.iter().find(|it| it.name == "Controller") else {
                continue;
            };
            let above = modules.get(&(class.0, class.1)).cloned();
            let above = above.unwrap_or_else(|| vec![String::new()]);
            routes_of(machine, *class, controller, &whole, &above, &mut found);
        }
    }
    found.unresolved = machine.untold();
    found
}

fn decorators_of(machine: &mut Machine<'_>, class: Met) -> Vec<Decorator> {
    let (file, number, scope) = class;
    let Some(facts) = machine.files.get(file).map(|(_, facts)| facts) else { return Vec::new() };
    let Some(own) = facts.classes.get(number) else { return Vec::new() };
    own.decorators.iter().flat_map(|id| decorators_at(machine, file, scope, *id)).collect()
}

/// The decorators that an expression is: one of the framework's, or those that one
/// of the files' own applies.
fn decorators_at(
    machine: &mut Machine<'_>,
    file: usize,
    scope: usize,
    id: usize,
) -> Vec<Decorator> {
    let facts = machine.files.get(file).map(|(_, facts)| facts);
    let Some(Expr::Call(call)) = facts.and_then(|facts| facts.expressions.get(id)) else {
        return Vec::new();
    };
    let Some(number) = call.site else { return Vec::new() };
    let site = Site { file, number };
    let callee = match facts.and_then(|facts| facts.expressions.get(call.callee)) {
        // Whoever reads on would take a version or a path for absent. What nothing
        // binds is the framework's: the import is made up when it is built, or
        // missing.
        Some(Expr::Name(name))
            if is_own(name) && machine.is_unbound(scope, name) && machine.is_of_framework(file) =>
        {
            Value::Package("@nestjs/common".into(), name.as_str().into())
        }
        _ => machine.value(file, scope, call.callee),
    };
    let mut arguments =
        || call.arguments.iter().map(|id| machine.value(file, scope, *id)).collect::<Vec<_>>();
    let applied = match &callee {
        Value::Package(module, name) if module.starts_with("@nestjs/") => match &**name {
            "applyDecorators" => {
                let arguments = arguments();
                machine.applied(&callee, &arguments)
            }
            name => vec![(name.to_owned(), arguments())],
        },
        Value::Function(_) => {
            let arguments = arguments();
            machine.applied(&callee, &arguments)
        }
        _ => return Vec::new(),
    };
    let all = applied.into_iter();
    all.map(|(name, arguments)| Decorator { name, arguments, site }).collect()
}

/// The paths that `RouterModule.register` puts before the controllers of each
/// module.
fn modules(
    machine: &mut Machine<'_>,
    decorated: &[(Met, Vec<Decorator>)],
) -> BTreeMap<ClassKey, Vec<String>> {
    let mut before: BTreeMap<ClassKey, Vec<String>> = BTreeMap::new();
    let settings = machine.settings.clone();
    for (name, arguments, site) in settings {
        if name != "register" {
            continue;
        }
        let mut open: Vec<(Value, String)> =
            arguments.iter().map(|routes| (routes.clone(), String::new())).collect();
        let mut count = 0;
        while let Some((routes, above)) = open.pop() {
            for route in machine.flattened(&[routes]) {
                count += 1;
                if count > PATHS_MAX {
                    machine.unresolved(site, TOO_MANY);
                    break;
                }
                if let Value::Class(file, class, _) = route {
                    before.entry((file, class)).or_default().push(above.clone());
                    continue;
                }
                let Value::Text(path) = machine.field(&route, "path") else {
                    machine.unresolved(site, "the path of a module is not a constant");
                    continue;
                };
                let path = format!("{above}/{}", path.trim_matches('/'));
                let path = path.trim_end_matches('/').to_owned();
                if let Value::Class(file, class, _) = machine.field(&route, "module") {
                    before.entry((file, class)).or_default().push(path.clone());
                }
                let children = machine.field(&route, "children");
                if matches!(children, Value::List(_)) {
                    open.push((children, path));
                }
            }
        }
    }
    let mut of_controllers: BTreeMap<ClassKey, Vec<String>> = BTreeMap::new();
    for (class, decorators) in decorated {
        let Some(paths) = before.get(&(class.0, class.1)) else { continue };
        for module in decorators.iter().filter(|it| it.name == "Module") {
            let Some(options) = module.arguments.first() else { continue };
            let controllers = machine.field(options, "controllers");
            for controller in machine.flattened(&[controllers]) {
                if let Value::Class(file, class, _) = controller {
                    of_controllers.entry((file, class)).or_default().extend(paths.iter().cloned());
                }
            }
        }
    }
    of_controllers
}

/// The paths of a decorator; none where they are no constants.
fn paths_of(machine: &mut Machine<'_>, decorator: &Decorator) -> Option<Vec<String>> {
    let value = match decorator.arguments.first() {
        None => return Some(vec![String::new()]),
        Some(options @ Value::Object(_)) => match machine.field(options, "path") {
            Value::Nothing => return Some(vec![String::new()]),
            path => path,
        },
        Some(Value::Nothing) => return Some(vec![String::new()]),
        Some(path) => path.clone(),
    };
    machine
        .paths(&value)
        .into_iter()
        .map(|told| match told {
            Told::Path(path) => Some(path),
            _ => None,
        })
        .collect()
}

fn routes_of(
    machine: &mut Machine<'_>,
    class: Met,
    controller: &Decorator,
    whole: &Whole,
    above: &[String],
    found: &mut Found,
) {
    let Some(own_paths) = paths_of(machine, controller) else {
        let why = "the path is not a constant, so the paths of its methods cannot be told";
        return machine.unresolved(controller.site, why);
    };
    let version = controller.arguments.first().cloned().unwrap_or(Value::Nothing);
    let version = machine.field(&version, "version");
    let own_versions = versions_of(machine, &version);
    let mut seen: Vec<&str> = Vec::new();
    for (place, of) in machine.line(class) {
        for member in of.members.iter().filter(|member| member.is_method) {
            if seen.contains(&member.name.as_str()) {
                continue;
            }
            seen.push(&member.name);
            let mut decorators = Vec::new();
            for id in &member.decorators {
                decorators.extend(decorators_at(machine, place.0, place.2, *id));
            }
            let versions = decorators.iter().find(|it| it.name == "Version");
            let versions = versions.and_then(|it| versions_of(machine, it.arguments.first()?));
            let versions =
                versions.or_else(|| own_versions.clone()).or_else(|| whole.versions.clone());
            let is_versioned =
                versions.as_ref().is_some_and(|own| own.iter().any(|it| !it.is_empty()));
            if is_versioned && !whole.is_versioned {
                let why = "it has a version, and no file says by 'enableVersioning' what that does";
                for own in decorators.iter().filter(|own| is_route(&own.name)) {
                    machine.unresolved(own.site, why);
                }
                continue;
            }
            let versions: Vec<String> = match (&whole.version_mark, versions) {
                (Some(mark), Some(versions)) => versions
                    .iter()
                    .map(|it| if it.is_empty() { String::new() } else { format!("/{mark}{it}") })
                    .collect(),
                _ => vec![String::new()],
            };
            for decorator in &decorators {
                let method = match decorator.name.as_str() {
                    "All" => None,
                    "Sse" => Some("GET".to_owned()),
                    "QueryMethod" => Some("QUERY".to_owned()),
                    name => match METHODS.iter().find(|own| own.eq_ignore_ascii_case(name)) {
                        Some(own) => Some((*own).to_owned()),
                        None => continue,
                    },
                };
                let Some(paths) = paths_of(machine, decorator) else {
                    machine.unresolved(
                        decorator.site,
                        "the path is not a constant, so it cannot be told",
                    );
                    continue;
                };
                let all = each(above, &versions, &own_paths, &paths);
                if all.len() == PATHS_MAX {
                    machine.unresolved(decorator.site, TOO_MANY);
                }
                for (above, version, own, path) in all {
                    let bare = format!("{above}/{own}/{path}");
                    let prefix = match is_excluded(whole, &bare) {
                        true => "",
                        false => &whole.prefix,
                    };
                    let text = format!("/{prefix}/{version}/{bare}");
                    let read = machine.read_path(&cleaned(&text));
                    match (read, machine.at(decorator.site)) {
                        (Some((path, also)), Some(at)) => {
                            let (method, router) = (method.clone(), Some(found.routes.len()));
                            found.routes.push(Route { method, path, also, at, router });
                        }
                        _ => machine
                            .unresolved(decorator.site, "it is no path that the router knows"),
                    }
                }
            }
        }
    }
}

/// Whether a decorator of that name says where something is served.
fn is_own(name: &str) -> bool {
    matches!(name, "Controller" | "Version") || is_route(name)
}

/// Whether a decorator registers a method.
pub(super) fn is_route(name: &str) -> bool {
    matches!(name, "All" | "Sse" | "QueryMethod")
        || METHODS.iter().any(|own| own.eq_ignore_ascii_case(name))
}

/// Every combination.
fn each<'t>(
    above: &'t [String],
    versions: &'t [String],
    own: &'t [String],
    paths: &'t [String],
) -> Vec<(&'t str, &'t str, &'t str, &'t str)> {
    let mut all = Vec::new();
    for above in above {
        for version in versions {
            for own in own {
                for path in paths {
                    if all.len() < PATHS_MAX {
                        all.push((above.as_str(), version.as_str(), own.as_str(), path.as_str()));
                    }
                }
            }
        }
    }
    all
}

fn is_excluded(whole: &Whole, bare: &str) -> bool {
    let bare = cleaned(bare);
    let bare = bare.trim_matches('/');
    let blank = |text: &str| {
        Path::read(&format!("/{text}"), Dialect::Any)
            .map(|path| path.key(crate::path::Names::Blank).to_owned())
    };
    whole.excluded.iter().any(|own| {
        // `a/*`, `a/(.*)`, `a/*path`, `a{/*path}`
        let wide = own.find("/*").or_else(|| own.find("/(.*)")).or_else(|| own.find("{/*"));
        match wide.and_then(|at| own.get(..at)) {
            Some(start) => {
                let start = start.trim_end_matches('{');
                let rest = bare.strip_prefix(start);
                rest.is_some_and(|rest| {
                    rest.starts_with('/') || (rest.is_empty() && own.contains("{/"))
                })
            }
            None => own == bare || (blank(own).is_some() && blank(own) == blank(bare)),
        }
    })
}

/// One slash between names, and none at the end.
fn cleaned(text: &str) -> String {
    let mut path = String::new();
    for part in text.split('/').filter(|part| !part.is_empty()) {
        path.push('/');
        path.push_str(part);
    }
    if path.is_empty() { "/".to_owned() } else { path }
}

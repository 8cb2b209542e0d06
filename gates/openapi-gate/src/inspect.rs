//! One API, read once for every rule: what is documented, what is served, and
//! how the two fit.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::ops::Range;

use camino::Utf8Path;
use kernel::{Evidence, GateError, Location, Reply};

use crate::path::{Dialect, Path};
use crate::routes::{self, Found, Route, Unresolved};
use crate::settings::Api;
use crate::spec::{Library, Operation, Place, Spec, Version};
use crate::structure::Structure;

/// An API as the rules see it.
pub(crate) struct Inspected<'a> {
    pub(crate) api: &'a Api,
    pub(crate) library: &'a Library,
    /// What the root says its version is, where it is none that is read.
    pub(crate) other_version: Option<Option<String>>,
    /// None where the root is unreadable or of another version.
    pub(crate) spec: Option<Spec<'a>>,
    /// Its objects and what is wrong with them.
    pub(crate) structure: Structure<'a>,
    /// The path of each operation of `spec`, and whether it is compared.
    pub(crate) documented: Vec<Documented>,
    /// None where nothing says what is served.
    pub(crate) served: Option<Served>,
    /// What `info.version` must be.
    pub(crate) wanted_version: Option<String>,
}

/// What comparing needs to know of an operation.
pub(crate) struct Documented {
    pub(crate) path: Path,
    pub(crate) is_compared: bool,
    pub(crate) is_external: bool,
}

/// What is served.
#[derive(Default)]
pub(crate) struct Served {
    pub(crate) routes: Vec<Route>,
    /// Routes that need no operation, but may serve one.
    pub(crate) hidden: Vec<Route>,
    pub(crate) unresolved: Vec<Unresolved>,
    /// Routes that stand where `unmounted` says.
    pub(crate) placed: usize,
    /// Why the command gave nothing.
    pub(crate) command_failed: Option<String>,
    /// Routes that only one of the two sources has, and which one.
    pub(crate) differences: Vec<(Route, &'static str)>,
}

impl<'a> Inspected<'a> {
    /// Reads the specification and the routes of `api`.
    pub(crate) fn new(
        api: &'a Api,
        library: &'a Library,
        evidence: &Evidence<'_>,
        statics: Vec<Found>,
    ) -> Result<Inspected<'a>, GateError> {
        let version = library.root().map(|root| Version::of(root.node));
        let spec = version.as_ref().and_then(|version| version.as_ref().ok());
        let spec = spec.map(|version| Spec::read(library, *version, api.base()));
        let structure = spec.as_ref().map(|spec| structure(library, spec)).unwrap_or_default();
        let other_version = version.and_then(Result::err);
        let served = match api.has_routes() {
            true => Some(Served::read(api, library, evidence, statics)?),
            false => None,
        };
        let wanted_version = match &api.require.version_file {
            Some(path) => Some(wanted_version(path, evidence)?),
            None => None,
        };
        let mut inspected = Inspected {
            api,
            library,
            other_version,
            spec,
            structure,
            documented: Vec::new(),
            served,
            wanted_version,
        };
        let operations = inspected.spec.iter().flat_map(|spec| &spec.operations);
        inspected.documented = operations.map(|it| documented(api, it)).collect();
        Ok(inspected)
    }

    /// Where bytes of the specification are.
    pub(crate) fn at(&self, (file, bytes): &(usize, Range<usize>)) -> Location {
        self.library.at(*file, bytes.clone())
    }

    /// Every schema, whether the walk met it or it stands where nothing leads to.
    pub(crate) fn schemas(&self) -> Vec<Place<'a>> {
        let mut all: Vec<_> = self.structure.of("Schema").map(|found| found.place).collect();
        let met: HashSet<_> = all.iter().map(|it| (it.file, it.node.id())).collect();
        let other = self.library.schemas().into_iter();
        all.extend(other.filter(|it| !met.contains(&(it.file, it.node.id()))));
        all
    }

    /// Each operation with what comparing knows of it.
    pub(crate) fn operations(&self) -> impl Iterator<Item = (&Operation<'a>, &Documented)> {
        self.spec.iter().flat_map(|spec| &spec.operations).zip(&self.documented)
    }

    /// Whether a method and path are compared.
    pub(crate) fn is_compared(&self, method: Option<&str>, path: &Path) -> bool {
        is_compared(self.api, method, path)
    }

    /// Routes that are compared and no operation documents.
    pub(crate) fn undocumented(&self) -> Vec<&Route> {
        let mut known: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for (operation, documented) in self.operations() {
            let methods = known.entry(documented.path.key(self.api.names)).or_default();
            methods.insert(&operation.method);
        }
        let is_known = |route: &Route| {
            keys(route, self.api).any(|key| match (known.get(key), &route.method) {
                (Some(methods), Some(method)) => methods.contains(method.as_str()),
                (methods, _) => methods.is_some(),
            })
        };
        let routes = self.served.iter().flat_map(|served| &served.routes);
        let compared = routes.filter(|it| self.is_compared(it.method.as_deref(), &it.path));
        compared.filter(|route| !is_known(route)).collect()
    }

    /// Routes that take every method, and the methods that are documented.
    pub(crate) fn of_any_method(&self) -> Vec<(&Route, Vec<&str>)> {
        let routes = self.served.iter().flat_map(|served| &served.routes);
        let open = routes.filter(|it| it.method.is_none() && self.is_compared(None, &it.path));
        let methods = |route: &Route| -> Vec<&str> {
            let own = self.operations().filter(|(_, it)| {
                keys(route, self.api).any(|key| it.path.key(self.api.names) == key)
            });
            own.map(|(operation, _)| operation.method.as_str()).collect()
        };
        let told = open.map(|route| (route, methods(route)));
        told.filter(|(_, methods)| !methods.is_empty()).collect()
    }

    /// Documented routes that the source registers under a condition, and
    /// nowhere else.
    pub(crate) fn conditional(&self) -> Vec<&Route> {
        // What a command prints stands under none that anybody knows.
        if self.api.command.is_some() {
            return Vec::new();
        }
        let routes = || self.served.iter().flat_map(|served| &served.routes);
        let place =
            |route: &'_ Route| (route.method.clone(), route.path.key(self.api.names).to_owned());
        let always: BTreeSet<_> =
            routes().filter(|route| route.router.is_some()).map(place).collect();
        let documented: BTreeSet<(&str, &str)> = self
            .operations()
            .filter(|(_, it)| it.is_compared && !it.is_external)
            .map(|(operation, it)| (operation.method.as_str(), it.path.key(self.api.names)))
            .collect();
        let is_documented = |route: &Route| {
            keys(route, self.api).any(|key| match route.method.as_deref() {
                Some(method) => documented.contains(&(method, key)),
                None => documented.iter().any(|(_, own)| *own == key),
            })
        };
        routes()
            .filter(|it| it.router.is_none() && is_documented(it) && !always.contains(&place(it)))
            .collect()
    }

    /// Operations that are compared and no route serves.
    pub(crate) fn unimplemented(&self) -> Vec<(&Operation<'a>, &Documented)> {
        let Some(served) = &self.served else { return Vec::new() };
        let mut known: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for route in served.routes.iter().chain(&served.hidden) {
            for key in keys(route, self.api) {
                known.entry(key).or_default().insert(route.method.as_deref().unwrap_or("*"));
            }
        }
        let is_served = |operation: &Operation<'_>, path: &Path| {
            let methods = known.get(path.key(self.api.names));
            methods.is_some_and(|methods| {
                let own = operation.method.as_str();
                methods.contains(own)
                    || methods.contains("*")
                    || (own == "HEAD" && methods.contains("GET"))
            })
        };
        let compared = self.operations().filter(|(_, it)| it.is_compared && !it.is_external);
        compared.filter(|(operation, it)| !is_served(operation, &it.path)).collect()
    }
}

fn structure<'a>(library: &'a Library, spec: &Spec<'a>) -> Structure<'a> {
    let own = spec.operations.iter().map(|it| (it.place.file, it.place.node.id()));
    Structure::read(library, spec.version, &own.collect())
}

/// What the file at `path` says the version is.
fn wanted_version(path: &Utf8Path, evidence: &Evidence<'_>) -> Result<String, GateError> {
    let file = evidence.head.read(path).map_err(|error| kernel::unread(path, &error))?;
    let text = file.text().unwrap_or_default().trim();
    if text.is_empty() || text.lines().count() > 1 {
        let message = format!("'{path}' is not one line that says a version");
        return Err(GateError::cannot_judge("no-version", message)
            .hint("'require.info_version_file' names a file that holds the version alone"));
    }
    Ok(text.strip_prefix('v').unwrap_or(text).to_owned())
}

/// Every key that a route answers to.
fn keys<'r>(route: &'r Route, api: &Api) -> impl Iterator<Item = &'r str> {
    let names = api.names;
    std::iter::once(&route.path).chain(&route.also).map(move |path| path.key(names))
}

fn is_compared(api: &Api, method: Option<&str>, path: &Path) -> bool {
    let is_ignored = method.is_some_and(|method| api.ignore_methods.iter().any(|it| it == method));
    let in_scope = |scope: &kernel::Globs| scope.matches(path.in_scope_form().into());
    !is_ignored && api.scope.as_ref().is_none_or(in_scope)
}

fn documented(api: &Api, operation: &Operation<'_>) -> Documented {
    let full = &operation.full;
    let path = Path::read(full, Dialect::OpenApi).unwrap_or_else(|| Path::literal(full));
    let is_compared = is_compared(api, Some(&operation.method), &path);
    let owners = [operation.place.node, operation.item.node];
    let marked = |marker: &String| {
        let values = owners.iter().filter_map(|owner| owner.get(marker));
        // `x-internal: false` says the opposite.
        values.into_iter().any(|value| value.text() != Some("false"))
    };
    let is_external = api.external_markers.iter().any(marked);
    Documented { path, is_compared, is_external }
}

impl Served {
    fn read(
        api: &Api,
        library: &Library,
        evidence: &Evidence<'_>,
        statics: Vec<Found>,
    ) -> Result<Served, GateError> {
        let mut served = Served::default();
        for found in statics {
            served.routes.extend(found.routes);
            served.hidden.extend(found.hidden);
            served.unresolved.extend(found.unresolved);
            served.placed += found.placed;
        }
        let request = api.request();
        if api.command.is_none() {
            return Ok(served);
        }
        let Some(Reply::Command { exit_code, stdout, stderr }) = evidence.replies.get(&request)
        else {
            let message = format!("there is no output of 'routes.command' of api '{}'", api.name);
            return Err(GateError::cannot_judge("no-reply", message));
        };
        let told = match exit_code {
            0 => routes::command::read(stdout, evidence.head, &library.whole()),
            code => {
                let last = String::from_utf8_lossy(stderr);
                let last =
                    last.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or_default();
                let last = crate::spec::one_line(last);
                let said = if last.is_empty() { last } else { format!(": {last}") };
                Err(format!("it exited with {code}{said}"))
            }
        };
        match told {
            Err(reason) => served.command_failed = Some(reason),
            Ok(told) if api.statics.is_empty() => served.routes = told,
            Ok(mut told) => {
                served.differences = differences(api, &told, &served.routes);
                place(api, &mut told, &served.routes);
                // The command is exact: a path that reading could not tell is
                // told by it.
                served.unresolved.clear();
                served.routes = told;
            }
        }
        Ok(served)
    }
}

fn differences(api: &Api, told: &[Route], read: &[Route]) -> Vec<(Route, &'static str)> {
    let only_in = |here: &[Route], there: &[Route], side: &'static str| {
        let there: BTreeSet<_> =
            there.iter().flat_map(|it| keys(it, api).map(|key| (it.method.clone(), key))).collect();
        let missing =
            |it: &&Route| !keys(it, api).any(|key| there.contains(&(it.method.clone(), key)));
        here.iter().filter(missing).map(|it| (it.clone(), side)).collect::<Vec<_>>()
    };
    let mut all = only_in(told, read, "only 'routes.command' prints it");
    all.extend(only_in(read, told, "only the source registers it"));
    all.retain(|(route, _)| is_compared(api, route.method.as_deref(), &route.path));
    all
}

/// Gives each route that the command printed without a place the place that
/// reading found.
fn place(api: &Api, told: &mut [Route], read: &[Route]) {
    let known: BTreeMap<_, _> = read
        .iter()
        .flat_map(|it| keys(it, api).map(move |key| ((it.method.as_deref(), key), it)))
        .collect();
    for route in told.iter_mut().filter(|route| route.at.span.is_none()) {
        let found = keys(route, api).find_map(|key| known.get(&(route.method.as_deref(), key)));
        if let Some(found) = found {
            route.at = found.at.clone();
        }
    }
}

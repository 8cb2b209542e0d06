//! What a specification says: its operations and their parameters, whatever
//! the version and whichever file they stand in.

use std::ops::Range;

use super::{Library, Node, Place};

/// The versions that are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Version {
    V2,
    V30,
    V31,
    V32,
}

/// A specification as the rules see it.
pub(crate) struct Spec<'l> {
    pub(crate) version: Version,
    pub(crate) paths: Vec<PathEntry<'l>>,
    pub(crate) operations: Vec<Operation<'l>>,
    /// Names of the security schemes.
    pub(crate) schemes: Vec<&'l str>,
    /// `security` of the whole document.
    pub(crate) security: Option<Place<'l>>,
}

/// One path.
pub(crate) struct PathEntry<'l> {
    /// As it is written, without the base path.
    pub(crate) template: &'l str,
    pub(crate) at: (usize, Range<usize>),
    /// What holds for each of its operations.
    pub(crate) parameters: Vec<Parameter<'l>>,
}

/// One operation.
pub(crate) struct Operation<'l> {
    /// Index of its [`PathEntry`].
    pub(crate) path: usize,
    /// Upper-case.
    pub(crate) method: String,
    /// The path, base path included.
    pub(crate) full: String,
    /// The same with the base paths of its other servers.
    pub(crate) others: Vec<String>,
    /// The key that names its method.
    pub(crate) at: (usize, Range<usize>),
    pub(crate) place: Place<'l>,
    /// Its own parameters.
    pub(crate) parameters: Vec<Parameter<'l>>,
    /// The object that it stands in.
    pub(crate) item: Place<'l>,
}

/// One parameter, wherever it is defined.
pub(crate) struct Parameter<'l> {
    /// None where its reference leads nowhere.
    pub(crate) known: Option<Known<'l>>,
    /// Where it is listed.
    pub(crate) at: (usize, Range<usize>),
}

/// What a parameter says of itself.
pub(crate) struct Known<'l> {
    pub(crate) name: &'l str,
    pub(crate) location: &'l str,
    pub(crate) required: bool,
    /// Where it is defined.
    pub(crate) place: Place<'l>,
}

/// The keys of a path item that name an operation.
pub(crate) const METHODS: [&str; 9] =
    ["get", "put", "post", "delete", "options", "head", "patch", "trace", "query"];

impl Version {
    /// The version of a document, or what it says instead.
    pub(crate) fn of(root: Node<'_>) -> Result<Version, Option<String>> {
        let said = root.get("openapi").or_else(|| root.get("swagger")).and_then(Node::text);
        match said {
            Some("2.0") if root.get("swagger").is_some() => Ok(Version::V2),
            Some(text) if text.starts_with("3.0.") => Ok(Version::V30),
            Some(text) if text.starts_with("3.1.") => Ok(Version::V31),
            Some(text) if text.starts_with("3.2.") => Ok(Version::V32),
            said => Err(said.map(str::to_owned)),
        }
    }
}

impl<'l> Spec<'l> {
    /// Reads the specification in `library`; what its references lead to in
    /// vain is left out. `base` replaces the path of its servers.
    pub(crate) fn read(library: &'l Library, version: Version, base: Option<&str>) -> Spec<'l> {
        let mut spec = Spec {
            version,
            paths: Vec::new(),
            operations: Vec::new(),
            schemes: Vec::new(),
            security: None,
        };
        let Some(root) = library.root() else { return spec };
        spec.security = root.node.get("security").map(|node| root.with(node));
        spec.schemes = schemes(library, root, version);
        let own_base = match version {
            Version::V2 => root.node.get("basePath").and_then(Node::text).unwrap_or_default(),
            _ => "",
        };
        let bases = match base {
            Some(base) => vec![base.to_owned()],
            None => server_paths(root.node).unwrap_or_else(|| vec![own_base.to_owned()]),
        };
        let Some(paths) = child(library, root, "paths") else { return spec };
        for (key, value) in paths.node.entries() {
            let Some(template) = key.text().filter(|text| text.starts_with('/')) else { continue };
            let items = items(library, paths.with(value));
            let index = spec.paths.len();
            let parameters = items.iter().flat_map(|item| parameters(library, *item)).collect();
            spec.paths.push(PathEntry { template, at: (paths.file, key.span()), parameters });
            for item in items {
                spec.read_item(library, index, item, (&bases, base.is_none()));
            }
        }
        spec
    }

    fn read_item(
        &mut self,
        library: &'l Library,
        path: usize,
        item: Place<'l>,
        (bases, own_servers): (&[String], bool),
    ) {
        let Some(template) = self.paths.get(path).map(|entry| entry.template) else { return };
        let of_item = own_servers.then(|| server_paths(item.node)).flatten();
        let bases = of_item.as_deref().unwrap_or(bases);
        let further =
            item.node.get("additionalOperations").filter(|_| self.version == Version::V32);
        let further = further.into_iter().flat_map(Node::entries);
        let own = item.node.entries().filter(|(key, _)| {
            let is_query = key.text() == Some("query");
            key.text().is_some_and(|name| METHODS.contains(&name))
                && (!is_query || self.version == Version::V32)
        });
        let all: Vec<_> = own.chain(further).collect();
        for (key, value) in all {
            let Some(method) = key.text() else { continue };
            // The specification has no reference here; real files do.
            let place = library.follow(item.with(value)).unwrap_or(item.with(value));
            let of_operation = own_servers.then(|| server_paths(place.node)).flatten();
            let bases = of_operation.as_deref().unwrap_or(bases);
            let mut fulls =
                bases.iter().map(|base| format!("{}{template}", base.trim_end_matches('/')));
            self.operations.push(Operation {
                path,
                method: method.to_ascii_uppercase(),
                full: fulls.next().unwrap_or_else(|| template.to_owned()),
                others: fulls.collect(),
                at: (item.file, key.span()),
                place,
                parameters: parameters(library, place),
                item,
            });
        }
    }

    /// The path of an operation, with its parameters.
    pub(crate) fn path_of(&self, operation: &Operation<'_>) -> Option<&PathEntry<'l>> {
        self.paths.get(operation.path)
    }
}

/// The value under `key`, references followed.
fn child<'l>(library: &'l Library, place: Place<'l>, key: &str) -> Option<Place<'l>> {
    let node = place.node.get(key)?;
    library.follow(place.with(node)).ok()
}

/// A path item: what its reference leads to and what stands beside that.
fn items<'l>(library: &'l Library, item: Place<'l>) -> Vec<Place<'l>> {
    match library.follow(item) {
        Ok(target) if target.file == item.file && target.node.id() == item.node.id() => vec![item],
        Ok(target) => vec![target, item],
        Err(_) => vec![item],
    }
}

fn parameters<'l>(library: &'l Library, owner: Place<'l>) -> Vec<Parameter<'l>> {
    let Some(list) = child(library, owner, "parameters") else { return Vec::new() };
    let read = |node: Node<'l>| {
        let known = library.follow(list.with(node)).ok().and_then(|place| {
            Some(Known {
                name: place.node.get("name")?.text()?,
                location: place.node.get("in")?.text()?,
                required: place.node.get("required").is_some_and(Node::is_true),
                place,
            })
        });
        Parameter { known, at: (list.file, node.span()) }
    };
    list.node.items().map(read).collect()
}

fn schemes<'l>(library: &'l Library, root: Place<'l>, version: Version) -> Vec<&'l str> {
    let schemes = match version {
        Version::V2 => child(library, root, "securityDefinitions"),
        _ => child(library, root, "components")
            .and_then(|components| child(library, components, "securitySchemes")),
    };
    let entries = schemes.into_iter().flat_map(|place| place.node.entries());
    entries.filter_map(|(name, _)| name.text()).collect()
}

/// The paths of a node's own servers, variables at their defaults; none where it
/// has none.
fn server_paths(node: Node<'_>) -> Option<Vec<String>> {
    let paths: Vec<String> = node.get("servers")?.items().filter_map(server_path).collect();
    (!paths.is_empty()).then_some(paths)
}

fn server_path(server: Node<'_>) -> Option<String> {
    let mut url = server.get("url")?.text()?.to_owned();
    for (name, variable) in server.get("variables").into_iter().flat_map(Node::entries) {
        if let (Some(name), Some(default)) =
            (name.text(), variable.get("default").and_then(Node::text))
        {
            url = url.replace(&format!("{{{name}}}"), default);
        }
    }
    let with_host = match url.split_once("://") {
        Some((_, rest)) => Some(rest),
        None => url.strip_prefix("//").or_else(|| begins_with_host(&url).then_some(&*url)),
    };
    let after_host = match with_host {
        Some(rest) => rest.find('/').and_then(|at| rest.get(at..)).unwrap_or_default(),
        None => &url,
    };
    let path = after_host.split(['?', '#']).next().unwrap_or_default().trim_end_matches('/');
    Some(if path.is_empty() || path.starts_with('/') {
        path.to_owned()
    } else {
        format!("/{path}")
    })
}

/// Whether a URL without a scheme begins with a host, as people write it:
/// `api.example.com/v1`, `localhost:8080`. By the letter that is a path below the
/// document's own place, which nobody means.
fn begins_with_host(url: &str) -> bool {
    let first = url.split('/').next().unwrap_or_default();
    let (host, port) = first.split_once(':').unwrap_or((first, ""));
    let is_port = !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit());
    let top = host.rsplit_once('.').map_or("", |(_, top)| top);
    let is_name = top.len() > 1 && top.bytes().all(|b| b.is_ascii_alphabetic());
    is_name && (port.is_empty() || is_port) || (!host.is_empty() && is_port) || first == "localhost"
}

#[cfg(test)]
mod tests {
    use camino::Utf8Path;
    use kernel::Tree;

    use super::*;

    fn operations(files: &[(&str, &str)], base: Option<&str>) -> Vec<String> {
        let tree = Tree::literal(files.iter().copied());
        let library = Library::load(&tree, Utf8Path::new(files[0].0)).unwrap();
        let version = Version::of(library.root().unwrap().node).unwrap();
        let spec = Spec::read(&library, version, base);
        let shown = |operation: &Operation<'_>| {
            let own = spec.path_of(operation).unwrap().parameters.iter();
            let all = own.chain(&operation.parameters).filter_map(|found| found.known.as_ref());
            let names: Vec<_> = all.map(|known| known.name).collect();
            format!("{} {} {}", operation.method, operation.full, names.join(","))
        };
        spec.operations.iter().map(shown).collect()
    }

    #[test]
    fn operations_behind_references_in_other_files() {
        let files = [
            (
                "api/a.yaml",
                "openapi: 3.0.3\nservers: [{url: 'https://x.org/{v}/', variables: {v: {default: v2}}}]\n\
                 paths:\n  /a/{id}:\n    $ref: items.yaml#/a\n    parameters: [{$ref: '#/p/id'}]\n  x-y: {get: {}}\n\
                 p: {id: {name: id, in: path, required: true}}\n",
            ),
            (
                "api/items.yaml",
                "a: {get: {parameters: [{name: q, in: query}, {$ref: '#/no'}]}, post: {servers: [{url: /z}]}}\n",
            ),
        ];
        assert_eq!(operations(&files, None), ["GET /v2/a/{id} id,q", "POST /z/a/{id} id"]);
        assert_eq!(operations(&files, Some("/b")), ["GET /b/a/{id} id,q", "POST /b/a/{id} id"]);
    }

    #[test]
    fn a_host_is_no_path_without_its_scheme_either() {
        for (url, base) in [
            ("api.example.com/v1", "/v1"),
            ("tufin.com", ""),
            ("localhost:8080/api/", "/api"),
            ("localhost", ""),
            ("//example.com/v2", "/v2"),
            ("https://example.com/v2", "/v2"),
            ("v1", "/v1"),
            ("v1.0", "/v1.0"),
            ("api/v1.x", "/api/v1.x"),
            ("/a.com/b", "/a.com/b"),
        ] {
            let text = format!(
                "openapi: 3.0.3\nservers: [{{url: '{url}'}}]\npaths: {{/a: {{get: {{}}}}}}\n"
            );
            assert_eq!(operations(&[("a.yaml", &text)], None), [format!("GET {base}/a ")], "{url}");
        }
    }

    #[test]
    fn version_two_has_a_base_path() {
        let file = [(
            "a.json",
            "{\"swagger\": \"2.0\", \"basePath\": \"/api\", \"paths\": {\"/a\": {\"get\": {}}}}",
        )];
        assert_eq!(operations(&file, None), ["GET /api/a "]);
    }
}

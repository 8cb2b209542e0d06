//! Every rule, a file each: its id, words, examples and code. A new rule is a
//! new file and one line below.

use std::borrow::Cow;
use std::collections::BTreeSet;

use kernel::{Example, Finding, Fix, Rule, Severity};

use crate::inspect::Inspected;
use crate::spec::{Node, Parameter, one_line};
use crate::structure::Fault;

/// An example of one specification and nothing else.
macro_rules! spec {
    ($($text:literal),+) => {
        kernel::Example::new(concat!(
            "-- @options --\napi = [{ name = 'a', spec = 'a.yaml' }]\n-- a.yaml --\n",
            $($text),+
        ))
    };
}

/// The same of a version, after what every specification begins with.
macro_rules! with_info {
    ($version:literal, $($text:literal),+) => {
        spec!("openapi: ", $version, "\ninfo: {title: a, version: '1'}\n", $($text),+)
    };
}

/// The same, where it does not matter what the paths are.
macro_rules! with_path {
    ($version:literal, $text:literal) => {
        with_info!($version, "paths: {/a: {get: {responses: {'200': {description: ok}}}}}\n", $text)
    };
}

/// A file of Go beside a specification that documents `GET /a`.
macro_rules! served {
    ($framework:literal, $text:literal) => {
        kernel::Example::new(concat!(
            "-- @options --\napi = [{ name = 'a', spec = 'a.yaml', routes = { static = [{ framework = '",
            $framework,
            "', files = ['**/*.go'] }] } }]\n-- a.yaml --\nopenapi: 3.1.0\n",
            "paths: {'/a': {get: {responses: {'200': {description: ok}}}}}\n-- a.go --\n",
            $text
        ))
    };
}

macro_rules! rules {
    ($($name:ident),* $(,)?) => {
        $(mod $name;)*
        /// Every rule, in the order in which they are listed to people.
        pub(crate) const TABLE: &[Offence] = &[$($name::OFFENCE),*];
    };
}

rules! {
    unreadable,
    version,
    duplicate_key,
    unresolved_ref,
    remote_ref,
    path_parameter_undeclared,
    path_parameter_unused,
    path_parameter_not_required,
    duplicate_path,
    duplicate_operation_id,
    empty_responses,
    duplicate_parameter,
    undefined_security,
    wrong_type,
    wrong_value,
    unknown_field,
    missing_field,
    exclusive_fields,
    misplaced_ref,
    ref_siblings,
    component_name,
    path_template,
    duplicate_tag,
    undefined_server_variable,
    unused_server_variable,
    server_variable_default,
    querystring_parameter,
    tag_parent,
    optional_discriminator,
    invalid_default,
    undocumented_route,
    unimplemented_operation,
    unresolved_route,
    duplicate_route,
    no_routes,
    routes_command_failed,
    static_differs_from_command,
    any_method,
    conditional_route,
    ambiguous_path,
    enum_type,
    keyword_of_other_version,
    misspelt_keyword,
    nullable_without_type,
    info_version,
    deprecated_without_lifecycle,
    banned_text,
}

/// A rule with its code.
pub(crate) struct Offence {
    /// `openapi-gate/<offence>`.
    pub(crate) id: &'static str,
    pub(crate) severity: Severity,
    pub(crate) doc: &'static str,
    pub(crate) bad: &'static [Example],
    pub(crate) good: &'static [Example],
    pub(crate) judge: fn(&Inspected<'_>) -> Vec<Finding>,
}

impl Offence {
    /// The rule as the contract has it.
    pub(crate) fn rule(&self) -> Rule {
        Rule {
            id: Cow::Borrowed(self.id),
            severity: self.severity,
            doc: Cow::Borrowed(self.doc),
            bad: Cow::Borrowed(self.bad),
            good: Cow::Borrowed(self.good),
        }
    }
}

/// The names between braces in a path of a specification.
fn placeholders(template: &str) -> impl Iterator<Item = &str> {
    template.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name)
}

/// Each list of parameters: whose it is, the path, and the list.
fn parameter_lists<'i>(
    inspected: &'i Inspected<'_>,
) -> Vec<(String, &'i str, &'i [Parameter<'i>])> {
    let Some(spec) = &inspected.spec else { return Vec::new() };
    let paths = spec
        .paths
        .iter()
        .map(|entry| (one_line(entry.template), entry.template, entry.parameters.as_slice()));
    let operations = spec.operations.iter().filter_map(|operation| {
        let template = spec.path_of(operation)?.template;
        let shown = format!("{} {}", operation.method, one_line(template));
        Some((shown, template, operation.parameters.as_slice()))
    });
    paths.chain(operations).collect()
}

/// A server whose URL is told, and the variables that it defines.
struct Server<'i> {
    file: usize,
    /// The names that lead to it.
    pointer: String,
    url: Node<'i>,
    /// The names in the URL's braces.
    used: BTreeSet<&'i str>,
    variables: Vec<(&'i str, Node<'i>)>,
}

/// Every server.
fn servers<'i>(inspected: &'i Inspected<'_>) -> impl Iterator<Item = Server<'i>> {
    inspected.structure.of("Server").filter_map(|found| {
        let node = found.place.node;
        let url = node.get("url")?;
        let variables = node.get("variables").into_iter().flat_map(Node::entries);
        Some(Server {
            file: found.place.file,
            pointer: inspected.structure.pointer(found),
            url,
            used: placeholders(url.text()?).collect(),
            variables: variables.filter_map(|(key, _)| Some((key.text()?, key))).collect(),
        })
    })
}

/// A finding for each fault that `says` has words for: message, label and fix.
fn of_faults(
    inspected: &Inspected<'_>,
    id: &'static str,
    says: impl Fn(&Fault) -> Option<(String, String, String)>,
) -> Vec<Finding> {
    let finding = |fault: &Fault| {
        let (message, label, fix) = says(fault)?;
        Some(
            Finding::new(id, inspected.at(&fault.at), message)
                .label(label)
                .subject(fault.pointer.clone())
                .key(format!("{} {}", fault.pointer, fault.field))
                .fix(Fix::note(fix)),
        )
    };
    inspected.structure.faults.iter().filter_map(finding).collect()
}

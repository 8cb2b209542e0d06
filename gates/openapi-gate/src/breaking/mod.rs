//! Changes that break clients: the specification against the same one at the
//! merge base.
//!
//! ```text
//! base Library ─ Spec ─┐            ┌ parameters, messages
//! head Library ─ Spec ─┴ operations ┤                        ┌ types, values, limits
//!                                   └ compare (shape: pairs) ┼ properties, conditions
//!                                                            └ composition, lifecycle
//! ```
//!
//! Every change is named as oasdiff names it (`table`), and `rules` makes of each
//! name a rule with examples.

mod compare;
mod composition;
mod conditions;
mod examples;
mod lifecycle;
mod limits;
mod messages;
mod operations;
mod parameters;
mod properties;
mod rules;
mod shape;
mod table;
mod types;
mod values;

use std::collections::{BTreeMap, BTreeSet};

use kernel::{Finding, Fix, Severity};

use crate::path::{Dialect, Names, Path};
use crate::spec::{Library, METHODS, Node, Operation, Place, Spec, Version, one_line};
use compare::{Comparator, escaped};
use operations::{Breaking, Compared, View};
use shape::{At, Side};

pub(crate) use lifecycle::{Policy, day};
pub(crate) use rules::{Words, rules};
pub(crate) use table::{Level, level};

/// One side of the comparison.
#[derive(Clone, Copy)]
pub(crate) struct Read<'s, 'l> {
    pub(crate) library: &'l Library,
    pub(crate) spec: &'s Spec<'l>,
}

/// What came out.
pub(crate) struct Outcome {
    pub(crate) findings: Vec<Finding>,
    /// Operations of the base that were looked for.
    pub(crate) operations: usize,
}

/// Compares `base` with `head`, the API called `api`; what weighs less than
/// `least` is left out.
pub(crate) fn judge(
    api: &str,
    base: Read<'_, '_>,
    head: Read<'_, '_>,
    policy: Policy,
    least: Level,
) -> Outcome {
    let operations = base.spec.operations.len();
    if base.library.is_same(head.library) {
        return Outcome { findings: Vec::new(), operations };
    }
    let comparator = Comparator::new(
        Side::new(base.library, base.spec.version),
        Side::new(head.library, head.spec.version),
        policy,
    );
    let mut found = Vec::new();
    paths(&comparator, base, head, &mut found);
    webhooks(&comparator, base, head, &mut found);
    let raised = found.iter().filter(|it| it.level >= least);
    let findings = raised.map(|it| finding(api, it, head.library)).collect();
    Outcome { findings, operations }
}

fn finding(api: &str, found: &Breaking, library: &Library) -> Finding {
    let place = match &found.at {
        Some((file, bytes)) => library.at(*file, bytes.clone()),
        None => library.whole(),
    };
    let shown = format!("{} {}", found.method, one_line(&found.path)).trim().to_owned();
    let below = match found.pointer.as_str() {
        "" => String::new(),
        pointer => format!(" at '{}'", one_line(pointer)),
    };
    let words = Words::of(found.id);
    Finding::new(found.rule(), place, format!("'{shown}'{below}: {}", found.words))
        .severity(match found.level {
            Level::Error => Severity::Error,
            Level::Warning => Severity::Warning,
            Level::Info => Severity::Note,
        })
        .label(words.who)
        .subject(subject(api, &found.method, &found.path, &found.pointer))
        .key(format!("{shown} {}", found.pointer))
        .fix(Fix::note(words.fix))
}

impl Breaking {
    fn rule(&self) -> String {
        format!("{}/{}", crate::ID, self.id)
    }
}

/// What allow entries are matched against; braces are groups in a pattern, so
/// they are written as parentheses.
pub(crate) fn subject(api: &str, method: &str, path: &str, pointer: &str) -> String {
    let plain = |text: &str| text.replace('{', "(").replace('}', ")");
    let pointer = if pointer.is_empty() { "." } else { pointer };
    format!("{api}/{method}/{}/#/{}", plain(path.trim_matches('/')), plain(pointer))
}

/// Every operation under `paths`.
fn paths<'l>(
    comparator: &Comparator<'l>,
    base: Read<'_, 'l>,
    head: Read<'_, 'l>,
    found: &mut Vec<Breaking>,
) {
    let mut served: BTreeMap<(&str, String), Vec<usize>> = BTreeMap::new();
    let mut known: BTreeMap<String, usize> = BTreeMap::new();
    for (index, operation) in head.spec.operations.iter().enumerate() {
        let fulls = std::iter::once(&operation.full).chain(&operation.others);
        for key in fulls.map(|full| key(full)) {
            known.entry(key.clone()).or_insert(operation.path);
            served.entry((&operation.method, key)).or_default().push(index);
        }
    }
    let mut taken = BTreeSet::new();
    for operation in &base.spec.operations {
        let key = key(&operation.full);
        let template = base.spec.path_of(operation).map_or("", |path| path.template);
        let candidates = served.get(&(operation.method.as_str(), key.clone()));
        let candidates = candidates.map(Vec::as_slice).unwrap_or_default();
        let has_template = |index: &&usize| {
            let other = head.spec.operations.get(**index).and_then(|it| head.spec.path_of(it));
            other.is_some_and(|path| path.template == template)
        };
        let same = candidates.iter().find(has_template);
        let same = same.or_else(|| candidates.iter().find(|index| !taken.contains(*index)));
        let old = view(base, operation);
        let path = operation.full.as_str();
        let method = operation.method.as_str();
        let mut compared = Compared { comparator, method, path, is_outgoing: false, found };
        match same.and_then(|index| Some((index, head.spec.operations.get(*index)?))) {
            Some((index, other)) => {
                taken.insert(*index);
                let new = view(head, other);
                compared.compare(&old, &new);
                callbacks(&mut compared, &old, &new);
            }
            None => {
                let item = known.get(&key).and_then(|index| head.spec.paths.get(*index));
                let at =
                    item.map(|item| item.at.clone()).or_else(|| root_key(head.library, "paths"));
                compared.removed(&old, item.is_none(), at);
            }
        }
    }
}

/// Paths are the same whatever their parameters are called.
fn key(full: &str) -> String {
    let path = Path::read(full, Dialect::OpenApi).unwrap_or_else(|| Path::literal(full));
    path.key(Names::Blank).to_owned()
}

fn view<'s, 'l>(read: Read<'s, 'l>, operation: &'s Operation<'l>) -> View<'s, 'l> {
    let template = read.spec.path_of(operation).map_or("", |path| path.template);
    let names = Path::read(template, Dialect::OpenApi).map(|path| path.names);
    View {
        library: read.library,
        version: read.spec.version,
        operation: operation.place,
        item: operation.item,
        at: Some(operation.at.clone()),
        names: names.unwrap_or_default(),
        parameters: parameters::listed(read.spec, operation),
    }
}

/// What the server calls: its requests are answers, so to speak.
fn webhooks<'l>(
    comparator: &Comparator<'l>,
    base: Read<'_, 'l>,
    head: Read<'_, 'l>,
    found: &mut Vec<Breaking>,
) {
    let (old, new) = (hooks(base), hooks(head));
    for (name, one) in &old {
        let path = format!("webhook:{name}");
        let Some(other) = new.get(name) else {
            let mut compared =
                Compared { comparator, method: "", path: &path, is_outgoing: true, found };
            let at = root_key(head.library, "webhooks").or_else(|| root_key(head.library, "paths"));
            compared.raise("webhook-removed", String::new(), at, "it is gone".to_owned());
            continue;
        };
        outgoing(comparator, &path, (base, *one), (head, *other), found);
    }
}

fn hooks<'l>(read: Read<'_, 'l>) -> BTreeMap<&'l str, Place<'l>> {
    let Some(root) = read.library.root() else { return BTreeMap::new() };
    children(read.library, root, "webhooks")
}

/// The entries under `key`, references followed.
fn children<'l>(library: &'l Library, owner: Place<'l>, key: &str) -> BTreeMap<&'l str, Place<'l>> {
    let Some(node) = owner.node.get(key) else { return BTreeMap::new() };
    let Ok(list) = library.follow(owner.with(node)) else { return BTreeMap::new() };
    let entry = |(name, value): (Node<'l>, Node<'l>)| {
        let name = name.text().filter(|text| !text.starts_with("x-"))?;
        Some((name, library.follow(list.with(value)).ok()?))
    };
    list.node.entries().filter_map(entry).collect()
}

fn callbacks<'l>(compared: &mut Compared<'_, 'l>, old: &View<'_, 'l>, new: &View<'_, 'l>) {
    let was = children(old.library, old.operation, "callbacks");
    let is = children(new.library, new.operation, "callbacks");
    for (name, one) in was {
        let Some(other) = is.get(name) else { continue };
        let addresses = |place: Place<'l>| place.node.entries().collect::<Vec<_>>();
        let (mine, theirs) = (addresses(one), addresses(*other));
        for (key, value) in mine {
            let same = theirs.iter().find(|(own, _)| own.text() == key.text());
            // Of one address on each side, the one became the other.
            let same = same.or_else(|| if theirs.len() == 1 { theirs.first() } else { None });
            let Some((_, new_value)) = same else { continue };
            let path = format!("{}#{}", compared.path, escaped(name));
            let sides = (side(old, one.with(value)), side(new, other.with(*new_value)));
            items(compared.comparator, &path, sides, compared.found);
        }
    }
}

/// A path item, and which version it is written in.
struct Item<'l> {
    library: &'l Library,
    version: Version,
    place: Place<'l>,
}

fn side<'l>(view: &View<'_, 'l>, place: Place<'l>) -> Item<'l> {
    Item { library: view.library, version: view.version, place }
}

fn outgoing<'l>(
    comparator: &Comparator<'l>,
    path: &str,
    (base, one): (Read<'_, 'l>, Place<'l>),
    (head, other): (Read<'_, 'l>, Place<'l>),
    found: &mut Vec<Breaking>,
) {
    let item = |read: Read<'_, 'l>, place| Item {
        library: read.library,
        version: read.spec.version,
        place,
    };
    items(comparator, path, (item(base, one), item(head, other)), found);
}

fn items<'l>(
    comparator: &Comparator<'l>,
    path: &str,
    (old, new): (Item<'l>, Item<'l>),
    found: &mut Vec<Breaking>,
) {
    for method in METHODS {
        let of = |item: &Item<'l>| -> Option<View<'l, 'l>> {
            let place = item.library.follow(item.place).ok()?;
            let (key, node) = place.node.entry(method)?;
            Some(View {
                library: item.library,
                version: item.version,
                operation: place.with(node),
                item: place,
                at: Some((place.file, key.span())),
                names: Vec::new(),
                // What stands in an address is the receiver's own.
                parameters: Vec::new(),
            })
        };
        if let (Some(one), Some(other)) = (of(&old), of(&new)) {
            let method = method.to_ascii_uppercase();
            let mut compared =
                Compared { comparator, method: &method, path, is_outgoing: true, found };
            compared.compare(&one, &other);
        }
    }
}

fn root_key(library: &Library, key: &str) -> At {
    let root = library.root()?;
    let (key, _) = root.node.entry(key)?;
    Some((root.file, key.span()))
}

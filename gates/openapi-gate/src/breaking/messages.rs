//! What an operation takes and gives, whichever version says so: bodies by media
//! type, responses by status, headers.

use std::collections::BTreeMap;

use super::shape::At;
use crate::spec::{Library, Node, Place, Version};

/// A body.
pub(super) struct Body<'l> {
    pub(super) is_required: bool,
    pub(super) at: At,
    pub(super) contents: Vec<Media<'l>>,
}

/// What a body holds under one media type.
pub(super) struct Media<'l> {
    /// As it is written.
    pub(super) name: &'l str,
    pub(super) at: At,
    pub(super) schema: Option<Place<'l>>,
}

/// A response.
pub(super) struct Response<'l> {
    pub(super) at: At,
    pub(super) contents: Vec<Media<'l>>,
    /// By name in lower case.
    pub(super) headers: BTreeMap<String, Header<'l>>,
}

/// A header of a response.
pub(super) struct Header<'l> {
    pub(super) name: &'l str,
    pub(super) is_required: bool,
    pub(super) at: At,
    pub(super) schema: Option<Place<'l>>,
}

const JSON: &str = "application/json";

/// The body that an operation takes.
pub(super) fn request<'l>(
    library: &'l Library,
    version: Version,
    operation: Place<'l>,
    item: Place<'l>,
) -> Option<Body<'l>> {
    if version == Version::V2 {
        return request_of_v2(library, operation, item);
    }
    let (key, node) = operation.node.entry("requestBody")?;
    let place = library.follow(operation.with(node)).ok()?;
    Some(Body {
        is_required: place.node.get("required").is_some_and(Node::is_true),
        at: Some((operation.file, key.span())),
        contents: contents(library, place),
    })
}

fn request_of_v2<'l>(
    library: &'l Library,
    operation: Place<'l>,
    item: Place<'l>,
) -> Option<Body<'l>> {
    let lists = [operation, item].into_iter().filter_map(|owner| {
        let list = owner.node.get("parameters")?;
        Some((owner, list))
    });
    let mut all = lists.flat_map(|(owner, list)| list.items().map(move |node| owner.with(node)));
    let place = all.find_map(|place| {
        let place = library.follow(place).ok()?;
        let is_body = place.node.get("in").and_then(Node::text) == Some("body");
        is_body.then_some(place)
    })?;
    let at = Some((place.file, place.node.span()));
    Some(Body {
        is_required: place.node.get("required").is_some_and(Node::is_true),
        at: at.clone(),
        contents: contents_of_v2(library, "consumes", operation, place, at),
    })
}

/// The responses of an operation, by status.
pub(super) fn responses<'l>(
    library: &'l Library,
    version: Version,
    operation: Place<'l>,
) -> BTreeMap<&'l str, Response<'l>> {
    let mut found = BTreeMap::new();
    let Some(node) = operation.node.get("responses") else { return found };
    let Ok(list) = library.follow(operation.with(node)) else { return found };
    for (key, value) in list.node.entries() {
        let Some(status) = key.text().filter(|text| !text.starts_with("x-")) else { continue };
        let Ok(place) = library.follow(list.with(value)) else { continue };
        let at = Some((list.file, key.span()));
        let contents = match version {
            Version::V2 if place.node.get("schema").is_none() => Vec::new(),
            Version::V2 => contents_of_v2(library, "produces", operation, place, at.clone()),
            _ => contents(library, place),
        };
        let headers = headers(library, version, place);
        found.entry(status).or_insert(Response { at, contents, headers });
    }
    found
}

fn headers<'l>(
    library: &'l Library,
    version: Version,
    response: Place<'l>,
) -> BTreeMap<String, Header<'l>> {
    let mut found = BTreeMap::new();
    let Some(node) = response.node.get("headers") else { return found };
    let Ok(list) = library.follow(response.with(node)) else { return found };
    for (key, value) in list.node.entries() {
        let Some(name) = key.text() else { continue };
        let Ok(place) = library.follow(list.with(value)) else { continue };
        let schema = if version == Version::V2 { Some(place) } else { schema_of(library, place) };
        let is_required = place.node.get("required").is_some_and(Node::is_true);
        let header = Header { name, is_required, at: Some((list.file, key.span())), schema };
        found.entry(name.to_ascii_lowercase()).or_insert(header);
    }
    found
}

/// What a parameter or header holds: its schema, or that of its one content.
pub(super) fn schema_of<'l>(library: &'l Library, place: Place<'l>) -> Option<Place<'l>> {
    match place.node.get("schema") {
        Some(node) => Some(place.with(node)),
        None => contents(library, place).into_iter().next()?.schema,
    }
}

fn contents<'l>(library: &'l Library, owner: Place<'l>) -> Vec<Media<'l>> {
    let Some(node) = owner.node.get("content") else { return Vec::new() };
    let Ok(list) = library.follow(owner.with(node)) else { return Vec::new() };
    let media = |(key, value): (Node<'l>, Node<'l>)| {
        let place = library.follow(list.with(value)).ok()?;
        // Since 3.2 each item of a stream has a schema.
        let schema = place.node.get("schema").or_else(|| place.node.get("itemSchema"));
        Some(Media {
            name: key.text()?,
            at: Some((list.file, key.span())),
            schema: schema.map(|node| place.with(node)),
        })
    };
    list.node.entries().filter_map(media).collect()
}

fn contents_of_v2<'l>(
    library: &'l Library,
    key: &str,
    operation: Place<'l>,
    owner: Place<'l>,
    at: At,
) -> Vec<Media<'l>> {
    let list = operation.node.get(key).or_else(|| library.root()?.node.get(key));
    let mut names: Vec<&str> =
        list.into_iter().flat_map(Node::items).filter_map(Node::text).collect();
    if names.is_empty() {
        names.push(JSON);
    }
    let schema = owner.node.get("schema").map(|node| owner.with(node));
    names.into_iter().map(|name| Media { name, at: at.clone(), schema }).collect()
}

/// The media type without its parameters, in lower case.
fn essence(name: &str) -> String {
    name.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// Whether what is written in it tells a number from a text.
pub(super) fn is_json(name: &str) -> bool {
    let name = essence(name);
    name == JSON || name.ends_with("+json")
}

/// How the media type `name` is among `others`, the surest match first.
pub(super) fn find<'m, 'l>(name: &str, others: &'m [Media<'l>]) -> Option<(Fit, &'m Media<'l>)> {
    let own = essence(name);
    let by = |is: &dyn Fn(&Media<'_>) -> bool| others.iter().find(|other| is(other));
    let same = by(&|other| other.name == name).or_else(|| by(&|other| essence(other.name) == own));
    let wider = || by(&|other| covers(&essence(other.name), &own)).map(|it| (Fit::Wider, it));
    let narrower = || by(&|other| covers(&own, &essence(other.name))).map(|it| (Fit::Narrower, it));
    same.map(|it| (Fit::Same, it)).or_else(wider).or_else(narrower)
}

/// How another media type is to one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fit {
    Same,
    Wider,
    Narrower,
}

/// `application/*` covers `application/json`, which covers
/// `application/problem+json`.
fn covers(wide: &str, narrow: &str) -> bool {
    if wide == "*/*" {
        return true;
    }
    let (Some((kind, sub)), Some((own_kind, own_sub))) =
        (wide.split_once('/'), narrow.split_once('/'))
    else {
        return false;
    };
    let suffix = own_sub.rsplit_once('+').map(|(_, suffix)| suffix);
    kind == own_kind && (sub == "*" || suffix == Some(sub))
}

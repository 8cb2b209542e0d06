//! One operation of the base against the same one of the revision.

use super::compare::{Comparator, Lens, Met, Pair, Typing, escaped};
use super::lifecycle::{Stability, Sunset};
use super::messages::{self, Body, Fit, Header, Media, Response};
use super::parameters::Listed;
use super::shape::At;
use super::table::{self, Area, Level};
use crate::spec::{Library, Node, Place, Version, one_line};

/// A breaking change of an operation.
pub(super) struct Breaking {
    pub(super) id: &'static str,
    pub(super) level: Level,
    /// Upper-case; empty where it is of the whole document.
    pub(super) method: String,
    /// As it is written.
    pub(super) path: String,
    /// Below the operation.
    pub(super) pointer: String,
    pub(super) at: At,
    pub(super) words: String,
}

/// An operation of one side.
pub(super) struct View<'s, 'l> {
    pub(super) library: &'l Library,
    pub(super) version: Version,
    pub(super) operation: Place<'l>,
    /// The path item that it stands in.
    pub(super) item: Place<'l>,
    /// The key that names it.
    pub(super) at: At,
    /// The parameters in its path, in order.
    pub(super) names: Vec<String>,
    pub(super) parameters: Vec<Listed<'s, 'l>>,
}

/// Two operations that are compared.
pub(super) struct Compared<'c, 'l> {
    pub(super) comparator: &'c Comparator<'l>,
    pub(super) method: &'c str,
    pub(super) path: &'c str,
    /// The server sends the request: of a webhook or callback.
    pub(super) is_outgoing: bool,
    pub(super) found: &'c mut Vec<Breaking>,
}

impl<'l> Compared<'_, 'l> {
    /// Notes a change, if it is one of those that are raised.
    pub(super) fn raise(&mut self, id: &str, pointer: String, at: At, words: String) {
        let Some((id, level)) = table::level(id).filter(|(_, level)| *level > Level::Info) else {
            return;
        };
        self.found.push(Breaking {
            id,
            level,
            method: self.method.to_owned(),
            path: self.path.to_owned(),
            pointer,
            at,
            words,
        });
    }

    /// Notes what was met below `pointer`.
    pub(super) fn raise_all(&mut self, pointer: &str, met: Vec<Met>) {
        for one in met {
            let pointer = super::compare::joined(pointer, &one.pointer);
            // A schema that several statuses share is told of once.
            let is_known = |known: &Breaking| {
                known.id == one.id
                    && known.at == one.at
                    && known.words == one.words
                    && known.method == self.method
                    && known.path == self.path
            };
            if !self.found.iter().rev().take_while(|it| it.path == self.path).any(is_known) {
                self.raise(one.id, pointer, one.at, one.words);
            }
        }
    }

    /// Compares the two.
    pub(super) fn compare(&mut self, old: &View<'_, 'l>, new: &View<'_, 'l>) {
        if self.promises(old, new) {
            self.parameters(old, new);
            self.body(old, new);
            self.responses(old, new);
        }
    }

    /// What is said of the end of the operation; whether the rest is promised.
    fn promises(&mut self, old: &View<'_, 'l>, new: &View<'_, 'l>) -> bool {
        let (was, is) = (Stability::of(old.operation.node), Stability::of(new.operation.node));
        let at = new.at.clone();
        let (was, is) = match (was, is) {
            (Ok(was), Ok(is)) => (was, is),
            (_, Err(text)) => {
                let words =
                    format!("'x-stability-level' is draft, alpha, beta or stable, not '{text}'");
                self.raise("api-invalid-stability-level", String::new(), at, words);
                return true;
            }
            // What the base says wrongly is mended here.
            (Err(_), Ok(_)) => return true,
        };
        if is < was && was.is_promised() {
            let words = format!("it is {} now and was {}", is.name(), was.name());
            self.raise("api-stability-decreased", String::new(), at.clone(), words);
        }
        if !is.is_promised() {
            return false;
        }
        let deprecated =
            |side: &View<'_, 'l>| side.operation.node.get("deprecated").is_some_and(Node::is_true);
        if deprecated(new) {
            let before = deprecated(old).then(|| Sunset::of(old.operation.node));
            self.sunset(before, Sunset::of(new.operation.node), is, at);
        }
        true
    }

    /// `before` is none where it was not deprecated.
    fn sunset(&mut self, before: Option<Sunset>, now: Sunset, stability: Stability, at: At) {
        let policy = self.comparator.policy;
        let days = policy.days(stability);
        let (id, words) = match (before, now) {
            (None, Sunset::None) if days > 0 => (
                "api-deprecated-sunset-missing",
                "it is deprecated without an 'x-sunset'".to_owned(),
            ),
            (before, Sunset::Unreadable(text))
                if before != Some(Sunset::Unreadable(text.clone())) =>
            {
                ("api-deprecated-sunset-parse", format!("its 'x-sunset' '{text}' is no date"))
            }
            (None, Sunset::On(day, text)) if policy.is_too_near(day, stability) => (
                "api-sunset-date-too-small",
                format!("its 'x-sunset' {text} is nearer than {days} days"),
            ),
            (Some(Sunset::On(..)), Sunset::None) => {
                ("sunset-deleted", "it is deprecated, and its 'x-sunset' is gone".to_owned())
            }
            (Some(Sunset::On(before, _)), Sunset::On(day, text))
                if day < before && policy.is_too_near(day, stability) =>
            {
                (
                    "api-sunset-date-changed-too-small",
                    format!("its 'x-sunset' was moved forward to {text}"),
                )
            }
            _ => return,
        };
        self.raise(id, String::new(), at, words);
    }

    /// The operation is gone, and with it, or not, every other of its path.
    pub(super) fn removed(&mut self, old: &View<'_, 'l>, is_path: bool, at: At) {
        let node = old.operation.node;
        if Stability::of(node).is_ok_and(|stability| !stability.is_promised()) {
            return;
        }
        let of =
            |path: &'static str, operation: &'static str| if is_path { path } else { operation };
        let (id, words) = if !node.get("deprecated").is_some_and(Node::is_true) {
            let id = of("api-path-removed-without-deprecation", "api-removed-without-deprecation");
            (id, "it is gone and was never deprecated".to_owned())
        } else {
            match Sunset::of(node) {
                Sunset::None => return,
                Sunset::Unreadable(text) => (
                    "api-path-sunset-parse",
                    format!("it is gone, and its 'x-sunset' '{text}' was no date"),
                ),
                Sunset::On(day, text) if self.is_still_to_come(day) => {
                    let id = of("api-path-removed-before-sunset", "api-removed-before-sunset");
                    (id, format!("it is gone before its 'x-sunset' {text}"))
                }
                Sunset::On(..) => return,
            }
        };
        self.raise(id, String::new(), at, words);
    }

    /// Whether that day is after today; where nobody says what day it is, none
    /// has passed.
    pub(super) fn is_still_to_come(&self, day: i64) -> bool {
        self.comparator.policy.today.is_none_or(|today| today < day)
    }

    fn body(&mut self, old: &View<'_, 'l>, new: &View<'_, 'l>) {
        let read = |side: &View<'_, 'l>| {
            messages::request(side.library, side.version, side.operation, side.item)
        };
        const HERE: &str = "requestBody";
        match (read(old), read(new)) {
            (None, None) => {}
            (None, Some(body)) => {
                if body.is_required {
                    let words = "it takes a body now, which must be sent".to_owned();
                    self.raise("request-body-added-required", HERE.to_owned(), body.at, words);
                }
            }
            (Some(_), None) => {
                let words = "it takes no body any more".to_owned();
                self.raise("request-body-removed", HERE.to_owned(), new.at.clone(), words);
            }
            (Some(was), Some(is)) => {
                if is.is_required && !was.is_required {
                    let words = "its body must be sent now".to_owned();
                    self.raise(
                        "request-body-became-required",
                        HERE.to_owned(),
                        is.at.clone(),
                        words,
                    );
                }
                self.request_contents(&was, &is);
            }
        }
    }

    fn request_contents(&mut self, was: &Body<'l>, is: &Body<'l>) {
        for old in &was.contents {
            let here = format!("requestBody/content/{}", escaped(old.name));
            let shown = one_line(old.name);
            match messages::find(old.name, &is.contents) {
                Some((Fit::Same | Fit::Wider, new)) => match (old.schema, new.schema) {
                    (None, Some(_)) => {
                        let words = format!("a schema for '{shown}' is new, anything was taken");
                        self.raise(
                            "request-body-media-type-schema-added",
                            here,
                            new.at.clone(),
                            words,
                        );
                    }
                    (Some(one), Some(other)) => {
                        let area =
                            if self.is_outgoing { Area::ResponseBody } else { Area::RequestBody };
                        self.schemas(
                            area,
                            (one, other),
                            old.name,
                            &new.at,
                            &format!("{here}/schema"),
                        );
                    }
                    _ => {}
                },
                _ => {
                    let words = format!("'{shown}' is not taken any more");
                    self.raise("request-body-media-type-removed", here, is.at.clone(), words);
                }
            }
        }
    }

    fn schemas(
        &mut self,
        area: Area,
        (one, other): (Place<'l>, Place<'l>),
        media: &str,
        at: &At,
        here: &str,
    ) {
        let typing = if messages::is_json(media) { Typing::Strong } else { Typing::Loose };
        let pair = Pair {
            base: self.comparator.base.schema(one),
            head: self.comparator.head.schema(other),
            lens: Lens { is_request: area == Area::RequestBody, typing },
        };
        let met = self.comparator.changes(pair, area, at);
        self.raise_all(here, met);
    }

    fn responses(&mut self, old: &View<'_, 'l>, new: &View<'_, 'l>) {
        let was = messages::responses(old.library, old.version, old.operation);
        let is = messages::responses(new.library, new.version, new.operation);
        for (status, one) in &was {
            let here = format!("responses/{}", escaped(status));
            let range = format!("{}XX", status.get(..1).unwrap_or_default());
            let same = is.get(status).or_else(|| is.get(range.as_str()));
            match same {
                Some(other) => self.response(&here, one, other),
                None if !status.starts_with('2') => {}
                // One status in place of all of them.
                None if status.ends_with("XX") && is.keys().any(|it| it.starts_with('2')) => {}
                None => {
                    let words = format!("status {} is gone", one_line(status));
                    self.raise("response-success-status-removed", here, new.at.clone(), words);
                }
            }
        }
    }

    fn response(&mut self, here: &str, was: &Response<'l>, is: &Response<'l>) {
        for old in &was.contents {
            self.response_content(here, old, is);
        }
        for (name, old) in &was.headers {
            let here = format!("{here}/headers/{}", escaped(old.name));
            match is.headers.get(name) {
                Some(new) => self.header(&here, old, new),
                None => {
                    let id = match old.is_required {
                        true => "required-response-header-removed",
                        false => "optional-response-header-removed",
                    };
                    let words = format!("header '{}' is gone", one_line(old.name));
                    self.raise(id, here, is.at.clone(), words);
                }
            }
        }
    }

    fn response_content(&mut self, here: &str, old: &Media<'l>, is: &Response<'l>) {
        let here = format!("{here}/content/{}", escaped(old.name));
        let shown = one_line(old.name);
        let Some((fit, new)) = messages::find(old.name, &is.contents) else {
            let words = format!("'{shown}' does not come any more");
            self.raise("response-media-type-removed", here, is.at.clone(), words);
            return;
        };
        if fit == Fit::Wider {
            let words = format!("'{}' comes in place of '{shown}'", one_line(new.name));
            self.raise("response-media-type-name-generalized", here.clone(), new.at.clone(), words);
        }
        match (old.schema, new.schema) {
            (Some(_), None) => {
                let words = format!("the schema of '{shown}' is gone: anything may come");
                self.raise("response-body-media-type-schema-removed", here, new.at.clone(), words);
            }
            (Some(one), Some(other)) => {
                let area = if self.is_outgoing { Area::RequestBody } else { Area::ResponseBody };
                self.schemas(area, (one, other), old.name, &new.at, &format!("{here}/schema"));
            }
            _ => {}
        }
    }

    fn header(&mut self, here: &str, old: &Header<'l>, new: &Header<'l>) {
        if old.is_required && !new.is_required {
            let words = format!("header '{}' need not come any more", one_line(old.name));
            self.raise("response-header-became-optional", here.to_owned(), new.at.clone(), words);
        }
        if let (Some(one), Some(other)) = (old.schema, new.schema) {
            let pair = Pair {
                base: self.comparator.base.schema(one),
                head: self.comparator.head.schema(other),
                lens: Lens { is_request: false, typing: Typing::Loose },
            };
            let met = self.comparator.changes(pair, Area::ResponseHeader, &new.at);
            self.raise_all(&format!("{here}/schema"), met);
        }
    }
}

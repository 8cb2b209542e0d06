//! Routers, what is registered on them, and which one serves another: what all
//! frameworks have in common.

use std::collections::BTreeMap;

use kernel::Span;

use super::super::Framework;
use super::call::Called;
use super::machine::Machine;
use super::value::Value;
use super::{aiohttp, django, flask, ninja, starlette};
use crate::routes::METHODS;

/// What a router is in its framework.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// An application: served as it is where nothing else serves it.
    App,
    /// A part of one, served where it is handed over.
    Part,
    /// What takes classes as resources: flask-restful's `Api` and the like.
    Api,
    /// A namespace of such.
    Space,
    /// What gives the lists of a framework's routers: DRF's.
    Register,
    /// An API of django-ninja, or a router of one.
    Ninja,
}

#[derive(Debug)]
pub(super) struct Router {
    pub(super) kind: Kind,
    /// None where it cannot be told.
    pub(super) prefix: Option<String>,
    /// Further things that it was given.
    pub(super) names: BTreeMap<String, Value>,
    /// The class of the files that it is one of.
    pub(super) class: Option<usize>,
    pub(super) is_hidden: bool,
}

/// The methods of a registration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Methods {
    Any,
    Of(Vec<String>),
}

#[derive(Clone, Debug)]
pub(super) struct Registration {
    pub(super) router: usize,
    pub(super) methods: Methods,
    pub(super) path: String,
    pub(super) at: At,
}

/// Where something is registered.
#[derive(Clone, Debug)]
pub(super) struct At {
    pub(super) file: usize,
    pub(super) span: Span,
    pub(super) written: String,
    pub(super) is_conditional: bool,
    pub(super) is_hidden: bool,
}

/// One router serves another under a prefix.
#[derive(Clone, Debug)]
pub(super) struct Edge {
    pub(super) from: usize,
    pub(super) to: usize,
    /// None where it cannot be told.
    pub(super) prefix: Option<String>,
    pub(super) at: At,
}

/// A route as a value: an element of a list.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    /// What it says, by the name of its function: `Route`, `Mount`, `path`, `get`.
    pub(super) word: String,
    pub(super) called: Called,
    pub(super) is_conditional: bool,
}

/// What a parameter is that nobody in the files gives a value.
pub(super) fn parameter(name: &str, of: Option<&str>) -> Option<Kind> {
    let apps = ["FastAPI", "Starlette", "Flask", "Quart", "Application", "APIFlask", "OpenAPI"];
    let parts = ["APIRouter", "Router", "Blueprint", "Api", "Namespace", "UrlDispatcher"];
    match (name, of) {
        (_, Some(of)) if apps.contains(&of) => Some(Kind::App),
        (_, Some(of)) if parts.contains(&of) => Some(Kind::Part),
        ("app" | "application", None | Some("Any")) => Some(Kind::App),
        ("router" | "api_router" | "blueprint" | "bp", None | Some("Any")) => Some(Kind::Part),
        _ => None,
    }
}

impl<'f> Machine<'f> {
    /// A new router; its prefix where a call says it.
    pub(super) fn new_router(
        &mut self,
        kind: Kind,
        prefix: Option<String>,
        called: Option<&Called>,
    ) -> Value {
        self.routers.push(Router {
            kind,
            prefix,
            names: BTreeMap::new(),
            class: None,
            is_hidden: called.is_some_and(Called::is_hidden),
        });
        Value::Router(self.routers.len() - 1)
    }

    /// What a call of something of a package gives, if the framework knows it.
    pub(super) fn made(&mut self, name: &str, called: &Called) -> Option<Value> {
        match self.framework {
            Framework::Fastapi | Framework::Starlette => starlette::made(self, name, called),
            Framework::Flask => flask::made(self, name, called),
            Framework::Aiohttp => aiohttp::made(self, name, called),
            Framework::Django => django::made(self, name, called),
        }
    }

    /// Whether classes that stand on that one of a package are routers.
    pub(super) fn makes_router(&self, name: &str) -> bool {
        let last = name.rsplit('.').next().unwrap_or(name);
        match self.framework {
            Framework::Fastapi | Framework::Starlette => starlette::kind(name).is_some(),
            Framework::Flask => flask::kind(name).is_some(),
            Framework::Aiohttp => last == "Application" && name.starts_with("aiohttp"),
            Framework::Django => django::is_register(last) || ninja::is_made(name),
        }
    }

    /// What a router's word does.
    pub(super) fn word(&mut self, router: usize, name: &str, called: &Called) -> Option<Value> {
        match self.framework {
            Framework::Fastapi | Framework::Starlette => {
                starlette::word(self, router, name, called)
            }
            Framework::Flask => flask::word(self, router, name, called),
            Framework::Aiohttp => aiohttp::word(self, router, name, called),
            Framework::Django => django::word(self, router, name, called),
        }
    }

    /// What a router has of that name, where it is no word that is called.
    pub(super) fn router_member(&mut self, router: usize, name: &str) -> Option<Value> {
        match (self.framework, name) {
            (Framework::Fastapi | Framework::Starlette | Framework::Aiohttp, "router" | "app") => {
                Some(Value::Router(router))
            }
            (Framework::Fastapi | Framework::Starlette, "routes") => Some(Value::Routes(router)),
            (Framework::Fastapi | Framework::Flask, "prefix" | "url_prefix") => {
                let prefix = self.routers.get(router)?.prefix.as_deref()?;
                Some(Value::text(prefix))
            }
            (Framework::Django, "urls" | "registry") => Some(Value::Routes(router)),
            _ => None,
        }
    }

    /// `super().__init__(…)` of a router's class.
    pub(super) fn initialise(&mut self, router: usize, called: &Called) {
        let made = match self.framework {
            Framework::Fastapi | Framework::Starlette => {
                let kind = self.routers.get(router).map(|it| it.kind);
                let name =
                    if kind == Some(Kind::App) { "fastapi.FastAPI" } else { "fastapi.APIRouter" };
                self.made(name, called)
            }
            Framework::Flask => self.made("flask.Blueprint", called),
            _ => None,
        };
        let prefix = made.and_then(|made| made.router()).and_then(|made| self.routers.get(made));
        let prefix = prefix.map(|made| made.prefix.clone());
        if let (Some(prefix), Some(own)) = (prefix, self.routers.get_mut(router)) {
            own.prefix = prefix;
        }
    }

    /// Adds a route of a list to a router.
    pub(super) fn add_entry(&mut self, router: usize, value: &Value) {
        let entries: Vec<usize> = value
            .each()
            .iter()
            .filter_map(|it| if let Value::Entry(own) = it { Some(*own) } else { None })
            .collect();
        for number in entries {
            let Some(entry) = self.entries.get(number).cloned() else { continue };
            let maybes = self.maybes;
            self.maybes += usize::from(entry.is_conditional);
            match self.framework {
                Framework::Aiohttp => aiohttp::add(self, router, &entry),
                _ => starlette::add(self, router, &entry),
            }
            self.maybes = maybes;
        }
        if self.framework == Framework::Django {
            self.registered.entry(router).or_default().push(value.clone());
            return;
        }
        // A list in a list, as some frameworks' tables are.
        if let Value::List(_) | Value::Routes(_) = value {
            for inner in self.elements(value).unwrap_or_default() {
                self.deeper(|own| own.add_entry(router, &inner));
            }
            if let Value::Routes(from) = value {
                self.same_place(router, *from);
            }
        }
    }

    fn same_place(&mut self, router: usize, from: usize) {
        let nowhere = Span { line: 1, column: 1, end_line: 1, end_column: 1 };
        let at = At {
            file: self.file,
            span: nowhere,
            written: String::new(),
            is_conditional: self.maybes > 0,
            is_hidden: false,
        };
        self.edges.push(Edge { from: router, to: from, prefix: Some(String::new()), at });
    }

    /// `app.router = router`: both serve the same.
    pub(super) fn same(&mut self, one: usize, other: usize) {
        self.same_place(one, other);
    }

    pub(super) fn entry(&mut self, word: &str, called: &Called) -> Value {
        let entry = Entry {
            word: word.to_owned(),
            called: called.clone(),
            is_conditional: self.maybes > 0,
        };
        self.entries.push(entry);
        Value::Entry(self.entries.len() - 1)
    }

    pub(super) fn at(&self, called: &Called) -> At {
        At {
            file: called.file,
            span: called.span,
            written: called.written.clone(),
            is_conditional: self.maybes > 0,
            is_hidden: called.is_hidden(),
        }
    }

    /// Registers a route.
    pub(super) fn register(
        &mut self,
        router: usize,
        methods: Option<Methods>,
        path: Option<&Value>,
        called: &Called,
        is_hidden: bool,
    ) {
        let mut at = self.at(called);
        at.is_hidden |= is_hidden;
        let is_told = path.and_then(Value::as_text).is_some() && methods.is_some();
        if at.is_hidden && !is_told {
            return;
        }
        let Some(path) = path.and_then(Value::as_text) else {
            return self.lose_at(called, "the path is not a constant, so it cannot be told");
        };
        let Some(methods) = methods else {
            return self.lose_at(called, "the methods are no constants, so they cannot be told");
        };
        let path = path.to_owned();
        self.registrations.push(Registration { router, methods, path, at });
    }

    /// Lets one router serve what another has.
    pub(super) fn mount(
        &mut self,
        from: usize,
        to: usize,
        prefix: Option<String>,
        called: &Called,
    ) {
        if prefix.is_none() {
            let why = "the prefix is not a constant, so the paths below it cannot be told";
            self.lose_at(called, why);
        }
        let at = self.at(called);
        self.edges.push(Edge { from, to, prefix, at });
    }

    pub(super) fn lose_at(&mut self, called: &Called, why: &str) {
        let file = std::mem::replace(&mut self.file, called.file);
        self.lose(called.span, &called.written, why);
        self.file = file;
    }

    /// The methods that a list of names is; none where it cannot be told.
    pub(super) fn methods(&self, value: Option<&Value>, default: Methods) -> Option<Methods> {
        let value = match value {
            None | Some(Value::Nothing) => return Some(default),
            Some(value) => value,
        };
        let all = match value {
            Value::List(_) | Value::Map(_) => self.elements(value)?,
            one => vec![one.clone()],
        };
        let names: Option<Vec<String>> = all.iter().map(method).collect();
        let names = names.filter(|names| names.iter().all(|it| METHODS.contains(&it.as_str())))?;
        Some(Methods::Of(names))
    }

    /// The methods that a class answers to by functions of their names.
    pub(super) fn methods_of_class(&self, class: usize) -> Vec<String> {
        let has = |method: &&&str| self.of_class(class, &method.to_ascii_lowercase(), 0).is_some();
        // `query` and `connect` are names of other things.
        let all = METHODS.iter().filter(|it| !matches!(**it, "QUERY" | "CONNECT"));
        all.filter(has).map(|method| (*method).to_owned()).collect()
    }

    /// Packages' classes that a class stands on.
    pub(super) fn library_bases(&self, class: usize, depth: usize) -> Vec<String> {
        let Some(own) = self.classes.get(class).filter(|_| depth < 16) else { return Vec::new() };
        let of = |base: &Value| match base {
            Value::Class(base) => self.library_bases(*base, depth + 1),
            Value::Library(name) | Value::Made(name) => vec![name.to_string()],
            _ => vec!["?".to_owned()],
        };
        own.bases.iter().flat_map(of).collect()
    }

    /// A class as a handler: `View.as_view(…)`.
    pub(super) fn as_view(&mut self, class: &Value, called: &Called) -> Value {
        let map = called.positional.first().or_else(|| called.keyword("actions"));
        let pairs = match map {
            Some(Value::Map(map)) => {
                let pairs = self.maps.get(*map).cloned().unwrap_or_default();
                let told = pairs.iter().map(|(key, value)| {
                    Some((method(key)?, value.as_text().unwrap_or_default().to_owned()))
                });
                told.collect::<Option<Vec<_>>>().map(Into::into)
            }
            _ => None,
        };
        Value::View(Box::new(class.clone()), pairs)
    }
}

/// The method that a value names: `"get"`, `http.HTTPMethod.GET`.
fn method(value: &Value) -> Option<String> {
    match value {
        Value::Library(name) => {
            let last = name.rsplit('.').next()?;
            METHODS.contains(&last).then(|| last.to_owned())
        }
        value => Some(value.as_text()?.to_ascii_uppercase()),
    }
}

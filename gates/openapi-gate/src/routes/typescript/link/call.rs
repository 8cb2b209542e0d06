//! What is called: functions, packages and methods.

use super::run::Machine;
use super::value::{Closure, Made, Object, Site, Value};
use crate::routes::typescript::facts::Pattern;
use crate::routes::typescript::{nest, words};

/// More often than any function is called whose calls differ in what they tell.
const RUNS_MAX: usize = 1_000;
/// More often than any function is called to register routes; told.
const RUNS_OF_ROUTES_MAX: usize = 20_000;

/// What marks the value of a decorator; no field of a program is called so.
const DECORATOR: &str = "@decorator";

impl<'f> Machine<'f> {
    /// The call of a value.
    pub(super) fn call(
        &mut self,
        callee: &Value,
        arguments: &[Value],
        site: Option<Site>,
    ) -> Value {
        match callee {
            Value::Function(closure) | Value::Transparent(closure) => {
                self.call_function(*closure, arguments, None)
            }
            Value::Class(file, class, scope) => self.instance((*file, *class, *scope), arguments),
            Value::Package(module, name) => self.call_package(module, name, arguments),
            Value::Method(of) => {
                let (of, name) = (of.0.clone(), of.1.clone());
                self.call_method(&of, &name, arguments, site)
            }
            Value::Lost(why) => {
                if let Some(site) = site
                    && arguments.iter().any(|own| matches!(own, Value::Router(_)))
                {
                    self.unresolved(site, why);
                }
                self.run_all(arguments, &[]);
                Value::Lost(why)
            }
            // `new Map()`
            Value::Global(_) => {
                self.run_all(arguments, &[]);
                callee.clone()
            }
            _ => {
                self.run_all(arguments, &[]);
                Value::Unknown
            }
        }
    }

    fn call_package(&mut self, module: &str, name: &str, arguments: &[Value]) -> Value {
        if let Some(made) = self.framework.made(module, name) {
            let router = self.new_router(made);
            if let Some(options) = arguments.first() {
                let prefix = self.field(options, "prefix");
                if !matches!(prefix, Value::Nothing | Value::Unknown) {
                    let prefix = self.path(&prefix);
                    self.set_prefix(router, prefix);
                } else if matches!(
                    (self.framework, options),
                    (words::Framework::Koa, Value::Unknown)
                ) {
                    self.set_prefix(router, super::Told::Unknown);
                }
            }
            return Value::Router(router);
        }
        if self.framework == words::Framework::Nestjs
            && module.starts_with("@nestjs/")
            && let Some(value) = self.decorator(name, arguments)
        {
            return value;
        }
        let last = name.rsplit('.').next().unwrap_or_default();
        match (module, last) {
            ("path" | "node:path", "join" | "resolve") => return self.path_joined(arguments),
            ("path" | "node:path", "dirname") => {
                if let [Value::Text(text)] = arguments {
                    return Value::text(text.rsplit_once('/').map_or("", |(folder, _)| folder));
                }
            }
            ("url" | "node:url", "fileURLToPath") => {
                return arguments.first().cloned().unwrap_or(Value::Unknown);
            }
            ("fastify-plugin", _) => {
                if let Some(Value::Function(closure)) = arguments.first() {
                    return Value::Transparent(*closure);
                }
            }
            // They give back what they are given.
            (_, "createRoute") | ("koa-compose" | "express-ws" | "@decorators/express", _) => {
                return match arguments {
                    [only @ Value::Router(_)] if module == "express-ws" => {
                        let mut object = Object::default();
                        object.set("app", only.clone());
                        Value::Object(self.new_object(object))
                    }
                    [first, ..] => first.clone(),
                    [] => Value::Unknown,
                };
            }
            ("koa-mount", _) => {
                if let [path, Value::Router(target)] = arguments {
                    let prefix = self.path(path);
                    let outer = self.new_router(Made::Router);
                    self.mount_quietly(outer, *target, prefix);
                    return Value::Router(outer);
                }
            }
            _ => {}
        }
        self.run_all(arguments, &[]);
        Value::Package(module.into(), format!("{name}()").into())
    }

    /// What NestJS's decorators give to `applyDecorators`, and that to whoever
    /// calls it: read again by [`Machine::applied`].
    fn decorator(&mut self, name: &str, arguments: &[Value]) -> Option<Value> {
        if name == "applyDecorators" {
            return Some(self.new_list(arguments.to_vec()));
        }
        if name != "Controller" && name != "Version" && !nest::is_route(name) {
            return None;
        }
        let mut object = Object::default();
        object.set(DECORATOR, Value::text(name));
        let list = self.new_list(arguments.to_vec());
        object.set("arguments", list);
        Some(Value::Object(self.new_object(object)))
    }

    /// The decorators of the framework that one of the files' own comes to, each
    /// with what it is given.
    pub(in super::super) fn applied(
        &mut self,
        callee: &Value,
        arguments: &[Value],
    ) -> Vec<(String, Vec<Value>)> {
        // Each use is a call of its own, whatever called it before.
        let was = std::mem::replace(&mut self.is_uncalled, false);
        let given = self.call(callee, arguments, None);
        self.is_uncalled = was;
        let mut found = Vec::new();
        let mut open = vec![(given, 0)];
        while let Some((value, depth)) = open.pop() {
            match &value {
                // One of the files' own may apply another.
                Value::List(list) if depth < 8 => {
                    open.extend(self.list(*list).into_iter().rev().map(|it| (it, depth + 1)));
                }
                Value::Object(object) => {
                    let own = self.objects.get(*object);
                    let name = own.and_then(|own| own.field(DECORATOR)).cloned();
                    let given = own.and_then(|own| own.field("arguments")).cloned();
                    if let (Some(Value::Text(name)), Some(Value::List(given))) = (name, given) {
                        found.push((name.to_string(), self.list(given)));
                    }
                }
                _ => {}
            }
        }
        found
    }

    /// Runs the functions among values, each with `arguments`.
    pub(in super::super) fn run_all(&mut self, values: &[Value], arguments: &[Value]) {
        for value in values {
            if let Value::Function(closure) | Value::Transparent(closure) = value {
                self.call_function(*closure, arguments, None);
            }
        }
    }

    /// The call of a method.
    pub(super) fn call_method(
        &mut self,
        of: &Value,
        name: &str,
        arguments: &[Value],
        site: Option<Site>,
    ) -> Value {
        self.seen.extend(site);
        if self.framework == words::Framework::Nestjs
            && let Some(site) = site
            && matches!(name, "setGlobalPrefix" | "enableVersioning" | "register")
        {
            self.note(of, name, arguments, site);
        }
        match of {
            Value::Router(router) => self.framework.called(self, *router, name, arguments, site),
            Value::Endpoint(router, paths) => {
                if let Some(site) = site.filter(|_| words::is_verb(name)) {
                    for path in paths.iter() {
                        self.register(*router, words::method(name), path.clone(), site);
                    }
                }
                of.clone()
            }
            Value::Package(module, path) => {
                let path = if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
                self.call_package(&module.clone(), &path, arguments)
            }
            Value::Object(object) => {
                let method = self.member(of, name);
                match method {
                    Value::Function(closure) => {
                        self.call_function(closure, arguments, Some(Value::Object(*object)))
                    }
                    Value::Unknown | Value::Nothing => self.call_unknown(of, name, arguments, site),
                    other => self.call(&other, arguments, site),
                }
            }
            Value::Function(closure) => match (name, arguments) {
                ("call", [_, rest @ ..]) => self.call_function(*closure, rest, None),
                ("bind", _) => of.clone(),
                ("then" | "catch" | "finally", _) => self.call_unknown(of, name, arguments, site),
                _ => match self.attached(of, name) {
                    Some(value) => self.call(&value, arguments, site),
                    None => self.call_unknown(of, name, arguments, site),
                },
            },
            Value::Module(_) | Value::Class(..) => {
                let member = self.member(of, name);
                self.call(&member, arguments, site)
            }
            Value::List(_) | Value::Text(_) | Value::Global(_) => self.native(of, name, arguments),
            _ => self.call_unknown(of, name, arguments, site),
        }
    }

    /// A method of what nobody knows: what it is given may be run by it.
    fn call_unknown(
        &mut self,
        of: &Value,
        name: &str,
        arguments: &[Value],
        site: Option<Site>,
    ) -> Value {
        if let (Value::Unknown, Some(site), [Value::Text(path), .., Value::Function(_)]) =
            (of, site, arguments)
            && words::is_verb(name)
            && path.starts_with('/')
            && self.is_of_framework(site.file)
        {
            let why =
                "what it is called on is not known to be a router, so the path cannot be told";
            self.unresolved(site, why);
            return Value::Unknown;
        }
        // `promise.then(value => …)`
        let given = if matches!(name, "then" | "tap") { vec![of.clone()] } else { Vec::new() };
        self.run_all(arguments, &given);
        match of {
            Value::Lost(why) => Value::Lost(why),
            _ => Value::Unknown,
        }
    }

    /// Notes what NestJS is told for the whole server.
    fn note(&mut self, of: &Value, name: &str, arguments: &[Value], site: Site) {
        let is_modules = matches!(of, Value::Package(_, own) if &**own == "RouterModule");
        let name = match name {
            "setGlobalPrefix" => "setGlobalPrefix",
            "enableVersioning" => "enableVersioning",
            _ if is_modules => "register",
            _ => return,
        };
        let is_known = self.settings.iter().any(|(_, _, known)| *known == site);
        if !is_known {
            self.settings.push((name, arguments.to_vec(), site));
        }
    }

    /// Whether a file names a module of the framework.
    pub(in super::super) fn is_of_framework(&self, file: usize) -> bool {
        let needle = self.framework.needle();
        self.facts(file).is_some_and(|facts| {
            facts.modules.iter().any(|module| !module.starts_with('.') && module.contains(needle))
        })
    }

    /// Runs a function with what it is given; gives what it returns.
    pub(super) fn call_function(
        &mut self,
        closure: Closure,
        arguments: &[Value],
        this: Option<Value>,
    ) -> Value {
        let Some(function) = self.function(closure) else { return Value::Unknown };
        self.functions.insert(closure, true);
        let own = (closure.file, closure.function);
        if let Some(known) = self.known_result(closure, arguments, this.as_ref()) {
            let count = self.runs.get(&own).map_or(0, |runs| runs.count);
            self.is_cut |= count > RUNS_OF_ROUTES_MAX;
            return known;
        }
        let is_circle = self.calls.iter().filter(|call| **call == own).count() > 1;
        if is_circle || !self.is_followed(closure) || !self.enter() {
            return Value::Unknown;
        }
        let of = this.as_ref().and_then(Value::object);
        self.calls.push(own);
        let scope = self.new_scope(Some(closure.scope));
        if let (false, Some(this)) = (function.is_arrow, this) {
            self.bind(scope, "this", this);
        }
        for (at, parameter) in function.parameters.iter().enumerate() {
            let mut value = arguments.get(at).cloned().unwrap_or(Value::Unknown);
            if parameter.is_rest {
                let rest = arguments.get(at..).unwrap_or_default().to_vec();
                value = self.new_list(rest);
            }
            let is_absent = at >= arguments.len() && !self.is_uncalled;
            if let (true, Some(default)) =
                (is_absent || matches!(value, Value::Nothing), parameter.default)
            {
                value = self.eval(closure.file, scope, default);
            }
            if matches!(value, Value::Unknown) {
                let is_router = match (&parameter.pattern, parameter.r#type.as_str()) {
                    (Pattern::Name(name), "") => {
                        self.is_uncalled
                            && self.calls.len() == 1
                            && self.framework.is_router_name(name)
                    }
                    (_, own) => self.framework.is_router_type(own),
                };
                if is_router {
                    let is_top = self.framework.is_top_type(&parameter.r#type);
                    let made = if is_top { Made::App } else { Made::Unplaced };
                    // Each its own: none is another one made again.
                    self.here = (usize::MAX, self.routers.len());
                    value = Value::Router(self.new_router(made));
                }
            }
            self.destructure(scope, &parameter.pattern, value);
        }
        let mut returned = Vec::new();
        self.block(closure.file, scope, function.body, &mut returned);
        self.calls.pop();
        self.depth -= 1;
        let is_known = |value: &Value| !matches!(value, Value::Unknown | Value::Nothing);
        let router = returned.iter().position(|value| matches!(value, Value::Router(_)));
        let best = router.or_else(|| returned.iter().position(is_known));
        let result = match (best, returned.len()) {
            // One of several texts is none.
            (Some(best), count) => match returned.swap_remove(best) {
                Value::Text(_) if count > 1 => Value::Unknown,
                value => value,
            },
            (None, _) => returned.pop().unwrap_or(Value::Nothing),
        };
        let runs = self.runs.entry(own).or_default();
        runs.count += 1;
        runs.last = Some((closure.scope, of, result.clone()));
        result
    }

    /// What a function gave before, where running it again would tell nothing
    /// new: most of a server has nothing to do with routes.
    fn known_result(
        &self,
        closure: Closure,
        arguments: &[Value],
        this: Option<&Value>,
    ) -> Option<Value> {
        let runs = self.runs.get(&(closure.file, closure.function))?;
        let (scope, of, result) = runs.last.as_ref()?;
        let says_nothing = |own: &Value| {
            matches!(own, Value::Unknown | Value::Nothing | Value::Package(..) | Value::Global(_))
        };
        let is_router = |own: &Value| match own {
            Value::Router(_) | Value::Endpoint(..) | Value::Function(_) => true,
            Value::List(list) => self
                .lists
                .get(*list)
                .is_some_and(|own| own.iter().any(|it| matches!(it, Value::Router(_)))),
            Value::Object(object) => self
                .objects
                .get(*object)
                .is_some_and(|own| own.fields.iter().any(|(_, it)| matches!(it, Value::Router(_)))),
            _ => false,
        };
        let is_same = *scope == closure.scope && *of == this.and_then(Value::object);
        let is_known = match self.is_uncalled {
            // A constructor makes another object each time.
            true => *of == this.and_then(Value::object) && !arguments.iter().any(is_router),
            false => is_same && runs.count > 1 && arguments.iter().all(says_nothing),
        };
        let most = match self.relevant.contains(&(closure.file, closure.function)) {
            true => RUNS_OF_ROUTES_MAX,
            false => RUNS_MAX,
        };
        (is_known || runs.count > most).then(|| result.clone())
    }
}

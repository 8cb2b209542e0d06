//! What is kept of a file. Most of a program has nothing to do with routes, and
//! facts are written down and read again.

use super::syntax::{Argument, Class, Expression, Function, Statement};

/// Names that are called, or decorate, where something is registered, whichever
/// framework.
const WORDS: &[&str] = &[
    // FastAPI, Starlette
    "FastAPI",
    "APIRouter",
    "Starlette",
    "Router",
    "Route",
    "Mount",
    "Host",
    "WebSocketRoute",
    "APIRoute",
    "APIWebSocketRoute",
    "include_router",
    "add_api_route",
    "add_route",
    "mount",
    "host",
    "api_route",
    "websocket",
    "websocket_route",
    "add_websocket_route",
    "add_api_websocket_route",
    // Flask and what stands on it
    "Flask",
    "Blueprint",
    "APIBlueprint",
    "Quart",
    "OpenAPI",
    "APIFlask",
    "Api",
    "Namespace",
    "register_blueprint",
    "register_api",
    "add_url_rule",
    "route",
    "add_resource",
    "add_namespace",
    "namespace",
    "as_view",
    "Resource",
    "endpoint",
    "url_rule_class",
    "register_routes",
    "API",
    "init_app",
    "websocket_rule",
    // Django
    "path",
    "re_path",
    "url",
    "include",
    "register",
    "DefaultRouter",
    "SimpleRouter",
    "i18n_patterns",
    "format_suffix_patterns",
    "NestedSimpleRouter",
    "NestedDefaultRouter",
    "ExtendedSimpleRouter",
    "api_view",
    "action",
    "list_route",
    "detail_route",
    "require_http_methods",
    "require_GET",
    "require_POST",
    "require_safe",
    "static",
    "staticfiles_urlpatterns",
    "registry",
    "extend",
    "append",
    "register_nested",
    "get_urls",
    "insert",
    // django-ninja
    "NinjaAPI",
    "NinjaExtraAPI",
    "RouterPaginated",
    "debug_toolbar_urls",
    "add_router",
    "api_operation",
    "add_api_operation",
    "register_controllers",
    "auto_discover_controllers",
    // aiohttp
    "Application",
    "RouteTableDef",
    "UrlDispatcher",
    "add_routes",
    "add_subapp",
    "add_view",
    "add_static",
    "add_resource_path",
    "add_get",
    "add_post",
    "add_put",
    "add_patch",
    "add_delete",
    "add_head",
    "add_options",
    "view",
    "add_domain",
    "setup",
    // Of all
    "get",
    "post",
    "put",
    "patch",
    "delete",
    "head",
    "options",
    "trace",
];

/// Decorators that say what a name gives.
const GIVING: [&str; 6] =
    ["property", "cached_property", "staticmethod", "classmethod", "lru_cache", "cache"];

/// Names of arguments that are mostly routers.
const ROUTERS: [&str; 7] = ["app", "router", "api", "blueprint", "bp", "application", "routes"];

/// Methods of classes that routes ask for, whatever they hold.
const METHODS: [&str; 26] = [
    "get",
    "post",
    "put",
    "patch",
    "delete",
    "head",
    "options",
    "trace",
    "list",
    "create",
    "retrieve",
    "update",
    "partial_update",
    "destroy",
    "__call__",
    "dispatch",
    "as_view",
    "form_valid",
    "search",
    "get_urls",
    "urls",
    "get_url_path",
    "__init__",
    "get_api",
    "url_prefix",
    "router",
];

/// Whether a statement of a block is kept.
pub(super) fn statement(statement: &Statement) -> bool {
    match statement {
        Statement::Do(expression) => matches!(expression, Expression::Call(..)),
        Statement::Assign(_, value) => says_something(value),
        Statement::Extend(_, value) => *value != Expression::Other,
        _ => true,
    }
}

fn says_something(value: &Expression) -> bool {
    match value {
        Expression::Other => false,
        Expression::Text(text) => text.len() <= 300 && !text.contains('\n'),
        _ => true,
    }
}

/// A class without what its instances hold.
pub(super) fn class(mut class: Class) -> Option<Class> {
    class.body.retain(|statement| match statement {
        Statement::Assign(_, Expression::Call(callee, ..)) => {
            callee.last_name().is_some_and(|name| WORDS.contains(&name) || name.contains("Router"))
        }
        Statement::Assign(_, Expression::Text(text)) => !text.contains(char::is_whitespace),
        Statement::Do(_) | Statement::Import(..) | Statement::From(..) => false,
        _ => true,
    });
    Some(class)
}

/// A function with its body only where something is registered in it, or where
/// it does nothing but give something.
pub(super) fn function(mut function: Function) -> Option<Function> {
    let registers = function.body.iter().any(registers);
    let is_kept = registers || gives(&function) || function.name == "get_urls";
    if !is_kept {
        function.body.clear();
    }
    function.decorators.retain(|decorator| match decorator {
        Expression::Call(callee, ..) => callee.last_name().is_some(),
        Expression::Name(_) | Expression::Member(..) => true,
        _ => false,
    });
    if !is_kept {
        function.parameters.clear();
    }
    let is_asked_for = METHODS.contains(&function.name.as_str());
    (is_kept || !function.decorators.is_empty() || is_asked_for).then_some(function)
}

/// `return settings`, at the end of a body without anything else to follow.
fn gives(function: &Function) -> bool {
    let is_named = function.decorators.iter().any(|it| {
        let name = match it {
            Expression::Call(callee, ..) => callee.last_name(),
            other => other.last_name(),
        };
        name.is_some_and(|name| GIVING.contains(&name))
    });
    let is_short = function.body.len() <= 3 && function.parameters.len() <= 3;
    let Some(Statement::Return(value)) = function.body.last() else { return false };
    // A class made to measure: `class Own(APIRouter): …; return Own`.
    let is_own_class = |it: &Statement| match it {
        Statement::Class(class) => value.last_name() == Some(&class.name),
        _ => false,
    };
    if function.body.iter().any(is_own_class) {
        return true;
    }
    let is_plain = match value {
        Expression::Call(callee, arguments, ..) => {
            let is_class = |name: &str| name.starts_with(|c: char| c.is_ascii_uppercase());
            arguments.len() <= 2 && callee.last_name().is_some_and(is_class)
        }
        Expression::Text(_) | Expression::Sum(_) | Expression::List(_) => true,
        Expression::Name(_) | Expression::Member(..) => is_named || function.body.len() == 1,
        _ => false,
    };
    is_plain && is_short
}

/// Whether something is, or may be, registered in a statement.
fn registers(statement: &Statement) -> bool {
    let one = calls;
    match statement {
        Statement::Import(..) | Statement::From(..) => false,
        Statement::Assign(targets, value) => {
            targets.iter().any(|it| it.last_name() == Some("urlpatterns")) || one(value)
        }
        Statement::Extend(_, value) | Statement::Do(value) | Statement::Return(value) => one(value),
        Statement::Class(class) => {
            class.decorators.iter().any(one) || class.body.iter().any(registers)
        }
        Statement::Function(function) => {
            function.decorators.iter().any(one) || function.body.iter().any(registers)
        }
        Statement::Block(_, body) => body.iter().any(registers),
        Statement::For(_, over, body) => one(over) || body.iter().any(registers),
    }
}

fn calls(value: &Expression) -> bool {
    match value {
        Expression::Call(callee, arguments, ..) => {
            let name = callee.last_name().unwrap_or_default();
            // What only routers have; `get` and `path` are everybody's.
            let is_common = matches!(
                name,
                "get"
                    | "post"
                    | "put"
                    | "patch"
                    | "delete"
                    | "head"
                    | "options"
                    | "trace"
                    | "path"
                    | "url"
                    | "static"
                    | "append"
                    | "extend"
                    | "register"
                    | "view"
                    | "endpoint"
                    | "action"
                    | "host"
                    | "include"
                    | "insert"
                    | "setup"
                    | "API"
                    | "init_app"
                    | "Router"
                    | "Application"
                    | "mount"
                    | "registry"
                    | "route"
            );
            let has_path = || arguments.iter().any(|it| is_path(&it.1));
            let takes_router = || arguments.iter().any(|it| is_router(&it.1));
            (WORDS.contains(&name) && !is_common)
                || name.ends_with("Router")
                || (is_common && (has_path() || takes_router()))
                || takes_router()
                || calls(callee)
                || arguments.iter().any(|Argument(_, it)| calls(it))
        }
        // What routes a router makes of what is registered on it.
        Expression::Member(_, name) if name == "mapping" => true,
        Expression::Member(of, _) | Expression::All(of) | Expression::Item(of, _) => calls(of),
        Expression::If(_, one, other) => calls(one) || calls(other),
        Expression::List(all) | Expression::Or(all) | Expression::Sum(all) => all.iter().any(calls),
        Expression::Each(element, _, over) => calls(element) || calls(over),
        _ => false,
    }
}

fn is_path(value: &Expression) -> bool {
    match value {
        Expression::Text(text) => {
            text.starts_with('/') || text.ends_with('/') || text.starts_with('^')
        }
        Expression::Sum(parts) => parts.iter().any(is_path),
        _ => false,
    }
}

/// Whether a name says that it is a router.
fn is_router(value: &Expression) -> bool {
    let Some(name) = value.last_name() else { return false };
    let name = name.to_ascii_lowercase();
    ROUTERS
        .iter()
        .any(|word| name.rsplit('_').next() == Some(word) || name.split('_').next() == Some(word))
}

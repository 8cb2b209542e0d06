//! What the words of each framework mean. A framework is a file.

pub(super) mod express;
pub(super) mod fastify;
pub(super) mod hono;
pub(super) mod koa;

use serde::Deserialize;

use super::link::Machine;
use super::link::{Made, Site, Value};

/// A framework of TypeScript and JavaScript.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Framework {
    /// `express`.
    Express,
    /// `fastify`.
    Fastify,
    /// `hono`, and `@hono/zod-openapi`.
    Hono,
    /// `@koa/router` and `koa-router`.
    Koa,
    /// `@nestjs/common`.
    Nestjs,
    /// Route files of Next.js.
    Nextjs,
}

/// Names of methods that register one method.
const VERBS: [&str; 11] =
    ["get", "post", "put", "patch", "delete", "del", "head", "options", "all", "trace", "query"];

/// Names of methods that register, mount or say where.
const WORDS: [&str; 14] = [
    "route",
    "use",
    "register",
    "on",
    "openapi",
    "mount",
    "prefix",
    "basePath",
    "redirect",
    "add",
    "autoload",
    "setGlobalPrefix",
    "enableVersioning",
    "any",
];

/// Whether a method of that name registers a route and takes what handles it.
pub(super) fn is_verb(name: &str) -> bool {
    VERBS.contains(&name)
}

/// Whether a method of that name may be a registration.
pub(super) fn is_word(name: &str) -> bool {
    is_verb(name) || WORDS.contains(&name)
}

/// The method of HTTP that a word is; none takes every one.
pub(super) fn method(verb: &str) -> Option<String> {
    match verb {
        "all" | "any" => None,
        "del" => Some("DELETE".to_owned()),
        verb => Some(verb.to_ascii_uppercase()),
    }
}

/// Whether what a package has under that name serves the files of a folder.
fn serves_files(module: &str, name: &str) -> bool {
    match module {
        "express" | "ultimate-express" => name == "static()",
        "serve-static" | "koa-static" => name == "()",
        "@fastify/static" | "fastify-static" => name.is_empty(),
        _ => false,
    }
}

impl Framework {
    /// What modules of it are named with.
    pub(super) fn needle(self) -> &'static str {
        match self {
            Framework::Express => "express",
            Framework::Fastify => "fastify",
            Framework::Hono => "hono",
            Framework::Koa => "koa",
            Framework::Nestjs => "@nestjs/",
            Framework::Nextjs => "next",
        }
    }

    /// What calling that name of that package makes.
    pub(super) fn made(self, module: &str, name: &str) -> Option<Made> {
        match self {
            Framework::Express => express::made(module, name),
            Framework::Fastify => fastify::made(module, name),
            Framework::Hono => hono::made(module, name),
            Framework::Koa => koa::made(module, name),
            Framework::Nestjs | Framework::Nextjs => None,
        }
    }

    /// Whether a parameter of that type is a router.
    pub(super) fn is_router_type(self, name: &str) -> bool {
        match self {
            Framework::Express => {
                matches!(name, "Express" | "Application" | "Router" | "IRouter" | "IApplication")
            }
            Framework::Fastify => {
                name.starts_with("Fastify")
                    && ["Instance", "Provider", "Typebox", "TypeBox", "Zod"]
                        .iter()
                        .any(|part| name.contains(part))
            }
            Framework::Hono => matches!(name, "Hono" | "OpenAPIHono"),
            Framework::Koa => matches!(name, "Router" | "Koa" | "KoaRouter"),
            Framework::Nestjs | Framework::Nextjs => false,
        }
    }

    /// Whether what is of that type is always at the top: nobody serves it under a
    /// prefix.
    pub(super) fn is_top_type(self, name: &str) -> bool {
        match self {
            Framework::Express => matches!(name, "Express" | "Application" | "IApplication"),
            Framework::Koa => name == "Koa",
            _ => false,
        }
    }

    /// What a router is mostly called where nothing says its type.
    pub(super) fn is_router_name(self, name: &str) -> bool {
        match self {
            Framework::Express | Framework::Koa => {
                matches!(name, "app" | "router" | "server" | "api")
            }
            Framework::Fastify => matches!(name, "fastify" | "app" | "server" | "instance"),
            Framework::Hono => matches!(name, "app" | "hono"),
            Framework::Nestjs | Framework::Nextjs => false,
        }
    }

    /// What the call of a router's method does and gives.
    pub(super) fn called<'f>(
        self,
        machine: &mut Machine<'f>,
        router: usize,
        name: &str,
        arguments: &[Value],
        site: Option<Site>,
    ) -> Value {
        match self {
            Framework::Express => express::called(machine, router, name, arguments, site),
            Framework::Fastify => fastify::called(machine, router, name, arguments, site),
            Framework::Hono => hono::called(machine, router, name, arguments, site),
            Framework::Koa => koa::called(machine, router, name, arguments, site),
            Framework::Nestjs | Framework::Nextjs => Value::Unknown,
        }
    }

    /// Whether a path matches with and without a slash at its end.
    pub(super) fn is_lenient(self) -> bool {
        matches!(self, Framework::Express | Framework::Koa | Framework::Nestjs)
    }

    /// Whether the same route twice is a mistake.
    pub(super) fn refuses_duplicates(self) -> bool {
        self == Framework::Fastify
    }
}

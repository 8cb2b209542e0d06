//! `fastify`, with `@fastify/autoload`

use super::{is_verb, method, serves_files};
use crate::routes::typescript::link::{Machine, Made, Site, Told, Value};

pub(super) fn made(module: &str, name: &str) -> Option<Made> {
    (module == "fastify" && matches!(name, "" | "fastify" | "Fastify" | "default"))
        .then_some(Made::App)
}

pub(super) fn called(
    machine: &mut Machine<'_>,
    router: usize,
    name: &str,
    arguments: &[Value],
    site: Option<Site>,
) -> Value {
    if name == "withTypeProvider" || name == "after" || name == "ready" {
        machine.run_all(arguments, &[Value::Router(router)]);
        return Value::Router(router);
    }
    let Some(site) = site else { return machine.other(router, arguments) };
    match (name, arguments) {
        (name, [first, _, ..]) if is_verb(name) => {
            for path in machine.paths(first) {
                machine.register(router, method(name), path, site);
            }
        }
        ("route", [options]) => {
            let method = machine.field(options, "method");
            let url = match machine.field(options, "url") {
                Value::Unknown | Value::Nothing => machine.field(options, "path"),
                url => url,
            };
            let path = machine.path(&url);
            match machine.texts(&method) {
                Some(methods) => methods.iter().for_each(|own| {
                    machine.register(router, Some(own.to_ascii_uppercase()), path.clone(), site);
                }),
                None => {
                    machine.unresolved(site, "the method is not a constant, so it cannot be told")
                }
            }
        }
        ("register", [plugin, rest @ ..]) => {
            let options = rest.first().cloned().unwrap_or(Value::Nothing);
            register(machine, router, plugin, &options, site);
        }
        _ => {}
    }
    Value::Router(router)
}

fn register(machine: &mut Machine<'_>, router: usize, plugin: &Value, options: &Value, site: Site) {
    let prefix = match options {
        Value::Nothing => Told::Path(String::new()),
        Value::Unknown => Told::Unknown,
        options => match machine.field(options, "prefix") {
            Value::Nothing => Told::Path(String::new()),
            prefix => machine.path(&prefix),
        },
    };
    match plugin {
        // `fp(plugin)` registers on the router itself; its prefix is not used.
        Value::Transparent(plugin) => {
            machine.run_all(&[Value::Function(*plugin)], &[Value::Router(router), options.clone()]);
        }
        Value::Function(_) | Value::Module(_) | Value::Object(_) => {
            let plugin = match plugin {
                Value::Function(_) => plugin.clone(),
                other => machine.field(other, "default"),
            };
            let below = machine.below(router, prefix, site);
            machine.run_all(&[plugin], &[Value::Router(below), options.clone()]);
        }
        Value::Package(module, _) if module.contains("autoload") => {
            machine.autoload(router, options, prefix, site);
        }
        Value::Package(module, name) if serves_files(module, name) => {
            let lists = machine.field(options, "serve");
            if !matches!(lists, Value::Text(own) if *own == *"false") {
                machine.register(router, method("get"), prefix.below(), site);
            }
        }
        Value::Lost(why) => machine.unresolved(site, why),
        _ => {}
    }
}

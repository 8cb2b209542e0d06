//! What looks as if it registered something on what is not known to be a router.

use super::super::Framework;
use super::super::syntax::Expression;
use super::call::Called;
use super::machine::Machine;
use super::value::Value;
use super::{aiohttp, flask, starlette};
use crate::routes::METHODS;

impl Machine<'_> {
    /// A word that only routers have, on what is not known to be one.
    pub(super) fn on_unknown(&mut self, callee: &Expression, value: &Value, called: &Called) {
        let is_unknown = |it: &Value| match it {
            Value::Unknown => true,
            Value::Member(owner, _) => !matches!(
                **owner,
                Value::Router(_)
                    | Value::Text(_)
                    | Value::List(_)
                    | Value::Map(_)
                    | Value::Routes(_)
                    | Value::Class(_)
                    | Value::Entry(_)
                    | Value::View(..)
            ),
            Value::Made(name) => {
                // A router of a package that nobody here knows.
                let owner = name.rsplit('.').nth(1).unwrap_or_default();
                let is_router = ["Router", "Blueprint", "API"].iter().any(|it| owner.ends_with(it));
                let own: &[&str] = match self.framework {
                    Framework::Fastapi | Framework::Starlette => &["fastapi", "starlette"],
                    Framework::Flask => &["flask", "quart"],
                    Framework::Aiohttp => &["aiohttp"],
                    Framework::Django => &[],
                };
                is_router
                    && own.iter().any(|own| name.contains(own))
                    && !(self.framework == Framework::Flask && name.starts_with("fastapi"))
            }
            _ => false,
        };
        let is_nested = callee.last_name() == Some("register")
            && self.framework == Framework::Django
            && called.keyword("parents_query_lookups").is_some();
        if is_nested
            && !matches!(value, Value::Member(owner, _) if matches!(**owner, Value::Router(_)))
        {
            return self.lose_at(called, "below which other one it is registered cannot be told");
        }
        if !value.each().iter().all(is_unknown) || !matches!(callee, Expression::Member(..)) {
            return;
        }
        let name = callee.last_name().unwrap_or_default();
        let is_of_routers = match self.framework {
            Framework::Fastapi | Framework::Starlette => starlette::SURE.contains(&name),
            Framework::Flask => flask::SURE.contains(&name),
            Framework::Aiohttp => aiohttp::SURE.contains(&name),
            Framework::Django => false,
        };
        let is_verb = METHODS.contains(&name.to_ascii_uppercase().as_str())
            || matches!(name, "route" | "api_route" | "view");
        let has_path = called
            .positional
            .first()
            .and_then(Value::as_text)
            .is_some_and(|it| it.starts_with('/'));
        let decorates = called.decorated.is_some() && is_verb && has_path;
        if is_of_routers || (decorates && self.framework != Framework::Django) {
            let why =
                "what it is called on is not known to be a router, so the path cannot be told";
            self.lose_at(called, why);
        }
    }
}

//! What an expression gives: names, members and calls, one after another.

use super::facts::{Callee, Origin, Slot};
use super::walk::{Bound, Value, Walker};

impl Walker<'_> {
    /// What the expression gives that begins at `at`; calls in it are recorded
    /// if `record` says so.
    pub(super) fn chain(&mut self, at: usize, record: bool) -> Value {
        let source = self.source;
        let at = match source.word(at) {
            "&" => at + 1,
            "new" if source.word(at + 1) == "(" => {
                let is_router = self.is_router_type(at + 2..source.close(at + 1));
                return if is_router { Value::Made } else { Value::Other };
            }
            _ => at,
        };
        if !source.is_ident(at) {
            return Value::Other;
        }
        let name = source.word(at);
        let mut value = match self.bound(name) {
            Some(Bound::Router(slot)) => Value::Router(slot.clone()),
            Some(Bound::Result(callee)) => Value::Result(callee.clone()),
            Some(_) => Value::Other,
            None => match (self.receiver, source.import(name)) {
                (Some((own, _)), _) if own == name => Value::Receiver,
                (_, Some(path)) => Value::Package(path.to_owned()),
                _ => Value::Named(name.to_owned()),
            },
        };
        let mut name = (name, at);
        let mut owner = Value::Other;
        let mut is_member = false;
        let mut at = at + 1;
        loop {
            match source.word(at) {
                "." if source.is_ident(at + 1) => {
                    name = (source.word(at + 1), at + 1);
                    is_member = true;
                    let next = match &value {
                        Value::Package(path)
                            if path == "net/http" && name.0 == "DefaultServeMux" =>
                        {
                            Value::Router(Slot::Default)
                        }
                        Value::Package(_) => Value::Other,
                        // A handler's method stands for the handler.
                        own if name.0 == "ServeHTTP" => own.clone(),
                        _ => Value::Named(name.0.to_owned()),
                    };
                    owner = std::mem::replace(&mut value, next);
                    at += 2;
                }
                "(" => {
                    value = self.call(is_member.then_some(&owner), name, at, record);
                    (owner, is_member) = (Value::Other, false);
                    at = source.close(at) + 1;
                }
                "{" if is_member && source.word(source.close(at) + 1) != "." => {
                    let package = if name.1 >= 2 { source.word(name.1 - 2) } else { "" };
                    let is_made =
                        self.is_router_name(package, name.0) && source.close(at) == at + 1;
                    return if is_made { Value::Made } else { Value::Other };
                }
                // `users{}.Routes()`
                "{" if source.word(source.close(at) + 1) == "." => {
                    value = Value::Of(name.0.to_owned());
                    at = source.close(at) + 1;
                }
                "[" => {
                    at = source.close(at) + 1;
                    if source.word(at) != "(" {
                        value = Value::Other;
                    }
                }
                _ => {
                    if record && is_member {
                        self.kept_for_later(&owner, name);
                    }
                    return value;
                }
            }
        }
    }

    /// What the call gives whose arguments are at `open`: of `name`, on `owner`
    /// if it has one.
    fn call(
        &mut self,
        owner: Option<&Value>,
        name: (&str, usize),
        open: usize,
        record: bool,
    ) -> Value {
        let callee = match owner {
            None => Callee::Plain(name.0.to_owned()),
            Some(Value::Package(path)) => {
                let is_made = self
                    .words()
                    .is_some_and(|words| words.is_import(path) && words.makers.contains(&name.0));
                if is_made {
                    return Value::Made;
                }
                Callee::Of(path.clone(), name.0.to_owned())
            }
            Some(Value::Of(own)) => Callee::Method(Some(own.clone()), name.0.to_owned()),
            Some(Value::Receiver) => {
                let own = self.receiver.map(|(_, own)| own.to_owned());
                Callee::Method(own, name.0.to_owned())
            }
            Some(_) => Callee::Method(None, name.0.to_owned()),
        };
        if record {
            self.rows_of_call(owner, name, open);
        }
        if let Some(value) = self.vocabulary(owner, name, open, record) {
            return value;
        }
        if record {
            self.handed_over(&callee, open);
        }
        Value::Result(callee)
    }

    /// The sub-router that the call with the parenthesis `open` makes.
    pub(super) fn sub(&mut self, open: usize) -> Slot {
        if let Some(slot) = self.subs.get(&open) {
            return slot.clone();
        }
        let slot = Slot::Local(self.local(Origin::Sub));
        self.subs.insert(open, slot.clone());
        slot
    }
}

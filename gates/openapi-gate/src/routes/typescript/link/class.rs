//! Classes, their instances and members.

use super::run::Machine;
use super::value::{Closure, Object, Value};
use crate::routes::typescript::facts::{Class, Pattern};

const PARENTS_MAX: usize = 16;

impl<'f> Machine<'f> {
    fn class(&self, (file, class, _): (usize, usize, usize)) -> Option<&'f Class> {
        self.facts(file)?.classes.get(class)
    }

    /// The classes that one is of: itself, and those that it extends.
    pub(in super::super) fn line(
        &mut self,
        class: (usize, usize, usize),
    ) -> Vec<((usize, usize, usize), &'f Class)> {
        let (mut line, mut at) = (Vec::new(), Some(class));
        while let Some(place) = at.filter(|_| line.len() < PARENTS_MAX) {
            let Some(own) = self.class(place) else { break };
            line.push((place, own));
            at = match own.parent.map(|parent| self.eval(place.0, place.2, parent)) {
                Some(Value::Class(file, class, scope)) => Some((file, class, scope)),
                _ => None,
            };
        }
        line
    }

    /// `new C(…)`
    pub(super) fn instance(&mut self, class: (usize, usize, usize), arguments: &[Value]) -> Value {
        self.classes.insert(class, true);
        let object = self.new_object(Object { class: Some(class), ..Object::default() });
        let this = Value::Object(object);
        if !self.enter() {
            return this;
        }
        let line = self.line(class);
        for (place, own) in line.iter().rev() {
            let scope = self.new_scope(Some(place.2));
            self.bind(scope, "this", this.clone());
            let fields = own.members.iter().filter(|it| !it.is_static && !it.is_method);
            for member in fields {
                if let Some(value) = member.value {
                    let value = self.eval(place.0, scope, value);
                    if let Some(object) = self.objects.get_mut(object) {
                        object.set(&member.name, value);
                    }
                }
            }
        }
        let constructor = line.iter().find_map(|(place, own)| {
            let member = own.members.iter().find(|it| it.name == "constructor")?;
            Some((*place, member.value?))
        });
        if let Some((place, value)) = constructor
            && let Value::Function(closure) = self.eval(place.0, place.2, value)
        {
            // `constructor(private app: Express)` is a field too.
            if let Some(function) = self.function(closure) {
                for (at, parameter) in function.parameters.iter().enumerate() {
                    if let (Pattern::Name(name), Some(value)) =
                        (&parameter.pattern, arguments.get(at))
                        && let Some(object) = self.objects.get_mut(object)
                        && object.field(name).is_none()
                    {
                        object.set(name, value.clone());
                    }
                }
            }
            self.call_function(closure, arguments, Some(this.clone()));
        }
        self.depth -= 1;
        this
    }

    /// Calls each method of an instance that nothing called.
    pub(super) fn call_methods(&mut self, instance: &Value) {
        let Value::Object(object) = instance else { return };
        let Some(class) = self.objects.get(*object).and_then(|own| own.class) else { return };
        for (place, own) in self.line(class) {
            for member in own.members.iter().filter(|it| it.is_method) {
                let Some(id) = member.value else { continue };
                if let Value::Function(closure) = self.eval(place.0, place.2, id)
                    && self.functions.get(&closure) == Some(&false)
                    && self.relevant.contains(&(closure.file, closure.function))
                {
                    self.call_function(closure, &[], Some(instance.clone()));
                }
            }
        }
    }

    /// A member of an instance that is its class's.
    pub(super) fn inherited(
        &mut self,
        object: usize,
        class: (usize, usize, usize),
        name: &str,
    ) -> Value {
        for (place, own) in self.line(class) {
            let Some(member) = own.members.iter().find(|it| it.name == name && !it.is_static)
            else {
                continue;
            };
            let Some(id) = member.value else { return Value::Unknown };
            let value = self.eval(place.0, place.2, id);
            return match value {
                Value::Function(closure) if member.is_getter => {
                    self.call_function(closure, &[], Some(Value::Object(object)))
                }
                Value::Function(closure) if member.is_method => {
                    // What it is called on stays with it.
                    let scope = self.new_scope(Some(closure.scope));
                    self.bind(scope, "this", Value::Object(object));
                    let bound = Closure { scope, ..closure };
                    self.functions.insert(closure, true);
                    self.made(bound);
                    Value::Function(bound)
                }
                value => value,
            };
        }
        Value::Unknown
    }

    pub(super) fn static_member(&mut self, class: (usize, usize, usize), name: &str) -> Value {
        if let Some(value) = self.attached(&Value::Class(class.0, class.1, class.2), name) {
            return value;
        }
        for (place, own) in self.line(class) {
            let Some(member) = own.members.iter().find(|it| it.name == name && it.is_static) else {
                continue;
            };
            let scope = self.new_scope(Some(place.2));
            self.bind(scope, "this", Value::Class(place.0, place.1, place.2));
            let Some(id) = member.value else { return Value::Unknown };
            let value = self.eval(place.0, scope, id);
            if let (Value::Function(closure), true) = (&value, member.is_getter) {
                return self.call_function(*closure, &[], None);
            }
            // Made once, however often it is read.
            if !member.is_method {
                self.attach(&Value::Class(class.0, class.1, class.2), name, value.clone());
            }
            return value;
        }
        Value::Unknown
    }
}

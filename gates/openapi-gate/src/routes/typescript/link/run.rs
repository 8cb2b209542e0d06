//! The machine: files are run once each, and what nothing calls at the end.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use camino::{Utf8Path, Utf8PathBuf};
use kernel::Tree;

use super::aliases::Aliases;
use super::scope::Scope;
use super::serve::Router;
use super::value::{Closure, Object, Runs, Value};
use crate::path::Path;
use crate::routes::typescript::facts::{Expr, Facts, Function, Id, Pattern, Stmt};
use crate::routes::typescript::words::Framework;

/// Steps that a repository may take, and one more for each file.
const FUEL: usize = 4_000_000;
const FUEL_OF_FILE: usize = 20_000;

/// Deeper than routers are set up; no stack ends before.
const DEPTH_MAX: usize = 160;

pub(in super::super) struct Machine<'f> {
    pub(in super::super) files: &'f [(Utf8PathBuf, Facts)],
    pub(in super::super) framework: Framework,
    pub(super) by_path: HashMap<&'f str, usize>,
    pub(super) aliases: Aliases,
    pub(super) modules: Vec<Module>,
    pub(super) scopes: Vec<Scope<'f>>,
    pub(super) lists: Vec<Vec<Value>>,
    pub(super) objects: Vec<Object>,
    pub(super) routers: Vec<Router>,
    /// Functions that were made, and whether each was called.
    pub(super) functions: BTreeMap<Closure, bool>,
    /// Those that may have to do with routes, in the order in which they were made.
    pub(super) made_functions: Vec<Closure>,
    pub(super) made_classes: Vec<(usize, usize, usize)>,
    pub(super) classes: BTreeMap<(usize, usize, usize), bool>,
    /// Members that functions and classes were given besides their own.
    pub(super) attached: BTreeMap<(bool, usize, usize, String), Value>,
    pub(super) unresolved: BTreeSet<(usize, usize, &'static str)>,
    /// Functions that may have to do with routes, by file and number.
    pub(super) relevant: BTreeSet<(usize, usize)>,
    pub(super) runs: BTreeMap<(usize, usize), Runs>,
    pub(super) calls: Vec<(usize, usize)>,
    /// Calls that were made for a setting of the whole: name, arguments.
    pub(in super::super) settings: Vec<(&'f str, Vec<Value>, super::Site)>,
    /// Calls that may register, and were made.
    pub(super) seen: BTreeSet<super::Site>,
    /// The call at hand.
    pub(super) here: (usize, Id),
    pub(super) fuel: usize,
    /// Whether something was not run for being called too often.
    pub(super) is_cut: bool,
    pub(super) depth: usize,
    /// Within how many conditions.
    pub(super) conditions: usize,
    /// Whether what runs is called by nothing.
    pub(super) is_uncalled: bool,
}

/// A file as others import it.
#[derive(Debug, Default)]
pub(super) struct Module {
    /// None until it is run.
    pub(super) scope: Option<usize>,
    pub(super) is_done: bool,
    pub(super) exported: BTreeMap<String, Value>,
    /// `module` of CommonJS.
    pub(super) module: usize,
}

impl<'f> Machine<'f> {
    pub(super) fn new(
        files: &'f [(Utf8PathBuf, Facts)],
        framework: Framework,
        tree: &Tree,
    ) -> Machine<'f> {
        Machine {
            files,
            framework,
            by_path: super::modules::by_path(files),
            aliases: Aliases::read(tree, files.iter().map(|(path, _)| path.as_path())),
            modules: files.iter().map(|_| Module::default()).collect(),
            scopes: Vec::new(),
            lists: Vec::new(),
            objects: Vec::new(),
            routers: Vec::new(),
            functions: BTreeMap::new(),
            classes: BTreeMap::new(),
            made_functions: Vec::new(),
            made_classes: Vec::new(),
            attached: BTreeMap::new(),
            unresolved: BTreeSet::new(),
            relevant: BTreeSet::new(),
            runs: BTreeMap::new(),
            calls: Vec::new(),
            settings: Vec::new(),
            seen: BTreeSet::new(),
            here: (0, 0),
            is_cut: false,
            fuel: FUEL + files.len() * FUEL_OF_FILE,
            depth: 0,
            conditions: 0,
            is_uncalled: false,
        }
    }

    pub(super) fn facts(&self, file: usize) -> Option<&'f Facts> {
        self.files.get(file).map(|(_, facts)| facts)
    }

    pub(super) fn expr(&self, file: usize, id: Id) -> &'f Expr {
        self.facts(file).and_then(|facts| facts.expressions.get(id)).unwrap_or(&Expr::Unknown)
    }

    pub(super) fn function(&self, closure: Closure) -> Option<&'f Function> {
        self.facts(closure.file)?.functions.get(closure.function)
    }

    /// Runs every file, and then what nothing called.
    pub(in super::super) fn run(&mut self) {
        self.find_relevant();
        for file in self.in_order() {
            self.load(file);
        }
        for file in 0..self.files.len() {
            self.export_all(file);
        }
        self.is_uncalled = true;
        self.conditions += 1;
        let (mut classes, mut functions) = (0, 0);
        while self.fuel > 0 {
            if let Some(class) = self.made_classes.get(classes).copied() {
                classes += 1;
                if self.classes.get(&class) == Some(&false) && self.has_relevant(class) {
                    let instance = self.instance(class, &[]);
                    self.call_methods(&instance);
                }
            } else if let Some(closure) = self.made_functions.get(functions).copied() {
                functions += 1;
                if self.functions.get(&closure) == Some(&false) && !self.is_called(closure) {
                    self.call_function(closure, &[], None);
                }
            } else {
                break;
            }
        }
        self.is_uncalled = false;
        self.conditions -= 1;
    }

    /// The files, each after those that it names.
    fn in_order(&self) -> Vec<usize> {
        let (mut order, mut seen) = (Vec::new(), vec![false; self.files.len()]);
        for file in 0..self.files.len() {
            let mut open = vec![(file, false)];
            while let Some((file, is_left)) = open.pop() {
                if is_left {
                    order.push(file);
                    continue;
                }
                match seen.get_mut(file) {
                    Some(seen) if !*seen => *seen = true,
                    _ => continue,
                }
                open.push((file, true));
                let modules = self.facts(file).map_or(&[][..], |facts| &facts.modules);
                let files = modules.iter().rev().filter_map(|module| self.file_of(file, module));
                open.extend(files.map(|file| (file, false)));
            }
        }
        order
    }

    /// Notes that a function was made.
    pub(super) fn made(&mut self, closure: Closure) {
        let is_relevant = self.relevant.contains(&(closure.file, closure.function));
        if is_relevant && !self.functions.contains_key(&closure) {
            self.functions.insert(closure, false);
            self.made_functions.push(closure);
        }
    }

    /// Whether a method of the class may have to do with routes.
    fn has_relevant(&self, (file, class, _): (usize, usize, usize)) -> bool {
        let Some(facts) = self.facts(file) else { return false };
        let members = facts.classes.get(class).into_iter().flat_map(|own| &own.members);
        members.filter_map(|member| member.value).any(|id| match facts.expressions.get(id) {
            Some(Expr::Function(number)) => self.relevant.contains(&(file, *number)),
            _ => false,
        })
    }

    /// Whether the function was called in any of its scopes.
    fn is_called(&self, closure: Closure) -> bool {
        let of = |scope| Closure { scope, ..closure };
        let mut all = self.functions.range(of(0)..=of(usize::MAX));
        all.any(|(own, called)| *called && *own != closure)
    }

    /// Runs a file if it was not run; gives its scope.
    pub(super) fn load(&mut self, file: usize) -> usize {
        if let Some(scope) = self.modules.get(file).and_then(|module| module.scope) {
            return scope;
        }
        let scope = self.new_scope(None);
        let exports = self.new_object(Object::default());
        let mut module = Object::default();
        module.set("exports", Value::Object(exports));
        let module = self.new_object(module);
        if let Some(own) = self.modules.get_mut(file) {
            own.scope = Some(scope);
            own.module = module;
        }
        self.bind(scope, "module", Value::Object(module));
        self.bind(scope, "exports", Value::Object(exports));
        let Some(facts) = self.facts(file) else { return scope };
        let folder = self.files.get(file).and_then(|(path, _)| path.parent());
        let folder = Value::text(folder.map_or("", Utf8Path::as_str));
        self.bind(scope, "__dirname", folder.clone());
        let (mut meta, mut import) = (Object::default(), Object::default());
        meta.set("dirname", folder);
        meta.set("url", Value::text(self.files.get(file).map_or("", |(path, _)| path.as_str())));
        import.set("meta", Value::Object(self.new_object(meta)));
        let import = Value::Object(self.new_object(import));
        self.bind(scope, "import", import);
        let (conditions, calls) = (self.conditions, std::mem::take(&mut self.calls));
        let is_uncalled = std::mem::replace(&mut self.is_uncalled, false);
        self.conditions = 0;
        let mut returned = Vec::new();
        self.block(file, scope, facts.body, &mut returned);
        self.conditions = conditions;
        self.calls = calls;
        self.is_uncalled = is_uncalled;
        if let Some(own) = self.modules.get_mut(file) {
            own.is_done = true;
        }
        scope
    }

    /// Runs a block in the scope given.
    pub(super) fn block(
        &mut self,
        file: usize,
        scope: usize,
        block: Id,
        returned: &mut Vec<Value>,
    ) {
        let Some(statements) = self.facts(file).and_then(|facts| facts.blocks.get(block)) else {
            return;
        };
        if !self.enter() {
            return;
        }
        for statement in statements {
            self.statement(file, scope, statement, returned);
        }
        self.depth -= 1;
    }

    /// Goes one level deeper, if that is left.
    pub(super) fn enter(&mut self) -> bool {
        if self.depth >= DEPTH_MAX || self.fuel == 0 {
            return false;
        }
        self.fuel -= 1;
        self.depth += 1;
        true
    }

    /// Takes as much as there are things that are put somewhere; what has none
    /// left ends everything, which is told.
    pub(super) fn takes(&mut self, count: usize) -> bool {
        self.fuel = self.fuel.saturating_sub(count);
        self.fuel > 0
    }

    fn statement(
        &mut self,
        file: usize,
        scope: usize,
        statement: &'f Stmt,
        returned: &mut Vec<Value>,
    ) {
        match statement {
            Stmt::Let(pattern, value) => {
                let value = self.eval(file, scope, *value);
                self.destructure(scope, pattern, value);
            }
            Stmt::Do(value) => {
                self.eval(file, scope, *value);
            }
            Stmt::Return(value) => {
                let value = self.eval(file, scope, *value);
                returned.push(value);
            }
            Stmt::Block(block) => {
                let inner = self.new_scope(Some(scope));
                self.block(file, inner, *block, returned);
            }
            Stmt::If(block) => {
                let inner = self.new_scope(Some(scope));
                self.conditions += 1;
                self.block(file, inner, *block, returned);
                self.conditions -= 1;
            }
            Stmt::For(pattern, over, block) => {
                let items = match self.eval(file, scope, *over) {
                    Value::List(list) => self.list(list),
                    _ => vec![Value::Unknown],
                };
                if !self.takes(items.len()) {
                    return;
                }
                for item in items {
                    let inner = self.new_scope(Some(scope));
                    self.destructure(inner, pattern, item);
                    self.block(file, inner, *block, returned);
                    // A loop that only counts: its body is seen once.
                    if matches!(pattern, Pattern::Nothing) {
                        break;
                    }
                }
            }
            Stmt::Import(local, module, name) => {
                let value = self.imported(file, module, name);
                self.bind(scope, local, value);
            }
        }
    }

    /// What an expression comes to.
    pub(in super::super) fn value(&mut self, file: usize, scope: usize, id: Id) -> Value {
        self.eval(file, scope, id)
    }

    /// Every class that was met.
    pub(in super::super) fn all_classes(&self) -> Vec<(usize, usize, usize)> {
        self.classes.keys().copied().collect()
    }

    pub(in super::super) fn exported_of(&mut self, file: usize, name: &str) -> Value {
        let value = self.export(file, name);
        self.settled(value)
    }

    pub(in super::super) fn file_of(&self, file: usize, module: &str) -> Option<usize> {
        match self.module(file, module) {
            Value::Module(other) => Some(other),
            _ => None,
        }
    }

    pub(in super::super) fn read_path(&self, text: &str) -> Option<(Path, Option<Path>)> {
        super::path::read(self.framework, text)
    }

    pub(super) fn new_object(&mut self, object: Object) -> usize {
        self.objects.push(object);
        self.objects.len() - 1
    }

    pub(super) fn new_list(&mut self, list: Vec<Value>) -> Value {
        self.lists.push(list);
        Value::List(self.lists.len() - 1)
    }

    pub(in super::super) fn list(&self, list: usize) -> Vec<Value> {
        self.lists.get(list).cloned().unwrap_or_default()
    }
}

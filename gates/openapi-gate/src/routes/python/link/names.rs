//! What names mean: of this file, of others, of packages.

use std::collections::BTreeSet;

use camino::{Utf8Path, Utf8PathBuf};

use super::super::syntax::{Class, Function, Statement};
use super::machine::Machine;
use super::value::Value;

/// Longer than any chain of files that hand a name on.
const CHAIN_MAX: usize = 16;

impl<'f> Machine<'f> {
    /// The files that `file` imports anywhere.
    pub(super) fn imports(&self, file: usize) -> Vec<usize> {
        let Some((_, facts)) = self.files.get(file) else { return Vec::new() };
        let mut found = Vec::new();
        let mut open: Vec<&Statement> = facts.body.iter().rev().collect();
        while let Some(statement) = open.pop() {
            match statement {
                Statement::Import(module, _) => found.extend(self.module(module, file)),
                Statement::From(module, names) => {
                    for (name, _) in names {
                        let own = match module.ends_with('.') {
                            true => format!("{module}{name}"),
                            false => format!("{module}.{name}"),
                        };
                        found.extend(self.module(&own, file));
                    }
                    found.extend(self.module(module, file));
                }
                Statement::Function(function) => {
                    let Function { body, .. } = &**function;
                    open.extend(body.iter().rev());
                }
                Statement::Class(class) => {
                    let Class { body, .. } = &**class;
                    open.extend(body.iter().rev());
                }
                Statement::Block(_, body) | Statement::For(_, _, body) => {
                    open.extend(body.iter().rev());
                }
                _ => {}
            }
        }
        let files = found.into_iter().filter_map(|value| match value {
            Value::Module(other) if other != file => Some(other),
            _ => None,
        });
        files.collect()
    }

    /// The file or folder that a module's name means in `file`.
    pub(super) fn module(&self, name: &str, file: usize) -> Option<Value> {
        let (path, _) = self.files.get(file)?;
        let folder = path.parent().unwrap_or(Utf8Path::new(""));
        let plain = name.trim_start_matches('.');
        let relative = plain.replace('.', "/");
        let dots = name.len() - plain.len();
        if dots > 0 {
            let base = folder.ancestors().nth(dots - 1)?;
            return self.lying_at(&base.join(&relative), None);
        }
        if relative.is_empty() {
            return None;
        }
        // Where a search may begin: folders that are no packages, the nearest
        // first, and then the others.
        let is_package = |folder: &Utf8Path| {
            let own = self.index.get(folder.as_str()).and_then(|own| self.files.get(*own));
            own.is_some_and(|(path, _)| path.file_name() == Some("__init__.py"))
        };
        let (packages, roots): (Vec<_>, Vec<_>) = folder.ancestors().partition(|it| is_package(it));
        // By its full name a package may import its own parts; a plain name that
        // it has as well is rather that of a library.
        let is_full = path.file_name() == Some("__init__.py") && relative.contains('/');
        let of_root = roots.iter().map(|base| (base, Some(file).filter(|_| !is_full)));
        for (base, but) in of_root.chain(packages.iter().map(|base| (base, Some(file)))) {
            if let Some(found) = self.lying_at(&base.join(&relative), but) {
                return Some(found);
            }
        }
        // Beside its program in a folder of its own, where no other is called so.
        let first = relative.split('/').next().unwrap_or_default();
        let ends = format!("/{first}");
        let mut bases: BTreeSet<&Utf8Path> = BTreeSet::new();
        let known = self.folders.iter().filter(|it| it.as_str().ends_with(&ends) && is_package(it));
        bases.extend(known.filter_map(|it| it.parent()).filter(|it| !is_package(it)));
        let mut found =
            bases.iter().filter_map(|base| self.lying_at(&base.join(&relative), Some(file)));
        match (found.next(), found.next()) {
            (Some(only), None) => Some(only),
            _ => None,
        }
    }

    fn lying_at(&self, path: &Utf8PathBuf, but: Option<usize>) -> Option<Value> {
        let text = path.as_str().trim_end_matches('/');
        match self.index.get(text) {
            Some(file) if Some(*file) != but => Some(Value::Module(*file)),
            Some(_) => None,
            None => {
                let folder = Utf8Path::new(text);
                self.folders.contains(folder).then(|| Value::Folder(Self::shared(text)))
            }
        }
    }

    pub(super) fn import(&mut self, module: &'f str, alias: Option<&'f str>, scope: usize) {
        let Some(alias) = alias else {
            let first = module.split('.').next().unwrap_or(module);
            let value = self.module(first, self.file);
            let value = value.unwrap_or_else(|| Value::Library(Self::shared(first)));
            return self.bind(scope, first, value);
        };
        let value = self.module(module, self.file);
        let value = value.unwrap_or_else(|| Value::Library(Self::shared(module)));
        self.bind(scope, alias, value);
    }

    pub(super) fn import_from(
        &mut self,
        module: &'f str,
        names: &'f [(String, String)],
        scope: usize,
    ) {
        let from = self.module(module, self.file);
        for (name, alias) in names {
            if name == "*" {
                if let (Some(Value::Module(file)), Some(own)) = (&from, self.scopes.get_mut(scope))
                {
                    own.stars.push(*file);
                }
                continue;
            }
            let value = match &from {
                // A package's own part, and not what is called so here.
                Some(Value::Module(file)) if *file == self.file => {
                    let path = self.files.get(*file).and_then(|(path, _)| path.parent());
                    let value = path.and_then(|folder| self.lying_at(&folder.join(name), None));
                    value.unwrap_or(Value::Unknown)
                }
                Some(Value::Module(file)) => Value::Imported(*file, Self::shared(name)),
                Some(Value::Folder(folder)) => {
                    let path = Utf8Path::new(&**folder).join(name);
                    self.lying_at(&path, None).unwrap_or(Value::Unknown)
                }
                _ if module.starts_with('.') => Value::Unknown,
                _ => Value::Library(Self::shared(&format!("{module}.{name}"))),
            };
            self.bind(scope, alias, value);
        }
    }

    /// What `name` means in a scope.
    pub(super) fn lookup(&mut self, scope: usize, name: &str) -> Value {
        let (mut at, mut is_first) = (Some(scope), true);
        while let Some(scope) = at {
            let Some(own) = self.scopes.get(scope) else { break };
            // A class's names are no names of its functions.
            let is_seen = is_first || !own.is_class;
            at = own.parent;
            is_first = false;
            if !is_seen {
                continue;
            }
            if let Some(value) = own.names.get(name).cloned() {
                return self.forced(value, CHAIN_MAX);
            }
            for file in own.stars.clone() {
                if let Some(value) = self.of_module(file, name, CHAIN_MAX) {
                    return value;
                }
            }
        }
        Value::Library(Self::shared(&format!("builtins.{name}")))
    }

    /// What a value that is imported is.
    pub(super) fn forced(&mut self, value: Value, chain: usize) -> Value {
        match value {
            Value::Imported(file, name) => {
                let value = self.of_module(file, &name, chain);
                // A file that is being run may have it later.
                let is_late = self.may_wait && self.is_running(file);
                match value {
                    Some(value) => value,
                    None if is_late => Value::Imported(file, name),
                    None => Value::Unknown,
                }
            }
            Value::Member(owner, name) if owner.is_late() => {
                let owner = self.forced(*owner, chain);
                if owner.is_late() {
                    return Value::Member(Box::new(owner), name);
                }
                self.member(&owner, &name)
            }
            Value::Choice(all) if all.iter().any(Value::is_late) => {
                let mut forced = all.iter().cloned().map(|it| self.forced(it, chain));
                let first = forced.next().unwrap_or(Value::Unknown);
                forced.fold(first, Value::or)
            }
            own => own,
        }
    }

    /// What `name` is in a file.
    pub(super) fn of_module(&mut self, file: usize, name: &str, chain: usize) -> Option<Value> {
        let chain = chain.checked_sub(1)?;
        self.deeper(|own| own.file(file));
        let scope = self.scopes.get(file)?;
        if let Some(value) = scope.names.get(name).cloned() {
            return Some(self.forced(value, chain));
        }
        for star in scope.stars.clone() {
            if let Some(value) = self.of_module(star, name, chain) {
                return Some(value);
            }
        }
        let (path, _) = self.files.get(file)?;
        let is_package = path.file_name() == Some("__init__.py");
        let folder = path.parent().filter(|_| is_package)?;
        self.lying_at(&folder.join(name), None)
    }

    /// What `name` is of a folder.
    pub(super) fn of_folder(&self, folder: &str, name: &str) -> Option<Value> {
        self.lying_at(&Utf8Path::new(folder).join(name), None)
    }
}

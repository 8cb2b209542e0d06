//! Which file a name of a module means, and what it exports.

use std::collections::HashMap;

use camino::{Utf8Path, Utf8PathBuf};

use super::aliases::is_mark;
use super::run::Machine;
use super::value::Value;
use crate::routes::typescript::facts::Export;

/// Those that an import need not say, the first before the others.
const EXTENSIONS: [&str; 8] = ["ts", "tsx", "mts", "cts", "js", "jsx", "mjs", "cjs"];

/// Files by their paths, whole and without what an import need not say.
pub(super) fn by_path<F>(files: &[(Utf8PathBuf, F)]) -> HashMap<&str, usize> {
    let mut all = HashMap::new();
    for extension in EXTENSIONS {
        for (file, (path, _)) in files.iter().enumerate() {
            let Some(rest) = path.as_str().strip_suffix(extension) else { continue };
            if let Some(bare) = rest.strip_suffix('.') {
                all.entry(bare).or_insert(file);
            }
        }
    }
    all.extend(files.iter().enumerate().map(|(file, (path, _))| (path.as_str(), file)));
    all
}

/// More than any list of files that give on what others export.
const HOPS_MAX: usize = 24;

const MISSING: &str = "the file that it is imported from is not among the files";
const UNNAMED: &str = "no tsconfig.json or jsconfig.json says which file it is imported from";

impl<'f> Machine<'f> {
    /// What `module` means in `file`: a file, or a package.
    pub(super) fn module(&self, file: usize, module: &str) -> Value {
        let Some((path, _)) = self.files.get(file) else { return Value::Unknown };
        let folder = path.parent().unwrap_or(Utf8Path::new(""));
        if module == "." || module == ".." || module.starts_with("./") || module.starts_with("../")
        {
            let found = self.file_at(&joined(folder, module));
            return found.map_or(Value::Lost(MISSING), Value::Module);
        }
        let meant = self.aliases.meant(folder, module);
        if let Some(found) = meant.places.iter().find_map(|place| self.file_at(place)) {
            return Value::Module(found);
        }
        if meant.is_nowhere_else {
            return Value::Lost(MISSING);
        }
        match self.by_custom(folder, module) {
            Some(found) => Value::Module(found),
            None if is_mark(module) => Value::Lost(UNNAMED),
            None => Value::Package(module.into(), "".into()),
        }
    }

    /// The file of that path, whichever way its name is cut short.
    fn file_at(&self, path: &Utf8Path) -> Option<usize> {
        let find = |path: &str| self.by_path.get(path).copied();
        let text = path.as_str().trim_end_matches('/');
        // `./a.js` of what is written as `a.ts`.
        let bare = [".js", ".mjs", ".cjs", ".jsx"].iter().find_map(|it| text.strip_suffix(it));
        let slash = if text.is_empty() { "" } else { "/" };
        find(text).or_else(|| find(bare?)).or_else(|| find(&format!("{text}{slash}index")))
    }

    /// `@/a/b`, `#a/b`, `src/a/b`, where no configuration says what that is: what the
    /// nearest folder above has of that name.
    fn by_custom(&self, folder: &Utf8Path, module: &str) -> Option<usize> {
        let (first, rest) = module.split_once('/').unwrap_or((module, ""));
        let bare = match first.strip_prefix('#') {
            Some(name) if !name.is_empty() => format!("{name}/{rest}"),
            _ => rest.to_owned(),
        };
        let bare = bare.trim_end_matches('/');
        let is_mark = matches!(first, "@" | "~" | "$") || first.starts_with('#');
        // `@org/package` is a package, and not what a folder here happens to be called.
        let is_path = !first.starts_with('@') && (!rest.is_empty() || first == "src");
        for above in folder.ancestors() {
            let places = match (is_mark, is_path) {
                (true, _) => {
                    vec![
                        above.join("src").join(bare),
                        above.join(bare),
                        above.join("app").join(bare),
                    ]
                }
                (false, true) => vec![above.join(module), above.join("src").join(module)],
                (false, false) => return None,
            };
            // Node's own modules and packages have no such folder here.
            if let Some(found) = places.iter().find_map(|place| self.file_at(place)) {
                return Some(found);
            }
        }
        None
    }

    /// What `import { name } from "module"` binds.
    pub(super) fn imported(&mut self, file: usize, module: &str, name: &str) -> Value {
        match self.module(file, module) {
            Value::Module(other) if name == "*" => Value::Module(other),
            Value::Module(other) => Value::Import(other, name.into()),
            Value::Package(module, _) => match name {
                "default" | "*" => Value::Package(module, "".into()),
                name => Value::Package(module, name.into()),
            },
            other => other,
        }
    }

    /// What a file exports under a name.
    pub(super) fn export(&mut self, file: usize, name: &str) -> Value {
        // Not by recursion: files may give each other's names on in a circle.
        let (mut open, mut hops) = (vec![(file, name.to_owned())], 0);
        while let Some((file, name)) = open.pop() {
            hops += 1;
            if hops > HOPS_MAX * 8 || open.len() > HOPS_MAX * 8 {
                return Value::Unknown;
            }
            let scope = self.load(file);
            if name == "*" {
                return Value::Module(file);
            }
            if let Some(value) = self.modules.get(file).and_then(|it| it.exported.get(&name)) {
                return value.clone();
            }
            let Some(facts) = self.facts(file) else { continue };
            let mut is_esm = false;
            let mut found = None;
            for export in &facts.exports {
                is_esm = true;
                match export {
                    Export::Value(own, id, _)
                        if *own == name || (own == "=" && name == "default") =>
                    {
                        found = Some(*id);
                    }
                    Export::From(module, there, here, _) if *here == name => {
                        match self.module(file, module) {
                            Value::Module(other) => open.push((other, there.clone())),
                            Value::Package(module, _) => {
                                let there = if there == "default" { "" } else { there };
                                return Value::Package(module, there.into());
                            }
                            other => return other,
                        }
                    }
                    Export::All(module) if name != "default" => {
                        if let Value::Module(other) = self.module(file, module) {
                            open.insert(0, (other, name.clone()));
                        }
                    }
                    _ => {}
                }
            }
            if let Some(id) = found {
                let value = self.eval(file, scope, id);
                self.keep(file, &name, &value);
                return value;
            }
            let value = self.common(file);
            let has_own = match &value {
                Value::Object(object) => {
                    self.objects.get(*object).is_some_and(|own| !own.fields.is_empty())
                }
                _ => true,
            };
            if has_own && (!is_esm || open.is_empty()) {
                return match name.as_str() {
                    "default" => match self.member(&value, "default") {
                        Value::Unknown | Value::Nothing | Value::Method(_) => value,
                        default => default,
                    },
                    name => self.member(&value, name),
                };
            }
        }
        Value::Unknown
    }

    fn keep(&mut self, file: usize, name: &str, value: &Value) {
        if let Some(module) = self.modules.get_mut(file)
            && module.is_done
        {
            module.exported.insert(name.to_owned(), value.clone());
        }
    }

    /// `module.exports`
    fn common(&self, file: usize) -> Value {
        let module = self.modules.get(file).map(|module| module.module);
        let object = module.and_then(|module| self.objects.get(module));
        object.and_then(|object| object.field("exports")).cloned().unwrap_or(Value::Unknown)
    }

    /// What `require("x")` gives.
    pub(super) fn required(&mut self, file: usize, module: &str) -> Value {
        match self.module(file, module) {
            Value::Module(other) => {
                self.load(other);
                let is_esm = self.facts(other).is_some_and(|facts| !facts.exports.is_empty());
                if is_esm { Value::Module(other) } else { self.common(other) }
            }
            other => other,
        }
    }

    /// Makes what is exported, where nothing else asks for it.
    pub(super) fn export_all(&mut self, file: usize) {
        let Some(facts) = self.facts(file) else { return };
        for export in &facts.exports {
            if let Export::Value(name, ..) = export {
                self.export(file, name);
            }
        }
    }

    /// A value as it is: a name of another file told.
    pub(super) fn settled(&mut self, value: Value) -> Value {
        match value {
            Value::Import(file, name) if self.enter() => {
                let value = self.export(file, &name);
                let value = match value {
                    Value::Import(..) => self.settled(value),
                    value => value,
                };
                self.depth -= 1;
                value
            }
            Value::Import(..) => Value::Unknown,
            value => value,
        }
    }
}

/// A folder and a relative path as one.
pub(super) fn joined(folder: &Utf8Path, relative: &str) -> Utf8PathBuf {
    let mut path = folder.to_owned();
    for part in relative.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                path.pop();
            }
            part => path.push(part),
        }
    }
    path
}

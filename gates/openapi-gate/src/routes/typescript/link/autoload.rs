//! `@fastify/autoload`: each file of a folder is a plugin, under the path of its
//! own folder.

use camino::{Utf8Path, Utf8PathBuf};

use super::run::Machine;
use super::value::{Site, Told, Value};

impl Machine<'_> {
    pub(in super::super) fn autoload(
        &mut self,
        router: usize,
        options: &Value,
        prefix: Told,
        site: Site,
    ) {
        let folder = match self.field(options, "dir") {
            Value::Text(text) => Utf8PathBuf::from(text.to_string()),
            _ => {
                let why =
                    "the folder that is loaded is not a constant, so its routes cannot be told";
                return self.unresolved(site, why);
            }
        };
        let is_false = |value: Value| matches!(value, Value::Text(text) if *text == *"false");
        let is_flat = is_false(self.field(options, "dirNameRoutePrefix"));
        let given = self.field(options, "options");
        let prefix = match (self.field(&given, "prefix"), prefix) {
            (own @ Value::Text(_), _) => self.path(&own),
            (_, prefix) => prefix,
        };
        for (file, (path, _)) in self.files.iter().enumerate() {
            let Ok(below) = path.strip_prefix(&folder) else { continue };
            let stem = below.file_stem().unwrap_or_default();
            if stem.starts_with(['.', '_']) || stem.contains(".test") {
                continue;
            }
            let plugin =
                match self.required(file, &format!("./{}", path.file_name().unwrap_or_default())) {
                    Value::Module(own) => self.export(own, "default"),
                    other => other,
                };
            let (Value::Function(_) | Value::Transparent(_)) = plugin else { continue };
            let own = self.export(file, "autoPrefix");
            let own = match (own, is_flat) {
                (Value::Text(own), _) => own.to_string(),
                (_, true) => String::new(),
                (_, false) => {
                    let names = below.parent().map_or("", Utf8Path::as_str);
                    let names = names.split('/').filter(|name| !name.is_empty());
                    // `_id` is a parameter where `routeParams` is on.
                    names
                        .map(|name| {
                            format!(
                                "/{}",
                                name.replacen('_', ":", usize::from(name.starts_with('_')))
                            )
                        })
                        .collect()
                }
            };
            let whole = match &prefix {
                Told::Path(before) => Told::Path(format!("{}{own}", before.trim_end_matches('/'))),
                other => other.clone(),
            };
            let inner = self.below(router, whole, site);
            self.run_all(&[plugin], &[Value::Router(inner)]);
        }
    }
}

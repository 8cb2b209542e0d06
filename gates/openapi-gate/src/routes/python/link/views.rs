//! Django's views, and the methods that each takes.

use super::call::Called;
use super::machine::Machine;
use super::value::Value;
use super::web::Methods;

/// Views of packages, and the methods that each takes.
const VIEWS: &[(&str, &[&str])] = &[
    ("TemplateView", &["GET"]),
    ("ListView", &["GET"]),
    ("DetailView", &["GET"]),
    ("FormView", &["GET", "POST"]),
    ("CreateView", &["GET", "POST"]),
    ("UpdateView", &["GET", "POST"]),
    ("DeleteView", &["GET", "POST"]),
    ("LoginView", &["GET", "POST"]),
    ("PasswordChangeView", &["GET", "POST"]),
    ("PasswordResetView", &["GET", "POST"]),
    ("PasswordResetConfirmView", &["GET", "POST"]),
    ("PasswordResetDoneView", &["GET"]),
    ("PasswordResetCompleteView", &["GET"]),
    ("ListAPIView", &["GET"]),
    ("CreateAPIView", &["POST"]),
    ("RetrieveAPIView", &["GET"]),
    ("DestroyAPIView", &["DELETE"]),
    ("UpdateAPIView", &["PUT", "PATCH"]),
    ("ListCreateAPIView", &["GET", "POST"]),
    ("RetrieveUpdateAPIView", &["GET", "PUT", "PATCH"]),
    ("RetrieveDestroyAPIView", &["GET", "DELETE"]),
    ("RetrieveUpdateDestroyAPIView", &["GET", "PUT", "PATCH", "DELETE"]),
    ("ObtainAuthToken", &["POST"]),
    ("TokenObtainPairView", &["POST"]),
    ("TokenRefreshView", &["POST"]),
    ("TokenVerifyView", &["POST"]),
    ("TokenBlacklistView", &["POST"]),
    ("SpectacularAPIView", &["GET"]),
    ("SpectacularSwaggerView", &["GET"]),
    ("SpectacularRedocView", &["GET"]),
    ("JavaScriptCatalog", &["GET"]),
];

/// Classes without methods of their own.
pub(super) const PLAIN: &[&str] =
    &["View", "APIView", "GenericAPIView", "object", "ABC", "Generic", "Protocol"];

/// The last name of a dotted one.
pub(super) fn last(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}

/// The methods that a view takes, and whether it is in no specification.
pub(super) fn methods(machine: &mut Machine<'_>, view: &Value) -> (Methods, bool) {
    match view {
        Value::View(class, Some(actions)) => {
            let is_hidden = is_hidden(machine, class);
            (Methods::Of(actions.iter().map(|(method, _)| method.clone()).collect()), is_hidden)
        }
        Value::View(class, None) => match &**class {
            Value::Class(number) => (of_class(machine, *number), is_hidden(machine, class)),
            Value::Library(name) => (of_library(name).map_or(Methods::Any, |own| own), false),
            _ => (Methods::Any, false),
        },
        Value::Function(number) => of_function(machine, *number),
        _ => (Methods::Any, false),
    }
}

fn of_library(name: &str) -> Option<Methods> {
    let known = VIEWS.iter().find(|(own, _)| *own == last(name))?;
    Some(Methods::Of(known.1.iter().map(|it| (*it).to_owned()).collect()))
}

fn of_function(machine: &mut Machine<'_>, number: usize) -> (Methods, bool) {
    let marks = machine.marks.get(&Value::Function(number).key()).cloned().unwrap_or_default();
    let is_hidden = marks.iter().any(|(_, called)| excludes(called));
    for (word, called) in marks {
        if matches!(word.as_str(), "api_view" | "require_http_methods") {
            let get = Methods::Of(vec!["GET".to_owned()]);
            let told = called.argument(0, "http_method_names");
            let told = told.or_else(|| called.keyword("request_method_list"));
            return (machine.methods(told, get).unwrap_or(Methods::Any), is_hidden);
        }
    }
    let Some(function) = machine.functions.get(number) else { return (Methods::Any, is_hidden) };
    let of = |name: &str| match name {
        "require_GET" | "require_safe" => Some("GET"),
        "require_POST" => Some("POST"),
        _ => None,
    };
    let told = function.syntax.decorators.iter().filter_map(|it| of(it.last_name()?)).next();
    (told.map_or(Methods::Any, |it| Methods::Of(vec![it.to_owned()])), is_hidden)
}

/// Whether a decorator says so.
pub(super) fn excludes(called: &Called) -> bool {
    called.keyword("exclude") == Some(&Value::Truth(true))
        || called.keyword("auto_schema") == Some(&Value::Nothing)
}

/// Whether a class says that no specification has it.
pub(super) fn is_hidden(machine: &Machine<'_>, class: &Value) -> bool {
    let marks = machine.marks.get(&class.key());
    let by_mark = marks.into_iter().flatten().any(|(_, called)| excludes(called));
    let by_name = match class {
        Value::Class(class) => machine.of_class(*class, "schema", 0) == Some(Value::Nothing),
        _ => false,
    };
    by_mark || by_name
}

/// Of these methods, each by the function that answers it, those that are in a
/// specification and those that are told to be in none.
pub(super) fn apart(
    machine: &Machine<'_>,
    class: &Value,
    methods: &Methods,
    function: impl Fn(&str) -> String,
) -> (Methods, Vec<String>) {
    let (Value::Class(class), Methods::Of(all)) = (class, methods) else {
        return (methods.clone(), Vec::new());
    };
    let is_excluded = |method: &String| {
        let own = machine.of_class(*class, &function(method), 0);
        let marks = own.and_then(|own| machine.marks.get(&own.key()));
        marks.into_iter().flatten().any(|(_, called)| excludes(called))
    };
    let (hidden, shown) = all.iter().cloned().partition(is_excluded);
    (Methods::Of(shown), hidden)
}

/// The methods of a class as a view: those of its functions and of the classes it
/// stands on.
fn of_class(machine: &Machine<'_>, class: usize) -> Methods {
    let mut own = machine.methods_of_class(class);
    own.retain(|it| !matches!(it.as_str(), "HEAD" | "OPTIONS" | "TRACE"));
    for base in machine.library_bases(class, 0) {
        match (of_library(&base), last(&base)) {
            (Some(Methods::Of(more)), _) => own.extend(more),
            (_, base) if PLAIN.contains(&base) || base.ends_with("Mixin") => {}
            _ => return Methods::Any,
        }
    }
    allowed(machine, class, own)
}

/// Of these methods, those that the class lets through.
pub(super) fn allowed(machine: &Machine<'_>, class: usize, mut own: Vec<String>) -> Methods {
    if let Some(told) = machine.of_class(class, "http_method_names", 0)
        && let Some(Methods::Of(told)) = machine.methods(Some(&told), Methods::Any)
    {
        own.retain(|it| told.contains(it));
    }
    own.sort();
    own.dedup();
    if own.is_empty() { Methods::Any } else { Methods::Of(own) }
}

//! What is passed over, nested too deep or too long to be followed: told where it
//! registers a route, and not lost.

use std::cell::RefCell;
use std::ops::Range;

use kernel::SourceFile;

use super::expression::Reader;
use super::lexer::Source;
use super::syntax::Unread;

/// Tokens that register something where reading stopped, and why it did.
pub(super) type PassedOver = RefCell<Vec<(usize, &'static str)>>;

/// More elements than a list by hand has: data.
const ELEMENTS_MAX: usize = 3_000;

/// Names that say by themselves that they register.
const SURE: [&str; 36] = [
    "include_router",
    "add_api_route",
    "add_route",
    "api_route",
    "websocket_route",
    "add_websocket_route",
    "add_api_websocket_route",
    "register_blueprint",
    "register_api",
    "add_url_rule",
    "add_resource",
    "add_namespace",
    "add_routes",
    "add_subapp",
    "add_view",
    "add_static",
    "add_get",
    "add_post",
    "add_put",
    "add_patch",
    "add_delete",
    "add_head",
    "add_options",
    "Route",
    "Mount",
    "WebSocketRoute",
    "APIRoute",
    "APIRouter",
    "Blueprint",
    "RouteTableDef",
    "re_path",
    "api_view",
    "i18n_patterns",
    "DefaultRouter",
    "SimpleRouter",
    "mount",
];

/// Methods of a router, which others have as well.
const METHODS_OF_ROUTERS: [&str; 9] =
    ["get", "post", "put", "patch", "delete", "head", "options", "trace", "route"];

/// Whether a token is called and registers: `add_route(`, `.get("/…`, `, path("…`.
/// With what stands before it, and the two after.
fn registers([before, word, after, given]: [&str; 4]) -> bool {
    let text = given.trim_start_matches(|c: char| c.is_ascii_alphabetic());
    let doubtful = || match word {
        "path" | "url" => matches!(before, "[" | ",") && text.starts_with(['"', '\'']),
        word => before == "." && METHODS_OF_ROUTERS.contains(&word) && is_path(text),
    };
    after == "(" && before != "def" && (SURE.contains(&word) || doubtful())
}

/// A text, as it is written, that begins with a slash.
fn is_path(text: &str) -> bool {
    text.starts_with(['"', '\'']) && text.trim_start_matches(['"', '\'']).starts_with('/')
}

const TOO_LONG: &str = "it stands among more than 3,000 elements, which are taken for data";

impl<'s> Reader<'s> {
    pub(super) fn new(source: &'s Source<'s>, file: &'s SourceFile) -> Reader<'s> {
        Reader { source, file, unread: PassedOver::default() }
    }

    /// What is in the file and was not read.
    pub(super) fn unread(&self) -> Vec<Unread> {
        let own = self.unread.borrow();
        let told = own.iter().map(|(at, why)| {
            let bytes = self.source.bytes(&(*at..*at + 1));
            let written = self.source.text.get(bytes.clone()).unwrap_or_default().to_owned();
            Unread { span: self.file.span(bytes), written, why: (*why).to_owned() }
        });
        told.collect()
    }

    /// Notes that `range` is not read, where something in it registers a route.
    pub(super) fn pass_over(&self, mut range: Range<usize>, why: &'static str) {
        let found = range.find(|at| registers(self.around(*at)));
        self.unread.borrow_mut().extend(found.map(|at| (at, why)));
    }

    /// A token with the one before it and the two after.
    fn around(&self, at: usize) -> [&str; 4] {
        let before = at.checked_sub(1).map_or("", |before| self.source.word(before));
        [before, self.source.word(at), self.source.word(at + 1), self.source.word(at + 2)]
    }

    /// Whether that many elements are data, which is told where it is not.
    pub(super) fn is_data(&self, elements: &[Range<usize>]) -> bool {
        let is_data = elements.len() > ELEMENTS_MAX;
        if let (true, Some(first), Some(last)) = (is_data, elements.first(), elements.last()) {
            self.pass_over(first.start..last.end, TOO_LONG);
        }
        is_data
    }
}

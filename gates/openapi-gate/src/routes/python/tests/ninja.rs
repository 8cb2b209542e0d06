//! Operations of django-ninja, and what of them cannot be told.

use super::*;

#[test]
fn ninja_apis_are_served_by_patterns() {
    let urls = r#"import debug_toolbar.toolbar
from django.urls import path
from .api import api, other
urlpatterns = [path("api/", api.urls), path("v2/<slug:team>/", other.urls)]
if DEBUG:
    urlpatterns += [*debug_toolbar.toolbar.debug_toolbar_urls()]
"#;
    let api = r#"from ninja import NinjaAPI, Router
from ninja_extra import NinjaExtraAPI
from events.api import router as events_router, internal
from blog import api as blog_api
from somewhere import their_router
api = NinjaAPI(title="a", default_router=Router())
other: NinjaAPI = NinjaExtraAPI(urls_namespace="v2")
@api.get("/add", response={200: int})
def add(request, a: int): ...
@api.post("items//{int:item_id}")
def item(request, item_id: int): ...
@api.api_operation(["POST", "PATCH"], "/mixed")
def mixed(request): ...
@api.get("/secret", include_in_schema=False)
def secret(request): ...
api.add_router("/events/", events_router, tags=["e"])
api.add_router("news/", "news.api.router")
api.add_router("", blog_api.router)
api.add_router("/theirs", their_router)
api.add_router("/gone", "news.gone.router")
if DEBUG:
    other.add_router(prefix="/events/{event}", router=events_router)
other.register_controllers(Users)
other.add_router(prefix(), internal)
"#;
    let events = r#"from ninja import Router
class Own(Router):
    pass
router = Own(tags=["events"])
internal = Router()
nested = Router()
router.add_router("/{event_id}/notes", nested)
def listed(request): ...
router.add_api_operation("", ["GET"], listed)
@router.delete("/{event_id}")
def remove(request, event_id: int): ...
@nested.put("/")
def note(request, event_id: int): ...
@internal.get("/x")
def x(request): ...
"#;
    let news = "from ninja.router import Router\nrouter = Router()\n@router.get('latest')\ndef l(r): ...\n";
    let blog = "from ninja import Router\nfrom ninja.pagination import RouterPaginated\n\
                router = RouterPaginated()\nunused = Router()\n\
                @router.get('/recent')\ndef r(r): ...\n@unused.get('/never')\ndef n(r): ...\n\
                def plain(router, app):\n    app.get('key')\n    router.get('/k')\n";
    let expected = [
        "(GET /api/secret)",
        "? blog/api.py:7",
        "? site/api.py:20",
        "? site/api.py:23",
        "? site/api.py:24",
        "ANY /api/theirs/* site/api.py:19",
        "DELETE /api/events/{event_id} events/api.py:10",
        "DELETE /v2/{team}/events/{event}/{event_id} events/api.py:10 if",
        "GET /api/add site/api.py:8",
        "GET /api/events/ events/api.py:9",
        "GET /api/news/latest news/api.py:3",
        "GET /api/recent blog/api.py:5",
        "GET /v2/{team}/events/{event} events/api.py:9 if",
        "PATCH /api/mixed site/api.py:12",
        "POST /api/items/{item_id} site/api.py:10",
        "POST /api/mixed site/api.py:12",
        "PUT /api/events/{event_id}/notes/ events/api.py:12",
        "PUT /v2/{team}/events/{event}/{event_id}/notes/ events/api.py:12 if",
    ];
    let files = [
        ("site/settings.py", "ROOT_URLCONF = 'site.urls'\n"),
        ("site/urls.py", urls),
        ("site/api.py", api),
        ("events/api.py", events),
        ("news/api.py", news),
        ("blog/__init__.py", ""),
        ("blog/api.py", blog),
    ];
    assert_eq!(told(Framework::Django, &files), expected);
}

//! Each framework's ways to register a route, and what must not be guessed.

mod ninja;

use kernel::SourceFile;
use proptest::prelude::{ProptestConfig, proptest};
use proptest::test_runner::RngSeed;

use super::{Framework, link, read};

/// `METHOD path file:line` of each route, `? file:line` of what is not told and
/// `(METHOD path)` of what no specification has.
fn told(framework: Framework, files: &[(&str, &str)]) -> Vec<String> {
    let files: Vec<SourceFile> =
        files.iter().map(|(path, text)| SourceFile::literal(path, text)).collect();
    let said: Vec<_> = files.iter().filter_map(|file| Some((file.path(), read(file)?))).collect();
    let said: Vec<_> = said.iter().map(|(path, text)| (*path, text.as_str())).collect();
    let found = link(&said, framework, None);
    let routes = found.routes.iter().map(|route| {
        let line = route.at.span.map_or(0, |span| span.line);
        let mark = if route.router.is_none() { " if" } else { "" };
        let also = route.also.iter().map(|also| format!(" {}", also.shown)).collect::<String>();
        format!("{}{also} {}:{line}{mark}", route.shown(), route.at.path)
    });
    let hidden = found.hidden.iter().map(|route| format!("({})", route.shown()));
    let unresolved = found.unresolved.iter().map(|it| {
        let line = it.at.span.map_or(0, |span| span.line);
        format!("? {}:{line}", it.at.path)
    });
    let mut all: Vec<String> = routes.chain(hidden).chain(unresolved).collect();
    all.sort();
    all
}

#[test]
fn fastapi_routers_are_composed() {
    let main = r#"from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles
from app.api import api_router as api
from app.config import settings
app: FastAPI = FastAPI()
app.include_router(api, prefix=settings.API_V1)
app.mount("/static", StaticFiles(directory="x"), name="static")
sub = FastAPI()
app.mount("/sub", sub)
@sub.get("/x")
@cached
async def x(): ...
@app.websocket("/ws")
async def ws(socket): ...
@app.get("/docs", include_in_schema=False)
def docs(): ...
"#;
    let api = r#"from fastapi import APIRouter
from . import items
from .users import router as users
api_router = APIRouter()
for r in [items.router, users]:
    api_router.include_router(r)
"#;
    let items = r#"from fastapi import APIRouter
router = APIRouter(
    prefix="/items",
)
NAME = "n"
@router.get("")
def all(): ...
@router.api_route(f"/{NAME}/{{id:int}}", methods=["PUT", "PATCH"])
def one(id: int): ...
router.add_api_route("/a" + "/b", all, methods=("POST",))
if debug():
    @router.delete("/{id}")
    def gone(id): ...
"#;
    let found = told(
        Framework::Fastapi,
        &[
            ("app/main.py", main),
            ("app/api/__init__.py", api),
            ("app/api/items.py", items),
            (
                "app/api/users.py",
                "from fastapi import APIRouter\nrouter = APIRouter(prefix='/u')\n@router.get('/')\ndef u(): ...\n",
            ),
            (
                "app/config.py",
                "class Settings(BaseSettings):\n    API_V1: str = '/v1'\nsettings = Settings()\n",
            ),
            ("app/__init__.py", ""),
            (
                "tests/test_a.py",
                "from fastapi import FastAPI\napp = FastAPI()\n@app.get('/no')\ndef no(): ...\n",
            ),
            (
                "app/client.py",
                "import httpx\nclient = httpx.Client()\nclient.get('/no')\nrequests.post('/no')\n",
            ),
        ],
    );
    assert_eq!(
        found,
        [
            "(GET /docs)",
            "(GET /ws)",
            "ANY /static/* app/main.py:7",
            "DELETE /v1/items/{id} app/api/items.py:12 if",
            "GET /sub/x app/main.py:10",
            "GET /v1/items app/api/items.py:6",
            "GET /v1/u/ app/api/users.py:3",
            "PATCH /v1/items/n/{id:int} app/api/items.py:8",
            "POST /v1/items/a/b app/api/items.py:10",
            "PUT /v1/items/n/{id:int} app/api/items.py:8",
        ]
    );
}

#[test]
fn functions_hand_routers_on() {
    let main = r#"from fastapi import FastAPI, APIRouter
import os
PREFIX = os.environ.get("PREFIX", "")
def with_prefix(application: FastAPI, router: APIRouter, **kwargs):
    prefix = f"/{PREFIX}" if PREFIX else "/all"
    if kwargs.get("prefix"):
        prefix += kwargs["prefix"]
    application.include_router(router, **{**kwargs, "prefix": prefix})
def routes(kind: str = "a") -> APIRouter:
    router = APIRouter()
    @router.get("/" + kind)
    def handler(): ...
    return router
def create_app():
    app = FastAPI()
    with_prefix(app, routes())
    with_prefix(app, routes("b"), prefix="/p")
    return app
class Server:
    def __init__(self):
        self.app = FastAPI()
        self.setup()
    def setup(self):
        self.app.add_api_route("/s", self.s, methods=["GET"])
"#;
    let found = told(Framework::Fastapi, &[("main.py", main)]);
    assert_eq!(found, ["GET /all/a main.py:11", "GET /all/p/b main.py:11", "GET /s main.py:24"]);
}

#[test]
fn nothing_of_fastapi_is_guessed() {
    let main = r#"from fastapi import APIRouter, FastAPI
from elsewhere import router as theirs
from .gone import mine
app = FastAPI()
app.include_router(theirs)
app.include_router(mine)
app.get(path())
prefix = "/a"
if flag():
    prefix = "/b"
lost = APIRouter(prefix=prefix)
app.include_router(lost)
@lost.get("/below")
def below(): ...
alone = APIRouter()
@alone.get("/x")
def x(): ...
@mine.post("/y")
def y(): ...
def add(router: APIRouter):
    router.add_api_route("/z", x, methods=METHODS())
    @router.get("/w")
    def w(): ...
"#;
    let found = told(Framework::Fastapi, &[("main.py", main)]);
    let lines = ["12", "16", "18", "21", "22", "5", "6", "7"];
    assert_eq!(found, lines.map(|line| format!("? main.py:{line}")));
}

#[test]
fn starlette_lists_are_read() {
    let main = r#"from starlette.applications import Starlette
from starlette.endpoints import HTTPEndpoint
from starlette.routing import Mount, Route, Router, WebSocketRoute
class Both(HTTPEndpoint):
    async def get(self, request): ...
    async def post(self, request): ...
inner = [Route("/", home), Mount("/deep", routes=[Route("/x", home, methods=["POST"])])]
more = Router(routes=[Route("/r", home)])
routes = [Route("/b/{id:int}", Both), Mount("/in", routes=inner), Mount("/more", app=more)]
routes += [WebSocketRoute("/ws", socket)]
app = Starlette(routes=routes)
app.add_route("/late", home)
"#;
    let found = told(Framework::Starlette, &[("main.py", main)]);
    assert_eq!(
        found,
        [
            "(GET /ws)",
            "GET /b/{id:int} main.py:9",
            "GET /in/ main.py:7",
            "GET /late main.py:12",
            "GET /more/r main.py:8",
            "POST /b/{id:int} main.py:9",
            "POST /in/deep/x main.py:7",
        ]
    );
}

#[test]
fn flask_blueprints_nest() {
    let app = r#"from flask import Flask, Blueprint
from flask.views import MethodView
from .pages import bp, init
def create_app():
    app = Flask(__name__)
    app.register_blueprint(bp, url_prefix="/pages")
    init(app)
    class Items(MethodView):
        def get(self): ...
        def delete(self): ...
    app.add_url_rule("/items/<uuid:id>", view_func=Items.as_view("items"))
    return app
"#;
    let pages = r#"from flask import Blueprint
bp = Blueprint("pages", __name__, url_prefix="/replaced")
child = Blueprint("child", __name__, url_prefix="/child")
bp.register_blueprint(child)
@bp.route("/<int:page>", methods=["GET", "POST"])
def page(page): ...
@child.get("/<path:rest>")
def rest(rest): ...
def init(app):
    @app.route("/")
    def home(): ...
    app.add_url_rule("/plain", "plain", home)
"#;
    let found = told(Framework::Flask, &[("a/app.py", app), ("a/pages.py", pages)]);
    assert_eq!(
        found,
        [
            "DELETE /items/{id} a/app.py:11",
            "GET / a/pages.py:10",
            "GET /items/{id} a/app.py:11",
            "GET /pages/child/{rest} a/pages.py:7",
            "GET /pages/{page} a/pages.py:5",
            "GET /plain a/pages.py:12",
            "POST /pages/{page} a/pages.py:5",
        ]
    );
}

#[test]
fn what_stands_on_flask() {
    let restful = r#"from flask import Flask
from flask_restful import Api, Resource
class Base(Resource):
    def get(self): ...
class Todo(Base):
    def put(self, id): ...
app = Flask(__name__)
api = Api(app, prefix="/api")
api.add_resource(Todo, "/todo", "/todo/<id>")
"#;
    let found = told(Framework::Flask, &[("a.py", restful)]);
    let expected = ["GET /api/todo", "GET /api/todo/{id}", "PUT /api/todo", "PUT /api/todo/{id}"];
    assert_eq!(found, expected.map(|route| format!("{route} a.py:9")));
    let restx = r#"from flask import Flask
from flask_restx import Api, Namespace, Resource
ns = Namespace("cats")
api = Api()
api.add_namespace(ns, path="/v1/cats")
@ns.route("/<id>")
class Cat(Resource):
    def get(self, id): ...
other = api.namespace("dogs")
@other.route("/")
class Dogs(Resource):
    def post(self): ...
app = Flask(__name__)
api.init_app(app)
"#;
    let found = told(Framework::Flask, &[("a.py", restx)]);
    assert_eq!(found, ["GET /v1/cats/{id} a.py:6", "POST /dogs/ a.py:10"]);
}

#[test]
fn django_includes_are_followed() {
    let urls = r#"from django.contrib import admin
from django.urls import include, path, re_path
from django.views.decorators.csrf import csrf_exempt
from . import views
extra = [path("e/", views.both)]
urlpatterns = [
    path("admin/", admin.site.urls),
    path("blog/", include("blog.urls")),
    path("x/", include((extra, "x"), namespace="x")),
    re_path(r"^old/(?P<year>[0-9]{4})/?$", csrf_exempt(views.only)),
    path("c/<int:pk>", views.Detail.as_view()),
    path("t/", views.Page.as_view(template_name="t")),
]
if settings.DEBUG:
    urlpatterns = [path("debug/", views.both)] + urlpatterns
urlpatterns += [path("last/", views.both)]
"#;
    let views = r#"from django.views import View
from django.views.generic import TemplateView as Page
from django.views.decorators.http import require_http_methods
def both(request): ...
@require_http_methods(["GET", "POST"])
def only(request): ...
class Detail(View):
    def get(self, request, pk): ...
    def delete(self, request, pk): ...
"#;
    let blog = "from django.urls import path\nurlpatterns = [path('', v), path(name(), v)]\n";
    let found = told(
        Framework::Django,
        &[
            ("site/urls.py", urls),
            ("site/views.py", views),
            ("site/settings.py", "ROOT_URLCONF = 'site.urls'\n"),
            ("blog/urls.py", blog),
            ("unused/urls.py", "from django.urls import path\nurlpatterns = [path('no', v)]\n"),
        ],
    );
    assert_eq!(
        found,
        [
            "? blog/urls.py:2",
            "ANY /admin/* site/urls.py:7",
            "ANY /blog/ blog/urls.py:2",
            "ANY /debug/ site/urls.py:15 if",
            "ANY /last/ site/urls.py:16",
            "ANY /x/e/ site/urls.py:5",
            "DELETE /c/{pk} site/urls.py:11",
            "GET /c/{pk} site/urls.py:11",
            "GET /old/{year}/ /old/{year} site/urls.py:10",
            "GET /t/ site/urls.py:12",
            "POST /old/{year}/ /old/{year} site/urls.py:10",
        ]
    );
}

#[test]
fn view_sets_say_their_actions() {
    let urls = r#"from django.urls import include, path
from rest_framework import routers
from rest_framework.decorators import api_view
from rest_framework_nested.routers import NestedSimpleRouter
from .views import Users, Notes, Theirs
router = routers.DefaultRouter()
router.register("users", Users)
nested = NestedSimpleRouter(router, "users", lookup="user")
nested.register(r"notes", Notes)
flat = routers.SimpleRouter(trailing_slash=False)
flat.register("theirs", Theirs)
@api_view(["PUT"])
def put(request): ...
urlpatterns = [
    path("api/", include(router.urls)),
    path("api/", include(nested.urls)),
    path("put", put),
    path("me", Users.as_view({"get": "me"})),
] + flat.urls
"#;
    let views = r#"from rest_framework import mixins, viewsets
from rest_framework.decorators import action
from drf_spectacular.utils import extend_schema
from other import Strange
class Users(viewsets.ModelViewSet):
    http_method_names = ["get", "post", "head"]
    lookup_field = "name"
    @action(detail=True, methods=["post"], url_path="set-name")
    def rename(self, request): ...
    @action(detail=False)
    def me(self, request): ...
    @extend_schema(exclude=True)
    def create(self, request): ...
class Notes(mixins.ListModelMixin, viewsets.GenericViewSet):
    def destroy(self, request, pk=None): ...
class Theirs(Strange): ...
"#;
    let found = told(Framework::Django, &[("a/urls.py", urls), ("a/views.py", views)]);
    assert_eq!(
        found,
        [
            "(POST /api/users/)",
            "ANY /theirs a/urls.py:11",
            "ANY /theirs/{pk} a/urls.py:11",
            "DELETE /api/users/{user_pk}/notes/{pk}/ a/urls.py:9",
            "GET /api/users/ a/urls.py:7",
            "GET /api/users/me/ a/views.py:10",
            "GET /api/users/{name}/ a/urls.py:7",
            "GET /api/users/{user_pk}/notes/ a/urls.py:9",
            "GET /me a/urls.py:18",
            "POST /api/users/{name}/set-name/ a/views.py:8",
            "PUT /put a/urls.py:17",
        ]
    );
}

#[test]
fn aiohttp_tables_and_lists() {
    let main = r#"from aiohttp import web
routes = web.RouteTableDef()
@routes.get("/t")
async def t(request): ...
@routes.view("/v/{id}")
class V(web.View):
    async def get(self): ...
    async def post(self): ...
async def init():
    app = web.Application()
    app.add_routes(routes)
    app.router.add_get("/g", t)
    app.router.add_route("*", "/any", t)
    app.add_routes([web.put("/p", t), web.static("/s", ".")])
    admin = web.Application()
    admin.router.add_post(f"/{NAME}", t)
    admin.router.add_delete("/d", t)
    app.add_subapp("/admin/", admin)
    app.get("/no")
    return app
"#;
    let found = told(Framework::Aiohttp, &[("main.py", main)]);
    assert_eq!(
        found,
        [
            "? main.py:16",
            "ANY /any main.py:13",
            "DELETE /admin/d main.py:17",
            "GET /g main.py:12",
            "GET /s/* main.py:14",
            "GET /t main.py:3",
            "GET /v/{id} main.py:5",
            "POST /v/{id} main.py:5",
            "PUT /p main.py:14",
        ]
    );
}

#[test]
fn files_that_import_each_other_wait() {
    let found = told(
        Framework::Flask,
        &[
            (
                "a/__init__.py",
                "from flask import Flask\nfrom .b import bp\napp = Flask('a')\napp.register_blueprint(bp)\n",
            ),
            (
                "a/b.py",
                "from flask import Blueprint\nfrom . import app\nname = app.name\nbp = Blueprint('b', 'b', url_prefix='/b')\n@bp.route('/x')\ndef x(): ...\n",
            ),
        ],
    );
    assert_eq!(found, ["GET /b/x a/b.py:5"]);
}

#[test]
fn what_is_not_followed_to_its_end_is_told() {
    let list = "1, ".repeat(500);
    let loops = format!(
        "from fastapi import FastAPI\napp = FastAPI()\nall = [{list}]\nfor a in all:\n for b in all:\n  \
         for c in all:\n   app.add_api_route('/a', f)\napp.add_api_route('/end', f)\n"
    );
    let found = told(Framework::Fastapi, &[("main.py", &loops)]);
    assert!(found.contains(&"? main.py:1".to_owned()), "{found:?}");
    let circle = "from fastapi import FastAPI, APIRouter\napp = FastAPI()\na = APIRouter()\n\
                  b = APIRouter()\na.include_router(b, prefix='/b')\nb.include_router(a, prefix='/a')\n\
                  app.include_router(a)\n@a.get('/x')\ndef x(): ...\n";
    let found = told(Framework::Fastapi, &[("main.py", circle)]);
    assert!(found.contains(&"? main.py:1".to_owned()), "{found:?}");
    let plain = "from fastapi import FastAPI\napp = FastAPI()\n@app.get('/x')\ndef x(): ...\n";
    assert_eq!(told(Framework::Fastapi, &[("main.py", plain)]), ["GET /x main.py:3"]);
}

#[test]
fn hostile_files_end() {
    let deep = format!("x = {}1{}", "(".repeat(50_000), ")".repeat(50_000));
    let chain = format!("x = a{}", ".b()".repeat(50_000));
    let nested: String = (0..2_000).map(|depth| format!("{}if x:\n", " ".repeat(depth))).collect();
    let calls: String = "def f(x): f(f(x)); app.get('/a')\n".repeat(50);
    let lists =
        "a = []\na += [a]\na.append(a)\nfor x in a:\n  a += a\nurlpatterns = a\n".to_owned();
    let doubles = "a = [1, 2]\n".to_owned() + &"a = a + a\n".repeat(64) + "urlpatterns = a\n";
    let grows = "a = 'aa'\n".to_owned() + &"a = a + a\n".repeat(64) + "app.get(a)\n";
    let mounts = "from fastapi import *\na = APIRouter(prefix='/a')\nb = FastAPI()\nb.include_router(a)\na.include_router(a)\na.include_router(b)\n@a.get('/x')\ndef x(): ...\n".to_owned();
    for text in [deep, chain, nested, calls, lists, doubles, grows, mounts] {
        for framework in
            [Framework::Fastapi, Framework::Flask, Framework::Django, Framework::Aiohttp]
        {
            told(framework, &[("a.py", &text), ("b.py", "from a import *\nfrom b import *\n")]);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { rng_seed: RngSeed::Fixed(11), ..ProptestConfig::with_cases(400) })]

    /// Whatever is thrown at it, it ends, and says the same twice.
    #[test]
    fn any_text_is_read(words in proptest::collection::vec(0_usize..46, 0..60)) {
        const WORDS: [&str; 46] = [
            "from fastapi import *", "\n", "\n  ", "app", "=", "FastAPI()", "(", ")", "[", "]", "{", "}",
            ",", ":", "'/a'", "f'{app}/b'", "@app.get", "def f", "class C", "APIRouter", "if", "else",
            "for x in", "return", ".", "include_router", "prefix=", "+", "lambda", "*", "**", "'''", "\"",
            "urlpatterns", "path", "include", "re_path", "Flask()", "or", "not", "import a", "as", "\\",
            "self", "super()", "#",
        ];
        let text: String = words.iter().filter_map(|word| WORDS.get(*word)).map(|it| format!("{it} ")).collect();
        for framework in [Framework::Fastapi, Framework::Flask, Framework::Django, Framework::Aiohttp] {
            let files = [("a.py", text.as_str()), ("b.py", "from a import *\napp.include_router(x)\n")];
            assert_eq!(told(framework, &files), told(framework, &files));
        }
    }
}

#[test]
fn what_is_not_read_is_told_where_it_registers() {
    let head = "from fastapi import FastAPI\napp = FastAPI()\n";
    let mut deep = head.to_owned();
    for depth in 0..14 {
        deep.push_str(&format!("{}if a{depth}:\n", " ".repeat(depth)));
    }
    let inner = " ".repeat(14);
    let route = format!("{deep}{inner}x = {{}}.get('/a')\n");
    let data = format!("{deep}{inner}x = y.get('a')\n");
    assert_eq!(told(Framework::Fastapi, &[("main.py", &route)]), ["? main.py:17"]);
    assert_eq!(told(Framework::Fastapi, &[("main.py", &data)]), [""; 0]);
    let long = |element: &str| format!("{head}x = [\n{}]\n", format!("{element},\n").repeat(3_001));
    let found = told(Framework::Starlette, &[("main.py", &long("Route('/a', f)"))]);
    assert_eq!(found, ["? main.py:4"]);
    assert_eq!(told(Framework::Starlette, &[("main.py", &long("('a', f(1))"))]), [""; 0]);
}

#[test]
fn a_package_imports_its_own_parts_by_its_full_name() {
    let files = [
        ("pkg/__init__.py", ""),
        (
            "pkg/ui/__init__.py",
            "from flask import Blueprint\nfrom pkg.ui import diff\n\
             def build():\n    own = Blueprint('ui', __name__)\n    \
             own.register_blueprint(diff.build())\n    return own\n",
        ),
        (
            "pkg/ui/diff.py",
            "from flask import Blueprint\ndef build():\n    own = Blueprint('diff', __name__)\n    \
             @own.route('/diff')\n    def diff(): ...\n    return own\n",
        ),
        (
            "pkg/app.py",
            "from flask import Flask\nimport pkg.ui as ui\napp = Flask(__name__)\n\
             app.register_blueprint(ui.build(), url_prefix='/ui')\n",
        ),
    ];
    assert_eq!(told(Framework::Flask, &files), ["GET /ui/diff pkg/ui/diff.py:4"]);
}

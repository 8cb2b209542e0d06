//! Small servers, whole, and hostile files.

mod names;

use camino::Utf8Path;
use kernel::{Globs, Tree};
use proptest::prelude::*;

use super::{Framework, link, read};
use crate::routes::{Found, Shape, Versioning};
use crate::settings::Static;

fn found(framework: Framework, files: &[(&str, &str)]) -> Found {
    found_with(framework, files, |_| ())
}

fn found_with(
    framework: Framework,
    files: &[(&str, &str)],
    option: impl FnOnce(&mut Static),
) -> Found {
    let all = Globs::new(["**"]).unwrap();
    let mut wanted =
        Static { framework: None, files: all, shape: None, unmounted: None, versioning: None };
    option(&mut wanted);
    let tree = Tree::literal(files.iter().copied());
    let all = Globs::new(["**"]).unwrap();
    let said: Vec<_> = tree
        .list(&all)
        .iter()
        .filter_map(|entry| {
            let file = tree.read_entry(entry).unwrap();
            read(&file, framework, wanted.shape.as_ref()).map(|says| (entry.path.to_string(), says))
        })
        .collect();
    let said: Vec<(&Utf8Path, &str)> =
        said.iter().map(|(path, says)| (Utf8Path::new(path), says.as_str())).collect();
    link(&said, framework, &wanted, &tree)
}

/// `METHOD path file:line`, and `? file:line` of what cannot be told.
fn told(framework: Framework, files: &[(&str, &str)]) -> Vec<String> {
    shown(found(framework, files))
}

fn shown(found: Found) -> Vec<String> {
    let at = |at: &kernel::Location| format!("{}:{}", at.path, at.span.map_or(0, |it| it.line));
    let routes = found.routes.iter().map(|it| format!("{} {}", it.shown(), at(&it.at)));
    let unresolved = found.unresolved.iter().map(|it| format!("? {} {}", it.text, at(&it.at)));
    let mut all: Vec<String> = routes.chain(unresolved).collect();
    all.sort();
    all
}

#[test]
fn express_across_files() {
    let files = [
        (
            "src/app.ts",
            "import express, { Router } from 'express';\n\
             import users from './users';\n\
             import { makeAdmin } from '@/admin';\n\
             const posts = require('./posts');\n\
             import { PREFIX } from './paths.js';\n\
             const app = express();\n\
             app.use(express.json());\n\
             app.use(`${PREFIX}/v1`, check, users);\n\
             app.use(PREFIX + '/admin', makeAdmin());\n\
             posts(app);\n\
             app.route('/health').get(ok).head(ok);\n\
             app.get('setting');\n\
             app.listen(80, () => { app.all('/late', (req, res) => { res.get('/not'); }); });\n",
        ),
        ("src/paths.ts", "export const PREFIX = '/api' as const;\n"),
        (
            "src/users.ts",
            "import { Router } from 'express';\nimport axios from 'axios';\n\
             const router: Router = Router({ mergeParams: true });\n\
             router.get<{ id: string }>('/users/:id(\\\\d+)', async (req, res) => {\n\
             \x20 await axios.get('/elsewhere', (x) => x);\n});\n\
             router\n  .post(['/users', '/people'], create)\n  .delete('/users/:id', remove);\n\
             export default router;\n",
        ),
        (
            "src/admin.ts",
            "import * as express from 'express';\n\
             export const makeAdmin = (): express.Router => {\n\
             \x20 const router = express.Router();\n\
             \x20 if (process.env.DEBUG) { router.get('/debug', debug); }\n\
             \x20 router.get(/x+/, regex);\n\
             \x20 return router;\n};\n",
        ),
        (
            "src/posts.js",
            "module.exports = function (app) {\n  for (const it of ['a', 'b']) app.get('/posts/' + it, f);\n};\n",
        ),
        ("src/app.test.ts", "import express from 'express';\nexpress().get('/test', f);\n"),
    ];
    let expected = [
        "? /x+/ src/admin.ts:5",
        "ANY /late src/app.ts:13",
        "DELETE /api/v1/users/{id} src/users.ts:9",
        "GET /api/admin/debug src/admin.ts:4",
        "GET /api/v1/users/{id} src/users.ts:4",
        "GET /health src/app.ts:11",
        "GET /posts/a src/posts.js:2",
        "GET /posts/b src/posts.js:2",
        "HEAD /health src/app.ts:11",
        "POST /api/v1/people src/users.ts:8",
        "POST /api/v1/users src/users.ts:8",
    ];
    assert_eq!(told(Framework::Express, &files), expected);
}

#[test]
fn express_in_classes_and_tables() {
    let files = [
        (
            "app.ts",
            "import express, { Application, Router } from 'express';\n\
             import { Users } from './users';\n\
             class App {\n  public app: Application = express();\n\
             \x20 constructor(private parts: { path: string; router: Router }[]) { this.init(); }\n\
             \x20 private init() {\n\
             \x20   this.parts.forEach((part) => this.app.use(part.path, part.router));\n  }\n}\n\
             new App([new Users('/users')]);\n",
        ),
        (
            "users.ts",
            "import { Router } from 'express';\nabstract class Base {\n  router = Router();\n\
             \x20 constructor(public path: string) { this.routes(); }\n  abstract routes(): void;\n}\n\
             export class Users extends Base {\n  routes() { this.router.get('/', this.all); }\n\
             \x20 all = async () => {};\n}\n",
        ),
    ];
    assert_eq!(told(Framework::Express, &files), ["GET /users users.ts:8"]);
}

/// Classes that nobody is seen to make are made, each by what it inherits.
#[test]
fn express_in_classes_that_others_make() {
    let files = [
        (
            "base.ts",
            "import express from 'express';\nexport default abstract class Base {\n\
             \x20 constructor(protected app: express.Application) { this.app = app; }\n}\n",
        ),
        (
            "one.ts",
            "import Base from './base';\nexport class One extends Base {\n  static PATH = '/one';\n\
             \x20 start() { this.app.get(One.PATH, f); }\n}\n",
        ),
        (
            "two.ts",
            "import Base from './base';\nexport class Two extends Base {\n\
             \x20 start() { this.app.get('/two', f); }\n}\n",
        ),
    ];
    assert_eq!(told(Framework::Express, &files), ["GET /one one.ts:4", "GET /two two.ts:3"]);
}

#[test]
fn nothing_is_guessed() {
    for (text, expected) in [
        (
            "app.use(process.env.PREFIX || '/api', r); r.get('/a', f);",
            "? process.env.PREFIX || '/api' a.js:1",
        ),
        ("app.get(name(), f);", "? name() a.js:1"),
        ("r.get('/a', f);", "? '/a' a.js:1"),
        ("app.use('/b', require('./missing'));", "? '/b' a.js:1"),
        ("exports.add = (app) => { app.get('/a', f); };", "? '/a' a.js:1"),
        ("wrap(app).get('/a', () => {});", "? '/a' a.js:1"),
        ("app.get('a', f);", "? 'a' a.js:1"),
        ("class A { static { app.get('/a', () => {}); } }", "? '/a' a.js:1"),
    ] {
        let text = format!(
            "const express = require('express'); const app = express(); const r = express.Router(); {text}"
        );
        assert_eq!(told(Framework::Express, &[("a.js", &text)]), [expected], "{text}");
    }
}

#[test]
fn clients_and_mocks_are_no_routes() {
    let text = "import express from 'express';\nimport axios from 'axios';\nimport nock from 'nock';\n\
                import { http } from 'msw';\nimport request from 'supertest';\n\
                const app = express();\nconst client = axios.create({ baseURL: '/x' });\n\
                client.get('/a', () => {});\naxios.post('/b', () => {});\n\
                nock('https://x').get('/c').reply(200, () => {});\n\
                http.get('/d', () => {});\nrequest(app).get('/e', () => {});\n\
                fetch('/f');\nnew Map().get('/g', () => {});\napp.get('/h', f);\n";
    assert_eq!(told(Framework::Express, &[("a.ts", text)]), ["GET /h a.ts:15"]);
}

#[test]
fn fastify_plugins() {
    let files = [
        (
            "app.ts",
            "import Fastify, { FastifyInstance } from 'fastify';\nimport fp from 'fastify-plugin';\n\
             import autoload from '@fastify/autoload';\nimport path from 'node:path';\n\
             const app = Fastify({ logger: true }).withTypeProvider<P>();\n\
             app.register(import('./users'), { prefix: '/users' });\n\
             await app.register(async (api: FastifyInstance, options) => {\n\
             \x20 api.route({ method: ['GET', 'PUT'], url: '/:id', handler });\n\
             \x20 api.register(async (below) => { below.get('/c', f); }, { prefix: 'b' });\n\
             }, { prefix: 'api' });\n\
             app.register(fp(async (own) => { own.get('/shared', f); }), { prefix: '/x' });\n\
             app.register(autoload, { dir: path.join(import.meta.dirname, 'auto') });\n",
        ),
        (
            "users.ts",
            "export default async function (fastify, options) {\n  fastify.get('/', f);\n}\n",
        ),
        ("auto/a/b.ts", "export default async (app) => { app.post('/c', f); };\n"),
    ];
    let expected = [
        "GET /api/b/c app.ts:9",
        "GET /api/{id} app.ts:8",
        "GET /shared app.ts:11",
        "GET /users users.ts:2",
        "POST /a/c auto/a/b.ts:1",
        "PUT /api/{id} app.ts:8",
    ];
    assert_eq!(told(Framework::Fastify, &files), expected);
}

#[test]
fn hono_apps() {
    let files = [
        (
            "index.ts",
            "import { Hono } from 'hono';\nimport { OpenAPIHono, createRoute } from '@hono/zod-openapi';\n\
             import books from './books';\n\
             const app = new Hono<{ Bindings: B }>().basePath('/api');\n\
             app.route('/books', books).get('/ping', (c) => c.text('pong'));\n\
             app.on(['PUT', 'DELETE'], ['/a', '/b'], f);\n\
             const docs = new OpenAPIHono();\n\
             docs.openapi(createRoute({ method: 'get', path: '/docs/{id}', responses: {} }), f);\n\
             app.route('/', docs);\nexport default app;\n",
        ),
        (
            "books.ts",
            "import { Hono } from 'hono';\nexport default new Hono()\n  .get('/', f)\n  .post('/:id{[0-9]+}', g);\n",
        ),
    ];
    let expected = [
        "DELETE /api/a index.ts:6",
        "DELETE /api/b index.ts:6",
        "GET /api/books books.ts:3",
        "GET /api/docs/{id} index.ts:8",
        "GET /api/ping index.ts:5",
        "POST /api/books/{id} books.ts:4",
        "PUT /api/a index.ts:6",
        "PUT /api/b index.ts:6",
    ];
    assert_eq!(told(Framework::Hono, &files), expected);
}

#[test]
fn koa_routers() {
    let text = "import Koa from 'koa';\nimport Router from '@koa/router';\nimport mount from 'koa-mount';\n\
                const app = new Koa();\nconst api = new Router({ prefix: '/api' });\n\
                const users = new Router();\nusers.get('one', '/users/:id', f);\n\
                users.del('/users/:id', f);\napi.use('/v1', users.routes(), users.allowedMethods());\n\
                app.use(api.routes()).use(api.allowedMethods());\n\
                const inner = new Koa();\nconst rpc = new Router();\nrpc.post('list.all', f);\n\
                const whole = new Router();\nwhole.use('/', rpc.routes());\ninner.use(whole.routes());\n\
                app.use(mount('/rpc', inner));\n";
    let expected = [
        "DELETE /api/v1/users/{id} a.js:8",
        "GET /api/v1/users/{id} a.js:7",
        "POST /rpc/list.all a.js:13",
    ];
    assert_eq!(told(Framework::Koa, &[("a.js", text)]), expected);
}

const CONTROLLER: &str = "import { Controller, Get, Post, Version, VERSION_NEUTRAL } from '@nestjs/common';\n\
    import { PATHS } from './paths';\n\
    abstract class Base {\n  @Get('inherited')\n  own(): string { return ''; }\n}\n\
    @ApiTags('cats')\n@Controller({ path: PATHS.cats, version: '1' })\n\
    export class Cats extends Base {\n  constructor(private readonly cats: Service) { super(); }\n\
    \x20 @Get()\n  @HttpCode(200)\n  all(@Query('a') a: string) {}\n\
    \x20 @Version('2')\n  @Post([':id', ':id/copy'])\n  async change(@Param('id') id: string) {}\n}\n\
    @Controller({ path: 'health', version: VERSION_NEUTRAL })\nexport class Health {\n  @Get() now() {}\n}\n";

#[test]
fn nest_controllers() {
    let files = [
        ("cats.ts", CONTROLLER),
        ("paths.ts", "export enum PATHS {\n  cats = 'cats',\n}\n"),
        (
            "main.ts",
            "import { NestFactory } from '@nestjs/core';\nimport { VersioningType } from '@nestjs/common';\n\
             async function bootstrap() {\n  const app = await NestFactory.create(AppModule);\n\
             \x20 app.setGlobalPrefix('api', { exclude: ['health'] });\n\
             \x20 app.enableVersioning({ type: VersioningType.URI });\n}\nbootstrap();\n",
        ),
    ];
    let expected = [
        "GET /api/v1/cats cats.ts:11",
        "GET /api/v1/cats/inherited cats.ts:4",
        "GET /health cats.ts:20",
        "POST /api/v2/cats/{id} cats.ts:15",
        "POST /api/v2/cats/{id}/copy cats.ts:15",
    ];
    assert_eq!(told(Framework::Nestjs, &files), expected);
}

#[test]
fn nest_without_what_says_where() {
    let files = [("cats.ts", CONTROLLER), ("paths.ts", "export enum PATHS { cats = 'cats' }\n")];
    let found = found(Framework::Nestjs, &files);
    assert_eq!((found.routes.len(), found.unresolved.len()), (1, 3));
    let main = "import { NestFactory } from '@nestjs/core';\nconst app = await NestFactory.create(M);\n\
                app.setGlobalPrefix(config.get('prefix'));\n";
    let of_config = told(Framework::Nestjs, &[("cats.ts", CONTROLLER), ("main.ts", main)]);
    assert_eq!(of_config, ["? config.get('prefix') main.ts:3"]);
}

#[test]
fn nest_versions_that_the_options_tell() {
    let files = [("cats.ts", CONTROLLER), ("paths.ts", "export enum PATHS { cats = 'cats' }\n")];
    let told = |versioning, more: &[(&'static str, &'static str)]| {
        let files: Vec<_> = files.iter().chain(more).copied().collect();
        shown(found_with(Framework::Nestjs, &files, |wanted| wanted.versioning = Some(versioning)))
    };
    let by_path = [
        "GET /health cats.ts:20",
        "GET /v1/cats cats.ts:11",
        "GET /v1/cats/inherited cats.ts:4",
        "POST /v2/cats/{id} cats.ts:15",
        "POST /v2/cats/{id}/copy cats.ts:15",
    ];
    assert_eq!(told(Versioning::Uri, &[]), by_path);
    let by_header = told(Versioning::Header, &[]);
    assert!(by_header.contains(&"GET /cats cats.ts:11".to_owned()), "{by_header:?}");
    // What a file says stands.
    let main = "import { VersioningType as V } from '@nestjs/common';\nconst app = await create(M);\n\
                app.enableVersioning({ type: V.URI, prefix: 'r' });\n";
    let by_file = told(Versioning::Header, &[("main.ts", main)]);
    assert!(by_file.contains(&"GET /r1/cats cats.ts:11".to_owned()), "{by_file:?}");
}

#[test]
fn nest_decorators_that_nothing_imports() {
    let text = "import { Controller, Get } from '@nestjs/common';\n\
                @Controller({ path: 'a', version: '1' })\nexport class A {\n\
                \x20 @Version('2') @Get('b') b() {}\n  @Post('c') c() {}\n}\n";
    let other = "import { Controller } from '@nestjs/common';\nimport { Get } from './mine';\n\
                 @Controller('d')\nexport class D {\n  @Get('e') e() {}\n}\n";
    let files =
        [("a.ts", text), ("d.ts", other), ("mine.ts", "export const Get = (name) => log(name);\n")];
    let found = found_with(Framework::Nestjs, &files, |it| it.versioning = Some(Versioning::Uri));
    assert_eq!(shown(found), ["GET /v2/a/b a.ts:4", "POST /v1/a/c a.ts:5"]);
}

fn shaped(framework: Framework, shape: &str, files: &[(&str, &str)]) -> Vec<String> {
    let shape = Shape::read(shape, crate::path::Dialect::Any).unwrap();
    shown(found_with(framework, files, |wanted| wanted.shape = Some(shape)))
}

#[test]
fn registrars_of_ones_own() {
    let text = "class Users extends PromiseRouter {\n\
                \x20 mountRoutes() {\n\
                \x20   const users = '/users', base = users;\n\
                \x20   this.route('GET', users, f);\n\
                \x20   this.route('GET', base, f);\n\
                \x20   this.route('put', `${users}/:id`, guard, f);\n\
                \x20   for (const own of names) { const base = own; this.route('POST', own, f); }\n\
                \x20   this.route('FETCH', '/b', f);\n\
                \x20   let late = '/a';\n    late = pick();\n    this.route('GET', late, f);\n\
                \x20   other.route('GET', '/other', f);\n    route('GET', '/bare', f);\n\
                \x20   this.route(...all);\n  }\n}\n";
    let shape = "this.route($METHOD, $PATH, ...)";
    let expected = [
        "? '/b' a.js:8",
        "? ...all a.js:14",
        "? base a.js:5",
        "? late a.js:11",
        "? own a.js:7",
        "GET /users a.js:4",
        "PUT /users/{id} a.js:6",
    ];
    assert_eq!(shaped(Framework::Express, shape, &[("a.js", text)]), expected);
    let any = shaped(Framework::Express, "$_.route($METHOD, $PATH, ...)", &[("a.js", text)]);
    assert!(any.contains(&"GET /other a.js:12".to_owned()), "{any:?}");
    let bare = shaped(Framework::Express, "route($METHOD, $PATH, ...)", &[("a.js", text)]);
    assert_eq!(bare, ["GET /bare a.js:13"]);
    let new =
        "export const all = [new Route('GET /a/:id', f), new Route('/b', f), new Route(a, f)];\n";
    let expected = ["? a a.ts:1", "ANY /b a.ts:1", "GET /a/{id} a.ts:1"];
    assert_eq!(shaped(Framework::Koa, "Route($PATH, ...)", &[("a.ts", new)]), expected);
}

#[test]
fn tables_of_ones_own() {
    let text = "import { GET } from './verbs';\n\
                module.exports = (strapi) => [\n\
                \x20 { method: 'GET', path: '/items', handler: 'item.find' },\n\
                \x20 {\n    method: ['PUT', GET],\n    path: '/items/:id',\n    handler: 'x',\n  },\n\
                \x20 { method: '*', path: '/all', handler },\n\
                \x20 { method: 'GET', path: strapi.path, handler },\n\
                \x20 { ...shared, path: '/spread', handler },\n\
                \x20 { method: 'GET', path: '/not-a-route' },\n\
                \x20 { method: 'fast', path: 'a/b', handler },\n\
                \x20 { method, path, handler },\n];\n";
    let verbs = "export const GET = 'GET';\n";
    let shape = "{method: $METHOD, path: $PATH, handler: $_, ...}";
    let expected = [
        "? path: '/spread' a.js:11",
        "? path: strapi.path a.js:10",
        "ANY /all a.js:9",
        "GET /items a.js:3",
        "GET /items/{id} a.js:6",
        "PUT /items/{id} a.js:6",
    ];
    assert_eq!(shaped(Framework::Koa, shape, &[("a.js", text), ("verbs.js", verbs)]), expected);
    let many = format!("const all = [\n{}];\n", "() => r('GET', '/a'),\n".repeat(20_000));
    let found = shaped(Framework::Koa, "r($METHOD, $PATH)", &[("a.js", &many)]);
    assert_eq!(found.len(), 20_000);
    let lists = "export const routes = [\n  ['GET', '/a', f],\n  ['POST', path(1), f],\n  ['x', 'y', f],\n];\n";
    let expected = ["? path(1) a.js:3", "GET /a a.js:2"];
    assert_eq!(shaped(Framework::Express, "[$METHOD, $PATH, $_]", &[("a.js", lists)]), expected);
}

#[test]
fn files_that_are_served_as_they_lie() {
    let text = "const express = require('express');\nconst serve = require('serve-static');\n\
                const app = express();\napp.use('/assets', guard, express.static('public'));\n\
                app.use(['/a', '/b'], serve('dist'));\napp.use(express.json());\n";
    let expected =
        ["GET /a/{rest...} a.js:5", "GET /assets/{rest...} a.js:4", "GET /b/{rest...} a.js:5"];
    assert_eq!(told(Framework::Express, &[("a.js", text)]), expected);
    let text = "import fastify from 'fastify';\nimport files from '@fastify/static';\nconst app = fastify();\n\
                app.register(files, { root: 'public', prefix: '/public/' });\n\
                app.register(files, { root: 'other', serve: false });\n";
    assert_eq!(told(Framework::Fastify, &[("a.js", text)]), ["GET /public/{rest...} a.js:4"]);
}

#[test]
fn nest_modules_under_paths() {
    let text = "import { Controller, Get, Module } from '@nestjs/common';\n\
                import { RouterModule } from '@nestjs/core';\n\
                @Controller('users') class Users { @Get(':id') one() {} }\n\
                @Module({ controllers: [Users] }) class UsersModule {}\n\
                @Module({ imports: [UsersModule, RouterModule.register([\n\
                \x20 { path: 'admin', children: [{ path: 'v1', module: UsersModule }] }])] })\n\
                export class AppModule {}\n";
    assert_eq!(told(Framework::Nestjs, &[("a.ts", text)]), ["GET /admin/v1/users/{id} a.ts:3"]);
}

#[test]
fn next_route_files() {
    let files = [
        (
            "apps/web/app/(site)/api/users/[id]/route.ts",
            "import { NextResponse } from 'next/server';\n// export const DELETE = 1\n\
             export async function GET() {}\nexport const POST = wrap(async () => {});\n",
        ),
        ("apps/web/src/pages/api/posts/[...slug].ts", "export default function handler() {}\n"),
        ("apps/web/app/api/_private/route.ts", "export const GET = f;\n"),
        (
            "apps/web/app/api/all/[[...rest]]/route.js",
            "export { handler as GET, handler as PUT } from '../h';\n",
        ),
        ("apps/web/app/page.tsx", "export const GET = f;\n"),
        ("apps/web/next.config.js", "module.exports = { basePath: '/base' };\n"),
    ];
    let expected = [
        "ANY /base/api/posts/{slug...} apps/web/src/pages/api/posts/[...slug].ts:1",
        "GET /base/api/all/{rest...} apps/web/app/api/all/[[...rest]]/route.js:1",
        "GET /base/api/users/{id} apps/web/app/(site)/api/users/[id]/route.ts:3",
        "POST /base/api/users/{id} apps/web/app/(site)/api/users/[id]/route.ts:4",
        "PUT /base/api/all/{rest...} apps/web/app/api/all/[[...rest]]/route.js:1",
    ];
    assert_eq!(told(Framework::Nextjs, &files), expected);
}

/// Everything ends, whatever nests, calls itself or imports itself.
#[test]
fn hostile_files_end() {
    let deep =
        |open: &str, close: &str| format!("{}1{}", open.repeat(50_000), close.repeat(50_000));
    let start = "import express from 'express'; const app = express(); app.get('/a', f);\n";
    for text in [
        deep("(", ")"),
        deep("[", "]"),
        deep("{", "}"),
        deep("f(", ")"),
        deep("!", ""),
        deep("a = ", ""),
        deep("a ? ", ": 1"),
        deep("a || (", ")"),
        deep("() => ", ""),
        deep("new ", ""),
        deep("`${", "}`"),
        deep("if (a) ", ""),
        deep("else if (a) ", ""),
        deep("x: ", ""),
        deep("class A extends ", " {}"),
        deep("@a ", ""),
        deep("a<", ">"),
        deep("let a: { b: ", " }"),
        format!("app{}", ".get('/b', f)".repeat(20_000)),
        format!("app{}", ".a".repeat(50_000)),
        "function f(a) { f(f(a)); f(a); g(a); } function g(a) { f(a); g(a); } f(app); app.use('/x', app);".to_owned(),
        "let t = '/aaaaaaaaaa'; function d(t) { return t + t + t + t; } for (const a of [1,2,3,4,5,6,7,8]) { t = d(t); } app.get(t, f);".to_owned(),
        "const l = []; for (const a of l) { l.push(a, a); } l.push(l); l.forEach((x) => l.push(x)); l.flat().flat();".to_owned(),
        "export * from './a'; export { x as y, y as x } from './a'; import { x } from './a'; app.use(x);".to_owned(),
        "class A extends A { constructor() { new A(); } } new A();".to_owned(),
    ] {
        let whole = format!("{start}{text}");
        let shown: String = text.chars().take(60).collect();
        let all = told(Framework::Express, &[("a.ts", &whole)]);
        assert!(all.iter().any(|it| it == "GET /a a.ts:1"), "{shown}: {all:?}");
    }
}

proptest! {
    #[test]
    fn arbitrary_text_never_panics(text in "[\\PC\n`${}()\\[\\]/\\\\'\"*:;,.=>@<a]{0,300}") {
        let whole = format!("import express from 'express';\nconst app = express();\n{text}");
        for framework in [Framework::Express, Framework::Fastify, Framework::Hono, Framework::Koa,
                          Framework::Nestjs, Framework::Nextjs] {
            let first = told(framework, &[("app/a/route.ts", &whole)]);
            prop_assert_eq!(first, told(framework, &[("app/a/route.ts", &whole)]));
        }
    }

    #[test]
    fn arbitrary_words_never_panic(words in prop::collection::vec(prop::sample::select(vec![
        "import", "export", "default", "const", "a", "app", "=", "(", ")", "{", "}", "[", "]", "=>",
        "function", "class", "extends", "new", "async", "await", "get", "use", ".", ",", ";", "'/x'",
        "`/y${", "}`", "@", "Controller", "from", "'./b'", "if", "else", "for", "of", "?", ":", "<", ">",
        "...", "return", "this", "enum", "type", "interface", "case", "switch", "+", "||", "\n", "*",
    ]), 0..120)) {
        let whole = format!("import express from 'express';\nconst app = express();\n{}", words.join(" "));
        for framework in [Framework::Express, Framework::Nestjs] {
            told(framework, &[("a.ts", &whole), ("b.ts", &whole)]);
        }
        for shape in ["{get: $METHOD, a: $PATH}", "[$METHOD, $PATH, ...]", "get($METHOD, $PATH)", "$_.use($PATH, ...)"] {
            shaped(Framework::Express, shape, &[("a.ts", &whole), ("b.ts", &whole)]);
        }
    }
}

#[test]
fn decorators_of_ones_own_are_what_they_apply() {
    let own = "import { applyDecorators, Controller, Get, Post, SetMetadata } from '@nestjs/common';\n\
               export function Read(path: string) {\n  const more = [SetMetadata('a', 1)];\n  \
               return applyDecorators(...more, Get(path));\n}\n\
               export const Guarded = (path: string) => applyDecorators(Write(path), SetMetadata('b', 2));\n\
               const Write = (path: string) => applyDecorators(Post(path));\n\
               export const Api = (name: string) => applyDecorators(Controller(`api/${name}`));\n\
               export const Plain = () => applyDecorators(SetMetadata('c', 3));\n";
    let controller = "import { Get, applyDecorators } from '@nestjs/common';\n\
                      import { Api, Guarded, Plain, Read } from './own';\n\
                      @Api('cats')\nexport class Cats {\n  @Read(':id') one() {}\n  @Read('all') all() {}\n  \
                      @Plain() @Guarded('new') make() {}\n  @applyDecorators(Get('d')) d() {}\n  @Plain() no() {}\n}\n";
    let found = told(Framework::Nestjs, &[("own.ts", own), ("cats.ts", controller)]);
    assert_eq!(
        found,
        [
            "GET /api/cats/all cats.ts:6",
            "GET /api/cats/d cats.ts:8",
            "GET /api/cats/{id} cats.ts:5",
            "POST /api/cats/new cats.ts:7",
        ]
    );
}

#[test]
fn a_base_path_of_the_environment_is_told() {
    let files = [
        ("next.config.js", "module.exports = { basePath: process.env.BASE };\n"),
        ("app/a/route.ts", "export async function GET() {}\n"),
    ];
    let found = told(Framework::Nextjs, &files);
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found.iter().any(|it| it.starts_with("GET /a ")), "{found:?}");
    assert!(found.iter().any(|it| it.starts_with('?')), "{found:?}");
}

#[test]
fn long_lists_are_followed_or_told() {
    let rows: String = (0..3_000).map(|at| format!("  {{ path: '/p{at}' }},\n")).collect();
    let app = "const app = require('express')()\n";
    let text = format!("{app}const rows = [\n{rows}]\nrows.forEach(row => app.get(row.path, h))\n");
    assert_eq!(told(Framework::Express, &[("a.js", &text)]).len(), 3_000);
    let doubled = "all = all.concat(all)\n".repeat(40);
    let text = format!("{app}let all = ['/a', '/b']\n{doubled}all.forEach(it => app.get(it, h))\n");
    let found = told(Framework::Express, &[("a.js", &text)]);
    assert!(found.iter().any(|it| it.starts_with("? the files as a whole")), "{found:?}");
}

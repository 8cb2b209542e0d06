//! GitHub, as far as a release asks it: a local server that plays what a test
//! scripts, every body of it held against GitHub's published description.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use super::openapi::Description;

/// One answer.
#[derive(Clone, Debug)]
pub struct Reply {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    /// How much of the body is sent before the connection ends.
    sent_bytes: usize,
}

impl Reply {
    pub fn bytes(body: &[u8]) -> Reply {
        Reply { status: 200, headers: Vec::new(), body: body.to_vec(), sent_bytes: usize::MAX }
    }

    pub fn json(body: &Value) -> Reply {
        Reply::bytes(body.to_string().as_bytes())
    }

    pub fn status(status: u16) -> Reply {
        Reply { status, ..Reply::json(&json!({ "message": "no" })) }
    }

    pub fn header(mut self, name: &str, value: &str) -> Reply {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The connection ends after half of the body.
    pub fn cut(mut self) -> Reply {
        self.sent_bytes = self.body.len() / 2;
        self
    }

    /// Half of the body, as if it were all of it.
    pub fn halved(mut self) -> Reply {
        self.body.truncate(self.body.len() / 2);
        self
    }
}

/// The scripts, by path: answers in order, the last one again and again.
type Script = Arc<Mutex<BTreeMap<String, Vec<Reply>>>>;

/// A server on this machine, until the test ends.
pub struct Github {
    pub url: String,
    script: Script,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Github {
    pub fn new() -> Github {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (script, asked) = (Script::default(), Arc::new(Mutex::new(Vec::new())));
        let (answers, log) = (Arc::clone(&script), Arc::clone(&asked));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (answers, log) = (Arc::clone(&answers), Arc::clone(&log));
                std::thread::spawn(move || answer(stream, &answers, &log));
            }
        });
        Github { url, script, asked }
    }

    /// Answers to GET `path` (of the repository `o/r`), with `?page=N` where a
    /// page is not the first.
    pub fn on(&self, path: &str, replies: Vec<Reply>) -> &Github {
        self.script.lock().unwrap().insert(path.to_owned(), replies);
        self
    }

    /// Every request so far: path, query, and the token that came with it.
    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

fn answer(mut stream: TcpStream, script: &Script, asked: &Mutex<Vec<String>>) -> Option<()> {
    let mut lines = BufReader::new(stream.try_clone().ok()?).lines();
    let request = lines.next()?.ok()?;
    let mut token = String::new();
    for line in lines.map_while(Result::ok).take_while(|line| !line.is_empty()) {
        if let Some(value) = line.to_lowercase().strip_prefix("authorization:") {
            token = format!(" with{value}");
        }
    }
    let target = request.split(' ').nth(1)?;
    asked.lock().unwrap().push(format!("{target}{token}"));
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let path = path.strip_prefix("/repos/o/r/").unwrap_or(path);
    let page = query.split('&').find_map(|pair| pair.strip_prefix("page="));
    let key = match page {
        Some("1") | None => path.to_owned(),
        Some(page) => format!("{path}?page={page}"),
    };
    let reply = {
        let mut script = script.lock().unwrap();
        match script.get_mut(&key) {
            Some(replies) if replies.len() > 1 => replies.remove(0),
            Some(replies) => replies.first().cloned()?,
            None => Reply::status(404),
        }
    };
    let mut head = format!(
        "HTTP/1.1 {} X\r\nconnection: close\r\ncontent-length: {}\r\n",
        reply.status,
        reply.body.len()
    );
    for (name, value) in &reply.headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    stream.write_all(format!("{head}\r\n").as_bytes()).ok()?;
    let body = reply.body.get(..reply.sent_bytes.min(reply.body.len()))?;
    stream.write_all(body).ok()
}

/// GitHub's own examples with some of their fields set, each held against the
/// description.
pub struct Bodies {
    description: Description,
}

impl Bodies {
    pub fn new() -> Bodies {
        Bodies { description: Description::read() }
    }

    /// A body of `path` as the description has it: its own example, its list
    /// replaced by `entries`, each of them the example's first with the fields
    /// of the entry laid over.
    pub fn list(&self, path: &str, field: &str, entries: &[Value]) -> Value {
        let mut body = self.description.example(path);
        let first = body[field][0].clone();
        let whole = entries.iter().map(|entry| overlaid(first.clone(), entry));
        body[field] = whole.collect();
        body["total_count"] = json!(entries.len());
        self.description.check(path, &body);
        body
    }

    pub fn one(&self, path: &str, fields: &Value) -> Value {
        let body = overlaid(self.description.example(path), fields);
        self.description.check(path, &body);
        body
    }

    pub fn runs(&self, entries: &[Value]) -> Value {
        self.list("/repos/{owner}/{repo}/actions/runs", "workflow_runs", entries)
    }

    pub fn jobs(&self, entries: &[Value]) -> Value {
        let path = "/repos/{owner}/{repo}/actions/runs/{run_id}/attempts/{attempt_number}/jobs";
        self.list(path, "jobs", entries)
    }

    pub fn artifacts(&self, entries: &[Value]) -> Value {
        let path = "/repos/{owner}/{repo}/actions/runs/{run_id}/artifacts";
        self.list(path, "artifacts", entries)
    }

    pub fn checks(&self, entries: &[Value]) -> Value {
        self.list("/repos/{owner}/{repo}/commits/{ref}/check-runs", "check_runs", entries)
    }
}

fn overlaid(mut whole: Value, fields: &Value) -> Value {
    for (name, value) in fields.as_object().into_iter().flatten() {
        whole[name] = match value {
            Value::Object(_) if whole[name].is_object() => overlaid(whole[name].clone(), value),
            _ => value.clone(),
        };
    }
    whole
}

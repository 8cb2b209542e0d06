//! A cache server, as far as the protocol goes: what was put is there to get.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

type Kept = Arc<Mutex<BTreeMap<String, Vec<u8>>>>;

/// A server on this machine, until the test ends.
pub struct Store {
    pub url: String,
    pub kept: Kept,
    /// Method, path and token of every request so far.
    pub asked: Arc<Mutex<Vec<String>>>,
}

impl Store {
    pub fn new() -> Store {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (kept, asked) = (Kept::default(), Arc::new(Mutex::new(Vec::new())));
        let (files, log) = (Arc::clone(&kept), Arc::clone(&asked));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let _broken = answer(stream, &files, &log);
            }
        });
        Store { url, kept, asked }
    }

    /// Changes everything that lies under `folder`.
    pub fn spoil(&self, folder: &str, change: impl Fn(&[u8]) -> Vec<u8>) {
        for (path, body) in self.kept.lock().unwrap().iter_mut() {
            if path.starts_with(folder) {
                *body = change(body);
            }
        }
    }

    pub fn paths(&self) -> Vec<String> {
        self.kept.lock().unwrap().keys().cloned().collect()
    }

    /// Requests since the last look.
    pub fn asked(&self) -> Vec<String> {
        std::mem::take(&mut *self.asked.lock().unwrap())
    }
}

fn answer(mut stream: TcpStream, kept: &Kept, asked: &Mutex<Vec<String>>) -> Option<()> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let (method, path) = line.trim_end().strip_suffix(" HTTP/1.1")?.split_once(' ')?;
    let (method, path) = (method.to_owned(), path.to_owned());
    let (mut token, mut size) = (String::new(), 0);
    loop {
        line.clear();
        reader.read_line(&mut line).ok()?;
        let header = line.trim_end().to_lowercase();
        if header.is_empty() {
            break;
        }
        if let Some(value) = header.strip_prefix("authorization: ") {
            token = format!(" {value}");
        }
        if let Some(value) = header.strip_prefix("content-length: ") {
            size = value.parse().ok()?;
        }
    }
    let mut body = vec![0; size];
    reader.read_exact(&mut body).ok()?;
    asked.lock().unwrap().push(format!("{method} {path}{token}"));
    let mut kept = kept.lock().unwrap();
    let (status, body) = match &*method {
        "PUT" => {
            kept.insert(path, body);
            (201, Vec::new())
        }
        _ => kept.get(&path).map_or((404, Vec::new()), |body| (200, body.clone())),
    };
    let head = format!(
        "HTTP/1.1 {status} X\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).ok()?;
    stream.write_all(&body).ok()
}

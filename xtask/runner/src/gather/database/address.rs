//! Where a server is, as `DATABASE_URL` or libpq's variables say it.

use std::fmt;

use camino::Utf8PathBuf;

/// A server and who asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Address {
    pub(super) place: Place,
    pub(super) user: String,
    pub(super) password: Option<String>,
    /// Where databases are made from.
    pub(super) database: String,
}

/// Where it listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Tcp { host: String, port: u16 },
    Socket { folder: Utf8PathBuf, port: u16 },
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Tcp { host, port } => write!(f, "{host}:{port}"),
            Place::Socket { folder, port } => write!(f, "{folder} (port {port})"),
        }
    }
}

/// The port that PostgreSQL has unless it is told another.
pub(super) const PORT: u16 = 5432;

/// What the environment names; none where it names nothing.
pub(super) fn from_environment(
    variable: &dyn Fn(&str) -> Option<String>,
) -> Option<Result<Address, String>> {
    let set = |name: &str| variable(name).filter(|value| !value.is_empty());
    if let Some(url) = set("DATABASE_URL") {
        return Some(from_url(&url));
    }
    let host = set("PGHOST")?;
    let port = set("PGPORT")
        .map_or(Ok(PORT), |port| port.parse().map_err(|_| format!("PGPORT '{port}' is no port")));
    Some(port.map(|port| Address {
        place: place(&host, port),
        user: set("PGUSER").or_else(|| set("USER")).unwrap_or_else(|| "postgres".to_owned()),
        password: set("PGPASSWORD"),
        database: set("PGDATABASE").unwrap_or_else(|| "postgres".to_owned()),
    }))
}

/// `postgres://user:password@host:port/database?sslmode=disable`. No part of it
/// is quoted in an error: it can hold a password.
fn from_url(url: &str) -> Result<Address, String> {
    let rest = url.strip_prefix("postgres://").or_else(|| url.strip_prefix("postgresql://"));
    let rest =
        rest.ok_or("DATABASE_URL is not of the form postgres://user:password@host/database")?;
    let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (authority, database) = rest.split_once('/').unwrap_or((rest, ""));
    let (login, host) = authority.rsplit_once('@').unwrap_or(("", authority));
    let (user, password) = match login.split_once(':') {
        Some((user, password)) => (user, Some(decoded(password))),
        None => (login, None),
    };
    let (host, port) = match host.rsplit_once(':').filter(|(host, _)| !host.ends_with(':')) {
        Some((host, port)) => {
            (host, port.parse().map_err(|_| "the port in DATABASE_URL is no number".to_owned())?)
        }
        None => (host, PORT),
    };
    let mut host = decoded(host.trim_start_matches('[').trim_end_matches(']'));
    for (key, value) in query.split('&').filter_map(|pair| pair.split_once('=')) {
        match (key, value) {
            ("host", value) => host = decoded(value),
            ("sslmode", "require" | "verify-ca" | "verify-full") => {
                return Err("DATABASE_URL asks for TLS, which is not spoken here: name a scratch \
                            server on this machine or network with sslmode=disable"
                    .to_owned());
            }
            _ => {}
        }
    }
    let or = |text: String, default: &str| if text.is_empty() { default.to_owned() } else { text };
    Ok(Address {
        place: place(&or(host, "localhost"), port),
        user: or(decoded(user), "postgres"),
        password,
        database: or(decoded(database), "postgres"),
    })
}

fn place(host: &str, port: u16) -> Place {
    match host.starts_with('/') {
        true => Place::Socket { folder: host.into(), port },
        false => Place::Tcp { host: host.to_owned(), port },
    }
}

/// `%40` as what it stands for.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let hex = after.get(..2).filter(|_| *first == b'%');
        let byte = hex
            .and_then(|hex| std::str::from_utf8(hex).ok())
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        bytes.push(byte.unwrap_or(*first));
        rest = if byte.is_some() { after.get(2..).unwrap_or_default() } else { after };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(pairs: &[(&str, &str)]) -> Option<Result<Address, String>> {
        let found = |name: &str| {
            pairs.iter().find(|(it, _)| *it == name).map(|(_, value)| (*value).to_owned())
        };
        from_environment(&found)
    }

    #[test]
    fn an_address_is_read() {
        let address = named(&[("DATABASE_URL", "postgres://me:p%40ss@db:5433/app?x=1")]);
        let address = address.unwrap().unwrap();
        assert_eq!(address.place, Place::Tcp { host: "db".into(), port: 5433 });
        let rest = (address.user.as_str(), address.password.as_deref(), address.database.as_str());
        assert_eq!(rest, ("me", Some("p@ss"), "app"));
        let socket = named(&[("DATABASE_URL", "postgresql:///app?host=/run/pg")]).unwrap().unwrap();
        assert_eq!(socket.place, Place::Socket { folder: "/run/pg".into(), port: PORT });
        let host = named(&[("PGHOST", "db"), ("PGUSER", "me"), ("PGPORT", "1")]).unwrap().unwrap();
        assert_eq!((host.place.to_string().as_str(), host.user.as_str()), ("db:1", "me"));
        assert_eq!(named(&[("PGUSER", "me")]), None);
    }

    #[test]
    fn what_cannot_be_reached_is_told_without_its_password() {
        for url in ["mysql://me:secret@db/app", "postgres://me:secret@db:x/app"] {
            let error = named(&[("DATABASE_URL", url)]).unwrap().unwrap_err();
            assert!(!error.contains("secret"), "{error}");
        }
        let tls = named(&[("DATABASE_URL", "postgres://db/app?sslmode=require")]);
        assert!(tls.unwrap().unwrap_err().contains("TLS"));
    }
}

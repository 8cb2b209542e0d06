//! One connection to a PostgreSQL server: texts go out, rows and refusals come
//! back. The messages and their encoding are those of `postgres-protocol`; a
//! connection of one thread that waits needs no more around them.

use std::fmt;
use std::io::{self, Read, Write};
use std::time::{Duration, Instant};

use bytes::BytesMut;
use fallible_iterator::FallibleIterator;
use kernel::DatabaseError;
use postgres_protocol::authentication::md5_hash;
use postgres_protocol::authentication::sasl::{ChannelBinding, SCRAM_SHA_256, ScramSha256};
use postgres_protocol::message::backend::{ErrorFields, Message};
use postgres_protocol::message::frontend;

use super::address::{Address, Place};
use crate::exec::Cancel;

/// How long a read waits before it is asked whether to go on.
const PATIENCE: Duration = Duration::from_millis(50);

/// Bytes of rows that are kept of one answer; what it says past them is dropped.
const ROWS_BYTES_MAX: usize = 256 << 20;

/// An open connection.
pub(super) struct Connection<'a> {
    stream: Box<dyn Stream>,
    incoming: BytesMut,
    limit: Limit<'a>,
    /// Rows of the last answer that a command counted, e.g. of `SELECT 3`.
    pub(super) counted: u64,
    /// `I` idle, `T` in a transaction, `E` in a failed one.
    status: u8,
}

/// Until when anything may take.
#[derive(Clone, Copy)]
pub(super) struct Limit<'a> {
    pub(super) cancel: &'a Cancel,
    pub(super) until: Option<Instant>,
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// The server will not do it.
    Server(DatabaseError),
    /// The connection is gone, or could not be made.
    Lost(String),
    /// The run was interrupted.
    Cancelled,
    /// The time limit came.
    TimedOut,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refusal::Server(error) => write!(f, "{} ({})", error.message, error.code),
            Refusal::Lost(reason) => f.write_str(reason),
            Refusal::Cancelled => f.write_str("the run was interrupted"),
            Refusal::TimedOut => f.write_str("the time limit passed"),
        }
    }
}

/// A row, each value as text.
pub(super) type Row = Vec<Option<String>>;

trait Stream: Read + Write + Send {}
impl<T: Read + Write + Send> Stream for T {}

impl Limit<'_> {
    /// Goes on, or says why not.
    pub(super) fn check(&self) -> Result<(), Refusal> {
        if self.cancel.is_requested() {
            return Err(Refusal::Cancelled);
        }
        match self.until {
            Some(until) if Instant::now() >= until => Err(Refusal::TimedOut),
            _ => Ok(()),
        }
    }
}

impl<'a> Connection<'a> {
    /// Connects to `database` as the address says.
    pub(super) fn open(
        address: &Address,
        database: &str,
        limit: Limit<'a>,
    ) -> Result<Connection<'a>, Refusal> {
        let stream = stream(&address.place).map_err(|error| {
            Refusal::Lost(format!("no connection to the server at {}: {error}", address.place))
        })?;
        let incoming = BytesMut::new();
        let mut connection = Connection { stream, incoming, limit, counted: 0, status: b'I' };
        let mut out = BytesMut::new();
        let parameters = [
            ("user", address.user.as_str()),
            ("database", database),
            ("client_encoding", "UTF8"),
            ("application_name", "gate-runner"),
        ];
        frontend::startup_message(parameters, &mut out).map_err(lost)?;
        connection.send(&out)?;
        connection.authenticate(address)?;
        Ok(connection)
    }

    /// Runs `sql`, one or more statements, and hands out every row.
    pub(super) fn rows(&mut self, sql: &str) -> Result<Vec<Row>, Refusal> {
        self.ask(sql, true)
    }

    /// Runs `sql` for what it does.
    pub(super) fn run(&mut self, sql: &str) -> Result<(), Refusal> {
        self.ask(sql, false).map(|_| ())
    }

    /// Whether a transaction is open and sound.
    pub(super) fn is_in_transaction(&self) -> bool {
        self.status == b'T'
    }

    /// Whether none is open.
    pub(super) fn is_idle(&self) -> bool {
        self.status == b'I'
    }

    fn ask(&mut self, sql: &str, keep: bool) -> Result<Vec<Row>, Refusal> {
        let mut out = BytesMut::new();
        // A NUL byte ends a text on the wire; no server has such a statement.
        frontend::query(sql, &mut out).map_err(|_| {
            let message = "the statement holds a NUL byte".to_owned();
            Refusal::Server(DatabaseError { code: "22021".to_owned(), message })
        })?;
        self.send(&out)?;
        let (mut rows, mut refused, mut bytes) = (Vec::new(), None, 0_usize);
        self.counted = 0;
        loop {
            match self.message()? {
                Message::DataRow(row) if keep && bytes < ROWS_BYTES_MAX => {
                    bytes += row.buffer().len();
                    let text = |range: Option<std::ops::Range<usize>>| {
                        let bytes = row.buffer().get(range?)?;
                        Some(String::from_utf8_lossy(bytes).into_owned())
                    };
                    rows.push(row.ranges().map(|range| Ok(text(range))).collect().map_err(lost)?);
                }
                Message::CommandComplete(done) => {
                    let count = done.tag().map_err(lost)?.rsplit(' ').next();
                    self.counted = count.and_then(|count| count.parse().ok()).unwrap_or(0);
                }
                Message::ErrorResponse(body) => refused = Some(refusal(body.fields())?),
                Message::CopyInResponse(_) => {
                    let mut out = BytesMut::new();
                    frontend::copy_fail("there is no data to copy", &mut out).map_err(lost)?;
                    self.send(&out)?;
                }
                Message::ReadyForQuery(body) => {
                    self.status = body.status();
                    break;
                }
                _ => {}
            }
        }
        refused.map_or(Ok(rows), |error| Err(Refusal::Server(error)))
    }

    fn authenticate(&mut self, address: &Address) -> Result<(), Refusal> {
        let password = address.password.as_deref().unwrap_or_default().as_bytes();
        let mut scram: Option<ScramSha256> = None;
        loop {
            let mut out = BytesMut::new();
            match self.message()? {
                Message::AuthenticationCleartextPassword => {
                    frontend::password_message(password, &mut out).map_err(lost)?;
                }
                Message::AuthenticationMd5Password(body) => {
                    let hash = md5_hash(address.user.as_bytes(), password, body.salt());
                    frontend::password_message(hash.as_bytes(), &mut out).map_err(lost)?;
                }
                Message::AuthenticationSasl(_) => {
                    let begun = ScramSha256::new(password, ChannelBinding::unsupported());
                    frontend::sasl_initial_response(SCRAM_SHA_256, begun.message(), &mut out)
                        .map_err(lost)?;
                    scram = Some(begun);
                }
                Message::AuthenticationSaslContinue(body) => {
                    let scram = scram.as_mut().ok_or_else(|| lost("it answers unasked"))?;
                    scram.update(body.data()).map_err(lost)?;
                    frontend::sasl_response(scram.message(), &mut out).map_err(lost)?;
                }
                Message::AuthenticationSaslFinal(body) => {
                    let scram = scram.as_mut().ok_or_else(|| lost("it answers unasked"))?;
                    scram.finish(body.data()).map_err(lost)?;
                }
                Message::ErrorResponse(body) => {
                    return Err(Refusal::Server(refusal(body.fields())?));
                }
                Message::ReadyForQuery(_) => return Ok(()),
                Message::AuthenticationOk
                | Message::BackendKeyData(_)
                | Message::NoticeResponse(_)
                | Message::ParameterStatus(_) => {}
                _ => return Err(lost("it asks for a login that is not known here")),
            }
            if !out.is_empty() {
                self.send(&out)?;
            }
        }
    }

    fn send(&mut self, out: &[u8]) -> Result<(), Refusal> {
        self.stream.write_all(out).map_err(lost)
    }

    fn message(&mut self) -> Result<Message, Refusal> {
        loop {
            if let Some(message) = Message::parse(&mut self.incoming).map_err(lost)? {
                return Ok(message);
            }
            let mut chunk = [0; 16 << 10];
            match self.stream.read(&mut chunk) {
                Ok(0) => {
                    self.limit.check()?;
                    return Err(lost("the server closed the connection"));
                }
                Ok(count) => {
                    self.incoming.extend_from_slice(chunk.get(..count).unwrap_or_default());
                }
                Err(error) if is_patience(&error) => self.limit.check()?,
                Err(error) => {
                    self.limit.check()?;
                    return Err(lost(error));
                }
            }
        }
    }
}

impl Drop for Connection<'_> {
    fn drop(&mut self) {
        let mut out = BytesMut::new();
        frontend::terminate(&mut out);
        let _gone = self.stream.write_all(&out);
    }
}

fn is_patience(error: &io::Error) -> bool {
    use io::ErrorKind::{Interrupted, TimedOut, WouldBlock};
    matches!(error.kind(), WouldBlock | TimedOut | Interrupted)
}

fn lost(error: impl fmt::Display) -> Refusal {
    Refusal::Lost(error.to_string())
}

fn refusal(mut fields: ErrorFields<'_>) -> Result<DatabaseError, Refusal> {
    let mut error = DatabaseError::default();
    while let Some(field) = fields.next().map_err(lost)? {
        let text = String::from_utf8_lossy(field.value_bytes());
        match field.type_() {
            b'C' => error.code = text.into_owned(),
            b'M' => error.message = text.split_whitespace().collect::<Vec<_>>().join(" "),
            _ => {}
        }
    }
    Ok(error)
}

fn stream(place: &Place) -> io::Result<Box<dyn Stream>> {
    match place {
        Place::Tcp { host, port } => {
            let stream = std::net::TcpStream::connect((host.as_str(), *port))?;
            stream.set_nodelay(true)?;
            stream.set_read_timeout(Some(PATIENCE))?;
            Ok(Box::new(stream))
        }
        #[cfg(unix)]
        Place::Socket { folder, port } => {
            let path = folder.join(format!(".s.PGSQL.{port}"));
            let stream = std::os::unix::net::UnixStream::connect(path)?;
            stream.set_read_timeout(Some(PATIENCE))?;
            Ok(Box::new(stream))
        }
        #[cfg(not(unix))]
        Place::Socket { .. } => Err(io::Error::other("there are no sockets in folders here")),
    }
}

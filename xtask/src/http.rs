//! A minimal HTTP/1.1 client over one kept-alive connection: enough to fill, load and check our own server on
//! loopback, and nothing a browser would need. Understands `Content-Length` and chunked answers.

use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// A client for one server; it reconnects when the connection is gone.
pub struct Client {
    address: SocketAddr,
    headers: String,
    stream: Option<BufReader<TcpStream>>,
}

/// What the server answered.
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// The headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Client {
    /// A client without credentials.
    pub fn new(address: SocketAddr) -> Self {
        Self { address, headers: String::new(), stream: None }
    }

    /// A client that sends this bearer token.
    pub fn with_token(address: SocketAddr, token: &str) -> Self {
        Self::new(address).header("Authorization", &format!("Bearer {token}"))
    }

    /// Adds a header to every request.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push_str(&format!("{name}: {value}\r\n"));
        self
    }

    /// Sends a request; an error means that no complete answer came.
    pub fn send(&mut self, method: &str, path: &str, extra: &str, body: &[u8]) -> Result<Answer> {
        let answer = self.exchange(method, path, extra, body);
        let ends = answer.as_ref().map_or(true, |answer| answer.header("connection") == Some("close"));
        if ends {
            self.stream = None;
        }
        answer
    }

    /// Reads JSON; any status but a 2xx is an error.
    pub fn get(&mut self, path: &str) -> Result<Value> {
        self.send("GET", path, "", b"")?.expect_ok("GET", path)
    }

    /// Sends JSON and reads JSON; any status but a 2xx is an error.
    pub fn json(&mut self, method: &str, path: &str, body: &Value) -> Result<Value> {
        self.json_with(method, path, "", body)
    }

    /// As `json`, with extra header lines (each ended by CR LF).
    pub fn json_with(&mut self, method: &str, path: &str, extra: &str, body: &Value) -> Result<Value> {
        let bytes = serde_json::to_vec(body)?;
        self.send(method, path, extra, &bytes)?.expect_ok(method, path)
    }

    fn exchange(&mut self, method: &str, path: &str, extra: &str, body: &[u8]) -> Result<Answer> {
        let mut stream = match self.stream.take() {
            Some(stream) => stream,
            None => connect(self.address)?,
        };
        let mut request = format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\n{}{extra}Content-Length: {}\r\n",
            self.address,
            self.headers,
            body.len()
        );
        if !body.is_empty() {
            request.push_str("Content-Type: application/json\r\n");
        }
        request.push_str("\r\n");
        let mut bytes = request.into_bytes();
        bytes.extend_from_slice(body);
        stream.get_mut().write_all(&bytes).context("the connection broke while sending")?;
        let answer = read_answer(&mut stream)?;
        self.stream = Some(stream);
        Ok(answer)
    }
}

impl Answer {
    /// The first header of that name.
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The body as JSON (null when empty).
    pub fn json(&self) -> Result<Value> {
        if self.body.is_empty() {
            return Ok(Value::Null);
        }
        serde_json::from_slice(&self.body).context("the answer is not JSON")
    }

    /// The body of a 2xx answer; anything else becomes an error that quotes it.
    pub fn expect_ok(&self, method: &str, path: &str) -> Result<Value> {
        if !(200..300).contains(&self.status) {
            let said = String::from_utf8_lossy(&self.body);
            bail!("{method} {path} answered {}: {said}", self.status);
        }
        self.json()
    }
}

fn connect(address: SocketAddr) -> Result<BufReader<TcpStream>> {
    let stream = TcpStream::connect_timeout(&address, Duration::from_secs(5)).context("cannot connect")?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(Duration::from_secs(30)))?;
    stream.set_write_timeout(Some(Duration::from_secs(30)))?;
    Ok(BufReader::new(stream))
}

fn read_answer(stream: &mut BufReader<TcpStream>) -> Result<Answer> {
    let status = read_line(stream)?;
    let status = status.split(' ').nth(1).and_then(|code| code.parse().ok()).context("no status line")?;
    let mut headers = Vec::new();
    loop {
        let line = read_line(stream)?;
        if line.is_empty() {
            break;
        }
        let (name, value) = line.split_once(':').context("a header without a colon")?;
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    let mut answer = Answer { status, headers, body: Vec::new() };
    answer.body = read_body(stream, &answer)?;
    Ok(answer)
}

fn read_body(stream: &mut BufReader<TcpStream>, answer: &Answer) -> Result<Vec<u8>> {
    if answer.header("transfer-encoding") == Some("chunked") {
        return read_chunks(stream);
    }
    let length = answer.header("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    stream.read_exact(&mut body).context("the answer ended early")?;
    Ok(body)
}

fn read_chunks(stream: &mut BufReader<TcpStream>) -> Result<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let line = read_line(stream)?;
        let size = usize::from_str_radix(line.split(';').next().unwrap_or_default(), 16)?;
        let mut chunk = vec![0; size];
        stream.read_exact(&mut chunk).context("a chunk ended early")?;
        body.extend_from_slice(&chunk);
        read_line(stream)?;
        if size == 0 {
            return Ok(body);
        }
    }
}

fn read_line(stream: &mut BufReader<TcpStream>) -> Result<String> {
    let mut line = String::new();
    if stream.read_line(&mut line).context("the connection broke")? == 0 {
        bail!("the connection was closed");
    }
    Ok(line.trim_end().to_owned())
}

//! The outbound client against real servers on loopback, which the allow-list opens, and against names that lie.

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use base::Error;
use futures_util::future::BoxFuture;
use http::{HeaderMap, Method, header};
use parking_lot::Mutex;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::{MOST_BYTES, Outbound, OutboundAnswer, OutboundRequest, OutboundSettings, Resolver};

/// What a server does with a request.
#[derive(Clone)]
enum Act {
    Say(String),
    SayWithoutEnd,
    Drip,
    Nothing,
}

/// A server on loopback that does the same with every request and keeps what it heard.
struct Server {
    address: SocketAddr,
    heard: Arc<Mutex<Vec<String>>>,
}

impl Server {
    async fn start(act: Act) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        Server::on(listener, act)
    }

    fn on(listener: TcpListener, act: Act) -> Server {
        let address = listener.local_addr().unwrap();
        let heard = Arc::new(Mutex::new(Vec::new()));
        let kept = heard.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, act.clone(), kept.clone()));
            }
        });
        Server { address, heard }
    }

    fn url(&self) -> String {
        format!("http://{}/hook", self.address)
    }

    fn heard(&self) -> Vec<String> {
        self.heard.lock().clone()
    }
}

async fn serve(mut stream: TcpStream, act: Act, heard: Arc<Mutex<Vec<String>>>) {
    let mut text = Vec::new();
    let mut buffer = [0; 4096];
    while !is_whole(&text) {
        match stream.read(&mut buffer).await {
            Ok(0) | Err(_) => return,
            Ok(read) => text.extend_from_slice(&buffer[..read]),
        }
    }
    heard.lock().push(String::from_utf8_lossy(&text).into_owned());
    match act {
        Act::Say(answer) => drop(stream.write_all(answer.as_bytes()).await),
        Act::SayWithoutEnd => {
            drop(stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await);
            while stream.write_all(&[b'x'; 4096]).await.is_ok() {}
        }
        Act::Drip => {
            drop(stream.write_all(b"HTTP/1.1 200 OK\r\n\r\nslowly").await);
            std::future::pending().await
        }
        Act::Nothing => std::future::pending().await,
    }
}

fn is_whole(text: &[u8]) -> bool {
    let text = String::from_utf8_lossy(text).to_lowercase();
    let Some((head, body)) = text.split_once("\r\n\r\n") else {
        return false;
    };
    let length = head.split("content-length: ").nth(1).and_then(|rest| rest.split('\r').next());
    body.len() >= length.map_or(0, |length| length.parse().unwrap())
}

/// Names that stand for what a test says, with a count of the questions.
#[derive(Default)]
struct Names {
    known: BTreeMap<&'static str, Vec<SocketAddr>>,
    asked: AtomicUsize,
}

impl Names {
    fn of(known: &[(&'static str, &[&str])]) -> Arc<Names> {
        let addresses = |texts: &[&str]| texts.iter().map(|text| SocketAddr::new(text.parse().unwrap(), 0)).collect();
        let known = known.iter().map(|(name, texts)| (*name, addresses(texts))).collect();
        Arc::new(Names { known, asked: AtomicUsize::new(0) })
    }
}

impl Resolver for Names {
    fn addresses<'a>(&'a self, name: &'a str, port: u16) -> BoxFuture<'a, io::Result<Vec<SocketAddr>>> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let found = self.known.get(name).cloned().unwrap_or_default();
        Box::pin(async move { Ok(found.iter().map(|one| SocketAddr::new(one.ip(), port)).collect()) })
    }
}

fn client(allow: &[String], names: Arc<Names>) -> Outbound {
    let settings = OutboundSettings { allow: allow.to_vec(), total_seconds: 10, connect_seconds: 3 };
    Outbound::with_resolver(&settings, names).unwrap()
}

fn client_for(servers: &[&Server]) -> Outbound {
    let allow: Vec<String> = servers.iter().map(|server| server.address.to_string()).collect();
    client(&allow, Arc::default())
}

fn get(url: &str) -> OutboundRequest {
    OutboundRequest { method: Method::GET, url: url.into(), headers: HeaderMap::new(), body: Default::default() }
}

fn post(url: &str, body: &'static str) -> OutboundRequest {
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, "application/json".parse().unwrap());
    headers.insert(header::AUTHORIZATION, "Bearer secret".parse().unwrap());
    OutboundRequest { method: Method::POST, url: url.into(), headers, body: body.into() }
}

fn ok(body: &str) -> Act {
    Act::Say(format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\nx-mark: here\r\n\r\n{body}", body.len()))
}

fn redirect(status: u16, to: &str) -> Act {
    Act::Say(format!("HTTP/1.1 {status} Moved\r\nlocation: {to}\r\ncontent-length: 0\r\n\r\n"))
}

async fn refused(client: &Outbound, url: &str) -> Error {
    client.send(get(url)).await.err().unwrap_or_else(|| panic!("{url} was called"))
}

fn text(answer: &OutboundAnswer) -> &str {
    std::str::from_utf8(&answer.body).unwrap()
}

#[tokio::test]
async fn a_call_carries_its_body_and_comes_back_whole() {
    let server = Server::start(ok("thanks")).await;
    let answer = client_for(&[&server]).send(post(&server.url(), "{\"a\":1}")).await.unwrap();
    assert_eq!((answer.status.as_u16(), text(&answer), answer.is_cut), (200, "thanks", false));
    assert_eq!(answer.headers["x-mark"], "here");
    let heard = server.heard().concat();
    assert!(heard.starts_with("POST /hook HTTP/1.1\r\n") && heard.ends_with("\r\n\r\n{\"a\":1}"), "{heard}");
    assert!(heard.contains("authorization: Bearer secret") && heard.contains("accept-encoding: identity"), "{heard}");
    assert!(heard.contains(&format!("user-agent: Mainstay/{}\r\n", env!("CARGO_PKG_VERSION"))), "{heard}");
}

#[tokio::test]
async fn a_refusal_of_the_other_side_is_an_answer() {
    let server = Server::start(Act::Say("HTTP/1.1 503 No\r\ncontent-length: 0\r\n\r\n".into())).await;
    let answer = client_for(&[&server]).send(get(&server.url())).await.unwrap();
    assert_eq!(answer.status.as_u16(), 503);
}

#[tokio::test]
async fn an_internal_server_is_not_called_unless_it_is_listed() {
    let server = Server::start(ok("secret")).await;
    let other = Server::start(ok("hook")).await;
    assert_eq!(refused(&client_for(&[&other]), &server.url()).await.name(), "outbound_refused");
    assert!(server.heard().is_empty());
}

#[tokio::test]
async fn odd_forms_of_internal_addresses_are_refused() {
    let client = client(&[], Arc::default());
    let hosts = [
        "127.0.0.1",
        "127.1",
        "127.0.0.1.",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "0x7f.1",
        "０.0.0.0",
        "10.1",
        "169.254.169.254",
        "0xa9fea9fe",
        "2852039166",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[::ffff:a9fe:a9fe]",
        "[64:ff9b::a00:5]",
        "[2002:7f00:1::]",
        "[fd00:ec2::254]",
        "[fe80::1]",
        "%31%32%37.0.0.1",
        "①②⑦.0.0.1",
    ];
    for host in hosts {
        assert_eq!(refused(&client, &format!("http://{host}:8080/")).await.name(), "outbound_refused", "{host}");
    }
}

#[tokio::test]
async fn addresses_of_the_wrong_form_are_refused() {
    let names = Names::of(&[("public.test", &["8.8.8.8"])]);
    let client = client(&[], names.clone());
    let urls = [
        "ftp://public.test:8080/",
        "file:///etc/passwd",
        "gopher://public.test:70/",
        "data:text/plain,a",
        "public.test/a",
        "http://me@public.test/",
        "http://:word@public.test/",
        "http://public.test:22/",
        "http://public.test:1023/",
        "https://public.test:25/",
        "http://public.test:0/",
        "http://",
        "",
    ];
    for url in urls {
        assert_eq!(refused(&client, url).await.name(), "outbound_refused", "{url}");
    }
    assert_eq!(names.asked.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn a_name_that_stands_for_an_internal_address_is_refused() {
    let names = Names::of(&[
        ("inside.test", &["10.0.0.5"]),
        ("mixed.test", &["8.8.8.8", "127.0.0.1"]),
        ("cloud.test", &["169.254.169.254"]),
        ("six.test", &["::ffff:10.0.0.5"]),
    ]);
    // A listed name opens private networks, but not the metadata of a cloud.
    let client = client(&["cloud.test".into()], names);
    for name in ["inside.test", "mixed.test", "cloud.test", "six.test"] {
        assert_eq!(refused(&client, &format!("http://{name}/")).await.name(), "outbound_refused", "{name}");
    }
    assert_eq!(refused(&client, "http://nowhere.test/").await.name(), "outbound_failed");
}

#[tokio::test]
async fn a_listed_name_is_resolved_once_and_called_there() {
    let server = Server::start(ok("inside")).await;
    let names = Names::of(&[("hooks.test", &["127.0.0.1"])]);
    let host = format!("hooks.test:{}", server.address.port());
    let client = client(std::slice::from_ref(&host), names.clone());
    let answer = client.send(get(&format!("http://{host}/a"))).await.unwrap();
    assert_eq!(text(&answer), "inside");
    assert_eq!(names.asked.load(Ordering::SeqCst), 1);
    assert!(server.heard().concat().contains(&format!("host: {host}\r\n")));
    assert_eq!(refused(&client, "http://hooks.test:9/").await.name(), "outbound_refused");
}

#[tokio::test]
async fn a_redirect_to_an_internal_address_is_refused() {
    let inside = Server::start(ok("secret")).await;
    for to in [inside.url(), "http://169.254.169.254/latest".into(), "//10.0.0.1/".into(), "file:///etc/passwd".into()]
    {
        let server = Server::start(redirect(302, &to)).await;
        assert_eq!(refused(&client_for(&[&server]), &server.url()).await.name(), "outbound_refused", "{to}");
    }
    assert!(inside.heard().is_empty());
}

#[tokio::test]
async fn a_redirect_loop_ends_after_three() {
    let server = Server::start(redirect(302, "/again")).await;
    assert_eq!(refused(&client_for(&[&server]), &server.url()).await.name(), "outbound_failed");
    assert_eq!(server.heard().len(), 4);
}

#[tokio::test]
async fn another_origin_gets_neither_headers_nor_body() {
    let end = Server::start(ok("end")).await;
    let see_other = Server::start(redirect(303, &end.url())).await;
    let answer = client_for(&[&see_other, &end]).send(post(&see_other.url(), "{}")).await.unwrap();
    assert_eq!(text(&answer), "end");
    let heard = end.heard().concat();
    assert!(heard.starts_with("GET /hook") && !heard.contains("secret") && !heard.contains("json"), "{heard}");

    let permanent = Server::start(redirect(308, &end.url())).await;
    let error = client_for(&[&permanent, &end]).send(post(&permanent.url(), "{}")).await.err().unwrap();
    assert_eq!((error.name(), end.heard().len()), ("outbound_refused", 1));
}

#[tokio::test]
async fn a_silent_and_a_dripping_server_are_given_up() {
    for act in [Act::Nothing, Act::Drip] {
        let server = Server::start(act).await;
        let mut client = client_for(&[&server]);
        client.total = Duration::from_millis(100);
        assert_eq!(refused(&client, &server.url()).await.name(), "outbound_too_slow");
        assert_eq!(server.heard().len(), 1);
    }
}

#[tokio::test]
async fn an_endless_answer_is_cut_at_its_bound() {
    let endless = Server::start(Act::SayWithoutEnd).await;
    let large = Server::start(ok(&"x".repeat(MOST_BYTES + 1))).await;
    let fitting = Server::start(ok(&"x".repeat(MOST_BYTES))).await;
    for (server, is_cut) in [(&endless, true), (&large, true), (&fitting, false)] {
        let answer = client_for(&[server]).send(get(&server.url())).await.unwrap();
        assert_eq!((answer.body.len(), answer.is_cut), (MOST_BYTES, is_cut));
    }
}

#[tokio::test]
async fn a_body_that_is_too_large_is_not_sent() {
    let server = Server::start(ok("")).await;
    let mut request = post(&server.url(), "");
    request.body = vec![b'x'; MOST_BYTES + 1].into();
    let error = client_for(&[&server]).send(request).await.err().unwrap();
    assert_eq!((error.name(), server.heard().len()), ("outbound_too_large", 0));
}

#[tokio::test]
async fn headers_of_the_connection_are_not_the_callers() {
    let server = Server::start(ok("")).await;
    for name in [header::HOST, header::CONTENT_LENGTH, header::TRANSFER_ENCODING, header::USER_AGENT] {
        let mut request = get(&server.url());
        request.headers.insert(name, "1".parse().unwrap());
        let error = client_for(&[&server]).send(request).await.err().unwrap();
        assert_eq!((error.name(), server.heard().len()), ("outbound_refused", 0));
    }
}

#[tokio::test]
async fn what_speaks_no_tls_or_does_not_listen_is_a_failure_whose_url_is_not_logged() {
    let plain = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let speaking = plain.local_addr().unwrap();
    tokio::spawn(async move {
        let (mut stream, _) = plain.accept().await.unwrap();
        stream.write_all(b"HTTP/1.1 400 Plain\r\n\r\n").await.unwrap();
    });
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let client = client(&["127.0.0.1".into()], Arc::default());
    for url in [format!("https://{speaking}/token"), format!("http://{closed}/token")] {
        let error = refused(&client, &url).await;
        assert_eq!(error.name(), "outbound_failed");
        assert!(error.cause().is_some_and(|cause| !cause.contains("token")), "{error:?}");
    }
}

#[test]
fn wrong_settings_are_refused() {
    let settings = OutboundSettings { allow: Vec::new(), total_seconds: 10, connect_seconds: 3 };
    assert!(settings.check().is_ok());
    assert!(OutboundSettings { total_seconds: 0, ..settings.clone() }.check().is_err());
    assert!(OutboundSettings { connect_seconds: 61, ..settings.clone() }.check().is_err());
    assert!(OutboundSettings { allow: vec!["http://a".into()], ..settings }.check().is_err());
}

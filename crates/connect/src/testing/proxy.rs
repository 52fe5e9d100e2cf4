//! A loopback proxy that stands before a real HTTP server and does to chosen requests what a bad line, an overloaded
//! service or a crash does.
//!
//! It speaks just enough HTTP/1.1 to know one request from the next: one request a connection, which it asks the server
//! to close afterwards, so that every request meets its own fate.

use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

/// What happens to a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// The request is swallowed and the connection cut: the server never hears of it.
    CutBefore,
    /// Half of the request reaches the server, then both connections are cut.
    CutMidway,
    /// The server gets all of it and answers, but the answer is lost.
    CutAfter,
    /// Half of the answer comes back.
    CutMidAnswer,
    /// The server gets all of it and answers, but nothing comes back and the connection stays open.
    Silence,
    /// All goes well, so much later.
    Delay(Duration),
    /// The proxy answers in the server's place.
    Answer {
        status: u16,
        headers: Vec<(&'static str, String)>,
        body: String,
    },
}

/// The proxy. It listens on 127.0.0.1 until it is dropped or told to stop.
pub struct Proxy {
    address: SocketAddr,
    upstream: SocketAddr,
    shared: Arc<Shared>,
    running: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Shared {
    /// What awaits requests whose path ends so, in order.
    awaiting: Mutex<HashMap<String, Vec<Fault>>>,
    /// Paths of the requests that came, in order.
    came: Mutex<Vec<String>>,
}

impl Proxy {
    /// Starts before the server at `upstream` (`http://localhost:4583`).
    ///
    /// # Errors
    /// When the address has no port of this machine or none is free.
    pub async fn start(upstream: &str) -> io::Result<Self> {
        let port = upstream
            .trim_end_matches('/')
            .rsplit(':')
            .next()
            .and_then(|port| port.parse::<u16>().ok())
            .ok_or_else(|| io::Error::other("the server's address has no port"))?;
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let mut proxy = Self {
            address: listener.local_addr()?,
            upstream: SocketAddr::from(([127, 0, 0, 1], port)),
            shared: Arc::default(),
            running: None,
        };
        proxy.run(listener);
        Ok(proxy)
    }

    /// Its own address: `http://127.0.0.1:40123`.
    #[must_use]
    pub fn address(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The next request whose path ends with `path` meets `fault`; several wait in a queue.
    pub fn next(&self, path: &str, fault: Fault) {
        lock(&self.shared.awaiting)
            .entry(path.to_owned())
            .or_default()
            .push(fault);
    }

    /// How many requests came whose path ends with `path`.
    #[must_use]
    pub fn count(&self, path: &str) -> usize {
        lock(&self.shared.came)
            .iter()
            .filter(|came| came.ends_with(path))
            .count()
    }

    /// Stops listening: connections are refused from when this returns.
    pub async fn down(&mut self) {
        if let Some(running) = self.running.take() {
            running.abort();
            // It ends by being aborted; only that it has ended matters.
            let _ = running.await;
        }
    }

    /// Listens again on the same port.
    ///
    /// # Errors
    /// When the port is no longer free.
    pub async fn up(&mut self) -> io::Result<()> {
        self.down().await;
        let listener = TcpListener::bind(self.address).await?;
        self.run(listener);
        Ok(())
    }

    fn run(&mut self, listener: TcpListener) {
        let (upstream, shared) = (self.upstream, self.shared.clone());
        self.running = Some(tokio::spawn(async move {
            let mut open = JoinSet::new();
            while let Ok((client, _)) = listener.accept().await {
                // A connection that breaks is what this is for; there is nobody to tell.
                open.spawn(serve(client, upstream, shared.clone()));
                while open.try_join_next().is_some() {}
            }
        }));
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        if let Some(running) = &self.running {
            running.abort();
        }
    }
}

impl Shared {
    fn fault_for(&self, path: &str) -> Option<Fault> {
        let mut awaiting = lock(&self.awaiting);
        let (_, queue) = awaiting
            .iter_mut()
            .find(|(end, queue)| path.ends_with(end.as_str()) && !queue.is_empty())?;
        Some(queue.remove(0))
    }
}

async fn serve(mut client: TcpStream, upstream: SocketAddr, shared: Arc<Shared>) -> io::Result<()> {
    let Some(request) = read_request(&mut client).await? else {
        return Ok(());
    };
    let path = request.path();
    lock(&shared.came).push(path.clone());
    match shared.fault_for(&path) {
        None => relay(&mut client, upstream, &request.bytes()).await,
        Some(Fault::CutBefore) => Ok(()),
        Some(Fault::CutMidway) => {
            let bytes = request.bytes();
            TcpStream::connect(upstream)
                .await?
                .write_all(&bytes[..bytes.len() / 2])
                .await
        }
        Some(Fault::CutAfter) => exchange(upstream, &request.bytes()).await.map(drop),
        Some(Fault::CutMidAnswer) => {
            let answer = exchange(upstream, &request.bytes()).await?;
            client.write_all(&answer[..answer.len() / 2]).await
        }
        Some(Fault::Silence) => {
            exchange(upstream, &request.bytes()).await?;
            // Ends when the client has given up.
            client.read(&mut [0; 1]).await.map(drop)
        }
        Some(Fault::Delay(time)) => {
            tokio::time::sleep(time).await;
            relay(&mut client, upstream, &request.bytes()).await
        }
        Some(Fault::Answer {
            status,
            headers,
            body,
        }) => {
            let mut answer = format!("HTTP/1.1 {status} Answer\r\nconnection: close\r\n");
            for (name, value) in headers {
                answer.push_str(&format!("{name}: {value}\r\n"));
            }
            answer.push_str(&format!("content-length: {}\r\n\r\n{body}", body.len()));
            client.write_all(answer.as_bytes()).await
        }
    }
}

async fn relay(client: &mut TcpStream, upstream: SocketAddr, request: &[u8]) -> io::Result<()> {
    let answer = exchange(upstream, request).await?;
    client.write_all(&answer).await?;
    client.shutdown().await
}

async fn exchange(upstream: SocketAddr, request: &[u8]) -> io::Result<Vec<u8>> {
    let mut server = TcpStream::connect(upstream).await?;
    server.write_all(request).await?;
    let mut answer = Vec::new();
    server.read_to_end(&mut answer).await?;
    Ok(answer)
}

struct Request {
    head: String,
    body: Vec<u8>,
}

impl Request {
    fn path(&self) -> String {
        let target = self.head.split(' ').nth(1).unwrap_or_default();
        target.split('?').next().unwrap_or_default().to_owned()
    }

    /// As it came, but for the connection, which ends with the answer.
    fn bytes(&self) -> Vec<u8> {
        let mut lines: Vec<&str> = self
            .head
            .split("\r\n")
            .filter(|line| {
                !line.is_empty() && !line.to_ascii_lowercase().starts_with("connection:")
            })
            .collect();
        lines.push("connection: close\r\n\r\n");
        [lines.join("\r\n").as_bytes(), &self.body].concat()
    }
}

/// Reads one request with its body; `None` when the client closed without asking anything.
async fn read_request(client: &mut TcpStream) -> io::Result<Option<Request>> {
    const END: &[u8] = b"\r\n\r\n";
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(at) = bytes.windows(END.len()).position(|window| window == END) {
            break at + END.len();
        }
        if client.read_buf(&mut bytes).await? == 0 {
            return Ok(None);
        }
    };
    let mut body = bytes.split_off(end);
    let head = String::from_utf8_lossy(&bytes).into_owned();
    let length = head
        .split("\r\n")
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .and_then(|(_, value)| value.trim().parse::<usize>().ok())
        .unwrap_or(0);
    while body.len() < length {
        if client.read_buf(&mut body).await? == 0 {
            return Ok(None);
        }
    }
    Ok(Some(Request { head, body }))
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

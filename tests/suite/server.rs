//! A registry in this process that does what a test wants: answers as registries do, or lies, stalls and breaks off.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use sha2::{Digest, Sha256};

/// A request as the server sees it.
pub(super) struct Request {
    /// With the query.
    pub(super) path: String,
    pub(super) authorization: Option<String>,
}

/// What the server does.
pub(super) enum Answer {
    /// Status, headers, body.
    Say(u16, Vec<(String, String)>, Vec<u8>),
    /// Only the first half of a body, then the connection ends.
    Half(Vec<u8>),
    /// Nothing; the connection ends.
    Hang,
    /// A body without end.
    Endless,
    /// Nothing, for as long as the client waits.
    Stall,
}

/// A body of JSON.
pub(super) fn json(text: &str) -> Answer {
    Answer::Say(200, Vec::new(), text.as_bytes().to_vec())
}

pub(super) fn status(status: u16) -> Answer {
    Answer::Say(status, Vec::new(), b"{\"errors\":[]}".to_vec())
}

type Handler = dyn FnMut(&Request) -> Answer + Send;

/// A running server; it ends with the value.
pub(super) struct Server {
    pub(super) address: String,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
    /// Method and path of every request, in order.
    pub(super) requests: Arc<Mutex<Vec<String>>>,
}

impl Server {
    pub(super) fn new(handler: impl FnMut(&Request) -> Answer + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("localhost:{}", listener.local_addr().unwrap().port());
        let stop = Arc::new(AtomicBool::new(false));
        let requests = Arc::new(Mutex::new(Vec::new()));
        let (seen, stopped) = (Arc::clone(&requests), Arc::clone(&stop));
        let handler: Arc<Mutex<Box<Handler>>> = Arc::new(Mutex::new(Box::new(handler)));
        let thread = std::thread::spawn(move || {
            for stream in listener.incoming() {
                if stopped.load(Ordering::SeqCst) {
                    return;
                }
                let (seen, handler) = (Arc::clone(&seen), Arc::clone(&handler));
                // A client that goes away ends its connection's thread with an error that no one needs.
                std::thread::spawn(move || stream.and_then(|stream| serve(stream, &seen, &handler)));
            }
        });
        Self { address, stop, thread: Some(thread), requests }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.address.replace("localhost", "127.0.0.1"));
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn serve(stream: TcpStream, seen: &Mutex<Vec<String>>, handler: &Mutex<Box<Handler>>) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let mut words = line.split_whitespace().map(str::to_owned);
    let (Some(method), Some(path)) = (words.next(), words.next()) else { return Ok(()) };
    let (mut length, mut authorization) = (0_u64, None);
    loop {
        let mut header = String::new();
        reader.read_line(&mut header)?;
        let Some((name, value)) = header.trim_end().split_once(':') else { break };
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = value.trim().parse().unwrap_or_default(),
            "authorization" => authorization = Some(value.trim().to_owned()),
            _ => {}
        }
    }
    std::io::copy(&mut reader.by_ref().take(length), &mut std::io::sink())?;
    seen.lock().unwrap().push(format!("{method} {path}"));
    let answer = (handler.lock().unwrap())(&Request { path, authorization });
    let stream = reader.get_mut();
    match answer {
        Answer::Say(status, headers, body) => {
            write!(stream, "HTTP/1.1 {status} x\r\nconnection: close\r\ncontent-length: {}\r\n", body.len())?;
            for (name, value) in headers {
                write!(stream, "{name}: {value}\r\n")?;
            }
            stream.write_all(b"\r\n")?;
            if method != "HEAD" {
                stream.write_all(&body)?;
            }
        }
        Answer::Half(body) => {
            write!(stream, "HTTP/1.1 200 x\r\nconnection: close\r\ncontent-length: {}\r\n\r\n", body.len())?;
            stream.write_all(&body[..body.len() / 2])?;
        }
        Answer::Hang => {}
        Answer::Stall => {
            // Reading ends when the client gives up.
            let _ = stream.read(&mut [0; 1]);
        }
        Answer::Endless => {
            stream.write_all(b"HTTP/1.1 200 x\r\nconnection: close\r\n\r\n")?;
            let junk = [b' '; 1 << 16];
            while stream.write_all(&junk).is_ok() {}
        }
    }
    stream.flush()
}

pub(super) fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Versions of one plugin, as a registry has them.
#[derive(Clone, Default)]
pub(super) struct Versions(Vec<(String, Vec<u8>, String)>);

impl Versions {
    /// Adds a version with the interface that its configuration names.
    pub(super) fn with(mut self, version: &str, wasm: Vec<u8>, interface: &str) -> Self {
        self.0.push((version.to_owned(), wasm, interface.to_owned()));
        self
    }

    fn config(&self, interface: &str) -> String {
        format!("{{\"component\":{{\"imports\":[],\"exports\":[\"plimsoll:plugin/rules@{interface}\"]}}}}")
    }

    /// What a well-behaved registry answers below `/v2/NAME/`.
    pub(super) fn answer(&self, path: &str) -> Answer {
        let below = path.splitn(4, '/').nth(3).unwrap_or_default();
        if below.starts_with("tags/list") {
            let tags: Vec<&str> = self.0.iter().map(|(version, ..)| version.as_str()).collect();
            return json(&format!("{{\"tags\":{tags:?}}}"));
        }
        for (version, wasm, interface) in &self.0 {
            let config = self.config(interface);
            if below == format!("manifests/{version}") {
                return json(&format!(
                    "{{\"schemaVersion\":2,\"config\":{{\"mediaType\":\"application/vnd.wasm.config.v0+json\",\
                     \"digest\":\"sha256:{}\",\"size\":{}}},\"layers\":[{{\"mediaType\":\"application/wasm\",\
                     \"digest\":\"sha256:{}\",\"size\":{}}}]}}",
                    sha256(config.as_bytes()),
                    config.len(),
                    sha256(wasm),
                    wasm.len()
                ));
            }
            for blob in [wasm.as_slice(), config.as_bytes()] {
                if below == format!("blobs/sha256:{}", sha256(blob)) {
                    return Answer::Say(200, Vec::new(), blob.to_vec());
                }
            }
        }
        status(404)
    }
}

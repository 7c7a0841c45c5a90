//! `pdp health`: whether a server lives, asked by those that have no client of HTTP, such as a
//! container.

use std::io::{self, Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::os::unix::net::UnixStream;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use pdp_listen::Address;

use super::Serve;
use crate::arguments::Health;

/// How long each step may take.
const PATIENCE: Duration = Duration::from_secs(3);

const QUESTION: &[u8] = b"GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
const GOOD: &[u8] = b"HTTP/1.1 200 ";

/// Whether the server lives; where it does not, the error says why.
pub(crate) fn run(arguments: &Health) -> Result<bool> {
    let address = match &arguments.address {
        Some(text) => text.parse()?,
        None => configured()?,
    };
    ask(&address).with_context(|| format!("{address} is not healthy"))?;
    writeln!(io::stdout(), "{address} is healthy")?;
    Ok(true)
}

/// Where the HTTP door of this configuration can be asked in the clear: a Unix socket, if there is
/// one, since addresses over TCP may speak TLS.
fn configured() -> Result<Address> {
    let serve = Serve { config: None, print_config: false, flags: Vec::new() };
    let listen = serve.layers()?.settings().http.listen;
    let mut addresses: Vec<Address> =
        listen.iter().map(|text| text.parse()).collect::<Result<_, _>>()?;
    addresses.sort_by_key(|address| matches!(address, Address::Tcp(_)));
    let first = addresses.into_iter().next();
    first.context("the HTTP door listens nowhere: see the setting `http.listen`")
}

fn ask(address: &Address) -> Result<()> {
    match address {
        Address::Unix(path) => {
            let stream = UnixStream::connect(path)?;
            stream.set_read_timeout(Some(PATIENCE))?;
            stream.set_write_timeout(Some(PATIENCE))?;
            question(stream)
        }
        Address::Tcp(address) => {
            let stream = TcpStream::connect_timeout(&reachable(*address), PATIENCE)?;
            stream.set_read_timeout(Some(PATIENCE))?;
            stream.set_write_timeout(Some(PATIENCE))?;
            question(stream)
        }
    }
}

/// Who listens on all addresses is asked on that of this machine.
fn reachable(mut address: SocketAddr) -> SocketAddr {
    if address.ip().is_unspecified() {
        address.set_ip(match address.ip() {
            IpAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
        });
    }
    address
}

fn question(mut stream: impl Read + Write) -> Result<()> {
    stream.write_all(QUESTION)?;
    let mut answer = [0; GOOD.len()];
    stream.read_exact(&mut answer).context("there is no answer in the clear")?;
    ensure!(
        answer.starts_with(b"HTTP/1.1 "),
        "the answer is no HTTP: is it TLS? Ask a Unix socket"
    );
    if answer != GOOD {
        bail!("the answer is {}", String::from_utf8_lossy(&answer[9..]));
    }
    Ok(())
}

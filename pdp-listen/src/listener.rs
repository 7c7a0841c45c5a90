//! An open socket.

use std::fs;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::os::unix::net::UnixStream as BlockingUnixStream;
use std::path::{Path, PathBuf};

use tokio::net::{TcpListener, TcpSocket, TcpStream, UnixListener, UnixStream};

use crate::{Address, ListenError};

/// How many connections over TCP may wait to be taken; the system may allow fewer
/// (`net.core.somaxconn`). Where this is full a connection that the other end holds for open waits
/// seconds for the next try, so it is as large as can be.
const BACKLOG: u32 = 65_535;

/// A socket that takes connections. A Unix socket is removed with it.
#[derive(Debug)]
pub struct Listener {
    pub(crate) socket: Socket,
    address: Address,
}

#[derive(Debug)]
pub(crate) enum Socket {
    Tcp(TcpListener),
    Unix(UnixListener),
}

/// A connection that was taken.
pub(crate) enum Accepted {
    Tcp(TcpStream, SocketAddr),
    Unix(UnixStream),
}

impl Accepted {
    /// The address of the other end; `None` for a Unix socket.
    pub(crate) fn address(&self) -> Option<IpAddr> {
        match self {
            Accepted::Tcp(_, address) => Some(address.ip().to_canonical()),
            Accepted::Unix(_) => None,
        }
    }
}

impl Listener {
    /// Opens a socket at an address. Call it within a runtime.
    ///
    /// A Unix socket can be connected to by its owner and its group. One that nobody listens on any
    /// more, left over by a process that was killed, is replaced.
    ///
    /// # Errors
    ///
    /// [`ListenError`] where the address cannot be had.
    #[expect(clippy::unused_async, reason = "there is a runtime where it is awaited")]
    pub async fn bind(address: &Address) -> Result<Self, ListenError> {
        let failed = |cause| match address {
            _ if io::Error::kind(&cause) == io::ErrorKind::AddrInUse => {
                ListenError::InUse(address.clone())
            }
            _ => ListenError::Bind { address: address.clone(), cause },
        };
        match address {
            Address::Tcp(socket_address) => {
                let socket = listen(*socket_address).map_err(failed)?;
                let address = Address::Tcp(socket.local_addr().map_err(failed)?);
                Ok(Listener { socket: Socket::Tcp(socket), address })
            }
            Address::Unix(path) => {
                clear(path, address)?;
                let socket = UnixListener::bind(path).map_err(failed)?;
                let permissions = fs::Permissions::from_mode(0o660);
                fs::set_permissions(path, permissions).map_err(failed)?;
                Ok(Listener { socket: Socket::Unix(socket), address: address.clone() })
            }
        }
    }

    /// Where it listens; with the port that it was given.
    pub fn address(&self) -> &Address {
        &self.address
    }

    pub(crate) async fn accept(&self) -> io::Result<Accepted> {
        match &self.socket {
            Socket::Tcp(socket) => {
                let (stream, address) = socket.accept().await?;
                Ok(Accepted::Tcp(stream, address))
            }
            Socket::Unix(socket) => Ok(Accepted::Unix(socket.accept().await?.0)),
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        if let Address::Unix(path) = &self.address {
            // Where it is gone already, all is well.
            let _ = fs::remove_file(path);
        }
    }
}

/// As [`TcpListener::bind`], with more room for those who wait.
fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    // What is left of connections of a process that has ended does not keep the next one away.
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// Removes a socket on which nobody listens.
fn clear(path: &PathBuf, address: &Address) -> Result<(), ListenError> {
    let Ok(metadata) = fs::symlink_metadata(path) else { return Ok(()) };
    if !metadata.file_type().is_socket() {
        return Err(ListenError::Occupied(address.clone()));
    }
    if is_listened_on(path) {
        return Err(ListenError::InUse(address.clone()));
    }
    fs::remove_file(path).map_err(|cause| ListenError::Bind { address: address.clone(), cause })
}

fn is_listened_on(path: &Path) -> bool {
    BlockingUnixStream::connect(path).is_ok()
}

//! How many connections each address has open, so that one host cannot take every place.
//! Rule: the socket's address counts; a trusted proxy's connections belong to many people and are not counted.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;

use parking_lot::Mutex;

use crate::peer::{Peer, TrustedProxies};

/// The open connections of every address.
#[derive(Clone)]
pub(crate) struct Crowd {
    most: usize,
    open: Arc<Mutex<HashMap<IpAddr, usize>>>,
}

/// One open connection; dropping it gives its place back.
pub(crate) struct Seat {
    of: Option<(Crowd, IpAddr)>,
}

impl Crowd {
    /// Nobody yet; 0 means no limit.
    pub(crate) fn new(most: usize) -> Crowd {
        Crowd { most, open: Arc::default() }
    }

    /// A place for one more connection of an address, or nothing when it has all it may have.
    pub(crate) fn seat(&self, address: IpAddr, proxies: &TrustedProxies) -> Option<Seat> {
        let address = address.to_canonical();
        if self.most == 0 || proxies.holds(address) {
            return Some(Seat { of: None });
        }
        let network = Peer(address).network();
        let mut open = self.open.lock();
        let count = open.entry(network).or_insert(0);
        if *count >= self.most {
            return None;
        }
        *count += 1;
        Some(Seat { of: Some((self.clone(), network)) })
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let Some((crowd, network)) = &self.of else {
            return;
        };
        let mut open = crowd.open.lock();
        if let Some(count) = open.get_mut(network) {
            *count -= 1;
            if *count == 0 {
                open.remove(network);
            }
        }
    }
}

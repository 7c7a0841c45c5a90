//! What connections that had to be cut cost the address that they came from.
//!
//! To open a connection and be cut takes the other end less than it takes us. So each such
//! connection costs its address some time in which further ones are not served: they are taken, and
//! wait for their turn. Those that are open, and all other addresses, go on as they are; good callers
//! behind the same address wait as long as it takes to connect, and no longer than `WAIT_MAX`.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// What each costs.
const COST: Duration = Duration::from_millis(5);
/// How much is for free: good programs have faults, too.
const FREE: Duration = Duration::from_millis(100);
/// The most that one connection waits.
const WAIT_MAX: Duration = Duration::from_secs(5);
/// How many addresses there may be before those are looked for whose time is over.
const CROWD: usize = 64;

/// Until when the cost of each address lasts.
#[derive(Debug)]
pub(crate) struct Penalties(Mutex<State>);

#[derive(Debug)]
struct State {
    ends: HashMap<IpAddr, Instant>,
    /// How many there may be before some are forgotten.
    crowd: usize,
}

impl Penalties {
    pub(crate) fn new() -> Self {
        Penalties(Mutex::new(State { ends: HashMap::new(), crowd: CROWD }))
    }

    /// A connection from this address had to be cut.
    pub(crate) fn add(&self, address: IpAddr, now: Instant) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if state.ends.len() >= state.crowd {
            state.ends.retain(|_, end| *end > now);
            state.crowd = CROWD.max(2 * state.ends.len());
        }
        let end = state.ends.entry(network(address)).or_insert(now);
        *end = (*end).max(now).min(now + FREE + WAIT_MAX) + COST;
    }

    /// How long a connection from this address is to wait.
    pub(crate) fn wait(&self, address: IpAddr, now: Instant) -> Duration {
        let state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(end) = state.ends.get(&network(address)) else { return Duration::ZERO };
        end.saturating_duration_since(now).saturating_sub(FREE).min(WAIT_MAX)
    }
}

/// Who has one address of IPv6 has 2^64 of them.
fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V6(address) => {
            Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX)).into()
        }
        v4 @ IpAddr::V4(_) => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    #[test]
    fn what_is_cut_costs_its_address_time_and_no_other() {
        let (penalties, now) = (Penalties::new(), Instant::now());
        let (bad, good) = (address("192.0.2.1"), address("192.0.2.2"));
        for _ in 0..20 {
            penalties.add(bad, now);
        }
        assert_eq!(penalties.wait(bad, now), Duration::ZERO, "some are for free");
        for _ in 0..10 {
            penalties.add(bad, now);
        }
        assert_eq!(penalties.wait(bad, now), 10 * COST);
        assert_eq!(penalties.wait(bad, now + 10 * COST), Duration::ZERO);
        assert_eq!(penalties.wait(good, now), Duration::ZERO);
        for _ in 0..10_000 {
            penalties.add(bad, now);
        }
        assert_eq!(penalties.wait(bad, now), WAIT_MAX);
    }

    #[test]
    fn addresses_of_one_network_count_as_one_and_are_forgotten() {
        let (penalties, now) = (Penalties::new(), Instant::now());
        for host in 0..10_000 {
            penalties.add(address(&format!("2001:db8::{host:x}")), now);
        }
        assert_eq!(penalties.wait(address("2001:db8::ffff:1"), now), WAIT_MAX);
        assert_eq!(penalties.wait(address("2001:db8:0:1::1"), now), Duration::ZERO);
        let count = || penalties.0.lock().expect("no panic").ends.len();
        assert_eq!(count(), 1);
        for number in 0..1_000_u32 {
            let now = now + number * COST;
            penalties.add(IpAddr::V4(number.into()), now);
        }
        assert!(count() <= CROWD, "{}", count());
    }
}

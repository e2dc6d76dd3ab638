//! The line in front of the database threads: bounded, and fair between workspaces.
//! Rule: workspaces are served round robin, so that one tenant's flood does not make the others wait.

use std::collections::{HashMap, VecDeque};

use base::Result;
use parking_lot::{Condvar, Mutex};

use crate::{OVERLOADED, Tenant};

/// Which threads serve a unit of work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lane {
    /// Short reads.
    Read,
    /// Writes.
    Write,
    /// Long reads.
    Long,
}

impl Lane {
    /// Every lane and its name.
    pub(crate) const NAMED: [(&'static str, Lane); 3] =
        [("read", Lane::Read), ("write", Lane::Write), ("long", Lane::Long)];
}

/// A fair, bounded queue of `J`.
pub(crate) struct Queue<J> {
    state: Mutex<State<J>>,
    arrived: Condvar,
    limit: usize,
    limit_per_tenant: usize,
}

struct State<J> {
    lines: HashMap<Tenant, VecDeque<J>>,
    turn: VecDeque<Tenant>,
    waiting: usize,
    is_closed: bool,
}

impl<J> Queue<J> {
    pub(crate) fn new(limit: usize) -> Queue<J> {
        let state = State { lines: HashMap::new(), turn: VecDeque::new(), waiting: 0, is_closed: false };
        Queue { state: Mutex::new(state), arrived: Condvar::new(), limit, limit_per_tenant: limit.div_ceil(2) }
    }

    /// Puts a unit of work in line, or says that the line is full.
    pub(crate) fn push(&self, tenant: Tenant, job: J) -> Result<()> {
        let mut guard = self.state.lock();
        let state = &mut *guard;
        let line = state.lines.entry(tenant).or_default();
        if state.is_closed || state.waiting >= self.limit || line.len() >= self.limit_per_tenant {
            return Err(OVERLOADED.error().retry_in(1));
        }
        if line.is_empty() {
            state.turn.push_back(tenant);
        }
        line.push_back(job);
        state.waiting += 1;
        drop(guard);
        self.arrived.notify_one();
        Ok(())
    }

    /// The next unit of work; `None` when the queue is closed and empty.
    pub(crate) fn pop(&self) -> Option<(Tenant, J)> {
        let mut state = self.state.lock();
        loop {
            if let Some(next) = state.take() {
                return Some(next);
            }
            if state.is_closed {
                return None;
            }
            self.arrived.wait(&mut state);
        }
    }

    /// The next unit of work if one is there now.
    pub(crate) fn try_pop(&self) -> Option<(Tenant, J)> {
        self.state.lock().take()
    }

    /// How many units of work wait.
    pub(crate) fn waiting(&self) -> usize {
        self.state.lock().waiting
    }

    /// Takes no more work; threads finish what is in line.
    pub(crate) fn close(&self) {
        self.state.lock().is_closed = true;
        self.arrived.notify_all();
    }
}

impl<J> State<J> {
    fn take(&mut self) -> Option<(Tenant, J)> {
        let tenant = self.turn.pop_front()?;
        let line = self.lines.get_mut(&tenant)?;
        let job = line.pop_front()?;
        self.waiting -= 1;
        if line.is_empty() {
            self.lines.remove(&tenant);
        } else {
            self.turn.push_back(tenant);
        }
        Some((tenant, job))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_of_one_workspace_does_not_make_another_wait() {
        let queue = Queue::new(1000);
        let (flood, quiet) = (Tenant::from_u128(1), Tenant::from_u128(2));
        for number in 0..100 {
            queue.push(flood, number).unwrap();
        }
        queue.push(quiet, 1000).unwrap();
        let order: Vec<_> = std::iter::from_fn(|| queue.try_pop()).map(|(_, number)| number).collect();
        assert_eq!(order.iter().position(|number| *number == 1000), Some(1));
        assert_eq!(order.len(), 101);
    }

    #[test]
    fn a_full_line_is_refused_with_a_time_to_wait() {
        let queue = Queue::new(4);
        let tenant = Tenant::from_u128(1);
        assert!(queue.push(tenant, 1).is_ok() && queue.push(tenant, 2).is_ok());
        let refused = queue.push(tenant, 3).unwrap_err();
        assert_eq!(refused.name(), "overloaded");
        assert_eq!(refused.retry_after(), Some(1));
    }
}

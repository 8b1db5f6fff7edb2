//! The job of a fleet: every customer by itself, some at a time; whatever happens to one stays with it.

use std::collections::BTreeMap;

use tokio::task::{Id, JoinSet};

use crate::{
    explain::{self, Problem},
    m365::Trace,
    report::{CustomerReport, Ending, FleetEnding, FleetReport, NotBegun, VerifyReport},
};

use super::{
    Event, Senders, Setup,
    jobs::{Context, Emitter},
    round::verify_report,
    session::Session,
};

/// All customers to be tested.
#[derive(Debug, Clone)]
pub struct FleetRequest {
    /// Each of them.
    pub customers: Vec<FleetCustomer>,
    /// How many to test at a time.
    pub concurrency: usize,
    /// Which part of the list they are, for the summary.
    pub shard: Option<String>,
}

/// One customer, ready to be tested or known to be impossible.
#[derive(Debug, Clone)]
pub struct FleetCustomer {
    /// Its name.
    pub name: String,
    /// Credentials and senders, or what is wrong with the profile.
    pub ready: Result<Box<(Setup, Senders)>, Vec<Problem>>,
}

/// What a fleet tells while it runs.
#[derive(Debug, Clone)]
pub enum FleetUpdate {
    /// A customer's test has begun.
    Began(usize, String),
    /// A customer's test is over.
    Done(Box<CustomerReport>),
    /// All are over.
    Concluded(Box<FleetReport>),
}

/// Tests every customer.
pub(super) async fn fleet(context: &Context, request: FleetRequest) {
    let started = context.clock.now();
    let most = request.concurrency.clamp(1, 64);
    let names: Vec<String> = request.customers.iter().map(|customer| customer.name.clone()).collect();
    let mut waiting = request.customers.into_iter().enumerate();
    let mut running: JoinSet<(usize, VerifyReport)> = JoinSet::new();
    let mut places: BTreeMap<Id, usize> = BTreeMap::new();
    let mut done: BTreeMap<usize, CustomerReport> = BTreeMap::new();
    loop {
        while running.len() < most
            && let Some((index, customer)) = waiting.next()
        {
            tell(context, FleetUpdate::Began(index, customer.name.clone())).await;
            let alone = Context { emitter: Emitter::mute(), ..context.clone() };
            let id = running.spawn(async move { (index, Box::pin(one(alone, customer)).await) }).id();
            places.insert(id, index);
        }
        let Some(ended) = running.join_next_with_id().await else { break };
        let (index, report, ending) = match ended {
            Ok((id, (index, report))) => {
                places.remove(&id);
                let ending = report.ending.into();
                (index, report, ending)
            }
            Err(err) => {
                let report = not_begun(context, vec![explain::customer_bug()], Ending::Unproven);
                (places.remove(&err.id()).unwrap_or_default(), report, FleetEnding::Bug)
            }
        };
        let name = names.get(index).cloned().unwrap_or_default();
        let customer = CustomerReport { index, name, ending, report };
        tell(context, FleetUpdate::Done(Box::new(customer.clone()))).await;
        done.insert(index, customer);
    }
    let report = FleetReport {
        customers: done.into_values().collect(),
        shard: request.shard,
        started,
        finished: context.clock.now(),
    };
    tell(context, FleetUpdate::Concluded(Box::new(report))).await;
}

/// One customer's test, which knows nothing of the others.
async fn one(context: Context, customer: FleetCustomer) -> VerifyReport {
    if context.cancel.is_cancelled() {
        return not_begun(&context, vec![explain::customer_cancelled()], Ending::Cancelled);
    }
    match customer.ready {
        Ok(ready) => {
            let (setup, senders) = *ready;
            let session = Session::open(&setup, context.clock.clone(), Trace::none());
            verify_report(&context, session, &setup, &senders).await
        }
        Err(problems) => not_begun(&context, problems, Ending::SetUp),
    }
}

fn not_begun(context: &Context, problems: Vec<Problem>, ending: Ending) -> VerifyReport {
    let now = context.clock.now();
    VerifyReport::not_begun(NotBegun {
        problems,
        ending,
        cloud: crate::m365::Cloud::Global,
        tenant_id: None,
        client_id: None,
        started: now,
        finished: now,
    })
}

async fn tell(context: &Context, update: FleetUpdate) {
    context.emitter.emit(Event::Fleet(context.job, Box::new(update))).await;
}

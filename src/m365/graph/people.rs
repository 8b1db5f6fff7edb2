//! Reading lists from Graph: page after page, and never a page from anywhere but the Graph that was asked.

use std::{
    collections::BTreeSet,
    hash::{BuildHasher as _, RandomState},
};

use serde::Deserialize;
use url::Url;

use crate::{
    base::Redactor,
    m365::{
        Body, Endpoints, Error, Operation, Reply, Request, RequestIds, ServiceError, Transport,
        auth::{AccessToken, SignInError, TokenSource},
    },
};

use super::{MailboxName, error_body};

/// More pages than this are no directory but a loop.
const PAGES: usize = 20_000;
/// More people than any tenant has mailboxes; their names alone take some 200 MiB.
const MOST: usize = 1_000_000;
/// People on one page; the most that Graph gives.
pub(super) const PAGE_SIZE: &str = "999";

/// A person, shared mailbox or guest as the directory lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// How its mailbox is asked: by user principal name, or by object id where the name may not be read.
    pub mailbox: MailboxName,
    /// The primary address, where it is another text than the name.
    pub mail: Option<MailboxName>,
}

/// Everybody whom a list names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct People {
    /// Those who can be asked.
    pub people: Vec<Person>,
    /// Entries that name nobody who can be asked and are not known to be something else, such as a group or a device.
    pub unreadable: usize,
}

/// Why a list could not be read to its end.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PeopleError {
    /// Graph answered and refused, mostly because the token has no permission to read.
    #[error("the directory refused: HTTP {status} {}", .service.code)]
    Refused {
        /// HTTP status.
        status: u16,
        /// Its words, redacted.
        service: ServiceError,
        /// Ids of the call.
        ids: RequestIds,
    },
    /// There is no such group.
    #[error("there is no group '{0}'")]
    NoSuchGroup(String),
    /// More than one group has this address or name.
    #[error("more than one group is named '{0}'")]
    NotOneGroup(String),
    /// A page leads to another host, or back to itself: the token is not sent there.
    #[error("the list leads to an address that is not followed")]
    ForeignLink,
    /// The list does not end.
    #[error("the list names more than {MOST} people")]
    TooMany,
    /// No token.
    #[error(transparent)]
    SignIn(#[from] SignInError),
    /// No usable answer.
    #[error(transparent)]
    Failed(Box<Error>),
}

/// Reads users and groups as the application, where its token allows it.
#[derive(Debug, Clone)]
pub struct PeopleClient {
    transport: Transport,
    pub(super) endpoints: Endpoints,
    tokens: TokenSource,
}

#[derive(Deserialize)]
struct Page<T> {
    value: Vec<T>,
    #[serde(rename = "@odata.nextLink")]
    next: Option<String>,
}

/// A user as Graph lists it; without the right to read users, all but the id is null.
#[derive(Deserialize)]
pub(super) struct UserWire {
    #[serde(rename = "@odata.type")]
    kind: Option<String>,
    id: String,
    #[serde(rename = "userPrincipalName")]
    name: Option<String>,
    mail: Option<String>,
}

impl People {
    /// Takes one page. Names are shown and written down; whoever answers may have put into them what it was sent.
    pub(super) fn take(&mut self, page: Vec<UserWire>, redactor: &Redactor) -> Result<(), PeopleError> {
        for wire in page {
            // Of other kinds there are many; one without this beginning is none that Graph gives.
            let is_user = wire.kind.as_deref().is_none_or(|kind| kind.eq_ignore_ascii_case(USER));
            let is_other = !is_user && wire.kind.as_deref().is_some_and(is_of_graph);
            match wire.person(redactor) {
                Some(person) if is_user => self.people.push(person),
                _ if is_other => {}
                _ => self.unreadable += 1,
            }
        }
        if self.people.len() > MOST { Err(PeopleError::TooMany) } else { Ok(()) }
    }
}

const USER: &str = "#microsoft.graph.user";

fn is_of_graph(kind: &str) -> bool {
    kind.get(..17).is_some_and(|start| start.eq_ignore_ascii_case("#microsoft.graph."))
}

impl UserWire {
    fn person(&self, redactor: &Redactor) -> Option<Person> {
        let parse = |text: &str| MailboxName::parse(&redactor.scrub(text)).ok();
        let mailbox = self.name.as_deref().and_then(parse).or_else(|| parse(&self.id))?;
        let mail = self.mail.as_deref().and_then(parse);
        Some(Person { mail: mail.filter(|mail| *mail != mailbox), mailbox })
    }
}

/// The address with a query. Every value is percent-encoded, a space as `%20`, which Graph wants instead of a plus sign.
pub(super) fn with_query(mut url: Url, query: &[(&str, &str)]) -> Url {
    let encoded = |text| percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC);
    let pairs: Vec<String> = query.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect();
    url.set_query(Some(&pairs.join("&")));
    url
}

impl PeopleClient {
    /// Reads with one session's transport and tokens.
    pub fn new(transport: Transport, endpoints: Endpoints, tokens: TokenSource) -> Self {
        Self { transport, endpoints, tokens }
    }

    /// What takes this session's secrets out of names.
    pub(super) fn redactor(&self) -> Redactor {
        self.transport.redactor()
    }

    /// Every entry of a list, handed to `take` page by page.
    pub(super) async fn read_all<T: for<'de> Deserialize<'de>>(
        &self,
        operation: Operation,
        first: Url,
        mut take: impl FnMut(Vec<T>) -> Result<(), PeopleError>,
    ) -> Result<(), PeopleError> {
        // By their hashes: an address may be long, and there may be many.
        let mut seen = BTreeSet::new();
        let hasher = RandomState::new();
        let mut next = Some(first);
        while let Some(url) = next {
            if seen.len() >= PAGES || !self.endpoints.is_graph(&url) || !seen.insert(hasher.hash_one(url.as_str())) {
                return Err(PeopleError::ForeignLink);
            }
            let page: Page<T> = self.read(operation, &url).await?;
            take(page.value)?;
            next = match page.next {
                Some(text) => Some(Url::parse(&text).map_err(|_unusable| PeopleError::ForeignLink)?),
                None => None,
            };
        }
        Ok(())
    }

    /// One document.
    async fn read<T: for<'de> Deserialize<'de>>(&self, operation: Operation, url: &Url) -> Result<T, PeopleError> {
        let token = self.tokens.token().await?;
        let reply = self.get(operation, url, &token).await?;
        let reply = if reply.status == 401 {
            self.get(operation, url, &self.tokens.newer_than(token.serial).await?).await?
        } else {
            reply
        };
        if reply.status == 200
            && let Ok(document) = serde_json::from_str(reply.body.trim_start_matches('\u{feff}'))
        {
            return Ok(document);
        }
        Err(self.refused(operation, url, &reply))
    }

    async fn get(&self, operation: Operation, url: &Url, token: &AccessToken) -> Result<Reply, PeopleError> {
        let build = || Request { operation, url: url.clone(), bearer: Some(token.secret.clone()), body: Body::Empty };
        self.transport.call(build).await.result.map_err(|err| PeopleError::Failed(Box::new(err)))
    }

    fn refused(&self, operation: Operation, url: &Url, reply: &Reply) -> PeopleError {
        let service = (400..500).contains(&reply.status).then(|| error_body::parse(&reply.body)).flatten();
        match service {
            Some(service) if reply.status != 429 => PeopleError::Refused {
                status: reply.status,
                service: service.shown(&self.transport.redactor()),
                ids: reply.ids.clone(),
            },
            Some(_) | None => PeopleError::Failed(Box::new(Error::of_reply(operation, url, reply, 1))),
        }
    }
}

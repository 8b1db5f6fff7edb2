//! `GET /v1.0/users`: everybody in the directory. Needs `User.ReadBasic.All` or more.

use crate::m365::Operation;

use super::{
    PeopleClient, PeopleError, Person,
    people::{PAGE_SIZE, UserWire, with_query},
};

impl PeopleClient {
    /// Everybody, guests and rooms included; told page by page how many were read so far.
    pub async fn everybody(&self, mut told: impl FnMut(usize)) -> Result<Vec<Person>, PeopleError> {
        let url = self.endpoints.graph_path(&["users"]);
        let url = with_query(url, &[("$select", "id,userPrincipalName,mail"), ("$top", PAGE_SIZE)]);
        let mut people = Vec::new();
        let take = |page: Vec<UserWire>| {
            let redactor = self.redactor();
            people.extend(page.into_iter().filter_map(|wire| wire.person(&redactor)));
            told(people.len());
        };
        self.read_all(Operation::ReadUsers, url, take).await?;
        Ok(people)
    }
}

//! `GET /v1.0/users`: everybody in the directory. Needs `User.ReadBasic.All` or more.

use crate::m365::Operation;

use super::{
    People, PeopleClient, PeopleError,
    people::{PAGE_SIZE, UserWire, with_query},
};

impl PeopleClient {
    /// Everybody, guests and rooms included; told page by page how many were read so far.
    pub async fn everybody(&self, mut told: impl FnMut(usize)) -> Result<People, PeopleError> {
        let url = self.endpoints.graph_path(&["users"]);
        let url = with_query(url, &[("$select", "id,userPrincipalName,mail"), ("$top", PAGE_SIZE)]);
        let mut people = People::default();
        let take = |page: Vec<UserWire>| {
            people.take(page, &self.redactor())?;
            told(people.people.len());
            Ok(())
        };
        self.read_all(Operation::ReadUsers, url, take).await?;
        Ok(people)
    }
}

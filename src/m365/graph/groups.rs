//! A group and everybody in it, nested groups included. Needs `GroupMember.Read.All` or more; without the right to
//! read users as well, members are known by their object id alone.

use serde::Deserialize;

use crate::{base::ObjectId, m365::Operation};

use super::{
    People, PeopleClient, PeopleError,
    people::{PAGE_SIZE, UserWire, with_query},
};

#[derive(Deserialize)]
struct GroupWire {
    id: String,
}

impl PeopleClient {
    /// Everybody in the group, which is named by its object id, its address or its display name.
    pub async fn members(&self, group: &str, mut told: impl FnMut(usize)) -> Result<People, PeopleError> {
        let id = match ObjectId::parse(group) {
            Some(id) => id.to_string(),
            None => self.find_group(group.trim()).await?,
        };
        let url = self.endpoints.graph_path(&["groups", &id, "transitiveMembers"]);
        let url = with_query(url, &[("$select", "id,userPrincipalName,mail"), ("$top", PAGE_SIZE)]);
        let mut people = People::default();
        let take = |page: Vec<UserWire>| {
            people.take(page, &self.redactor())?;
            told(people.people.len());
            Ok(())
        };
        self.read_all(Operation::ReadMembers, url, take).await.map_err(|err| not_found(err, group))?;
        Ok(people)
    }

    async fn find_group(&self, name: &str) -> Result<String, PeopleError> {
        let property = if name.contains('@') { "mail" } else { "displayName" };
        let filter = format!("{property} eq '{}'", name.replace('\'', "''"));
        let url = with_query(self.endpoints.graph_path(&["groups"]), &[("$filter", &filter), ("$select", "id")]);
        let mut found: Vec<String> = Vec::new();
        let take = |page: Vec<GroupWire>| {
            found.extend(page.into_iter().map(|group| group.id));
            // Two are too many already.
            if found.len() < 100 { Ok(()) } else { Err(PeopleError::NotOneGroup(name.to_owned())) }
        };
        self.read_all(Operation::ReadGroup, url, take).await?;
        let mut found = found.into_iter();
        match (found.next(), found.next()) {
            (Some(id), None) if ObjectId::parse(&id).is_some() => Ok(id),
            (Some(_), Some(_)) => Err(PeopleError::NotOneGroup(name.to_owned())),
            (Some(_) | None, _) => Err(PeopleError::NoSuchGroup(name.to_owned())),
        }
    }
}

fn not_found(err: PeopleError, group: &str) -> PeopleError {
    if matches!(err, PeopleError::Refused { status: 404, .. }) {
        return PeopleError::NoSuchGroup(group.to_owned());
    }
    err
}

//! Is a watch gone on with by the same app in the same tenant? Two passes of two tenants are no stable answer (pure).

use crate::verify::Principal;

/// What a record says of whom it is about.
pub(super) struct Recorded<'a> {
    /// The tenant as it was typed: a GUID or a domain.
    pub(super) tenant: Option<&'a str>,
    /// Of every test in it, in order.
    pub(super) principals: &'a [Principal],
}

/// Whom the credentials of now are about.
pub(super) struct Current<'a> {
    /// The tenant as it was typed: a GUID or a domain.
    pub(super) tenant: &'a str,
    /// As a fresh token shows it; `None` when there is none.
    pub(super) principal: Option<&'a Principal>,
}

/// Why the watch cannot be gone on with. Where neither the name nor the token shows that it is the same tenant, it is
/// not taken for the same.
pub(super) fn other_target(recorded: &Recorded<'_>, current: &Current<'_>) -> Option<String> {
    let of_name = |name: &str| Principal {
        tenant: uuid::Uuid::parse_str(name).ok().map(|id| id.to_string()),
        ..Principal::default()
    };
    let named = of_name(recorded.tenant.unwrap_or_default());
    let typed = of_name(current.tenant);
    let then: Vec<&Principal> = [&named].into_iter().chain(recorded.principals).collect();
    let now: Vec<&Principal> = [Some(&typed), current.principal].into_iter().flatten().collect();
    let difference = then.iter().find_map(|then| now.iter().find_map(|now| then.difference(now)));
    if let Some(difference) = difference {
        return Some(format!("it was begun for another {}", difference.words()));
    }
    let is_same_name = recorded.tenant.is_some_and(|name| name.eq_ignore_ascii_case(current.tenant));
    // Nothing differs, so two that are known are the same.
    let is_known = |all: &[&Principal]| all.iter().any(|one| one.tenant.is_some());
    if is_same_name || (is_known(&then) && is_known(&now)) {
        return None;
    }
    let begun = recorded.tenant.unwrap_or("a tenant that is not named");
    Some(format!("it was begun for {begun}, and nothing shows that {} is the same tenant", current.tenant))
}

#[cfg(test)]
mod tests {
    use std::slice::from_ref;

    use super::*;

    const A: &str = "aaaaaaaa-0000-4000-8000-000000000001";
    const B: &str = "bbbbbbbb-0000-4000-8000-000000000002";

    fn token(tenant: &str) -> Principal {
        Principal { tenant: Some(tenant.to_owned()), app: Some("app".to_owned()), object: Some("object".to_owned()) }
    }

    fn why(then: (&str, &[Principal]), now: (&str, Option<&Principal>)) -> Option<String> {
        let recorded = Recorded { tenant: Some(then.0), principals: then.1 };
        other_target(&recorded, &Current { tenant: now.0, principal: now.1 })
    }

    #[test]
    fn the_same_app_in_the_same_tenant_goes_on_whatever_the_tenant_was_called() {
        let a = token(A);
        let shouting = token(&A.to_uppercase());
        let opaque = Principal { app: Some("app".to_owned()), ..Principal::default() };
        for (then, now) in [
            (("a.example", from_ref(&a)), ("a.example", Some(&a))),
            (("a.example", from_ref(&a)), ("A.Example", Some(&shouting))),
            (("a.example", from_ref(&a)), ("other-name.example", Some(&a))),
            (("a.example", from_ref(&a)), (A, Some(&a))),
            ((A, &[a.clone(), a.clone()]), ("a.example", Some(&a))),
            ((A, &[]), ("a.example", Some(&a))),
            // Typed alike: a token that cannot be read, and a network that is down, are no other tenant.
            (("a.example", from_ref(&a)), ("a.example", None)),
            (("a.example", &[]), ("a.example", None)),
            (("a.example", from_ref(&opaque)), ("a.example", Some(&opaque))),
            ((A, &[]), (&A.to_uppercase(), None)),
        ] {
            assert_eq!(why(then, now), None, "{then:?} {now:?}");
        }
    }

    #[test]
    fn another_tenant_app_or_object_is_told_and_so_is_what_nobody_knows() {
        let (a, b) = (token(A), token(B));
        let new = Principal { object: Some("new".to_owned()), ..a.clone() };
        let app = Principal { app: Some("other".to_owned()), ..a.clone() };
        let tenant = "it was begun for another tenant";
        let unknown = "it was begun for a.example, and nothing shows that b.example is the same tenant";
        for (then, now, words) in [
            (("a.example", from_ref(&a)), ("b.example", Some(&b)), tenant),
            (("a.example", from_ref(&a)), ("a.example", Some(&b)), tenant),
            (("a.example", &[b.clone(), a.clone()]), ("a.example", Some(&a)), tenant),
            ((A, &[]), ("b.example", Some(&b)), tenant),
            ((A, &[]), (B, None), tenant),
            (("a.example", from_ref(&a)), (B, None), tenant),
            (("a.example", from_ref(&a)), ("a.example", Some(&new)), "it was begun for another enterprise application"),
            (("a.example", from_ref(&a)), ("a.example", Some(&app)), "it was begun for another app registration"),
            (("a.example", &[]), ("b.example", Some(&b)), unknown),
            (("a.example", from_ref(&a)), ("b.example", None), unknown),
        ] {
            assert_eq!(why(then, now).as_deref(), Some(words), "{then:?} {now:?}");
        }
        let nameless = Recorded { tenant: None, principals: &[] };
        assert!(other_target(&nameless, &Current { tenant: "a.example", principal: Some(&a) }).is_some());
    }
}

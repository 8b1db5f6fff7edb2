//! What the words mean. Every label that is one of these words explains itself when the pointer rests on it, and so does
//! a sentence with one in it; the help of each panel lists those that it uses.

/// Words and what they mean. Of two that begin alike the longer stands first.
pub(super) const TERMS: [(&str, &str); 47] = [
    ("Tenant ID", "The number of an organisation's Microsoft Entra directory: a GUID, or one of its domain names"),
    ("Tenant", "An organisation's own part of Microsoft 365 and Entra, with its users, mailboxes and apps"),
    ("Client ID", "The number of the app registration, also called application ID: a GUID that is no secret"),
    ("Client Secret", "The app's password. Whoever has it can do everything the app may do"),
    (
        "App registration",
        "The app as its owner made it in Microsoft Entra: its number, secrets and wished-for permissions",
    ),
    ("Enterprise application object ID", "The number of the app's own account in this tenant, not of its registration"),
    ("Object ID", "The number of the app's account in this tenant, the enterprise application or service principal"),
    ("App name", "What the app is called in Microsoft Entra"),
    ("Cloud", "Microsoft runs Microsoft 365 several times over: worldwide, for the US government, and in China"),
    ("Login address", "Where the app signs in; the cloud's own unless one is entered here"),
    ("Graph address", "Where Microsoft Graph is asked; the cloud's own unless one is entered here"),
    ("Microsoft Graph", "The interface through which programs read and change what is in Microsoft 365"),
    ("GraphOptions", "The part of Totalview Authentication's appsettings.json that holds the app's ids and secret"),
    ("Proxy", "A computer in between through which a network lets its programs out"),
    (
        "Mail.Send",
        "The permission to send mail. Granted in Entra without a fence, it holds for every mailbox of the tenant",
    ),
    ("Permissions", "What the token says that the app may do; in Microsoft's words its roles"),
    ("Token expires", "A token is the pass that signing in gives; it is good for about an hour"),
    ("Token", "The pass that signing in gives. It says who the app is and what it may do, for about an hour"),
    (
        "Application Access Policy",
        "The older fence (AAP): Exchange lets the app act only as members of a mail-enabled group",
    ),
    (
        "application access policy",
        "The older fence (AAP): Exchange lets the app act only as members of a mail-enabled group",
    ),
    ("AAP", "Application Access Policy, the older fence: the app may act only as members of a mail-enabled group"),
    (
        "RBAC for Applications",
        "The newer fence: a role in Exchange gives the app a permission within a scope, and Entra gives none",
    ),
    ("RBAC", "What the roles in Exchange give the app (RBAC for Applications), each within its scope"),
    (
        "mail-enabled security group",
        "A group with a mail address of its own that can also carry permissions; a fence is drawn around its members",
    ),
    (
        "Mail-enabled security group",
        "A group with a mail address of its own that can also carry permissions; a fence is drawn around its members",
    ),
    ("Group name", "The name of the mail-enabled security group whose members the app may send as"),
    ("Group alias", "The group's short name in Exchange, without spaces"),
    ("Group address", "The group's own mail address; Exchange finds the group by it"),
    ("Admin principal name", "The sign-in name of a person who may administer Exchange, such as admin@contoso.com"),
    ("Permitted senders", "Mailboxes that the app must be able to send as: the members of the group"),
    ("Forbidden senders", "Mailboxes that the app must not be able to send as: anybody outside the group"),
    ("Permitted", "The app must be able to send as this mailbox"),
    ("Forbidden", "The app must not be able to send as this mailbox"),
    ("Recipient", "Who receives the test mails. Your own address shows you what really arrives"),
    ("Expected", "What must happen: a permitted sender is accepted, a forbidden one is refused"),
    ("Observed", "What Exchange really answered"),
    ("Blocked by policy", "Exchange refused and named its policy as the reason"),
    ("mechanism", "What holds the fence: an Application Access Policy, or RBAC for Applications"),
    ("UNPROVEN", "Something other than the fence may have been the reason, so nothing is proven"),
    ("PASS", "Everything was as expected, and for the right reason"),
    ("FAIL", "The fence lets somebody through, or keeps somebody out who must get through"),
    ("Client request ID", "This program's own number of the call; Microsoft's support can find the call by it"),
    ("Request ID", "Microsoft's number of the call (request-id); Microsoft's support can find the call by it"),
    ("Correlation ID", "Ties together everything that Entra wrote down about one sign-in"),
    ("Trace ID", "Entra's number of one answer; Microsoft's support can find it by this"),
    ("Test ID", "Stands in the subject and the text of a test mail, so that it can be found"),
    ("AADSTS", "Numbers of Entra's sign-in errors begin like this"),
];

/// So many meanings fit into one tip.
const MOST: usize = 3;

/// What a word means.
pub(super) fn meaning(word: &str) -> Option<&'static str> {
    TERMS.iter().find(|(known, _)| *known == word).map(|(_, meaning)| *meaning)
}

/// Words that stand in a text, with their meanings, in the order in which they come; each meaning once.
pub(super) fn words_in(text: &str) -> Vec<(&'static str, &'static str)> {
    let mut found: Vec<(usize, &str, &str)> = Vec::new();
    for (word, meaning) in TERMS {
        let Some(at) = find(text, word) else { continue };
        let overlaps = |other: &(usize, &str, &str)| other.0 < at + word.len() && at < other.0 + other.1.len();
        if !found.iter().any(|other| overlaps(other) || other.2 == meaning) {
            found.push((at, word, meaning));
        }
    }
    found.sort_unstable_by_key(|(at, _, _)| *at);
    found.truncate(MOST);
    found.into_iter().map(|(_, word, meaning)| (word, meaning)).collect()
}

/// Where a word begins that is not a part of a longer one.
fn find(text: &str, word: &str) -> Option<usize> {
    let is_letter = |letter: Option<char>| letter.is_some_and(char::is_alphanumeric);
    text.match_indices(word).map(|(at, _)| at).find(|at| {
        let before = text.get(..*at).and_then(|text| text.chars().next_back());
        let behind = text.get(at + word.len()..).and_then(|text| text.chars().next());
        !is_letter(before) && !is_letter(behind)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_word_stands_before_a_longer_one_that_begins_alike() {
        for (place, (word, meaning)) in TERMS.iter().enumerate() {
            let behind = TERMS.iter().skip(place + 1);
            assert!(!behind.clone().any(|(other, _)| other.starts_with(word)), "{word}");
            assert!(!meaning.ends_with('.') && meaning.len() < 130, "{word}: {meaning}");
        }
    }

    #[test]
    fn sentences_are_explained_by_the_words_in_them() {
        let words = |text| words_in(text).into_iter().map(|(word, _)| word).collect::<Vec<_>>();
        assert_eq!(words("Held by RBAC for Applications"), ["RBAC for Applications"]);
        assert_eq!(words("The Tenant ID of AAPL, and its Client ID"), ["Tenant ID", "Client ID"]);
        assert_eq!(words("Held by an application access policy (AAP)"), ["application access policy", "AAP"]);
        assert!(words("Nothing of the kind").is_empty());
        assert_eq!(words("Tenant ID, Client ID, Client Secret, Cloud, Proxy").len(), MOST);
    }
}

//! Replies of a token endpoint, and the explanation that each gets.
#![no_main]

use exchange365::{
    explain,
    m365::{
        RequestIds,
        auth::{EntraError, SignInError},
    },
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let [which, body @ ..] = input else { return };
    let status = [200, 302, 400, 401, 403, 407, 429, 500, 503][usize::from(*which) % 9];
    let Some(refusal) = EntraError::parse(status, &String::from_utf8_lossy(body)) else { return };
    assert!(!refusal.error.trim().is_empty());
    assert!(!(status < 400 && refusal.is_of_the_service()));
    assert!(!(status == 407 && refusal.is_of_the_service()));
    let problem = explain::sign_in(&SignInError::Refused(Box::new(refusal), RequestIds::default()));
    assert!(!problem.summary.is_empty());
});

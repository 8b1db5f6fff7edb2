//! What an access token says about itself.
#![no_main]

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use exchange365::{base::Secret, m365::auth::Claims};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let inner = format!("e30.{}.x", BASE64_URL_SAFE_NO_PAD.encode(input));
    for token in [inner, String::from_utf8_lossy(input).into_owned()] {
        if let Some(claims) = Claims::decode(&Secret::new(token)) {
            assert!(claims.expires.is_none_or(|expires| expires.as_second() >= 0));
        }
    }
});

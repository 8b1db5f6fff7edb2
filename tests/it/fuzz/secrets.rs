//! Secrets that come back in some spelling or other.

use base64::{
    Engine as _,
    prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD},
};
use exchange365::base::{Redactor, Secret};

use crate::support::{
    dice::Dice,
    fuzz::{fuzz, texts},
    spelt::{WAYS, survives, written},
};

const CHARACTERS: &str = "abcXYZ019~._-+/=&%\\\"<>'!#$*:;?@^`{|}é";

fn secret(dice: &mut Dice) -> String {
    let all: Vec<char> = CHARACTERS.chars().collect();
    // As long as Microsoft's are, or nearly.
    let length = 12 + dice.below(30);
    (0..length).map(|_| *dice.of(&all)).collect()
}

#[test]
fn a_secret_comes_back_in_no_spelling() {
    let seeds: Vec<Vec<u8>> = (0..400u32).map(|number| number.to_le_bytes().to_vec()).collect();
    fuzz("spellings of secrets", &seeds, |input| {
        let seed = input.iter().fold(7u64, |seed, byte| seed.wrapping_mul(31).wrapping_add(u64::from(*byte)));
        let mut dice = Dice::new(seed);
        let secret = secret(&mut dice);
        let redactor = Redactor::default().with(&Secret::new(secret.clone()));
        let (first, second) = (dice.below(WAYS), dice.below(WAYS));
        let echoed = written(&written(&secret, first), second);
        let shown = redactor.scrub(&format!("<p>client_secret={echoed}&amp;x"));
        assert!(!survives(&shown, &secret), "{secret:?} as {echoed:?} ({first}, {second}): {shown:?}");
        // A secret that reads like an escape itself may take one beside it along.
        let reads_otherwise = secret.contains(['%', '&', '=', '\\']);
        let (begin, end) = if reads_otherwise { ("<p>client_secret", "x") } else { ("<p>client_secret=", "&amp;x") };
        assert!(
            shown.starts_with(begin) && shown.ends_with(end),
            "{secret:?} as {echoed:?} ({first}, {second}): {shown:?}"
        );
        for encoded in [
            BASE64_STANDARD.encode(format!("{}{secret}", "x".repeat(dice.below(5)))),
            BASE64_URL_SAFE_NO_PAD.encode(format!("{}{secret}:y", "x".repeat(dice.below(5)))),
        ] {
            let shown = redactor.scrub(&format!("Basic {encoded}."));
            assert_eq!(shown, "Basic [removed].", "{secret:?}");
        }
    });
}

#[test]
fn any_text_can_be_scrubbed() {
    let redactor = Redactor::default()
        .with(&Secret::new("p~Q8Q+canary/42=".to_owned()))
        .with(&Secret::new("eyJhbGciOiJub25lIn0.eyJhIjoxfQ.sig".to_owned()));
    let seeds = texts(&[
        "p~Q8Q+canary/42=",
        "p%7EQ8Q%2Bcanary%2F42%3D",
        "eyJhbGciOiJub25lIn0.eyJhIjoxfQ.sig",
        "&amp;amp;amp;#126;",
        "\\\\\\\\\\\\u007e%25252525257e",
        "a quite ordinary sentence with é and 😀",
    ]);
    fuzz("any text", &seeds, |input| {
        let text = String::from_utf8_lossy(input);
        let shown = redactor.scrub(&text);
        assert!(!shown.contains("p~Q8Q+canary"), "{shown:?}");
        assert!(!shown.contains(|character: char| character.is_control() && !matches!(character, '\n' | '\t')));
        // Nothing new comes up when it is done again.
        let again = redactor.scrub(&shown);
        assert!(!again.contains("p~Q8Q+canary"), "{again:?}");
    });
}

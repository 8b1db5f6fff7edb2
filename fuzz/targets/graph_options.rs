//! `GraphOptions` blocks of an `appsettings.json`, whole files and pieces.
#![no_main]

use std::{cell::RefCell, thread_local};

use exchange365::{
    base::{Secret, Wake},
    engine::{Event, Handle, Options},
};
use libfuzzer_sys::fuzz_target;

thread_local! {
    static ENGINE: RefCell<Handle> = RefCell::new(Handle::start(Options::default(), Wake::none()).expect("an engine"));
}

fuzz_target!(|input: &[u8]| {
    ENGINE.with_borrow_mut(|engine| {
        let job = engine.import_text(Secret::new(String::from_utf8_lossy(input).into_owned()));
        loop {
            match engine.wait().expect("the engine lives") {
                Event::Imported(of, imported) if of == job => {
                    assert!(!format!("{:?}", imported.as_ref().as_ref().err()).contains("canary"));
                    break;
                }
                _ => {}
            }
        }
    });
});

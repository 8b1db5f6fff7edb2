//! Settings files: whatever stands in them, the program starts and nothing is lost.
#![no_main]

use std::{env, fs, process};

use exchange365::{base::Clock, settings::Store};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let folder = env::temp_dir().join(format!("exchange365-fuzz-{}", process::id()));
    drop(fs::remove_dir_all(&folder));
    fs::create_dir_all(&folder).expect("a folder");
    fs::write(folder.join("settings.json"), input).expect("a file");
    let now = Clock::system().now();
    let (store, settings, _) = Store::open(&folder, now);
    let kept = fs::read_dir(&folder).expect("the folder").flatten();
    assert!(kept.into_iter().any(|entry| fs::read(entry.path()).is_ok_and(|bytes| bytes == input)), "the file is gone");
    store.save(&settings).expect("saved");
    let (_, again, notice) = Store::open(&folder, now);
    assert_eq!((again, notice), (settings, None));
    drop(fs::remove_dir_all(&folder));
});

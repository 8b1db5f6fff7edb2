//! Where a secret could still lie when nobody looks: the clipboard, core dumps, other processes' eyes, the memory of the
//! program itself, and what its children are told.

use eframe::egui::{Event, Key, Modifiers, OutputCommand, ViewportCommand, accesskit::Role};
use egui_kittest::{Harness, kittest::Queryable as _};
use exchange365::{
    base::{Field, InputError, InputFault},
    explain,
    ui::{App, Options},
};

use crate::support::window::{fill, press_button, shows, value_of, window};

const SECRET: &str = "abc8Q~canaryCanaryCanaryCanary.Canary-_9";

/// What is put on a clipboard by selecting everything, which alone is enough for the middle button to paste it, and then
/// by these keys.
fn copied_by(harness: &mut Harness<'static, App>, key: Key) -> Vec<String> {
    // One event is one frame, and each frame is looked at.
    let modifiers = Modifiers::COMMAND;
    harness.event(Event::Key { key: Key::A, physical_key: None, pressed: true, repeat: false, modifiers });
    let mut copied = handed_on(harness);
    // The toolkit turns the keys of copying into events of their own, as the window's system does.
    let event = if key == Key::C { Event::Copy } else { Event::Cut };
    harness.event(event);
    copied.extend(handed_on(harness));
    copied
}

/// What the next frames put on a clipboard.
fn handed_on(harness: &mut Harness<'static, App>) -> Vec<String> {
    let mut copied = Vec::new();
    for _ in 0..3 {
        harness.step();
        copied.extend(harness.output().platform_output.commands.iter().filter_map(|command| match command {
            OutputCommand::CopyText(text) | OutputCommand::TextSelectionSettled(text) => Some(text.clone()),
            _ => None,
        }));
    }
    copied
}

/// Hidden or shown, the secret cannot be copied or cut out of its box, so there is nothing to be cleared later.
#[test]
fn a_secret_never_reaches_the_clipboard() {
    let mut harness = window(Options::default());
    fill(&mut harness, Role::TextInput, "Tenant ID", "contoso.com");
    assert_eq!(copied_by(&mut harness, Key::C), ["contoso.com"; 2], "other boxes are copied from");
    fill(&mut harness, Role::PasswordInput, "Client Secret", SECRET);
    assert!(copied_by(&mut harness, Key::C).is_empty());
    press_button(&mut harness, "Reveal Client Secret");
    let shown = harness.state().state().credentials.form.client_secret.clone();
    assert_eq!(shown.as_str(), SECRET);
    fill(&mut harness, Role::TextInput, "Client Secret", SECRET);
    for key in [Key::C, Key::X] {
        let copied = copied_by(&mut harness, key);
        assert!(copied.is_empty(), "{copied:?}");
    }
    assert_eq!(harness.state().state().credentials.form.client_secret.as_str(), SECRET, "cutting takes nothing away");
}

const BLOCK: &str = "GraphOptions block";

/// The dialog with a block in it, the secret among it.
fn pasting(secret: &str) -> (Harness<'static, App>, String) {
    let block = format!(r#"{{"TenantId": "contoso.com", "ClientId": "c", "ClientSecret": "{secret}"}}"#);
    let mut harness = window(Options::default());
    press_button(&mut harness, "Paste GraphOptions…");
    fill(&mut harness, Role::MultilineTextInput, BLOCK, &block);
    (harness, block)
}

/// The block in the dialog holds the secret for everybody to see, and yet it cannot be copied or cut out of it.
#[test]
fn a_pasted_block_never_reaches_the_clipboard_again() {
    let (mut harness, block) = pasting(SECRET);
    for key in [Key::C, Key::X] {
        let copied = copied_by(&mut harness, key);
        assert!(copied.is_empty(), "{copied:?}");
    }
    assert_eq!(value_of(&harness, Role::MultilineTextInput, BLOCK), block, "cutting takes nothing away");
}

/// Takes the block over, and gives the clipboard's text so many frames after the window asked for it. What is put on the
/// clipboard then, or nothing when the window did not ask.
fn cleared(harness: &mut Harness<'static, App>, on_clipboard: &str, late: usize) -> Option<Vec<String>> {
    harness.get_by_label("Fill in the boxes").click_accesskit();
    wait_step(harness, |harness| harness.query_by_label(BLOCK).is_none());
    for _ in 0..3 {
        let asked = harness.output().viewport_output.values().flat_map(|output| &output.commands);
        if asked.into_iter().any(|command| *command == ViewportCommand::RequestPaste) {
            // One that is drawn on the GPU gets it a frame later than one that is drawn on the CPU.
            for _ in 0..late {
                harness.step();
            }
            harness.event(Event::Paste(on_clipboard.to_owned()));
            return Some(handed_on(harness));
        }
        harness.step();
    }
    None
}

fn wait_step(harness: &mut Harness<'static, App>, condition: impl Fn(&Harness<'static, App>) -> bool) {
    for _ in 0..2_000 {
        harness.step();
        if condition(harness) {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    panic!("it did not come");
}

#[test]
fn the_clipboard_is_cleared_of_a_secret_that_was_taken_over() {
    for late in 0..2 {
        let (mut harness, block) = pasting(SECRET);
        let on_clipboard = format!("// my settings\r\n{block}");
        assert_eq!(cleared(&mut harness, &on_clipboard, late), Some(vec![String::new()]), "{late}");
        assert!(shows(&harness, "The clipboard still held the secret and was cleared"));
        it_was_asked_for_once(harness);
    }
}

/// A block of settings may write any of its letters as an escape; the clipboard holds them as they were written.
#[test]
fn the_clipboard_is_cleared_of_a_secret_that_is_spelt_in_another_way() {
    let spelt = SECRET.replace('~', "\\u007E").replace("canaryC", "\\u0063anaryC");
    let (mut harness, block) = pasting(&spelt);
    assert!(!block.contains(SECRET));
    assert_eq!(cleared(&mut harness, &block, 0), Some(vec![String::new()]));
    assert_eq!(harness.state().state().credentials.form.client_secret.as_str(), SECRET);
}

fn it_was_asked_for_once(mut harness: Harness<'static, App>) {
    // The paste it came as went nowhere.
    harness.get_by_role_and_label(Role::TextInput, "Tenant ID").focus();
    harness.run_ok();
    assert_eq!(harness.state().state().credentials.form.tenant_id, "contoso.com");
    // From now on a paste is a paste again, whatever it is.
    harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    harness.event(Event::Paste(SECRET.to_owned()));
    assert!(!handed_on(&mut harness).contains(&String::new()));
    assert_eq!(harness.state().state().credentials.form.tenant_id, SECRET);
}

#[test]
fn what_was_copied_since_stays_on_the_clipboard() {
    let (mut harness, _) = pasting(SECRET);
    assert_eq!(cleared(&mut harness, "something else", 0), Some(Vec::new()));
    assert!(!shows(&harness, "cleared"));
    let (mut harness, block) = pasting("");
    assert_eq!(cleared(&mut harness, &block, 0), None, "without a secret nobody looks at the clipboard");
}

/// A secret typed into the wrong field with characters in it that are not shown: without them it was shown. Found by
/// fuzzing.
#[test]
fn a_secret_in_the_wrong_field_is_not_put_together_again() {
    for odd in ["\u{6}", "\u{6}\u{6}\u{6}", "\u{1b}", "\u{85}", "\r", "\n"] {
        let fault = InputFault::Unknown { text: SECRET.replace('~', &format!("{odd}~")), known: "global".to_owned() };
        let problem = explain::input(&InputError { field: Field::Cloud, fault });
        assert!(!format!("{problem:?}").contains(SECRET), "{odd:?}: {problem:?}");
    }
}

#[cfg(target_os = "linux")]
mod of_the_process {
    use std::{
        fs,
        io::{BufRead as _, BufReader, Read as _, Write as _},
        os::unix::{fs::FileExt as _, process::ExitStatusExt as _},
        process::{Child, Command, Stdio},
        time::Duration,
    };

    use exchange365::{
        base::Wake,
        engine::{Event, Handle, Options},
    };
    use zeroize::Zeroizing;

    use crate::support::{
        Folder, bare,
        session::{clock, grant},
        wire::{Seen, Step, Wire},
    };

    const PROGRAM: &str = env!("CARGO_BIN_EXE_exchange365-cli");

    /// The command line's demo tenant, started by a shell that allows core dumps of any size.
    fn serving(folder: &Folder) -> Child {
        let mut child = Command::new("sh")
            .args(["-c", "ulimit -S -c unlimited 2>/dev/null; exec \"$0\" demo", PROGRAM])
            .current_dir(folder.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // It speaks once it is up.
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        child
    }

    #[test]
    fn a_killed_program_leaves_no_core_dump() {
        let folder = Folder::new();
        let mut child = serving(&folder);
        let limits = fs::read_to_string(format!("/proc/{}/limits", child.id())).unwrap();
        let core = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
        assert_eq!(core.split_whitespace().nth(4), Some("0"), "{core}");
        Command::new("sh").args(["-c", &format!("kill -ABRT {}", child.id())]).status().unwrap();
        let ended = child.wait().unwrap();
        assert_eq!((ended.signal(), ended.core_dumped()), (Some(6), false));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    /// The secret of one test, which stands nowhere in this program: each of its characters is made up on the way.
    fn made_up(at: usize) -> u8 {
        let number = u8::try_from((at * at * 7 + at * 11 + 5) % 26).unwrap();
        if at.is_multiple_of(3) { b'a' + number } else { b'A' + number }
    }

    const MADE_UP: usize = 40;

    /// How often the made-up secret stands in the memory of this process, or a half of it.
    fn own_copies() -> usize {
        let maps = fs::read_to_string("/proc/self/maps").unwrap();
        let memory = fs::File::open("/proc/self/mem").unwrap();
        let mut found = 0;
        for line in maps.lines().filter(|line| line.contains(" rw")) {
            let (from, to) = line.split(' ').next().unwrap().split_once('-').unwrap();
            let (from, to) = (u64::from_str_radix(from, 16).unwrap(), u64::from_str_radix(to, 16).unwrap());
            let mut bytes = Zeroizing::new(vec![0; usize::try_from(to - from).unwrap()]);
            if memory.read_exact_at(&mut bytes, from).is_ok() {
                let half = |window: &[u8], begin: usize| (0..MADE_UP / 2).all(|at| window[at] == made_up(begin + at));
                found += bytes.windows(MADE_UP / 2).filter(|part| half(part, 0) || half(part, MADE_UP / 2)).count();
            }
        }
        found
    }

    /// A settings file holds secrets of others too. What was read of it is wiped, however it is written.
    #[test]
    fn an_opened_settings_file_leaves_no_secret_in_memory() {
        let folder = Folder::new();
        let file = folder.path().join("appsettings.json");
        let mut engine = Handle::start(Options::default(), Wake::none()).unwrap();
        for wide in [false, true] {
            let mut text = Zeroizing::new(String::with_capacity(4096));
            text.push_str("{\"Other\": [\"");
            text.extend((0..MADE_UP).map(|at| char::from(made_up(at))));
            text.push_str(
                "\"], \"GraphOptions\": {\"TenantId\": \"t\", /* x */ \"ClientId\": \"c\", \"ClientSecret\": \"",
            );
            text.extend((0..MADE_UP).map(|at| char::from(made_up(at))));
            text.push_str("\",}}");
            let mut bytes = Zeroizing::new(Vec::with_capacity(8192));
            if wide {
                bytes.extend([0xff, 0xfe]);
                text.encode_utf16().for_each(|unit| bytes.extend(unit.to_le_bytes()));
            } else {
                bytes.extend(text.bytes());
            }
            fs::write(&file, &*bytes).unwrap();
            drop((text, bytes));
            let job = engine.import_file(file.clone());
            loop {
                match engine.wait().unwrap() {
                    Event::Imported(of, imported) if of == job => {
                        let read = imported.as_ref().as_ref().unwrap();
                        assert!(read.client_secret.expose().bytes().eq((0..MADE_UP).map(made_up)));
                        break;
                    }
                    _ => {}
                }
            }
            assert_eq!(own_copies(), 0, "wide: {wide}");
        }
    }

    /// All that can be read of a process, and how often `wanted` stands in it. `None` where it cannot be read at all.
    fn copies(process: u32, wanted: &[u8]) -> Option<usize> {
        let maps = fs::read_to_string(format!("/proc/{process}/maps")).ok()?;
        let memory = fs::File::open(format!("/proc/{process}/mem")).ok()?;
        let mut found = 0;
        for line in maps.lines().filter(|line| line.contains(" rw")) {
            let (from, to) = line.split(' ').next()?.split_once('-')?;
            let (from, to) = (u64::from_str_radix(from, 16).ok()?, u64::from_str_radix(to, 16).ok()?);
            let mut bytes = vec![0; usize::try_from(to - from).ok()?];
            if memory.read_exact_at(&mut bytes, from).is_ok() {
                found += bytes.windows(wanted.len()).filter(|window| *window == wanted).count();
            }
        }
        Some(found)
    }

    /// The program waits for an answer to its mail, so the sign-in is behind it: how many copies of the secret are left?
    #[tokio::test]
    async fn few_copies_of_a_secret_are_in_memory() {
        let secret = "c4n8Q~ZkWq9x.~Lm2Rt5uniqueUnique-Uni9que";
        let wire =
            Wire::start(&clock(), |seen: &Seen, _| if seen.is_send() { vec![Step::Stall] } else { grant(1) }).await;
        let url = wire.url();
        let mut child = bare(PROGRAM)
            .args(["verify", "--tenant-id", "contoso.example", "--client-id", "11111111-2222-3333-4444-555555555555"])
            .args(["--login-url", &url, "--graph-url", &url, "--timeout", "60", "--secret-file", "-"])
            .args(["--permitted", "in@x.example", "--forbidden", "out@x.example", "--to", "in@x.example"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(secret.as_bytes()).unwrap();
        for _ in 0..600 {
            if wire.sends().len() == 2 {
                break;
            }
            #[expect(clippy::disallowed_methods, reason = "the test waits in real time for a real process")]
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        assert_eq!(wire.sends().len(), 2, "both mails are on their way");
        let found = copies(child.id(), secret.as_bytes());
        let form: String = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect();
        println!("{:?} copies as it is, {:?} in the form of the sign-in", found, copies(child.id(), form.as_bytes()));
        child.kill().unwrap();
        child.wait().unwrap();
        let mut said = String::new();
        child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        assert!(!said.contains(secret));
        match found {
            // Nobody but root may look at all.
            None => println!("the memory of the program cannot be read"),
            Some(found) => {
                println!("{found} copies of the secret in memory");
                assert!(found <= MOST_COPIES, "{found} copies of the secret in memory");
            }
        }
    }

    /// As typed, as checked, and what the search for secrets in texts keeps; none of it in memory that was given back.
    const MOST_COPIES: usize = 3;
}

//! What the window costs, for each renderer, next to a bare eframe program in the same run: time and processor time to the
//! first frame, memory, work when idle, and the time of a frame while 10,000 rows scroll. Needs a desktop; brings its own
//! Xvfb when there is none. All programs take turns, `WINDOW_BENCH_ROUNDS` times (5 when nothing is said); what is printed
//! are medians, and the best first frame.

#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a benchmark measures time, prints, and may stop at the first surprise"
)]

use std::{
    env, fs,
    io::{BufRead as _, BufReader},
    net::{Ipv4Addr, SocketAddr},
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    thread,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use eframe::egui::{self, Context, Ui};
use exchange365::{
    base::Wake,
    engine::{self, Event, Expected, Handle, JobId, Scenario, SenderReport, Senders, Setup, VerifyReport},
    ui::{
        self, App,
        state::{RunKind, Tab},
        window::{self, Renderer, Screen},
    },
    verify::{RunResult, SenderResult, TestId},
};

/// How long the window has to become calm, and how long it is watched then.
const CALM: Duration = Duration::from_secs(2);
const IDLE: Duration = Duration::from_secs(5);
const ROWS: usize = 10_000;
const FRAMES: usize = 300;

/// What is started, in this order.
const CASES: [(&str, &str); 5] = [
    ("hello", "bare eframe hello, gpu"),
    ("app gpu", "the window, gpu"),
    ("app cpu", "the window, cpu"),
    ("rows gpu", "10,000 rows, gpu"),
    ("rows cpu", "10,000 rows, cpu"),
];

fn main() {
    match env::var("WINDOW_BENCH_CASE") {
        Ok(case) => child(&case),
        Err(_) => parent(),
    }
}

fn parent() {
    let (desktop, display) = match env::var("DISPLAY").or_else(|_| env::var("WAYLAND_DISPLAY")) {
        Ok(_) => (None, None),
        Err(_) => match own_desktop() {
            Some((desktop, display)) => (Some(desktop), Some(display)),
            None => return println!("SKIPPED: no desktop, and no Xvfb to make one"),
        },
    };
    let rounds = env::var("WINDOW_BENCH_ROUNDS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(5);
    let mut all: Vec<Runs> = CASES.iter().map(|_| Runs::default()).collect();
    for _ in 0..rounds {
        // In turn, so that what else the machine does falls on all of them alike.
        for ((case, _), runs) in CASES.iter().zip(&mut all) {
            runs.0.push(measure(case, display.as_deref()));
        }
    }
    println!(
        "{:24} {:>14} {:>6} {:>9} {:>8} {:>12} {:>14} {:>6}",
        "", "first frame ms", "best", "CPU ms", "RSS MB", "idle ms/5 s", "frame ms p50", "p95"
    );
    for ((_, title), runs) in CASES.iter().zip(&all) {
        let [first, cpu, rss, idle, median, slow] = [0, 1, 2, 3, 4, 5].map(|at| shown(runs.median(at)));
        let best = shown(runs.least(0));
        println!("{title:24} {first:>14} {best:>6} {cpu:>9} {rss:>8} {idle:>12} {median:>14} {slow:>6}");
    }
    say_aims(&all);
    if let Some(mut desktop) = desktop {
        desktop.kill().unwrap();
        desktop.wait().unwrap();
    }
}

/// What one program printed, once per round.
#[derive(Default)]
struct Runs(Vec<Vec<f64>>);

impl Runs {
    fn sorted(&self, column: usize) -> Vec<f64> {
        let values = self.0.iter().filter_map(|run| run.get(column)).copied().filter(|value| value.is_finite());
        let mut values: Vec<f64> = values.collect();
        values.sort_by(f64::total_cmp);
        values
    }

    fn median(&self, column: usize) -> f64 {
        let values = self.sorted(column);
        values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
    }

    fn least(&self, column: usize) -> f64 {
        self.sorted(column).first().copied().unwrap_or(f64::NAN)
    }
}

fn shown(value: f64) -> String {
    if value.is_finite() { format!("{value:.1}") } else { "-".to_owned() }
}

/// What was aimed at, and what came of it.
fn say_aims(all: &[Runs]) {
    let value = |case: usize, column: usize| all.get(case).map_or(f64::NAN, |runs| runs.median(column));
    let best = |case: usize| all.get(case).map_or(f64::NAN, |runs| runs.least(0));
    let aim = |what: &str, found: f64, most: f64| {
        let word = if found <= most { "reached" } else { "MISSED" };
        println!("{what:48} {found:>8.2}   aim <= {most:<5} {word}");
    };
    println!();
    aim("first frame, gpu, times that of the bare program", value(1, 0) / value(0, 0), 1.2);
    aim("  the best of each", best(1) / best(0), 1.2);
    aim("  its processor time", value(1, 1) / value(0, 1), 1.2);
    aim("first frame, cpu, times that of the bare program", value(2, 0) / value(0, 0), 1.2);
    aim("idle, gpu, ms of CPU in 5 s", value(1, 3), 0.0);
    aim("idle, cpu, ms of CPU in 5 s", value(2, 3), 0.0);
    aim("RSS, cpu, MB", value(2, 2), 40.0);
    aim("RSS, cpu, with 10,000 rows, MB", value(4, 2), 40.0);
    aim("10,000 rows, gpu, ms per frame (60 per second)", value(3, 4), 16.6);
    aim("10,000 rows, cpu, ms per frame (60 per second)", value(4, 4), 16.6);
}

/// Without `-noreset` the server starts over when the only program on it ends.
fn own_desktop() -> Option<(Child, String)> {
    let mut server = Command::new("Xvfb")
        .args(["-displayfd", "1", "-screen", "0", "1600x1000x24", "-nolisten", "tcp", "-noreset"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    let mut number = String::new();
    BufReader::new(server.stdout.take()?).read_line(&mut number).ok()?;
    Some((server, format!(":{}", number.trim())))
}

fn measure(case: &str, display: Option<&str>) -> Vec<f64> {
    let mut program = Command::new(env::current_exe().unwrap());
    program.env("WINDOW_BENCH_CASE", case).stderr(Stdio::null());
    if let Some(display) = display {
        program.env("DISPLAY", display);
    }
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_nanos();
    let output = program.env("WINDOW_BENCH_START", now.to_string()).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.split_whitespace().filter_map(|number| number.parse().ok()).collect()
}

fn child(case: &str) {
    if case == "hello" {
        return hello();
    }
    let (what, renderer) = case.split_once(' ').unwrap();
    let options = window::Options {
        title: "Benchmark".to_owned(),
        app_id: "exchange365-bench".to_owned(),
        icon: &[],
        size: [1100.0, 760.0],
        min_size: [800.0, 560.0],
        geometry: None,
        renderer: Renderer::named(renderer).unwrap(),
        frame_rate: Some(10_000),
    };
    let what = what.to_owned();
    let ended = window::run(
        &options,
        Box::new(move |ctx| {
            let app = if what == "app" { App::new(ctx, ui::Options::default())? } else { many_rows(ctx) };
            Ok(Box::new(Timed::new(Box::new(app), what == "rows")))
        }),
    );
    ended.unwrap();
}

/// What eframe costs when it shows next to nothing.
fn hello() {
    struct Hello(Watch);
    impl eframe::App for Hello {
        fn ui(&mut self, ui: &mut Ui, _: &mut eframe::Frame) {
            self.0.frame(ui.ctx());
            egui::CentralPanel::default().show(ui, |ui| ui.heading("Hello"));
        }
    }
    let size = [1100.0, 760.0];
    let options = eframe::NativeOptions {
        viewport: egui::ViewportBuilder::default().with_inner_size(size),
        ..Default::default()
    };
    let ended = eframe::run_native("Hello", options, Box::new(|_| Ok(Box::new(Hello(Watch::new(false))))));
    ended.unwrap();
}

/// The window on its Send E-Mail tab, with the result of a test of as many senders as nobody has. It learns of them as it
/// does from the engine, which is a thread of its own: each is announced, asked and answered, and stands in the report.
fn many_rows(ctx: &Context) -> App {
    let (events, received) = mpsc::sync_channel(64);
    let ask = move || many_senders(&|event| events.send(event).unwrap());
    let engine = thread::Builder::new().name("engine".to_owned()).spawn(ask).unwrap();
    let mut app = App::new(ctx, ui::Options { tab: Tab::SendMail, ..ui::Options::default() }).unwrap();
    let state = app.state_mut();
    for event in received {
        if let Event::Planned(job, plan) = &event {
            let of = |expected: Expected| {
                let list = plan.iter().filter(|(_, wanted)| *wanted == expected);
                list.map(|(address, _)| address.as_str()).collect::<Vec<_>>().join("\n")
            };
            let form = &mut state.send_mail.form;
            (form.permitted, form.forbidden) = (of(Expected::Permitted), of(Expected::Forbidden));
            state.send_mail.start(*job, RunKind::Whole, Setup::empty());
        }
        state.apply(event);
    }
    engine.join().unwrap();
    ctx.add_plugin(Wheel);
    app
}

/// The demo's senders over and over, under other names.
fn many_senders(tell: &dyn Fn(Event)) {
    let (job, demo) = demo_result();
    let known = || demo.senders.iter().cycle().zip(0..ROWS);
    let address = |number: usize| format!("person{number}@fjordlys.example").parse().unwrap();
    let plan = known().map(|(line, number)| (address(number), line.result.expected));
    tell(Event::Planned(job, plan.collect()));
    let mut senders: Vec<Arc<SenderResult>> = Vec::new();
    for (line, number) in known() {
        let result = SenderResult { address: address(number), test_id: TestId::new(), ..line.result.as_ref().clone() };
        let result = Arc::new(result);
        tell(Event::Asking(job, number, result.test_id.clone()));
        senders.push(Arc::clone(&result));
        let words = Arc::new(line.words.as_ref().clone());
        tell(Event::Answered(job, number, SenderReport { result, words }));
    }
    let run = RunResult {
        verdict: demo.verdict,
        mechanism: demo.mechanism,
        senders,
        skipped: Vec::new(),
        app: demo.app.clone().unwrap(),
        tenant_id: demo.tenant_id.clone(),
        started: demo.started,
        finished: demo.finished,
        cancelled: false,
    };
    tell(Event::Concluded(job, Box::new(VerifyReport::of_run(run, demo.cloud))));
}

/// What the demo tenant answers to its own test.
fn demo_result() -> (JobId, Box<VerifyReport>) {
    let mut engine = Handle::start(engine::Options::default(), Wake::none()).unwrap();
    engine.start_demo(Scenario::DEFAULT, SocketAddr::from((Ipv4Addr::LOCALHOST, 0)));
    loop {
        let event = engine.wait().unwrap();
        if let Event::DemoReady(_, tenant) = &event {
            let setup = Setup {
                tenant_id: tenant.tenant_id.clone(),
                client_id: tenant.client_id.clone(),
                client_secret: tenant.client_secret.clone(),
                login_url: tenant.base_url.clone(),
                graph_url: tenant.base_url.clone(),
                ..Setup::empty()
            };
            let senders = Senders {
                permitted: tenant.permitted.join("\n"),
                forbidden: tenant.forbidden.join("\n"),
                recipient: tenant.recipient.clone(),
                ..Senders::default()
            };
            engine.verify(setup, senders);
        } else if let Event::Concluded(job, report) = event {
            return (job, report);
        }
    }
}

/// Turns the wheel over the rows before every frame, so that each of them shows others.
struct Wheel;

impl egui::Plugin for Wheel {
    fn debug_name(&self) -> &'static str {
        "wheel"
    }

    fn input_hook(&mut self, _: &Context, input: &mut egui::RawInput) {
        let Some(rect) = input.screen_rect else { return };
        input.events.push(egui::Event::PointerMoved(rect.lerp_inside(egui::vec2(0.7, 0.7))));
        input.events.push(egui::Event::MouseWheel {
            unit: egui::MouseWheelUnit::Point,
            source: egui::MouseWheelSource::Trackpad,
            delta: egui::vec2(0.0, -97.0),
            phase: egui::TouchPhase::Move,
            modifiers: egui::Modifiers::NONE,
        });
    }
}

/// A screen under the watch.
struct Timed {
    screen: Box<dyn Screen>,
    watch: Watch,
}

impl Timed {
    fn new(screen: Box<dyn Screen>, scrolls: bool) -> Self {
        Self { screen, watch: Watch::new(scrolls) }
    }
}

impl Screen for Timed {
    fn logic(&mut self, ctx: &Context) {
        self.screen.logic(ctx);
    }

    fn ui(&mut self, ui: &mut Ui) {
        self.watch.frame(ui.ctx());
        self.screen.ui(ui);
    }
}

/// The first frame: when it was on the screen, and what it took from the processor.
#[derive(Clone, Copy)]
struct First {
    millis: f64,
    cpu: f64,
}

/// Counts frames, and lets the window close when everything is measured.
struct Watch {
    scrolls: bool,
    first: Option<First>,
    times: Vec<Duration>,
    last: Option<Instant>,
    done: Arc<AtomicBool>,
}

impl Watch {
    fn new(scrolls: bool) -> Self {
        Self { scrolls, first: None, times: Vec::new(), last: None, done: Arc::default() }
    }

    fn frame(&mut self, ctx: &Context) {
        // A frame may be drawn in two passes.
        let is_on_screen = ctx.cumulative_frame_nr() > 0;
        match self.first {
            None if is_on_screen => {
                let first = First { millis: since_start(), cpu: thread_millis() };
                self.first = Some(first);
                self.watch_idle(ctx.clone(), first);
            }
            None => ctx.request_repaint(),
            Some(first) if self.scrolls => self.scroll(ctx, first),
            Some(_) => {}
        }
        if !self.scrolls && self.done.load(Ordering::Relaxed) {
            ctx.send_viewport_cmd(egui::ViewportCommand::Close);
        }
    }

    /// Each frame asks for the next; the time between two of them is what one costs.
    fn scroll(&mut self, ctx: &Context, First { millis: first, cpu }: First) {
        let now = Instant::now();
        if let Some(last) = self.last.replace(now) {
            self.times.push(now - last);
        }
        if self.times.len() < FRAMES {
            return ctx.request_repaint();
        }
        if self.done.swap(true, Ordering::Relaxed) {
            // A frame that was asked for before the window closes.
            return;
        }
        self.times.sort_unstable();
        let at = |part: usize| self.times.get(self.times.len() * part / 100).map_or(0.0, |time| millis(*time));
        println!("{first:.1} {cpu:.1} {:.1} NaN {:.2} {:.2}", rss(), at(50), at(95));
        ctx.send_viewport_cmd(egui::ViewportCommand::Close);
    }

    fn watch_idle(&self, ctx: Context, First { millis: first, cpu }: First) {
        if self.scrolls {
            return ctx.request_repaint();
        }
        let done = Arc::clone(&self.done);
        let watch = move || {
            thread::sleep(CALM);
            let before = cpu_millis();
            thread::sleep(IDLE);
            println!("{first:.1} {cpu:.1} {:.1} {:.1}", rss(), cpu_millis() - before);
            done.store(true, Ordering::Relaxed);
            ctx.request_repaint();
        };
        thread::Builder::new().name("watch".to_owned()).spawn(watch).unwrap();
    }
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}

/// Since the program was started, its loading included.
fn since_start() -> f64 {
    let start: u64 = env::var("WINDOW_BENCH_START").unwrap().parse().unwrap();
    let started = UNIX_EPOCH + Duration::from_nanos(start);
    millis(SystemTime::now().duration_since(started).unwrap_or_default())
}

/// Megabytes in memory; only Linux says.
fn rss() -> f64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes: Option<f64> = line.and_then(|line| line.trim().trim_end_matches("kB").trim().parse().ok());
    kilobytes.map_or(f64::NAN, |kilobytes| kilobytes / 1024.0)
}

/// Processor time of the threads that are there, to the microsecond; only Linux says.
fn thread_millis() -> f64 {
    let threads = fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
    let times = threads.filter_map(|thread| fs::read_to_string(thread.path().join("schedstat")).ok());
    times.filter_map(|text| text.split_whitespace().next()?.parse::<f64>().ok()).sum::<f64>() / 1e6
}

/// Processor time so far, in steps of 10 ms; only Linux says.
fn cpu_millis() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    let ticks = after_name.split_whitespace().skip(11).take(2).filter_map(|ticks| ticks.parse::<f64>().ok());
    ticks.sum::<f64>() * 10.0
}

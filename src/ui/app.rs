//! The app: takes the engine's events in, draws, and acts on what was asked for, all in one place.

use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
    time::Duration,
};

use eframe::egui::{
    self, CentralPanel, Context, Frame, Id, Key, Modifiers, TextureHandle, ThemePreference, Ui, UiBuilder,
    ViewportCommand,
};

use crate::{
    base::{Secret, Wake},
    engine::{self, Environment, Handle, KeptWindow, Scenario, Store, Vault},
};

use super::{
    command::{Command, Commands, PolicyCommand, ReportCommand, SweepCommand},
    dialogs,
    files::{Answer, FileFor, FileQuestion},
    frame,
    kept::{self, Kept},
    logo,
    state::{Dialog, RunKind, SendView, State, Tab},
    style, tabs, text,
    tokens::{Palette, Tone, Type},
    window::{Renderer, Screen},
};

/// While something runs the window looks again this often, in case a wake was lost.
const LOOK_AGAIN: Duration = Duration::from_millis(200);
/// An hour of the demo tenant in fifteen seconds.
const DEMO_PACE: u32 = 240;
/// Events taken in per frame.
const EVENTS_PER_FRAME: usize = 2_000;

/// How the window starts.
#[derive(Debug, Clone, PartialEq)]
pub struct Options {
    /// The demo scenario to start with.
    pub demo: Option<String>,
    /// Light, dark, or as the system says.
    pub theme: Option<ThemePreference>,
    /// The tab in view.
    pub tab: Tab,
    /// Who draws.
    pub renderer: Option<Renderer>,
    /// Where programs are; the empty one knows no PowerShell.
    pub environment: Environment,
    /// Where records of tests are kept.
    pub records: Records,
    /// How many times faster the demo tenant's time runs while a watch waits.
    pub demo_pace: u32,
    /// Where secrets are kept on request.
    pub secrets: Secrets,
}

/// Where secrets are kept on request.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Secrets {
    /// Nowhere: what a window under test knows.
    #[default]
    Nowhere,
    /// In the operating system's key store.
    OfSystem,
    /// As long as the window is open.
    InMemory,
}

impl Secrets {
    fn vault(self) -> Vault {
        match self {
            Self::Nowhere => Vault::nowhere(),
            Self::OfSystem => Vault::system(),
            Self::InMemory => Vault::memory(),
        }
    }
}

/// Where settings and records of tests are kept.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Records {
    /// Nobody has said; the program then keeps them in the system's place, and a window under test nowhere.
    #[default]
    Unsaid,
    /// Nowhere.
    Nowhere,
    /// In the system's place for them.
    OfSystem,
    /// Below this folder.
    Below(PathBuf),
}

impl Default for Options {
    fn default() -> Self {
        Self {
            demo: None,
            theme: None,
            tab: Tab::default(),
            renderer: None,
            environment: Environment::default(),
            records: Records::default(),
            demo_pace: DEMO_PACE,
            secrets: Secrets::default(),
        }
    }
}

/// The window's contents.
pub struct App {
    pub(super) engine: Handle,
    pub(super) state: State,
    pub(super) question: Option<FileQuestion>,
    pub(super) demo_pace: u32,
    /// The window's title.
    pub(super) title: String,
    pub(super) unfinished_told: bool,
    /// Where settings go.
    pub(super) store: Option<Store>,
    /// Where the window is.
    pub(super) window: KeptWindow,
    /// The frame in which the clipboard was asked for.
    pub(super) clipboard_asked: Option<u64>,
    may_close: bool,
    logo: TextureHandle,
}

impl App {
    /// Starts the engine.
    ///
    /// # Errors
    /// The operating system gives no thread.
    pub fn new(ctx: &Context, options: Options) -> io::Result<Self> {
        let kept = Kept::open(&options.records);
        Self::with(ctx, options, kept)
    }

    /// The same, with settings that were read before.
    pub(super) fn with(ctx: &Context, options: Options, kept: Kept) -> io::Result<Self> {
        style::install(ctx);
        let settings = kept.settings;
        ctx.set_theme(options.theme.unwrap_or_else(|| kept::preference(settings.theme)));
        if let Some(zoom) = settings.window.zoom {
            ctx.set_zoom_factor(zoom);
        }
        let woken = ctx.clone();
        let started = engine::Options {
            environment: options.environment,
            records: kept.records.clone(),
            settings: kept.store.clone(),
            vault: options.secrets.vault(),
            ..engine::Options::default()
        };
        let engine = Handle::start(started, Wake::new(move || woken.request_repaint()))?;
        let mut state = State::new(Scenario::all());
        state.tab = options.tab;
        state.policy.shell = engine.shell().map(|shell| shell.name);
        state.report.is_kept = kept.records.is_some();
        state.sweep.can_keep = kept.records.is_some();
        state.profiles.is_kept = kept.store.is_some();
        state.notice = kept.notice.unwrap_or_default();
        let window = settings.window;
        state.profiles.settings = settings;
        if let Some(renderer) = options.renderer {
            renderer.name().clone_into(&mut state.profiles.settings.renderer);
        }
        let mut app = Self {
            engine,
            state,
            question: None,
            demo_pace: options.demo_pace,
            title: String::new(),
            unfinished_told: false,
            store: kept.store,
            window,
            clipboard_asked: None,
            may_close: false,
            logo: logo::texture(ctx),
        };
        app.list_records();
        app.recall();
        if let Some(name) = options.demo {
            app.state.demo.choice = name;
            app.start_demo();
        }
        Ok(app)
    }

    /// What the window knows.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// The same, to be filled by hand: how tests and benchmarks show what takes a tenant of ten thousand.
    pub fn state_mut(&mut self) -> &mut State {
        &mut self.state
    }

    fn act(&mut self, ctx: &Context, command: Command) {
        match command {
            Command::Show(tab) => self.state.tab = tab,
            Command::SetTheme(theme) => self.set_theme(ctx, theme),
            Command::ToggleLog => self.state.log_open = !self.state.log_open,
            Command::ClearLog => self.state.log.clear(),
            Command::Copy { text, what } => self.copy(ctx, &text, what),
            Command::Check => self.check(ctx),
            Command::CancelCheck => self.cancel_check(),
            Command::RunTest => self.send(ctx, RunKind::Whole),
            Command::SendOne => self.send(ctx, RunKind::One),
            Command::SendAfterWarning => self.send_after_warning(ctx),
            Command::CancelRun => self.cancel_run(),
            Command::Open(dialog) => self.open(dialog),
            Command::CloseDialog => self.close_dialog(),
            Command::ImportPasted => self.import_pasted(),
            Command::ChooseFile => self.choose_file(ctx),
            Command::ImportFile(path) => self.import_file(path),
            Command::StartDemo => self.start_demo(),
            Command::LeaveDemo => self.leave_demo(),
            Command::SetArrived(test_id, arrived) => self.set_arrived(test_id, arrived),
            Command::ToggleRow(number) => self.state.send_mail.toggle_row(number),
            Command::Policy(command) => self.act_policy(ctx, command),
            Command::Report(command) => self.act_report(ctx, command),
            Command::Sweep(command) => self.act_sweep(ctx, command),
            Command::Profile(command) => self.act_profile(ctx, command),
            Command::LetTimePass => self.let_time_pass(),
            Command::Quit => self.quit(ctx),
        }
    }

    fn copy(&mut self, ctx: &Context, text: &str, what: &'static str) {
        // What leaves the window must not be taken for a customer's result.
        let label = self.state.demo.active.as_ref().map(|tenant| text::demo_label(&tenant.title));
        ctx.copy_text(label.unwrap_or_default() + text);
        self.state.notice = text::copied(what);
    }

    fn set_theme(&mut self, ctx: &Context, theme: ThemePreference) {
        ctx.set_theme(theme);
        self.remember(ctx);
    }

    fn check(&mut self, ctx: &Context) {
        if !self.state.credentials.is_running() {
            let setup = self.state.credentials.form.setup();
            let job = self.engine.check(setup.clone());
            self.state.credentials.start(job, setup);
            self.state.result_wanted = true;
            self.remember(ctx);
        }
    }

    fn cancel_check(&self) {
        if let Some(job) = self.state.credentials.running() {
            self.engine.cancel(job);
        }
    }

    fn send(&mut self, ctx: &Context, kind: RunKind) {
        let send = &mut self.state.send_mail;
        if send.is_running() {
            return;
        }
        send.attempted = Some(kind);
        if !send.faults(kind).is_empty() {
            text::FIX_FIELDS.clone_into(&mut self.state.notice);
        } else if send.has_forbidden(kind) && !send.warned {
            self.open(Dialog::SendWarning(kind));
        } else {
            self.send_now(ctx, kind);
        }
    }

    fn send_now(&mut self, ctx: &Context, kind: RunKind) {
        let setup = self.state.credentials.form.setup();
        let job = self.engine.verify(setup.clone(), self.state.send_mail.senders(kind));
        self.state.send_mail.start(job, kind, setup);
        self.state.watch.clear();
        self.state.result_wanted = true;
        self.state.notice.clear();
        self.remember(ctx);
    }

    fn send_after_warning(&mut self, ctx: &Context) {
        if self.state.dialog == Some(Dialog::SweepWarning) {
            self.close_dialog();
            self.state.send_mail.warned = true;
            self.sweep_now(ctx);
        }
        if let Some(Dialog::SendWarning(kind)) = self.state.dialog {
            self.close_dialog();
            self.state.send_mail.warned = true;
            self.send_now(ctx, kind);
        }
    }

    fn cancel_run(&mut self) {
        if let Some(job) = self.state.send_mail.running() {
            self.engine.cancel(job);
            self.state.send_mail.cancelling();
        }
    }

    pub(super) fn open(&mut self, dialog: Dialog) {
        self.state.import_problem = None;
        self.state.dialog = Some(dialog);
        self.state.dialog_is_new = true;
    }

    pub(super) fn close_dialog(&mut self) {
        self.state.dialog = None;
        self.state.import_problem = None;
        self.state.pasted = zeroize::Zeroizing::default();
    }

    fn import_pasted(&mut self) {
        let text = Secret::new(self.state.pasted.to_string());
        self.state.importing = Some(self.engine.import_text(text));
    }

    fn import_file(&mut self, path: PathBuf) {
        self.state.tab = Tab::Credentials;
        self.state.import_problem = None;
        self.state.importing = Some(self.engine.import_file(path));
    }

    fn choose_file(&mut self, ctx: &Context) {
        if self.question.is_none() {
            self.question = FileQuestion::ask(ctx, FileFor::Import);
        }
    }

    fn start_demo(&mut self) {
        let name = self.state.demo.choice.clone();
        let job = self.engine.start_demo(&name, SocketAddr::from((Ipv4Addr::LOCALHOST, 0)));
        self.state.demo.start(job);
    }

    fn leave_demo(&mut self) {
        self.engine.stop_demo();
        self.state.leave_demo();
    }

    fn set_arrived(&mut self, test_id: String, arrived: bool) {
        if arrived {
            self.state.send_mail.arrived.insert(test_id);
        } else {
            self.state.send_mail.arrived.remove(&test_id);
        }
    }

    fn quit(&mut self, ctx: &Context) {
        self.may_close = true;
        ctx.send_viewport_cmd(ViewportCommand::Close);
    }

    /// Keys that work wherever the keyboard is.
    fn keys(&self, ui: &Ui) -> Commands {
        let mut out = Commands::new();
        if ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::F1)) {
            out.extend(self.help());
        }
        if self.state.dialog.is_some() {
            return out;
        }
        for (tab, key) in Tab::ALL.into_iter().zip([Key::Num1, Key::Num2, Key::Num3, Key::Num4]) {
            if ui.input_mut(|input| input.consume_key(Modifiers::COMMAND, key)) {
                out.push(Command::Show(tab));
            }
        }
        if ui.memory(|memory| memory.focused().is_none()) && ui.input(|input| input.key_pressed(Key::Enter)) {
            out.extend(self.default_action());
        }
        if dialogs::escape_wanted(ui.ctx(), &self.state) {
            out.extend(self.escape());
        }
        out
    }

    /// *F1* opens the help and closes it again; another dialog stays.
    fn help(&self) -> Option<Command> {
        match self.state.dialog {
            None => Some(Command::Open(Dialog::Help)),
            Some(Dialog::Help) => Some(Command::CloseDialog),
            Some(_) => None,
        }
    }

    fn default_action(&self) -> Option<Command> {
        match self.state.tab {
            Tab::Credentials => Some(Command::Check),
            // Scripts change things: nothing here happens by Enter alone.
            Tab::PolicySetup | Tab::Report => None,
            Tab::SendMail if self.state.sweep.view == SendView::Everybody => Some(Command::Sweep(SweepCommand::Start)),
            Tab::SendMail => Some(Command::RunTest),
        }
    }

    fn escape(&self) -> Option<Command> {
        match self.state.tab {
            Tab::Credentials => self.state.credentials.is_running().then_some(Command::CancelCheck),
            Tab::PolicySetup => self.state.policy.is_busy().then_some(Command::Policy(PolicyCommand::Cancel)),
            Tab::SendMail if self.state.sweep.view == SendView::Everybody => {
                self.state.sweep.is_running().then_some(Command::Sweep(SweepCommand::Cancel))
            }
            Tab::SendMail => self.state.send_mail.is_running().then_some(Command::CancelRun),
            Tab::Report => self.state.report.comparing.then_some(Command::Report(ReportCommand::SetComparing(false))),
        }
    }

    /// What comes from outside the window's own widgets: a chosen file, a dropped file, the close button.
    fn outside(&mut self, ctx: &Context) -> Commands {
        let mut out = Commands::new();
        match self.question.as_ref().map(FileQuestion::poll) {
            None | Some(Answer::Open) => (),
            Some(Answer::Nothing) => {
                self.question = None;
                text::NO_FILE.clone_into(&mut self.state.notice);
            }
            Some(Answer::Chosen(path)) => {
                out.extend(self.question.take().map(|question| question.wanted.then(path)));
            }
        }
        let dropped = ctx.input(|input| input.raw.dropped_files.first().map(|file| file.path().to_path_buf()));
        let wanted = match self.state.tab {
            Tab::PolicySetup => FileFor::Result,
            Tab::SendMail if self.state.sweep.view == SendView::Everybody => FileFor::Mailboxes,
            Tab::Credentials | Tab::SendMail | Tab::Report => FileFor::Import,
        };
        out.extend(dropped.map(|path| wanted.then(path)));
        let closing = ctx.input(|input| input.viewport().close_requested());
        // A watch that waits is kept: closing loses nothing.
        let kept = self.state.watch.is_waiting() && self.state.report.is_kept;
        let is_sending = self.state.send_mail.is_running() && !kept;
        let is_at_work = is_sending || self.state.sweep.is_running() || self.state.policy.runs_script();
        if closing && is_at_work && !self.may_close {
            ctx.send_viewport_cmd(ViewportCommand::CancelClose);
            out.push(Command::Open(Dialog::Quit));
        }
        out
    }

    fn page_ui(&mut self, ui: &mut Ui, out: &mut Commands) {
        // What stands behind everything has the page's colour already: painting it again would double the work.
        CentralPanel::default().frame(Frame::NONE).show(ui, |ui| {
            let (page, bottom) = frame::split_bottom(ui, &self.state);
            ui.scope_builder(UiBuilder::new().max_rect(page), |ui| {
                ui.set_clip_rect(page);
                out.extend(match self.state.tab {
                    Tab::Credentials => tabs::credentials_ui(ui, &mut self.state),
                    Tab::PolicySetup => tabs::policy_setup_ui(ui, &mut self.state),
                    Tab::SendMail => tabs::send_mail_ui(ui, &mut self.state),
                    Tab::Report => tabs::report_ui(ui, &mut self.state),
                });
            });
            frame::bottom_ui(ui, bottom, &self.state, out);
        });
    }
}

impl Screen for App {
    fn logic(&mut self, ctx: &Context) {
        for _ in 0..EVENTS_PER_FRAME {
            let Some(event) = self.engine.poll() else { break };
            self.state.apply(event);
        }
        self.note_window(ctx);
        self.follow_policy();
        self.follow_records(ctx);
        self.follow_sweep();
        // A watch that waits tells the time by itself.
        if self.state.is_busy() && !self.state.watch.is_waiting() {
            ctx.request_repaint_after(LOOK_AGAIN);
        }
    }

    fn ui(&mut self, ui: &mut Ui) {
        let ctx = ui.ctx().clone();
        self.clear_clipboard(&ctx);
        let mut out = self.keys(ui);
        out.extend(self.outside(&ctx));
        frame::bar_ui(ui, &self.state, &self.logo, &mut out);
        frame::banner_ui(ui, &mut self.state, &mut out);
        self.page_ui(ui, &mut out);
        out.extend(dialogs::dialog_ui(&ctx, &mut self.state));
        drop_hint_ui(&ctx);
        for command in out {
            self.act(&ctx, command);
        }
    }

    fn closed(&mut self) {
        self.keep_at_last();
    }
}

/// For the tests' harness, which drives eframe's kind of app.
impl eframe::App for App {
    fn logic(&mut self, ctx: &Context, _frame: &mut eframe::Frame) {
        Screen::logic(self, ctx);
    }

    fn ui(&mut self, ui: &mut Ui, _frame: &mut eframe::Frame) {
        Screen::ui(self, ui);
    }
}

/// Says what a file that hovers over the window will do.
fn drop_hint_ui(ctx: &Context) {
    if ctx.input(|input| input.raw.hovered_files.is_empty()) {
        return;
    }
    let palette = Palette::of_theme(ctx.theme());
    let painter = ctx.layer_painter(egui::LayerId::new(egui::Order::Foreground, Id::unique("drop")));
    let rect = ctx.content_rect();
    painter.rect_filled(rect, 0.0, palette.tone(Tone::Info).fill);
    let color = palette.tone(Tone::Info).ink;
    painter.text(rect.center(), egui::Align2::CENTER_CENTER, text::DROP_HERE, Type::Heading.font(), color);
}

//! A window drawn on the CPU: events in, frames out. Draws only when something asked for it.

use std::{sync::Arc, time::Duration};

use eframe::egui::{
    Context, FullOutput, RawInput, ViewportBuilder, ViewportCommand, ViewportEvent, ViewportId, ViewportInfo,
    ViewportOutput,
};
use egui_winit::{ActionRequested, State, accesskit_winit};
use softbuffer::SoftBufferError;
use winit::{
    application::ApplicationHandler,
    event::WindowEvent,
    event_loop::{ActiveEventLoop, ControlFlow, EventLoopProxy},
    window::{Window, WindowId},
};

use crate::base::Clock;

use super::{
    Backend, CreateScreen, Frame, Options, Screen,
    error::NotStarted,
    event::{Event, repaint_event, time_until},
    geometry,
    host::{is_remote, without_animations},
    pace::Pace,
    screen::set_drawn_by,
    surface::Surface,
};

/// Letters are kept in a picture this wide; wider only costs memory.
const TEXTURE_SIDE: usize = 2048;

/// How long a window that cannot be seen waits between two looks at what happened, in milliseconds.
const HIDDEN_MS: u64 = 100;

/// How long a frame that could not be shown waits to be tried again, in milliseconds.
const BEHIND_MS: u64 = 500;

/// Opens the window when the event loop has begun, and runs it until it is closed.
pub(super) struct Runner {
    options: Options,
    viewport: ViewportBuilder,
    create: Option<CreateScreen>,
    proxy: EventLoopProxy<Event>,
    shown: Option<Shown>,
    failure: Option<Failure>,
}

/// Why there is no window, or none any more.
enum Failure {
    Renderer(String),
    Screen(String),
}

impl From<SoftBufferError> for Failure {
    fn from(err: SoftBufferError) -> Self {
        Self::Renderer(err.to_string())
    }
}

impl Runner {
    pub(super) fn new(
        options: Options,
        viewport: ViewportBuilder,
        create: CreateScreen,
        proxy: EventLoopProxy<Event>,
    ) -> Self {
        Self { options, viewport, create: Some(create), proxy, shown: None, failure: None }
    }

    /// How it went, after the event loop has ended.
    pub(super) fn into_outcome(self, ended: Result<(), String>) -> Result<(), NotStarted> {
        match (self.failure, self.create, ended) {
            (Some(Failure::Screen(reason)), _, _) => Err(NotStarted::Screen(reason)),
            (Some(Failure::Renderer(reason)), Some(create), _) | (None, Some(create), Err(reason)) => {
                Err(NotStarted::Renderer { reason, create })
            }
            (Some(Failure::Renderer(reason)), None, _) | (None, None, Err(reason)) => Err(NotStarted::Ended(reason)),
            (None, _, Ok(())) => Ok(()),
        }
    }

    fn open(&mut self, event_loop: &ActiveEventLoop) -> Result<(), Failure> {
        let ctx = Context::default();
        ctx.options_mut(|options| options.max_passes = const { std::num::NonZeroUsize::MIN.saturating_add(1) });
        ctx.add_font_provider(Arc::new(egui_system_font_provider::SystemFontProvider::new()));
        let proxy = self.proxy.clone();
        ctx.set_request_repaint_callback(move |info| {
            // An event loop that has ended needs no frame.
            if let Some(event) = repaint_event(info) {
                proxy.send_event(event).ok();
            }
        });
        let mut shown = Shown::new(event_loop, ctx, &self.viewport, &self.options)?;
        shown.input.init_accesskit(event_loop, &shown.window, self.proxy.clone());
        geometry::place(&shown.window, self.options.geometry);
        let Some(create) = self.create.take() else { return Ok(()) };
        set_drawn_by(&shown.ctx, Backend::Cpu);
        shown.screen = Some(create(&shown.ctx).map_err(|err| Failure::Screen(err.to_string()))?);
        shown.calm_when_remote();
        shown.draw(event_loop)?;
        shown.window.set_visible(true);
        if self.options.geometry.is_some_and(|geometry| geometry.maximized) {
            // Not earlier: Windows would show it without a picture.
            shown.window.set_maximized(true);
        }
        shown.surface.painter().forget_shown();
        shown.want_now();
        self.shown = Some(shown);
        Ok(())
    }

    /// Does something with the window; ends the event loop when that fails.
    fn with_shown(
        &mut self,
        event_loop: &ActiveEventLoop,
        act: impl FnOnce(&mut Shown, &ActiveEventLoop) -> Result<(), Failure>,
    ) {
        if let Some(shown) = &mut self.shown
            && let Err(failure) = act(shown, event_loop)
        {
            self.fail(event_loop, failure);
        }
    }

    fn fail(&mut self, event_loop: &ActiveEventLoop, failure: Failure) {
        self.failure = Some(failure);
        event_loop.exit();
    }
}

impl ApplicationHandler<Event> for Runner {
    fn resumed(&mut self, event_loop: &ActiveEventLoop) {
        if self.shown.is_none()
            && let Err(failure) = self.open(event_loop)
        {
            self.fail(event_loop, failure);
        }
    }

    fn user_event(&mut self, _: &ActiveEventLoop, event: Event) {
        let Some(shown) = &mut self.shown else { return };
        match event {
            Event::RequestRepaint { when, .. } => shown.want_in(time_until(when)),
            Event::AccessKitActionRequest(request) => shown.on_accesskit(request.window_event),
        }
    }

    fn window_event(&mut self, event_loop: &ActiveEventLoop, id: WindowId, event: WindowEvent) {
        self.with_shown(
            event_loop,
            |shown, event_loop| {
                if shown.window.id() == id { shown.on_event(event_loop, &event) } else { Ok(()) }
            },
        );
    }

    fn about_to_wait(&mut self, event_loop: &ActiveEventLoop) {
        self.with_shown(event_loop, Shown::draw_when_due);
    }

    fn exiting(&mut self, _: &ActiveEventLoop) {
        if let Some(mut screen) = self.shown.take().and_then(|shown| shown.screen) {
            screen.closed();
        }
    }
}

/// An open window.
struct Shown {
    ctx: Context,
    window: Arc<Window>,
    surface: Surface,
    input: State,
    info: ViewportInfo,
    screen: Option<Box<dyn Screen>>,
    actions: Vec<ActionRequested>,
    pace: Pace,
    frame_rate: Option<u32>,
    clock: Clock,
}

impl Shown {
    fn new(
        event_loop: &ActiveEventLoop,
        ctx: Context,
        viewport: &ViewportBuilder,
        options: &Options,
    ) -> Result<Self, Failure> {
        let mut hidden = viewport.clone().with_visible(false);
        hidden.inner_size = hidden.inner_size.map(|size| geometry::no_larger_than_screens(size, event_loop));
        let window = egui_winit::create_window(&ctx, event_loop, &hidden);
        let window = Arc::new(window.map_err(|err| Failure::Renderer(err.to_string()))?);
        let surface = Surface::new(event_loop.owned_display_handle(), &window)?;
        #[expect(clippy::cast_possible_truncation, reason = "a scale is a small number")]
        let scale = window.scale_factor() as f32;
        let (root, theme) = (ViewportId::ROOT, window.theme());
        let input = State::new(ctx.clone(), root, event_loop, Some(scale), theme, Some(TEXTURE_SIDE));
        let mut info = ViewportInfo::default();
        egui_winit::update_viewport_info(&mut info, &ctx, &window, true);
        let pace = Pace::new(options.frame_rate, is_remote());
        Ok(Self {
            ctx,
            window,
            surface,
            input,
            info,
            screen: None,
            actions: Vec::new(),
            pace,
            frame_rate: options.frame_rate,
            clock: Clock::system(),
        })
    }

    /// Over a network every frame costs; what moves only for beauty stands still.
    fn calm_when_remote(&mut self) {
        let remote = is_remote();
        self.pace.set_rate(self.frame_rate, remote);
        if remote {
            without_animations(&self.ctx);
        }
    }

    fn want_now(&mut self) {
        self.pace.want(self.clock.monotonic());
    }

    fn want_in(&mut self, delay: Duration) {
        if let Some(at) = self.clock.monotonic().checked_add(delay) {
            self.pace.want(at);
        }
    }

    fn on_accesskit(&mut self, event: accesskit_winit::WindowEvent) {
        match event {
            accesskit_winit::WindowEvent::InitialTreeRequested => self.ctx.enable_accesskit(),
            accesskit_winit::WindowEvent::ActionRequested(request) => self.input.on_accesskit_action_request(request),
            accesskit_winit::WindowEvent::AccessibilityDeactivated => return self.ctx.disable_accesskit(),
        }
        self.want_now();
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "egui takes the others")]
    fn on_event(&mut self, event_loop: &ActiveEventLoop, event: &WindowEvent) -> Result<(), Failure> {
        if self.input.on_window_event(&self.window, event).repaint {
            self.want_now();
        }
        match event {
            WindowEvent::CloseRequested => {
                self.info.events.push(ViewportEvent::Close);
                self.want_now();
            }
            // We never ask the desktop for this, so it comes when something that was hidden is in view again.
            WindowEvent::RedrawRequested => {
                self.surface.painter().forget_shown();
                return self.draw(event_loop);
            }
            // While a border is dragged, Windows comes back to `about_to_wait` only when the dragging ends.
            WindowEvent::Resized(_) => return self.draw(event_loop),
            WindowEvent::Occluded(is_occluded) => {
                self.info.occluded = Some(*is_occluded);
                self.want_now();
            }
            WindowEvent::Focused(true) => self.calm_when_remote(),
            _ => {}
        }
        Ok(())
    }

    fn draw_when_due(&mut self, event_loop: &ActiveEventLoop) -> Result<(), Failure> {
        let now = self.clock.monotonic();
        if self.pace.due().is_some_and(|due| due <= now) {
            self.draw(event_loop)?;
        }
        event_loop.set_control_flow(match self.pace.due() {
            Some(due) => ControlFlow::wait_duration(due.saturating_sub(self.clock.monotonic())),
            None => ControlFlow::Wait,
        });
        Ok(())
    }

    fn draw(&mut self, event_loop: &ActiveEventLoop) -> Result<(), Failure> {
        self.pace.draw(self.clock.monotonic());
        egui_winit::update_viewport_info(&mut self.info, &self.ctx, &self.window, false);
        let size = self.window.inner_size();
        if size.width == 0 || size.height == 0 || self.info.visible() == Some(false) {
            self.tick_hidden(event_loop);
            return Ok(());
        }
        let mut input = self.input.take_egui_input(&self.window);
        let close_requested = self.info.close_requested();
        input.viewports = [(ViewportId::ROOT, self.info.take())].into_iter().collect();
        let ctx = self.ctx.clone();
        let output = ctx.run_ui(input, |ui| {
            if let Some(screen) = &mut self.screen {
                screen.logic(ui.ctx());
                screen.ui(ui);
            }
        });
        self.show(event_loop, output, [size.width, size.height], close_requested)
    }

    fn show(
        &mut self,
        event_loop: &ActiveEventLoop,
        output: FullOutput,
        [width, height]: [u32; 2],
        close_requested: bool,
    ) -> Result<(), Failure> {
        let FullOutput { platform_output, mut textures_delta, shapes, pixels_per_point, mut viewport_output } = output;
        self.input.handle_platform_output_with_event_loop(&self.window, event_loop, platform_output);
        self.surface.painter().set_textures(&mut textures_delta);
        let background = match &self.screen {
            Some(screen) => screen.background(&self.ctx),
            None => self.ctx.global_style().visuals.panel_fill,
        };
        let primitives = self.ctx.tessellate(shapes, pixels_per_point);
        let shown = self.surface.show(Frame { primitives, pixels_per_point, background, width, height });
        self.surface.painter().free_textures(&mut textures_delta);
        shown?;
        if self.surface.is_behind() {
            self.want_now();
            self.pace.hold(self.clock.monotonic() + Duration::from_millis(BEHIND_MS));
        }
        if let Some(root) = viewport_output.remove(&ViewportId::ROOT) {
            self.obey(event_loop, root, close_requested);
        }
        Ok(())
    }

    /// Does what the screen asked the window for.
    fn obey(&mut self, event_loop: &ActiveEventLoop, output: ViewportOutput, close_requested: bool) {
        self.want_in(output.repaint_delay);
        self.command(event_loop, output.commands, close_requested);
    }

    fn command(&mut self, event_loop: &ActiveEventLoop, commands: Vec<ViewportCommand>, close_requested: bool) {
        if close_requested && !commands.contains(&ViewportCommand::CancelClose) {
            return event_loop.exit();
        }
        egui_winit::process_viewport_commands(&self.ctx, &mut self.info, commands, &self.window, &mut self.actions);
        for action in std::mem::take(&mut self.actions) {
            self.act(&action);
        }
        if self.info.close_requested() {
            self.want_now();
        }
    }

    fn act(&mut self, action: &ActionRequested) {
        let event = match action {
            ActionRequested::Cut => Some(eframe::egui::Event::Cut),
            ActionRequested::Copy => Some(eframe::egui::Event::Copy),
            ActionRequested::Paste => self.input.clipboard_text().map(eframe::egui::Event::Paste),
            ActionRequested::Screenshot(_) | ActionRequested::PaintWhileHidden => None,
        };
        if let Some(event) = event {
            self.input.egui_input_mut().events.push(event);
            self.want_now();
        }
    }

    /// Nobody can see the window: only what happened is taken in.
    fn tick_hidden(&mut self, event_loop: &ActiveEventLoop) {
        let close_requested = self.info.close_requested();
        let input = RawInput {
            viewports: [(ViewportId::ROOT, self.info.take())].into_iter().collect(),
            focused: self.input.egui_input().focused,
            ..RawInput::default()
        };
        let ctx = self.ctx.clone();
        let mut output = ctx.run_logic(&input, |ctx| {
            if let Some(screen) = &mut self.screen {
                screen.logic(ctx);
            }
        });
        self.input.handle_platform_output_with_event_loop(&self.window, event_loop, output.platform_output);
        let commands = output.viewport_commands.remove(&ViewportId::ROOT).unwrap_or_default();
        self.command(event_loop, commands, close_requested);
        self.pace.hold(self.clock.monotonic() + Duration::from_millis(HIDDEN_MS));
    }
}

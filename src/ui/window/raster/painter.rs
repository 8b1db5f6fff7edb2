//! Keeps textures and the last frame, and draws what is different in the next one.

use std::collections::{BTreeMap, VecDeque};

use eframe::{
    egui::{ClippedPrimitive, Color32, TextureId, TexturesDelta},
    epaint::Primitive,
};

use super::{
    super::damage::{Damage, changes},
    area::Area,
    color::pack,
    fill::Canvas,
    mesh::draw_mesh,
    texture::Texture,
};

/// Buffers older than this many frames are drawn anew.
const REMEMBERED: usize = 3;

/// One frame as egui hands it over.
#[derive(Debug)]
pub struct Frame {
    /// The meshes, from back to front.
    pub primitives: Vec<ClippedPrimitive>,
    /// Pixels for each point.
    pub pixels_per_point: f32,
    /// What stands behind everything.
    pub background: Color32,
    /// Width of the picture in pixels.
    pub width: u32,
    /// Height of the picture in pixels.
    pub height: u32,
}

/// Draws frames into pixels.
#[derive(Debug, Default)]
pub struct Painter {
    textures: BTreeMap<TextureId, Texture>,
    shown: Option<Frame>,
    damages: VecDeque<Damage>,
    /// Something changed that cannot be seen in the meshes.
    stale: bool,
}

impl Painter {
    /// Takes in new textures; to be called before the frame that uses them.
    #[expect(clippy::iter_over_hash_type, reason = "each texture has changes of its own")]
    pub fn set_textures(&mut self, delta: &mut TexturesDelta) {
        self.stale |= !delta.set.is_empty();
        for (id, changes) in delta.set.drain() {
            for change in changes {
                if change.pos.is_some() {
                    if let Some(texture) = self.textures.get_mut(&id) {
                        texture.patch(&change);
                    }
                } else if let Some(texture) = Texture::new(&change) {
                    self.textures.insert(id, texture);
                }
            }
        }
    }

    /// Forgets textures; to be called after the last frame that uses them.
    #[expect(clippy::iter_over_hash_type, reason = "they are all forgotten")]
    pub fn free_textures(&mut self, delta: &mut TexturesDelta) {
        for id in delta.free.drain() {
            self.textures.remove(&id);
        }
    }

    /// The next frame is drawn and shown as a whole.
    pub fn forget_shown(&mut self) {
        self.shown = None;
        self.damages.clear();
    }

    /// Draws a frame and says where it differs from the one before; nothing when it does not.
    ///
    /// `pixels` are rows of `0x00RRGGBB`. They must hold the frame that was drawn `age` different frames ago; 0 when
    /// they hold anything else.
    pub fn paint(&mut self, pixels: &mut [u32], age: u8, frame: Frame) -> Vec<Area> {
        let damage = self.damage(&frame);
        let mut canvas = Canvas::new(pixels, frame.width, frame.height);
        for area in self.outdated(&damage, age, canvas.area()) {
            canvas.clear(area, pack(frame.background));
            for clipped in &frame.primitives {
                self.draw(&mut canvas, area, clipped, frame.pixels_per_point);
            }
        }
        let areas = damage.areas();
        if !areas.is_empty() {
            // Ages count frames that were shown, and one without a difference is not.
            self.damages.push_front(damage);
            self.damages.truncate(REMEMBERED);
        }
        self.shown = Some(frame);
        self.stale = false;
        areas
    }

    /// Where the frame differs from the one before.
    fn damage(&self, frame: &Frame) -> Damage {
        let alike = |shown: &&Frame| {
            (shown.width, shown.height, shown.background) == (frame.width, frame.height, frame.background)
                && shown.pixels_per_point.to_bits() == frame.pixels_per_point.to_bits()
        };
        let mut damage = Damage::none(frame.width, frame.height);
        match self.shown.as_ref().filter(alike).filter(|_| !self.stale) {
            Some(shown) => changes(&shown.primitives, &frame.primitives, frame.pixels_per_point, &mut damage),
            None => damage.mark(Area::of_size(frame.width, frame.height)),
        }
        damage
    }

    /// What must be drawn into pixels that old.
    fn outdated(&self, damage: &Damage, age: u8, everything: Area) -> Vec<Area> {
        let missed = usize::from(age).checked_sub(1).filter(|missed| *missed <= self.damages.len());
        let Some(missed) = missed else { return vec![everything] };
        let mut outdated = damage.clone();
        for earlier in self.damages.iter().take(missed) {
            outdated.add(earlier);
        }
        outdated.areas()
    }

    fn draw(&self, canvas: &mut Canvas<'_>, area: Area, clipped: &ClippedPrimitive, pixels_per_point: f32) {
        let Primitive::Mesh(mesh) = &clipped.primitive else { return };
        let clip = Area::of_clip(clipped.clip_rect, pixels_per_point).and(area).and(canvas.area());
        if !clip.is_empty()
            && let Some(texture) = self.textures.get(&mesh.texture_id)
        {
            draw_mesh(canvas, clip, mesh, texture, pixels_per_point);
        }
    }
}

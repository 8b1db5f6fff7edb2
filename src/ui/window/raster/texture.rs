//! Pictures that meshes take their colours from: the letters, and images.

use eframe::{
    egui::{ImageData, Pos2, TextureFilter, TextureOptions, TextureWrapMode},
    epaint::ImageDelta,
};

use super::{area::to_pixel, color::pack};

/// One picture, row by row.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Texture {
    texels: Vec<u32>,
    width: usize,
    height: usize,
    options: TextureOptions,
}

impl Texture {
    /// A new picture; `None` when the change is only a part of one.
    pub(super) fn new(delta: &ImageDelta) -> Option<Self> {
        let ImageData::Color(image) = &delta.image;
        let [width, height] = image.size;
        let texels: Vec<u32> = image.pixels.iter().copied().map(pack).collect();
        let is_whole = delta.pos.is_none() && width > 0 && height > 0 && texels.len() == width * height;
        is_whole.then_some(Self { texels, width, height, options: delta.options })
    }

    /// Replaces a part.
    pub(super) fn patch(&mut self, delta: &ImageDelta) {
        let ImageData::Color(image) = &delta.image;
        let Some([left, top]) = delta.pos else { return };
        self.options = delta.options;
        let width = image.size[0].max(1);
        for (row, texels) in image.pixels.chunks_exact(width).enumerate() {
            let from = (top + row) * self.width + left;
            if left + width <= self.width
                && let Some(target) = self.texels.get_mut(from..from + width)
            {
                for (target, texel) in target.iter_mut().zip(texels) {
                    *target = pack(*texel);
                }
            }
        }
    }

    /// Width and height as they scale texture coordinates.
    #[expect(clippy::cast_precision_loss, reason = "textures are far smaller than 2^23")]
    pub(super) fn size(&self) -> (f32, f32) {
        (self.width as f32, self.height as f32)
    }

    /// `count` texels of one row; empty when they are not all there.
    #[inline]
    pub(super) fn run(&self, column: i32, row: i32, count: usize) -> &[u32] {
        let (Ok(column), Ok(row)) = (usize::try_from(column), usize::try_from(row)) else { return &[] };
        if column + count > self.width {
            return &[];
        }
        let from = row * self.width + column;
        self.texels.get(from..from + count).unwrap_or_default()
    }

    /// The colour at a place given as 0 to 1.
    pub(super) fn sample(&self, place: Pos2) -> u32 {
        self.sampler(1.0).sample(place)
    }

    /// For drawing with so many texels to a pixel, along a side.
    pub(super) fn sampler(&self, texels_per_pixel: f32) -> Sampler<'_> {
        let shrinks = texels_per_pixel > 1.0;
        let filter = if shrinks { self.options.minification } else { self.options.magnification };
        Sampler { picture: self, filter, wrap: self.options.wrap_mode }
    }
}

/// Takes colours out of a texture.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sampler<'a> {
    picture: &'a Texture,
    filter: TextureFilter,
    wrap: TextureWrapMode,
}

impl Sampler<'_> {
    /// The colour at a place given as 0 to 1.
    pub(super) fn sample(&self, place: Pos2) -> u32 {
        let (width, height) = self.picture.size();
        let (x, y) = (place.x * width, place.y * height);
        match self.filter {
            TextureFilter::Nearest => self.texel(to_pixel(x.floor()), to_pixel(y.floor())),
            TextureFilter::Linear => self.mixed(x - 0.5, y - 0.5),
        }
    }

    fn mixed(&self, x: f32, y: f32) -> u32 {
        let (column, row) = (to_pixel(x.floor()), to_pixel(y.floor()));
        let right = part(x);
        let below = part(y);
        let upper = blend(self.texel(column, row), self.texel(column + 1, row), right);
        if below == 0 {
            return upper;
        }
        let lower = blend(self.texel(column, row + 1), self.texel(column + 1, row + 1), right);
        blend(upper, lower, below)
    }

    fn texel(&self, column: i32, row: i32) -> u32 {
        let column = wrapped(column, self.picture.width, self.wrap);
        let row = wrapped(row, self.picture.height, self.wrap);
        self.picture.texels.get(row * self.picture.width + column).copied().unwrap_or(0)
    }
}

/// The fraction, in 256ths.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 256")]
fn part(number: f32) -> u32 {
    ((number - number.floor()) * 256.0 + 0.5) as u32
}

/// From `one` to `other` by 256ths.
fn blend(one: u32, other: u32, part: u32) -> u32 {
    if one == other || part == 0 {
        return one;
    }
    let lanes = |shift: u32| {
        let (one, other) = ((one >> shift) & 0x00ff_00ff, (other >> shift) & 0x00ff_00ff);
        (((one * (256 - part) + other * part + 0x0080_0080) >> 8) & 0x00ff_00ff) << shift
    };
    lanes(0) | lanes(8)
}

fn wrapped(at: i32, length: usize, mode: TextureWrapMode) -> usize {
    let length = i32::try_from(length).unwrap_or(i32::MAX).max(1);
    let wrapped = match mode {
        TextureWrapMode::ClampToEdge => at.clamp(0, length - 1),
        TextureWrapMode::Repeat => at.rem_euclid(length),
        TextureWrapMode::MirroredRepeat => {
            let twice = at.rem_euclid(length.saturating_mul(2));
            if twice < length { twice } else { 2 * length - 1 - twice }
        }
    };
    usize::try_from(wrapped).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use eframe::egui::{Color32, ColorImage, pos2};

    use super::*;

    fn texture(options: TextureOptions) -> Texture {
        let pixels = [0, 100, 200, 255].map(Color32::from_gray).to_vec();
        Texture::new(&ImageDelta::full(ColorImage::new([2, 2], pixels), options)).unwrap()
    }

    #[test]
    fn a_part_replaces_only_itself() {
        let mut texture = texture(TextureOptions::NEAREST);
        let part = ColorImage::new([1, 2], vec![Color32::RED, Color32::GREEN]);
        texture.patch(&ImageDelta::partial([1, 0], part, TextureOptions::NEAREST));
        assert_eq!(texture.texels, [0xff00_0000, 0xffff_0000, 0xffc8_c8c8, 0xff00_ff00]);
    }

    #[test]
    fn parts_that_do_not_fit_change_nothing() {
        let mut texture = texture(TextureOptions::NEAREST);
        let before = texture.clone();
        let part = ColorImage::new([2, 1], vec![Color32::RED, Color32::GREEN]);
        texture.patch(&ImageDelta::partial([1, 0], part.clone(), TextureOptions::NEAREST));
        texture.patch(&ImageDelta::partial([0, 2], part, TextureOptions::NEAREST));
        assert_eq!(texture, before);
    }

    #[test]
    fn nearest_takes_the_texel_and_linear_mixes() {
        let nearest = texture(TextureOptions::NEAREST);
        assert_eq!(nearest.sample(pos2(0.99, 0.0)) & 0xff, 100);
        let linear = texture(TextureOptions::LINEAR);
        assert_eq!(linear.sample(pos2(0.25, 0.25)) & 0xff, 0);
        assert_eq!(linear.sample(pos2(0.5, 0.25)) & 0xff, 50);
        assert_eq!(linear.sample(pos2(0.5, 0.5)) & 0xff, 139);
        assert_eq!(linear.sample(pos2(0.0, 0.0)), 0xff00_0000);
    }

    #[test]
    fn coordinates_beyond_the_end_wrap_as_asked() {
        assert_eq!([-3, -1, 0, 1, 2, 3].map(|at| wrapped(at, 2, TextureWrapMode::ClampToEdge)), [0, 0, 0, 1, 1, 1]);
        assert_eq!([-3, -1, 0, 1, 2, 3].map(|at| wrapped(at, 2, TextureWrapMode::Repeat)), [1, 1, 0, 1, 0, 1]);
        assert_eq!([-3, -1, 0, 1, 2, 3].map(|at| wrapped(at, 2, TextureWrapMode::MirroredRepeat)), [1, 0, 0, 1, 1, 0]);
    }
}

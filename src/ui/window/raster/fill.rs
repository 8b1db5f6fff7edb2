//! Writes runs of pixels into the picture.

use super::{
    area::Area,
    color::{over, tint},
};

/// The picture that is drawn on: rows of `0x00RRGGBB`.
pub(super) struct Canvas<'a> {
    pixels: &'a mut [u32],
    width: usize,
    area: Area,
}

impl<'a> Canvas<'a> {
    /// `pixels` must hold `width` × `height`; rows that it does not hold are not drawn.
    pub(super) fn new(pixels: &'a mut [u32], width: u32, height: u32) -> Self {
        Self { pixels, width: width as usize, area: Area::of_size(width, height) }
    }

    /// All of it.
    pub(super) fn area(&self) -> Area {
        self.area
    }

    /// One run of a row; empty when it is not on the picture.
    #[inline]
    pub(super) fn run(&mut self, row: i32, left: i32, right: i32) -> &mut [u32] {
        let place = |column: i32| {
            let (row, column) = (usize::try_from(row).ok()?, usize::try_from(column).ok()?);
            (column <= self.width).then_some(row * self.width + column)
        };
        match (place(left), place(right)) {
            (Some(from), Some(to)) => self.pixels.get_mut(from..to).unwrap_or_default(),
            _ => &mut [],
        }
    }

    /// Replaces what is there.
    pub(super) fn clear(&mut self, area: Area, color: u32) {
        let area = area.and(self.area);
        for row in area.top..area.bottom {
            self.run(row, area.left, area.right).fill(color & 0x00ff_ffff);
        }
    }

    /// One colour in front of what is there.
    pub(super) fn fill(&mut self, area: Area, color: u32) {
        for row in area.top..area.bottom {
            fill_run(self.run(row, area.left, area.right), color);
        }
    }
}

/// One colour in front of what is there.
#[inline]
pub(super) fn fill_run(run: &mut [u32], color: u32) {
    match color >> 24 {
        0xff => run.fill(color & 0x00ff_ffff),
        0 if color == 0 => {}
        _ => run.iter_mut().for_each(|pixel| *pixel = over(color, *pixel)),
    }
}

/// Texels, one for each pixel, times a colour.
#[inline]
pub(super) fn blit_run(run: &mut [u32], texels: &[u32], color: u32) {
    for (pixel, texel) in run.iter_mut().zip(texels) {
        if *texel != 0 {
            *pixel = over(tint(*texel, color), *pixel);
        }
    }
}

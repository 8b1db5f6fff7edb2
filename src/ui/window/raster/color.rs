//! Four channels in one number: `0xAARRGGBB`, premultiplied, in gamma space.

use eframe::egui::Color32;

const LANES: u32 = 0x00ff_00ff;
const HALVES: u32 = 0x0080_0080;

/// As the canvas and the textures keep it.
pub(super) fn pack(color: Color32) -> u32 {
    let [red, green, blue, alpha] = color.to_array();
    u32::from_be_bytes([alpha, red, green, blue])
}

/// Both lanes times `factor / 255`, rounded to nearest.
#[inline]
fn scale_lanes(lanes: u32, factor: u32) -> u32 {
    let product = lanes * factor + HALVES;
    ((product + ((product >> 8) & LANES)) >> 8) & LANES
}

/// All channels times `factor / 255`.
#[inline]
pub(super) fn scale(color: u32, factor: u32) -> u32 {
    scale_lanes(color & LANES, factor) | (scale_lanes((color >> 8) & LANES, factor) << 8)
}

/// Channel by channel, as the shader multiplies the vertex colour with the texture.
#[inline]
pub(super) fn tint(texel: u32, color: u32) -> u32 {
    if texel == u32::MAX {
        return color;
    }
    let level = texel & 0xff;
    if level * 0x0101_0101 == texel {
        // Letters: the same in all four channels.
        return scale(color, level);
    }
    let channel = |shift: u32| {
        let product = ((texel >> shift) & 0xff) * ((color >> shift) & 0xff) + 0x80;
        ((product + (product >> 8)) >> 8) << shift
    };
    channel(0) | channel(8) | channel(16) | channel(24)
}

/// Adds both lanes, each stopping at its end.
#[inline]
fn add_lanes(one: u32, other: u32) -> u32 {
    let sum = one + other;
    let over = sum & 0x0100_0100;
    (sum | (over - (over >> 8))) & LANES
}

/// `color` in front of an opaque pixel; the result has no alpha.
#[inline]
pub(super) fn over(color: u32, behind: u32) -> u32 {
    let rest = 255 - (color >> 24);
    let red_blue = add_lanes(color & LANES, scale_lanes(behind & LANES, rest));
    let green = add_lanes((color >> 8) & 0xff, scale_lanes((behind >> 8) & 0xff, rest));
    red_blue | (green << 8)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(one: u32, other: f64) -> bool {
        (f64::from(one) - other).abs() <= 0.5
    }

    #[test]
    fn mixing_is_exact_to_half_a_step() {
        for alpha in 0..=255_u32 {
            for behind in 0..=255_u32 {
                let source = alpha / 2;
                let mixed = over((alpha << 24) | (source << 16) | (source << 8) | source, behind * 0x0001_0101);
                let wanted = f64::from(source) + f64::from(behind) * f64::from(255 - alpha) / 255.0;
                for shift in [0, 8, 16] {
                    assert!(near((mixed >> shift) & 0xff, wanted), "{alpha} {behind}: {mixed:x}");
                }
                assert_eq!(mixed >> 24, 0);
            }
        }
    }

    #[test]
    fn opaque_hides_and_transparent_shows() {
        assert_eq!(over(0xff12_3456, 0x00ab_cdef), 0x0012_3456);
        assert_eq!(over(0, 0x00ab_cdef), 0x00ab_cdef);
    }

    #[test]
    fn added_light_stops_at_white() {
        assert_eq!(over(0x00ff_80ff, 0x0010_90ff), 0x00ff_ffff);
    }

    #[test]
    fn tint_multiplies_channels() {
        assert_eq!(tint(u32::MAX, 0x8040_2010), 0x8040_2010);
        assert_eq!(tint(0, 0xffff_ffff), 0);
        assert_eq!(tint(0x8080_8080, 0xffff_ffff), 0x8080_8080);
        assert_eq!(tint(0xff00_ff80, 0xffff_00ff), 0xff00_0080);
        for level in 0..=255_u32 {
            let slow = ((level * 77 + 127) / 255) * 0x0101_0101;
            assert_eq!(tint(level * 0x0101_0101, 77 * 0x0101_0101), slow, "{level}");
        }
    }

    #[test]
    fn packing_keeps_the_order() {
        assert_eq!(pack(Color32::from_rgba_premultiplied(1, 2, 3, 4)), 0x0401_0203);
    }
}

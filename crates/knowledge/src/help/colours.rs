//! One accent colour, made readable on light and on dark paper (WCAG 2.2: 4.5 to 1).

/// The papers of the style sheet.
const LIGHT: [u8; 3] = [0xff, 0xff, 0xff];
const DARK: [u8; 3] = [0x1c, 0x20, 0x29];
/// The contrast text needs; a little more, because colours are rounded.
const ENOUGH: f64 = 4.6;

/// The accent for light and for dark paper; a text that is no colour gives black and white.
pub(crate) fn readable(accent: &str) -> (String, String) {
    let colour = parse(accent).unwrap_or([0, 0, 0]);
    (towards(colour, [0, 0, 0], LIGHT), towards(colour, [0xff, 0xff, 0xff], DARK))
}

fn parse(text: &str) -> Option<[u8; 3]> {
    let number = u32::from_str_radix(text.strip_prefix('#')?, 16).ok()?;
    let [_, red, green, blue] = number.to_be_bytes();
    Some([red, green, blue])
}

/// Moves a colour towards another until it stands out from the paper.
fn towards(colour: [u8; 3], end: [u8; 3], paper: [u8; 3]) -> String {
    let mut now = colour;
    for step in 0..=20_u32 {
        let share = f64::from(step) / 20.0;
        for ((now, from), to) in now.iter_mut().zip(colour).zip(end) {
            *now = (f64::from(from) + (f64::from(to) - f64::from(from)) * share).round() as u8;
        }
        if contrast(now, paper) >= ENOUGH {
            break;
        }
    }
    let [red, green, blue] = now;
    format!("#{red:02x}{green:02x}{blue:02x}")
}

/// The contrast of two colours, 1 to 21.
fn contrast(one: [u8; 3], other: [u8; 3]) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

fn luminance(colour: [u8; 3]) -> f64 {
    let linear = |part: u8| {
        let part = f64::from(part) / 255.0;
        if part <= 0.040_45 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
    };
    let [red, green, blue] = colour.map(linear);
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_accent_can_be_read_on_both_papers() {
        for accent in ["#ffff00", "#000000", "#ffffff", "#2456c9", "#ff0000", "#808080", "no colour"] {
            let (light, dark) = readable(accent);
            assert!(contrast(parse(&light).unwrap(), LIGHT) >= 4.5, "{accent} {light}");
            assert!(contrast(parse(&dark).unwrap(), DARK) >= 4.5, "{accent} {dark}");
        }
        assert_eq!(readable("#2456c9").0, "#2456c9");
    }
}

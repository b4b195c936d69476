//! The map's colours: read from the page's own theme, which is the only place that holds them.

use std::collections::HashMap;
use std::sync::LazyLock;

const THEME: &str = include_str!("../../../web/src/theme.css");

static COLOURS: LazyLock<HashMap<&'static str, [u8; 3]>> = LazyLock::new(|| {
    // The light theme is declared first, and a colour keeps its first value.
    let mut colours = HashMap::new();
    for line in THEME.lines() {
        if let Some((name, value)) =
            line.trim().strip_prefix("--").and_then(|one| one.split_once(':'))
            && let Some(colour) = rgb(value.trim().trim_end_matches(';'))
        {
            colours.entry(name).or_insert(colour);
        }
    }
    colours
});

fn rgb(hex: &str) -> Option<[u8; 3]> {
    let digits = hex.strip_prefix('#').filter(|digits| digits.len() == 6)?;
    let number = u32::from_str_radix(digits, 16).ok()?;
    Some([(number >> 16) as u8, (number >> 8) as u8, number as u8])
}

/// The colour of a name of the theme, such as `gap-0`; grey for what it does not know.
pub fn colour(name: &str) -> [u8; 3] {
    COLOURS.get(name).copied().unwrap_or([128; 3])
}

/// The colours of a ramp for so many classes, spread over its five, the darkest always the last.
pub fn ramp(name: &str, classes: usize) -> Vec<[u8; 3]> {
    let at = |position: usize| colour(&format!("{name}-{position}"));
    match classes {
        0 => Vec::new(),
        1 => vec![at(2)],
        _ => {
            let step = |class: usize| (class as f64 * 4.0 / (classes - 1) as f64).round() as usize;
            (0..classes).map(|class| at(step(class))).collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_colour_of_the_map_is_in_the_theme() {
        let names = ["neutral", "no-need", "border", "border-above", "hatch", "dots", "plan"];
        for name in names.into_iter().chain(["service", "uncovered", "site", "halo", "gap-zero"]) {
            assert!(COLOURS.contains_key(name), "{name}");
        }
        for name in ["gap", "reached", "presence"] {
            let all: Vec<String> = (0..5).map(|class| format!("{name}-{class}")).collect();
            assert!(all.iter().all(|one| COLOURS.contains_key(&**one)), "{name}");
        }
    }

    #[test]
    fn the_light_theme_is_the_one_and_few_classes_spread_over_the_ramp() {
        assert_eq!(colour("halo"), [255, 255, 255]);
        let of = |classes| ramp("gap", classes);
        assert_eq!(of(5)[4], of(2)[1]);
        assert_eq!(of(1), [of(5)[2]]);
    }
}

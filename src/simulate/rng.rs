//! Chance that is the same on every machine: SplitMix64 and value noise, made of integer steps and
//! of the float operations that IEEE 754 fixes to the last bit (no powers, logarithms or sines).

/// A stream of pseudo-random numbers (SplitMix64: Steele, Lea and Flood, OOPSLA 2014).
#[derive(Clone, Debug)]
pub struct Rng(u64);

/// A well-mixed number for a key; the same key always gives the same number.
pub fn mix(mut key: u64) -> u64 {
    key = (key ^ (key >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    key = (key ^ (key >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    key ^ (key >> 31)
}

/// The number of a pair of keys under a seed.
pub fn mix2(seed: u64, a: u64, b: u64) -> u64 {
    mix(mix(seed ^ a.wrapping_mul(0x9e37_79b9_7f4a_7c15)) ^ b.wrapping_mul(0xd1b5_4a32_d192_ed03))
}

/// A fraction in 0..1 from the top bits of a number.
pub fn fraction(bits: u64) -> f64 {
    (bits >> 11) as f64 / (1u64 << 53) as f64
}

impl Rng {
    /// A stream of its own for each purpose, so that a change in one table leaves the others alone.
    pub fn new(seed: u64, purpose: &str) -> Rng {
        let purpose = purpose.bytes().fold(0, |key, byte| mix(key ^ u64::from(byte)));
        Rng(mix2(seed, purpose, 1))
    }

    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.0)
    }

    /// In 0..1, 1 excluded.
    pub fn unit(&mut self) -> f64 {
        fraction(self.bits())
    }

    /// In `from..to`.
    pub fn between(&mut self, from: f64, to: f64) -> f64 {
        from + (to - from) * self.unit()
    }

    /// A whole number below `n`; 0 where `n` is 0.
    pub fn below(&mut self, n: usize) -> usize {
        ((self.unit() * n as f64) as usize).min(n.saturating_sub(1))
    }

    /// A position below `n` that favours the small ones: a third of all draws fall into the first
    /// ninth.
    pub fn skewed(&mut self, n: usize) -> usize {
        let unit = self.unit();
        ((unit * unit * n as f64) as usize).min(n.saturating_sub(1))
    }

    /// True in `percent` of 100 draws.
    pub fn chance(&mut self, percent: f64) -> bool {
        self.unit() * 100.0 < percent
    }

    /// One of the choices; they must not be empty.
    pub fn pick<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())]
    }

    /// Fisher-Yates.
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last + 1));
        }
    }
}

/// Smooth noise in 0..1 at a position, five octaves; features of the first have size 1.
pub fn noise(seed: u64, x: f64, y: f64) -> f64 {
    let (mut sum, mut weight, mut total, mut scale) = (0.0, 1.0, 0.0, 1.0);
    for octave in 0..5u64 {
        sum += weight * octave_noise(mix2(seed, octave, 7), x * scale, y * scale);
        total += weight;
        weight *= 0.5;
        scale *= 2.03;
    }
    sum / total
}

fn octave_noise(seed: u64, x: f64, y: f64) -> f64 {
    let (column, row) = (x.floor(), y.floor());
    let (u, v) = (smooth(x - column), smooth(y - row));
    let corner = |right: i64, up: i64| {
        let (column, row) = (column as i64 + right, row as i64 + up);
        fraction(mix2(seed, column as u64, row as u64))
    };
    let low = corner(0, 0) + (corner(1, 0) - corner(0, 0)) * u;
    let high = corner(0, 1) + (corner(1, 1) - corner(0, 1)) * u;
    low + (high - low) * v
}

fn smooth(t: f64) -> f64 {
    t * t * (3.0 - 2.0 * t)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_depends_on_its_seed_and_its_purpose_only() {
        let first = |seed, purpose| Rng::new(seed, purpose).bits();
        assert_eq!(first(7, "sites"), first(7, "sites"));
        assert_ne!(first(7, "sites"), first(7, "needs"));
        assert_ne!(first(7, "sites"), first(8, "sites"));
    }

    #[test]
    fn noise_stays_between_zero_and_one_and_is_smooth() {
        for step in 0..200 {
            let x = f64::from(step) * 0.137 - 9.0;
            let here = noise(3, x, 0.4);
            assert!((0.0..=1.0).contains(&here));
            assert!((noise(3, x + 1e-6, 0.4) - here).abs() < 1e-4);
        }
    }
}

//! Rasters of whole numbers that carry a palette of colours to draw them with: the numbers are what
//! counts, and the decoder does not read them beside a palette.

use std::borrow::Cow;

/// How cells are drawn (tag 262): as numbers on a palette, or as plain numbers.
const DRAWN: u16 = 262;
const ON_PALETTE: u16 = 3;
const PLAIN: u16 = 1;

/// The file with its first image declared plain, where it is declared drawn on a palette.
pub(super) fn left_out(bytes: &[u8]) -> Cow<'_, [u8]> {
    match place(bytes) {
        Some((at, is_little)) => {
            let plain = if is_little { PLAIN.to_le_bytes() } else { PLAIN.to_be_bytes() };
            let mut bytes = bytes.to_vec();
            bytes[at..at + 2].copy_from_slice(&plain);
            Cow::Owned(bytes)
        }
        None => Cow::Borrowed(bytes),
    }
}

/// Where the first directory says that cells are drawn on a palette, and the byte order.
fn place(bytes: &[u8]) -> Option<(usize, bool)> {
    let is_little = bytes.starts_with(b"II");
    let number = |at: usize, size: usize| {
        let bytes = bytes.get(at..at.checked_add(size)?)?;
        let join = |sum: u64, byte: &u8| sum << 8 | u64::from(*byte);
        Some(match is_little {
            true => bytes.iter().rev().fold(0, join),
            false => bytes.iter().fold(0, join),
        })
    };
    let is_big = number(2, 2)? == 43;
    let (start, counted, size, value) =
        if is_big { (number(8, 8)?, 8, 20, 12) } else { (number(4, 4)?, 2, 12, 8) };
    let start = usize::try_from(start).ok()?;
    let entries = number(start, counted)?.min(1000) as usize;
    let mut places = (0..entries).map(|entry| start + counted + entry * size);
    let at = places.find(|at| number(*at, 2) == Some(u64::from(DRAWN)))? + value;
    (number(at, 2)? == u64::from(ON_PALETTE)).then_some((at, is_little))
}

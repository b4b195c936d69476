//! How long the texts of an old workbook are. Cells refer to them by number, and the parser copies
//! the whole text for each: one long text and many cells stand for far more than their bytes.

/// Bytes of each text of the list, whose record goes on in those that follow it. What cannot be
/// followed ends the list: the parser refuses it.
pub fn sizes<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> Vec<u32> {
    let mut parts = parts.into_iter();
    // How many there are said to be comes first, and is not believed.
    let data = parts.next().and_then(|first| first.get(8..)).unwrap_or_default();
    let mut list = List { data, parts };
    std::iter::from_fn(|| list.size()).collect()
}

struct List<'a, I> {
    /// What is left of the current record.
    data: &'a [u8],
    parts: I,
}

impl<'a, I: Iterator<Item = &'a [u8]>> List<'a, I> {
    /// The bytes of the next text.
    fn size(&mut self) -> Option<u32> {
        if self.data.is_empty() {
            self.data = self.parts.next()?;
        }
        if self.data.is_empty() {
            return Some(0);
        }
        let [low, high, flags] = self.take()?;
        let mut left = usize::from(u16::from_le_bytes([low, high]));
        let runs =
            if flags & 8 != 0 { 4 * usize::from(u16::from_le_bytes(self.take()?)) } else { 0 };
        let more = if flags & 4 != 0 { u32::from_le_bytes(self.take()?) as usize } else { 0 };
        let (mut wide, mut size) = (flags & 1 != 0, 0);
        loop {
            let width = 1 + usize::from(wide);
            let here = left.min(self.data.len() / width);
            self.data = &self.data[here * width..];
            size += here * width;
            left -= here;
            if left == 0 {
                break;
            }
            // Each record that goes on with a text says anew how wide its letters are.
            self.data = self.parts.next()?;
            let [flags] = self.take()?;
            wide = flags & 1 != 0;
        }
        self.skip(runs.checked_add(more)?)?;
        u32::try_from(size).ok()
    }

    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (taken, rest) = self.data.split_first_chunk()?;
        self.data = rest;
        Some(*taken)
    }

    fn skip(&mut self, mut left: usize) -> Option<()> {
        while left > 0 {
            if self.data.is_empty() {
                self.data = self.parts.next()?;
            }
            let here = left.min(self.data.len());
            self.data = &self.data[here..];
            left -= here;
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_measured_across_records_and_with_what_stands_behind_them() {
        let head = [0; 8];
        let plain = [3, 0, 0, b'a', b'b', b'c'];
        // Two letters of two bytes, a run of four bytes, two bytes more; then one that goes on.
        let rich = [2, 0, 13, 1, 0, 2, 0, 0, 0, b'a', 0, b'b', 0, 9, 9, 9, 9, 8, 8];
        let begun = [5, 0, 0, b'a', b'b'];
        let first = [&head[..], &plain, &rich, &begun].concat();
        let rest = [&[1, b'c', 0, b'd', 0, b'e', 0][..], &plain].concat();
        assert_eq!(sizes([&first[..], &rest[..]]), [3, 4, 8, 3]);
        assert_eq!(sizes([&first[..]]), [3, 4]);
        for cut in 0..first.len() {
            assert!(sizes([&first[..cut]]).len() <= 2);
        }
    }
}

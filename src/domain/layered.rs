//! A long list of numbered rows that the next revision shares but for what changed.
//!
//! Most rows are in a base that revisions share; rows that were added or changed since are in an
//! overlay, and spans of both, in the order of the numbers, are the list. A change copies the
//! overlay and never the base, until the overlay has grown and all becomes one base again.

use std::collections::HashSet;
use std::ops::{Index, Range};
use std::sync::Arc;

/// A row with a number of its own, from 1.
pub trait Numbered {
    fn number(&self) -> u64;
}

/// The rows, by number. A position is a row's place in the list, from 0.
#[derive(Clone, Debug)]
pub struct Layered<T> {
    layers: [Arc<Vec<T>>; 2],
    /// By position.
    spans: Vec<Span>,
    /// The positions in `spans` of the spans of each layer, by their place in it.
    of_layer: [Vec<u32>; 2],
}

/// Where a row is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layer {
    Base,
    Overlay,
}

/// Neighbouring rows of one layer.
#[derive(Clone, Copy, Debug)]
struct Span {
    layer: Layer,
    /// Position of the first row in the list, and in its layer.
    first: u32,
    at: u32,
    rows: u32,
}

/// Rows that differ from the base, in the overlay or gone, above which all becomes one base again:
/// this many, or this share of the base.
const OVERLAY: usize = 1024;
const SHARE: usize = 64;

impl<T> Default for Layered<T> {
    fn default() -> Layered<T> {
        let layers = [Arc::default(), Arc::default()];
        Layered { layers, spans: Vec::new(), of_layer: Default::default() }
    }
}

impl<T: Numbered> From<Vec<T>> for Layered<T> {
    /// Sorts the rows by number, all in the base.
    fn from(mut rows: Vec<T>) -> Layered<T> {
        rows.sort_by_key(Numbered::number);
        let mut list = Layered { layers: [Arc::new(rows), Arc::default()], ..Layered::default() };
        list.span(Layer::Base, 0..list.layers[0].len());
        list
    }
}

impl<T: PartialEq> PartialEq for Layered<T> {
    fn eq(&self, other: &Layered<T>) -> bool {
        self.iter().eq(other.iter())
    }
}

impl<T> Layered<T> {
    pub fn len(&self) -> usize {
        self.spans.last().map_or(0, |span| (span.first + span.rows) as usize)
    }

    pub fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }

    pub fn iter(&self) -> impl Iterator<Item = &T> + Clone {
        self.spans.iter().flat_map(|span| &self.layers[span.layer as usize][span.range()])
    }

    pub fn get(&self, position: usize) -> Option<&T> {
        let (layer, at) = self.locate(position)?;
        self.layer(layer).get(at)
    }

    /// Where the row at a position is kept, and its place there.
    pub fn locate(&self, position: usize) -> Option<(Layer, usize)> {
        let after = self.spans.partition_point(|span| span.first as usize <= position);
        let span = self.spans.get(after.checked_sub(1)?)?;
        let within = position - span.first as usize;
        (within < span.rows as usize).then(|| (span.layer, span.at as usize + within))
    }

    /// The positions of the rows at some places of a layer, ascending; without those that are no
    /// rows of this list.
    pub fn positions(&self, layer: Layer, places: Vec<u32>) -> impl Iterator<Item = u32> {
        let spans = self.of_layer[layer as usize].iter();
        let mut spans = spans.map(|position| self.spans[*position as usize]).peekable();
        places.into_iter().filter_map(move |at| {
            while spans.next_if(|span| span.at + span.rows <= at).is_some() {}
            let span = spans.peek().filter(|span| span.at <= at)?;
            Some(span.first + (at - span.at))
        })
    }

    /// All rows of a layer, also those that are no rows of this list any more.
    pub fn layer(&self, layer: Layer) -> &[T] {
        &self.layers[layer as usize]
    }

    /// Whether two lists have the same base.
    pub fn shares_base(&self, other: &Layered<T>) -> bool {
        Arc::ptr_eq(&self.layers[0], &other.layers[0])
    }

    /// The rows of the base that are no rows of this list any more.
    pub fn replaced(&self) -> impl Iterator<Item = &T> {
        self.replaced_places().flat_map(|places| &self.layers[0][places])
    }

    /// Their places in the base.
    fn replaced_places(&self) -> impl Iterator<Item = Range<usize>> {
        let kept = self.kept(Layer::Base);
        let starts = std::iter::once(0).chain(kept.clone().map(|places| places.end));
        let ends = kept.map(|places| places.start).chain([self.layers[0].len()]);
        starts.zip(ends).map(|(start, end)| start..end)
    }

    /// The places in a layer of those of its rows that are rows of this list.
    fn kept(&self, layer: Layer) -> impl Iterator<Item = Range<usize>> + Clone {
        let spans = self.of_layer[layer as usize].iter();
        spans.map(|position| self.spans[*position as usize].range())
    }

    /// Adds neighbouring rows of a layer at the end of the list.
    fn span(&mut self, layer: Layer, rows: Range<usize>) {
        if rows.is_empty() {
            return;
        }
        let first = self.len() as u32;
        match self.spans.last_mut() {
            Some(last) if last.layer == layer && last.range().end == rows.start => {
                last.rows += rows.len() as u32;
            }
            _ => {
                self.of_layer[layer as usize].push(self.spans.len() as u32);
                let (at, rows) = (rows.start as u32, rows.len() as u32);
                self.spans.push(Span { layer, first, at, rows });
            }
        }
    }
}

impl<T: Numbered> Layered<T> {
    /// The position of the row with a number, or where it would be.
    pub fn find(&self, number: u64) -> Result<usize, usize> {
        let begins = |span: &Span| self.layer(span.layer)[span.at as usize].number() <= number;
        let after = self.spans.partition_point(begins);
        let Some(span) = after.checked_sub(1).map(|at| self.spans[at]) else { return Err(0) };
        let rows = &self.layer(span.layer)[span.range()];
        let found = |at: usize| at + span.first as usize;
        rows.binary_search_by_key(&number, Numbered::number).map(found).map_err(found)
    }

    /// The row with a number.
    pub fn numbered(&self, number: u64) -> Option<&T> {
        self.get(self.find(number).ok()?)
    }
}

impl<T: Numbered + Clone> Layered<T> {
    /// The list after some rows have ended and others were added; a changed row is one that ends
    /// and is added under its number.
    pub fn changed(&self, ended: &[u64], added: Vec<T>) -> Layered<T> {
        let ended: HashSet<u64> = ended.iter().copied().collect();
        let stays = |row: &&T| !ended.contains(&row.number());
        let rows_of = |layer| self.kept(layer).flat_map(move |places| &self.layer(layer)[places]);
        let mut overlay: Vec<T> = rows_of(Layer::Overlay).filter(stays).cloned().collect();
        overlay.extend(added);
        let base = self.layer(Layer::Base);
        // Places in the base before which the list goes on otherwise: a row that is replaced is left
        // out, a row of the overlay comes in.
        let place = |number: u64| base.partition_point(|row| row.number() < number);
        let is_at = |at: usize, number: u64| base.get(at).is_some_and(|row| row.number() == number);
        let ends = ended.iter().map(|number| (place(*number), *number));
        let mut gone: Vec<usize> =
            ends.filter(|(at, number)| is_at(*at, *number)).map(|(at, _)| at).collect();
        gone.extend(self.replaced_places().flatten());
        gone.sort_unstable();
        gone.dedup();
        if overlay.len() + gone.len() > OVERLAY.max(base.len() / SHARE) {
            let mut rows: Vec<T> = Vec::with_capacity(self.len() + overlay.len());
            rows.extend(rows_of(Layer::Base).filter(stays).cloned());
            rows.extend(overlay);
            return Layered::from(rows);
        }
        overlay.sort_by_key(Numbered::number);
        let comes = overlay.iter().map(|row| place(row.number()));
        let mut next =
            Layered { layers: [self.layers[0].clone(), Arc::default()], ..Layered::default() };
        let (mut at, mut gone) = (0, gone.into_iter().peekable());
        let mut base_until = |next: &mut Layered<T>, end: usize| {
            while let Some(out) = gone.next_if(|out| *out < end) {
                next.span(Layer::Base, at..out);
                at = out + 1;
            }
            next.span(Layer::Base, at..end.max(at));
            at = at.max(end);
        };
        for (place_in_overlay, place) in comes.enumerate() {
            base_until(&mut next, place);
            next.span(Layer::Overlay, place_in_overlay..place_in_overlay + 1);
        }
        base_until(&mut next, base.len());
        next.layers[1] = Arc::new(overlay);
        next
    }
}

impl Span {
    /// The places of the rows in their layer.
    fn range(&self) -> Range<usize> {
        self.at as usize..(self.at + self.rows) as usize
    }
}

impl<T> Index<usize> for Layered<T> {
    type Output = T;

    fn index(&self, position: usize) -> &T {
        let after = self.spans.partition_point(|span| span.first as usize <= position);
        let span = self.spans[after - 1];
        &self.layer(span.layer)[span.range()][position - span.first as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Number and what it says.
    type Row = (u64, u32);

    impl Numbered for Row {
        fn number(&self) -> u64 {
            self.0
        }
    }

    /// A change as the store sees it: some rows end, some change, some are new.
    fn check(steps: Vec<(Vec<u64>, Vec<u64>, u64)>) {
        let first: Vec<Row> = (1..=200).map(|number| (number, 0)).collect();
        let mut list = Layered::from(first.clone());
        let mut plain = first;
        let mut last = 200;
        for (step, (ended, changed, new)) in steps.into_iter().enumerate() {
            let known = |number: &u64| plain.iter().any(|row| row.0 == *number);
            let mut gone: Vec<u64> =
                ended.into_iter().chain(changed.clone()).filter(known).collect();
            gone.sort_unstable();
            gone.dedup();
            let mut added: Vec<Row> = Vec::new();
            for number in changed.into_iter().filter(|number| gone.contains(number)) {
                if !added.iter().any(|row| row.0 == number) {
                    added.push((number, step as u32 + 1));
                }
            }
            added.extend((last + 1..=last + new).map(|number| (number, 9)));
            last += new;
            plain.retain(|row| !gone.contains(&row.0));
            plain.extend(&added);
            plain.sort_unstable();
            let next = list.changed(&gone, added);
            assert!(next.shares_base(&list));
            list = next;
            assert_eq!(list.iter().copied().collect::<Vec<_>>(), plain);
        }
        assert_eq!(list.len(), plain.len());
        for (position, row) in plain.iter().enumerate() {
            assert_eq!(list[position], *row);
            assert_eq!(list.find(row.0), Ok(position));
            let (layer, at) = list.locate(position).unwrap_or((Layer::Base, usize::MAX));
            assert_eq!(list.layer(layer)[at], *row);
        }
        for number in 0..last + 2 {
            let expected = plain.binary_search_by_key(&number, |row| row.0);
            assert_eq!(list.find(number), expected, "{number}");
        }
        let mut positions: Vec<u32> = Vec::new();
        for layer in [Layer::Base, Layer::Overlay] {
            let places = 0..list.layer(layer).len() as u32;
            positions.extend(list.positions(layer, places.collect()));
        }
        positions.sort_unstable();
        assert_eq!(positions, (0..plain.len() as u32).collect::<Vec<_>>());
        let replaced: Vec<Row> = list.replaced().copied().collect();
        assert!(replaced.iter().all(|row| row.1 == 0 && !plain.contains(row)), "{replaced:?}");
        let of_base = plain.iter().filter(|row| row.0 <= 200 && row.1 == 0).count();
        assert_eq!(replaced.len() + of_base, 200);
        assert!(list.get(plain.len()).is_none() && list.locate(plain.len()).is_none());
    }

    #[test]
    fn rows_that_change_end_and_come_are_where_their_numbers_put_them() {
        check(vec![
            (vec![1], vec![2, 200], 3),
            (vec![2, 201], vec![100], 0),
            (vec![], vec![203], 1),
        ]);
        check(vec![((1..=200).collect(), vec![], 0), (vec![], vec![], 2)]);
        check(vec![]);
    }

    #[test]
    fn a_large_change_makes_one_base_again() {
        let list = Layered::from((1..=10_u64).map(|number| (number, 0)).collect::<Vec<_>>());
        let next = list.changed(&[3], (11..=2_000).map(|number| (number, 1)).collect());
        assert!(!next.shares_base(&list));
        assert_eq!((next.len(), next.layer(Layer::Overlay).len()), (1_999, 0));
        assert_eq!(next.find(3), Err(2));
        // Nor is a base kept of which little is left.
        let left = next.changed(&(1..1_500).collect::<Vec<_>>(), Vec::new());
        assert_eq!((left.len(), left.layer(Layer::Base).len()), (501, 501));
    }

    proptest! {
        #[test]
        fn any_changes_leave_what_they_would_leave_of_a_plain_list(
            steps in prop::collection::vec(
                (prop::collection::vec(1_u64..230, 0..6), prop::collection::vec(1_u64..230, 0..6), 0_u64..5),
                0..12,
            ),
        ) {
            check(steps);
        }
    }
}

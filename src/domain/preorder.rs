//! The areas in depth-first order, in which an area and everything below it are one stretch.

use std::ops::Range;

use super::{AreaIx, AreaTree};

/// Depth-first order of an area tree. The place of an area in it is its rank; the operation has
/// rank 0, parents come before their children, and what lies below an area follows it directly.
#[derive(Debug)]
pub struct Preorder {
    areas: Vec<AreaIx>,
    ranks: Vec<u32>,
    parents: Vec<u32>,
    ends: Vec<u32>,
}

impl Preorder {
    pub fn build(tree: &AreaTree) -> Preorder {
        let len = tree.len();
        // Parents come before children in the tree, so one pass backwards counts what is below.
        let mut sizes = vec![1_u32; len];
        for at in (1..len).rev() {
            let parent = tree.parent(AreaIx(at as u32)).at();
            sizes[parent] += sizes[at];
        }
        let mut ranks = vec![0_u32; len];
        for at in 0..len {
            let mut next = ranks[at] + 1;
            for child in tree.children(AreaIx(at as u32)) {
                ranks[child.at()] = next;
                next += sizes[child.at()];
            }
        }
        let mut order = Preorder {
            areas: vec![AreaIx::OPERATION; len],
            parents: vec![0; len],
            ends: vec![0; len],
            ranks,
        };
        for (at, size) in sizes.into_iter().enumerate() {
            let (ix, rank) = (AreaIx(at as u32), order.ranks[at]);
            order.areas[rank as usize] = ix;
            order.parents[rank as usize] = order.ranks[tree.parent(ix).at()];
            order.ends[rank as usize] = rank + size;
        }
        order
    }

    /// Number of areas, the operation included.
    pub fn len(&self) -> usize {
        self.areas.len()
    }

    /// Never: the operation is always there.
    pub fn is_empty(&self) -> bool {
        self.areas.is_empty()
    }

    pub fn rank(&self, ix: AreaIx) -> usize {
        self.ranks[ix.at()] as usize
    }

    pub fn area(&self, rank: usize) -> AreaIx {
        self.areas[rank]
    }

    /// Rank of the parent; the operation has none.
    pub fn parent(&self, rank: usize) -> Option<usize> {
        (rank > 0).then(|| self.parents[rank] as usize)
    }

    /// Ranks of the area and of everything below it.
    pub fn subtree(&self, rank: usize) -> Range<usize> {
        rank..self.ends[rank] as usize
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;
    use crate::domain::Area;

    #[test]
    fn an_area_and_what_is_below_it_are_one_stretch() {
        let area = |pcode: &str, level, parent: Option<&str>| Area {
            pcode: pcode.into(),
            name: pcode.into(),
            level,
            parent: parent.map(Into::into),
            ..Area::default()
        };
        let areas = vec![
            area("B", 1, None),
            area("A", 1, None),
            area("B1", 2, Some("B")),
            area("A1", 2, Some("A")),
            area("A2", 2, Some("A")),
        ];
        let tree = AreaTree::build(&"op".into(), &"op".into(), areas);
        let order = Preorder::build(&tree);
        let pcode = |rank| tree.get(order.area(rank)).pcode.to_string();
        assert_eq!((0..6).map(pcode).collect::<Vec<_>>(), ["op", "A", "A1", "A2", "B", "B1"]);
        assert_eq!(order.subtree(order.rank(tree.by_pcode("A").unwrap())), 1..4);
        assert_eq!(order.parent(5), Some(4));
        assert_eq!(order.parent(0), None);
    }
}

//! SQLite's R*Tree, written whole: sqlite.org/rtree.html. The tree is three plain tables; its nodes
//! are filled along a Hilbert curve, so that boxes of a node lie together.

use std::convert::Infallible;

use flatgeobuf::packed_r_tree::{NodeItem, hilbert_sort};
use geo::Rect;

use crate::sqlite_file::{Database, Value};

/// Boxes of a node, as SQLite makes them with pages of 4,096 bytes.
const CELLS: usize = 51;
const CELL: usize = 24;

/// A box as the tree keeps it: west, east, south, north, rounded outward.
type Box4 = [f32; 4];

/// A row of a node: what it stands for, and the box around that.
type Entry = (i64, Box4);

/// Adds an index of boxes by row number; the numbers ascend.
pub fn write(database: &mut Database<'_>, name: &str, boxes: Vec<(i64, Rect<f64>)>) {
    let statement =
        format!("CREATE VIRTUAL TABLE \"{name}\" USING rtree(id, minx, maxx, miny, maxy)");
    database.statement("table", name, name, &statement);
    let (levels, leaves) = levels(boxes);
    let nodes = |level: usize| levels[level].len().div_ceil(CELLS).max(1);
    // The root is node 1; below it the nodes are numbered level by level.
    let mut first = vec![1i64; levels.len()];
    for depth in (0..levels.len() - 1).rev() {
        first[depth] = first[depth + 1] + nodes(depth + 1) as i64;
    }
    let mut pairs = |what: &str, columns: &str, pairs: &mut dyn Iterator<Item = (i64, i64)>| {
        let own = format!("{name}_{what}");
        let statement = format!("CREATE TABLE \"{own}\"({columns})");
        let Ok(()) = database.table(&own, &statement, |table| {
            for (number, other) in pairs {
                table.row(number, &[Value::Null, Value::Integer(other)]);
            }
            Ok::<(), Infallible>(())
        });
    };
    let mut rows = leaves.iter().map(|(row, leaf)| (*row, first[0] + i64::from(*leaf)));
    pairs("rowid", "rowid INTEGER PRIMARY KEY,nodeno", &mut rows);
    // From the root down, the numbers of the nodes ascend.
    let mut parents = (1..levels.len()).rev().flat_map(|level| {
        let (own, below) = (first[level], first[level - 1]);
        (0..levels[level].len()).map(move |at| (below + at as i64, own + (at / CELLS) as i64))
    });
    pairs("parent", "nodeno INTEGER PRIMARY KEY,parentnode", &mut parents);
    let own = format!("{name}_node");
    let statement = format!("CREATE TABLE \"{own}\"(nodeno INTEGER PRIMARY KEY,data)");
    let Ok(()) = database.table(&own, &statement, |table| {
        let mut data = Vec::with_capacity(4 + CELLS * CELL);
        for level in (0..levels.len()).rev() {
            let below = if level == 0 { 0 } else { first[level - 1] };
            for node in 0..nodes(level) {
                let end = levels[level].len().min((node + 1) * CELLS);
                let cells = &levels[level][node * CELLS..end];
                let number = first[level] + node as i64;
                let depth = if number == 1 { level as u16 } else { 0 };
                data.clear();
                data.extend_from_slice(&depth.to_be_bytes());
                data.extend_from_slice(&(cells.len() as u16).to_be_bytes());
                for (child, sides) in cells {
                    data.extend_from_slice(&(below + child).to_be_bytes());
                    sides.iter().for_each(|side| data.extend_from_slice(&side.to_be_bytes()));
                }
                data.resize(4 + CELLS * CELL, 0);
                table.row(number, &[Value::Null, Value::Blob(&data)]);
            }
        }
        Ok::<(), Infallible>(())
    });
}

/// The entries of every level, leaves first, the root last: `CELLS` of them are a node. Those of
/// leaves are row numbers, the others positions of nodes in the level below. And the leaf of each
/// row.
fn levels(boxes: Vec<(i64, Rect<f64>)>) -> (Vec<Vec<Entry>>, Vec<(i64, u32)>) {
    let mut leaves: Vec<(i64, u32)> = boxes.iter().map(|(row, _)| (*row, 0)).collect();
    let item = |(position, (_, rect)): (usize, (i64, Rect<f64>))| {
        let (min, max) = (rect.min(), rect.max());
        NodeItem { min_x: min.x, min_y: min.y, max_x: max.x, max_y: max.y, offset: position as u64 }
    };
    let mut items: Vec<NodeItem> = boxes.into_iter().enumerate().map(item).collect();
    let extent = flatgeobuf::packed_r_tree::calc_extent(&items);
    hilbert_sort(&mut items, &extent);
    let entries = items.into_iter().enumerate().filter_map(|(at, item)| {
        let (row, leaf) = leaves.get_mut(item.offset as usize)?;
        *leaf = (at / CELLS) as u32;
        let sides = [below(item.min_x), above(item.max_x), below(item.min_y), above(item.max_y)];
        Some((*row, sides))
    });
    let entries: Vec<Entry> = entries.collect();
    let mut levels = vec![entries];
    while let Some(last) = levels.last().filter(|last| last.len() > CELLS) {
        let around = |(position, node): (usize, &[Entry])| {
            let all = node.iter().map(|(_, sides)| *sides);
            let sides =
                all.reduce(|a, b| [a[0].min(b[0]), a[1].max(b[1]), a[2].min(b[2]), a[3].max(b[3])]);
            (position as i64, sides.unwrap_or_default())
        };
        let above = last.chunks(CELLS).enumerate().map(around).collect();
        levels.push(above);
    }
    (levels, leaves)
}

/// The greatest number of the tree that is not above this one.
fn below(number: f64) -> f32 {
    let near = number as f32;
    if f64::from(near) > number { near.next_down() } else { near }
}

fn above(number: f64) -> f32 {
    let near = number as f32;
    if f64::from(near) < number { near.next_up() } else { near }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;
    use crate::sqlite_file::tests::asked;

    #[test]
    fn sqlite_finds_nothing_wrong_with_the_tree() {
        for count in [0, 1, 51, 52, 3_000, 150_000] {
            let at = |number: i64| {
                let (x, y) =
                    ((number * 37 % 3600) as f64 / 10.0 - 180.0, (number % 170) as f64 - 85.05);
                (
                    number,
                    Rect::new(geo::coord! { x: x, y: y }, geo::coord! { x: x + 0.1, y: y + 0.1 }),
                )
            };
            let boxes: Vec<_> = (1..=count).map(at).collect();
            let mut file = std::io::Cursor::new(Vec::new());
            let mut database = Database::new(&mut file);
            write(&mut database, "r", boxes.clone());
            database.finish(0, 0).unwrap();
            let inside =
                boxes.iter().filter(|(_, one)| one.max().x >= 10.0 && one.min().x <= 20.0).count();
            let found = asked(
                &file.into_inner(),
                &[
                    "pragma integrity_check",
                    "select rtreecheck('r')",
                    "select cast(count(*) as text) from r where maxx >= 10 and minx <= 20",
                ],
            );
            assert_eq!(
                found,
                [["ok".to_owned()], ["ok".to_owned()], [inside.to_string()]],
                "{count}"
            );
        }
    }
}

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

/// Adds an index of boxes by row number.
pub fn write(database: &mut Database, name: &str, boxes: &[(i64, Rect<f64>)]) {
    let statement =
        format!("CREATE VIRTUAL TABLE \"{name}\" USING rtree(id, minx, maxx, miny, maxy)");
    database.statement("table", name, name, &statement);
    let levels = levels(boxes);
    // The root is node 1; below it the nodes are numbered level by level.
    let mut first = vec![1i64; levels.len()];
    for depth in (0..levels.len().saturating_sub(1)).rev() {
        first[depth] = first[depth + 1] + levels[depth + 1].len() as i64;
    }
    let mut nodes: Vec<(i64, Vec<u8>)> = Vec::new();
    let mut parents: Vec<(i64, i64)> = Vec::new();
    let mut rows: Vec<(i64, i64)> = Vec::new();
    for (level, all) in levels.iter().enumerate() {
        for (position, cells) in all.iter().enumerate() {
            let number = first[level] + position as i64;
            let mut data = Vec::with_capacity(4 + CELLS * CELL);
            let depth = if number == 1 { level as u16 } else { 0 };
            data.extend_from_slice(&depth.to_be_bytes());
            data.extend_from_slice(&(cells.len() as u16).to_be_bytes());
            for (child, sides) in cells {
                let id = if level == 0 { *child } else { first[level - 1] + child };
                data.extend_from_slice(&id.to_be_bytes());
                sides.iter().for_each(|side| data.extend_from_slice(&side.to_be_bytes()));
                match level {
                    0 => rows.push((id, number)),
                    _ => parents.push((id, number)),
                }
            }
            data.resize(4 + CELLS * CELL, 0);
            nodes.push((number, data));
        }
    }
    nodes.sort();
    rows.sort_unstable();
    parents.sort_unstable();
    let pairs = |database: &mut Database, what: &str, columns: &str, pairs: &[(i64, i64)]| {
        let own = format!("{name}_{what}");
        let statement = format!("CREATE TABLE \"{own}\"({columns})");
        let Ok(()) = database.table(&own, &statement, |table| {
            for (number, other) in pairs {
                table.row(*number, &[Value::Null, Value::Integer(*other)]);
            }
            Ok::<(), Infallible>(())
        });
    };
    pairs(database, "rowid", "rowid INTEGER PRIMARY KEY,nodeno", &rows);
    let own = format!("{name}_node");
    let statement = format!("CREATE TABLE \"{own}\"(nodeno INTEGER PRIMARY KEY,data)");
    let Ok(()) = database.table(&own, &statement, |table| {
        for (number, data) in &nodes {
            table.row(*number, &[Value::Null, Value::Blob(data)]);
        }
        Ok::<(), Infallible>(())
    });
    pairs(database, "parent", "nodeno INTEGER PRIMARY KEY,parentnode", &parents);
}

type Node = Vec<(i64, Box4)>;

/// The nodes of every level, leaves first, the root last. Leaves hold row numbers, the others
/// positions of nodes in the level below.
fn levels(boxes: &[(i64, Rect<f64>)]) -> Vec<Vec<Node>> {
    let item = |(position, (_, rect)): (usize, &(i64, Rect<f64>))| {
        let (min, max) = (rect.min(), rect.max());
        NodeItem { min_x: min.x, min_y: min.y, max_x: max.x, max_y: max.y, offset: position as u64 }
    };
    let mut items: Vec<NodeItem> = boxes.iter().enumerate().map(item).collect();
    let extent = flatgeobuf::packed_r_tree::calc_extent(&items);
    hilbert_sort(&mut items, &extent);
    let leaf = |item: &NodeItem| {
        let (id, rect) = boxes.get(item.offset as usize)?;
        let (min, max) = (rect.min(), rect.max());
        Some((*id, [below(min.x), above(max.x), below(min.y), above(max.y)]))
    };
    let entries: Node = items.iter().filter_map(leaf).collect();
    let mut levels: Vec<Vec<Node>> = vec![entries.chunks(CELLS).map(<[_]>::to_vec).collect()];
    if levels[0].is_empty() {
        levels[0].push(Vec::new());
    }
    while let Some(last) = levels.last().filter(|last| last.len() > 1) {
        let around = |(position, node): (usize, &Node)| {
            let all = node.iter().map(|(_, sides)| *sides);
            let sides =
                all.reduce(|a, b| [a[0].min(b[0]), a[1].max(b[1]), a[2].min(b[2]), a[3].max(b[3])]);
            (position as i64, sides.unwrap_or_default())
        };
        let entries: Node = last.iter().enumerate().map(around).collect();
        levels.push(entries.chunks(CELLS).map(<[_]>::to_vec).collect());
    }
    levels
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
            let mut database = Database::default();
            write(&mut database, "r", &boxes);
            let inside =
                boxes.iter().filter(|(_, one)| one.max().x >= 10.0 && one.min().x <= 20.0).count();
            let found = asked(
                &database.finish(0, 0),
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

//! Boundaries: polygons of any level become areas with a P-code, a name and a parent.

mod implied;
mod layers;
pub(super) mod names;
mod parents;
mod shape;
pub mod validity;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use geo::MultiPolygon;
use rayon::prelude::*;

use self::names::{Meaning, meaning};
use self::shape::{Sound, Unusable, sound};
use super::fields::Field;
use super::report::{ColumnReport, Problem, Recorder, Report};
use super::{Options, Unreadable, gazetteers};
use crate::domain::{Area, AreaName, AreaTree, Source, Text, fold};
use crate::formats::features::{Budget, Feature, Geometry, Layer, Property};
use crate::formats::sheet::column_letters;
use crate::formats::sniff;

const MISSING_CODE: Problem = Problem {
    code: "no-pcode",
    message: "The area has no P-code.",
    remedy: "Fill the P-code: every other table refers to it.",
};
const NUMERIC_CODE: Problem = Problem {
    code: "numeric-pcode",
    message: "The P-code is a number in the file and was read as text: leading zeros may be lost.",
    remedy: "Store P-codes as text.",
};
const DUPLICATE: Problem = Problem {
    code: "duplicate-pcode",
    message: "Another area of the file has the same P-code; the first was kept.",
    remedy: "Give each area its own code, or join the parts of one area into one multipolygon.",
};
const NO_NAME: Problem = Problem {
    code: "no-name",
    message: "The area has no name; its P-code is shown instead.",
    remedy: "Fill the name.",
};
const BAD_LEVEL: Problem = Problem {
    code: "bad-level",
    message: "The level is not a number from 1 to 4.",
    remedy: "Level 1 is the first below the country; the country itself is the operation.",
};
const NO_POLYGON: Problem = Problem {
    code: "no-polygon",
    message: "The area has no polygon: it can hold figures but is not drawn.",
    remedy: "Send the boundary file again with this area's polygon.",
};
const BAD_GEOMETRY: Problem = Problem {
    code: "bad-geometry",
    message: "The polygon cannot be used.",
    remedy: "Correct the polygon in a GIS and send it again.",
};
const REPAIRED: Problem = Problem {
    code: "repaired",
    message: "The polygon was not valid and was repaired.",
    remedy: "Nothing needs doing where the change is small; else compare it with the source.",
};
const SPLIT: Problem = Problem {
    code: "split",
    message: "The polygon crosses the antimeridian and was split there.",
    remedy: "Nothing needs doing.",
};

/// Reads a boundary file. Parents are looked for among the file's own coarser areas and in `known`.
/// `area_km2` is left open.
pub fn areas(
    file: &str,
    bytes: &[u8],
    known: &AreaTree,
    options: &Options,
) -> Result<(Vec<Area>, Report), Unreadable> {
    let table = sniff::is_table(bytes).then(|| gazetteers::read(bytes, options)).transpose()?;
    let (chosen, table) = match table {
        Some((layer, table)) => (layers::of_table(layer, &table, options)?, Some(table)),
        None => (layers::choose(sniff::layers(bytes, Budget::default())?, options)?, None),
    };
    let mut report = describe(file, &chosen);
    let layers = chosen.parts.iter().map(|part| (&part.layer, part.columns.before));
    report.preview = super::preview::of_layers(layers, &report.columns);
    report.sheets = chosen.parts.iter().map(|part| super::preview::sheet(&part.layer)).collect();
    if let Some(table) = &table {
        (report.header_row, report.hxl_row) = (table.header_row, table.hxl_row);
        report.first_row = table.rows.first().copied().unwrap_or(1);
        report.choice = table.choice.clone();
        for (seen, row) in report.preview.rows.iter_mut().zip(&table.rows) {
            seen.row = *row;
        }
    }
    options.progress.begin(chosen.parts.iter().map(|part| part.layer.features.len() as u64).sum());
    let mut recorder = Recorder::new(report, 5);
    recorder.report.remarks.extend(chosen.remarks);

    let mut found: Vec<Found> = Vec::new();
    let mut row_of: HashMap<Text, u32> = HashMap::new();
    let mut tally = Tally::default();
    let mut row = 0;
    for layers::Part { layer, mut columns } in chosen.parts {
        recorder.report.remarks.append(&mut columns.remarks);
        let shapes: Vec<Shaped> = layer.features.into_par_iter().map(Shaped::of).collect();
        for shaped in shapes {
            let written = table.as_ref().and_then(|table| table.rows.get(row as usize)).copied();
            row += 1;
            let at = written.unwrap_or(row);
            let found_area =
                columns.area(at, shaped, table.is_some(), &mut row_of, &mut tally, &mut recorder);
            if let Some(area) = found_area {
                recorder.placed(area.area.level);
                found.push(area);
            }
            recorder.close(at);
            options.progress.step();
        }
    }
    // A list of areas names each once; rows about areas name them again and again.
    if table.is_some() && found.len() * 2 < row as usize {
        return Err(Unreadable::new(format!(
            "Only {} of the {row} rows name an area that no other row names: it is a table about areas, not a list of them. Send it as activities, sites, needs or population.",
            found.len()
        )));
    }
    let implied = implied::areas(&found, known, &mut recorder.report.remarks);
    let mut areas = parents::resolve(found, &implied, known, &mut recorder.report.remarks);
    areas.extend(implied);
    for area in areas.iter_mut().filter(|area| area.geometry.is_none()) {
        // A list without polygons does not take those away that are known.
        let drawn = known.by_pcode(&area.pcode).map(|ix| known.get(ix));
        area.geometry = drawn.and_then(|drawn| drawn.geometry.clone());
    }
    recorder.report.remarks.extend(tally.remarks());
    recorder.report.remarks.extend(parents::gaps(&areas, known));
    recorder.report.remarks.extend(countries(&areas));
    Ok((areas, recorder.finish()))
}

/// An area whose parent is still only what its row says.
struct Found {
    area: Area,
    /// The coarser areas the row names, the nearest first.
    above: Vec<Above>,
}

/// What a row says of an area that its own lies in.
#[derive(Clone)]
struct Above {
    /// `None` where the row says parent, not of which level.
    level: Option<u8>,
    code: Text,
    name: Option<AreaName>,
}

/// A feature after the costly part.
struct Shaped {
    properties: Feature,
    shape: Result<Option<Sound>, String>,
}

impl Shaped {
    fn of(mut feature: Feature) -> Shaped {
        let shape = match std::mem::replace(&mut feature.geometry, Geometry::None) {
            Geometry::None => Ok(None),
            Geometry::Polygons(shape) => {
                sound(shape).map(Some).map_err(|unusable: Unusable| unusable.to_string())
            }
            Geometry::Point(_) => Err("it is a point".to_owned()),
            Geometry::Other(kind) => Err(format!("it is a {kind}, not a polygon")),
            Geometry::Bad(reason) => Err(reason),
        };
        Shaped { properties: feature, shape }
    }
}

/// Which property holds what.
#[derive(Debug, Default)]
struct Columns {
    /// Every property of the file, in order of appearance, with what it was taken for.
    all: Vec<(String, Option<Field>, &'static str)>,
    codes: [Option<usize>; 5],
    names: [Vec<(u8, usize)>; 5],
    own_code: Option<usize>,
    own_name: Option<usize>,
    own_level: Option<usize>,
    own_parent: Option<usize>,
    /// What the sender should know of them, in a sentence each.
    remarks: Vec<String>,
    /// The level of every area, where no property says it.
    level: u8,
    /// Number of columns of the layers before this one.
    before: usize,
}

impl Columns {
    /// `words` are properties known by other words than those of boundary files, `level` is what
    /// they say of the areas.
    fn find(
        layer: &Layer,
        words: &[(String, Field)],
        level: Option<u8>,
        options: &Options,
    ) -> Result<Columns, Unreadable> {
        let mut columns = Columns { level: level.unwrap_or(0), ..Columns::default() };
        let names = layer.fields.names();
        columns.all = names.iter().map(|name| (name.clone(), None, "")).collect();
        let mut filled = vec![false; names.len()];
        for (field, value) in layer.features.iter().flat_map(|feature| &feature.properties) {
            let filled = &mut filled[usize::from(*field)];
            *filled = *filled || value.text().is_some();
        }
        let is_there =
            |wanted: &str| columns.all.iter().any(|(name, ..)| name.eq_ignore_ascii_case(wanted));
        if let Some((wanted, _)) = options.columns.iter().find(|(wanted, _)| !is_there(wanted)) {
            let names: Vec<&str> =
                columns.all.iter().take(40).map(|(name, ..)| name.as_str()).collect();
            return Err(Unreadable::new(format!(
                "There is no property \"{wanted}\": the file has {}.",
                names.join(", ")
            )));
        }
        for (at, is_filled) in filled.into_iter().enumerate() {
            let name = columns.all[at].0.clone();
            let asked =
                options.columns.iter().find(|(header, _)| header.eq_ignore_ascii_case(&name));
            let (meaning, reason) = match asked {
                Some((_, field)) => (of_field(*field), "you said so"),
                None => match words.iter().find(|(word, _)| *word == name) {
                    Some((_, field)) => (of_field(*field), "a known header"),
                    None => (meaning(&name), "a known name"),
                },
            };
            let Some(meaning) = meaning.filter(|_| is_filled) else {
                continue;
            };
            columns.all[at].1 = field_of(meaning);
            columns.all[at].2 = reason;
            if let Some(left) = columns.take(meaning, at, asked.is_some()) {
                let column = &mut columns.all[left];
                (column.1, column.2) = (None, "another property says the same: not used");
            }
        }
        for names in &mut columns.names {
            names.sort();
        }
        columns.decide_level(options)?;
        columns.prefer_the_level(options);
        columns.say_whose_codes();
        Ok(columns)
    }

    /// The first property of a meaning is taken, unless the sender names one.
    /// Gives the one of two that is left out.
    fn take(&mut self, meaning: Meaning, at: usize, asked: bool) -> Option<usize> {
        let slot = match meaning {
            Meaning::Code(level) => &mut self.codes[usize::from(level)],
            Meaning::Name { level, rank } => {
                let rank = if asked { 0 } else { rank + 1 };
                self.names[usize::from(level)].push((rank, at));
                return None;
            }
            Meaning::OwnCode => &mut self.own_code,
            Meaning::OwnName => &mut self.own_name,
            Meaning::OwnLevel => &mut self.own_level,
            Meaning::OwnParent => &mut self.own_parent,
        };
        let (kept, left) = match slot.take() {
            Some(first) if !asked => (first, Some(at)),
            first => (at, first),
        };
        if let Some(left) = left {
            let (kept, left) = (&self.all[kept].0, &self.all[left].0);
            self.remarks.push(format!(
                "Properties {kept} and {left} say the same: {kept} is used, {left} is not."
            ));
        }
        *slot = Some(kept);
        left
    }

    /// A property called plainly `code` is often a key of something else: beside the P-code of the
    /// level it does not count.
    fn prefer_the_level(&mut self, options: &Options) {
        let asked = options.columns.iter().any(|(_, field)| *field == Field::Pcode);
        let plain = self.own_code.is_some_and(|at| !fold(&self.all[at].0).contains("pcode"));
        if plain && !asked && self.codes[usize::from(self.level)].is_some() {
            self.own_code = None;
        }
    }

    /// Says it where codes are those of a maker of boundaries, which no report uses.
    fn say_whose_codes(&mut self) {
        let at = self.own_code.or(self.codes[usize::from(self.level)]);
        let Some(name) = at.map(|at| &self.all[at].0) else { return };
        if let Some(maker) = names::maker(name) {
            self.remarks.push(format!(
                "The codes of {name} are those of {maker}, not P-codes: rows find these areas by their names, and by codes only where they use the same."
            ));
        }
    }

    fn decide_level(&mut self, options: &Options) -> Result<(), Unreadable> {
        let deepest = (1..=4u8).rev().find(|level| self.codes[usize::from(*level)].is_some());
        if let Some(level) = options.level {
            if !(1..=4).contains(&level) {
                return Err(Unreadable::new("The level of areas is a number from 1 to 4."));
            }
            self.level = level;
        } else if let Some(level) = deepest {
            self.level = level;
        } else if self.own_level.is_none() && self.own_code.is_some() && self.level == 0 {
            return Err(Unreadable::new(
                "The file does not say of which level its areas are: name the level (1 to 4).",
            ));
        }
        let has_code = self.own_code.is_some() || self.codes[usize::from(self.level)].is_some();
        if self.level > 0 && has_code || self.own_level.is_some() && self.own_code.is_some() {
            return Ok(());
        }
        if self.level == 0 && self.codes[0].is_some() {
            return Err(Unreadable::new(
                "The file holds countries (level 0); the operation itself is level 0: send the levels below.",
            ));
        }
        let names: Vec<&str> = self.all.iter().take(12).map(|(name, ..)| name.as_str()).collect();
        Err(Unreadable::new(format!(
            "No property of the file is known to hold a P-code: say which of these does, and the level: {}.",
            names.join(", ")
        )))
    }

    fn area(
        &self,
        row: u32,
        shaped: Shaped,
        is_table: bool,
        row_of: &mut HashMap<Text, u32>,
        tally: &mut Tally,
        recorder: &mut Recorder,
    ) -> Option<Found> {
        let Shaped { properties, shape } = shaped;
        let text = |at: Option<usize>| properties.property(at? as u16)?.text();
        let level = match text(self.own_level) {
            None => self.level,
            Some(value) => match names::level(&value) {
                Some(level) => level,
                None => {
                    recorder.reject(row, self.at(self.own_level), &value, "", BAD_LEVEL);
                    return None;
                }
            },
        };
        if level == 0 {
            recorder.reject(row, self.at(self.own_level), "", "", BAD_LEVEL);
            return None;
        }
        let own = [self.own_code, self.codes[usize::from(level)]];
        let Some((code_column, code)) = own.into_iter().find_map(|at| Some((at, text(at)?))) else {
            recorder.reject(row, self.at(self.codes[usize::from(level)]), "", "", MISSING_CODE);
            return None;
        };
        let shape = match shape {
            Ok(shape) => shape,
            Err(reason) => {
                recorder.reject(row, None, &code, &format!("{reason}."), BAD_GEOMETRY);
                return None;
            }
        };
        let pcode: Text = code.as_str().into();
        if let Some(first) = row_of.get(&pcode) {
            let detail = format!("Rows {first} and {row}.");
            recorder.reject(row, self.at(code_column), &code, &detail, DUPLICATE);
            return None;
        }
        row_of.insert(pcode.clone(), row);
        let written = code_column.and_then(|at| properties.property(at as u16));
        if matches!(written, Some(Property::Number(_) | Property::Whole(_))) {
            recorder.warn(row, self.at(code_column), &code, "", NUMERIC_CODE);
        }
        let named = |level: u8| -> Option<AreaName> {
            let names = self.names[usize::from(level)].iter();
            let names: Vec<String> = names.filter_map(|(_, at)| text(Some(*at))).collect();
            let (shown, others) = names.split_first()?;
            Some(AreaName::new(shown, others.iter().map(String::as_str)))
        };
        // A property called only `name` says whose it is where one called only `code` does.
        let own = || text(self.own_name).map(AreaName::from);
        let name = if self.own_code.is_some() {
            own().or(named(level))
        } else {
            named(level).or_else(own)
        };
        let name = name.unwrap_or_else(|| {
            recorder.warn(row, None, &code, "", NO_NAME);
            pcode.clone().into()
        });
        let parent =
            text(self.own_parent).map(|code| Above { level: None, code: code.into(), name: None });
        let coarser = (1..level).rev().filter_map(|above| {
            let code = text(self.codes[usize::from(above)])?.into();
            Some(Above { level: Some(above), code, name: named(above) })
        });
        let above = parent.into_iter().chain(coarser).collect();
        let area = Area {
            name,
            pcode,
            level,
            parent: None,
            geometry: match shape {
                None if is_table => None,
                shape => keep(row, &code, shape, tally, recorder),
            },
            area_km2: None,
            source: Source { submission: 0, row },
        };
        Some(Found { area, above })
    }

    /// Position in the report of a property.
    fn at(&self, at: Option<usize>) -> Option<usize> {
        Some(self.before + at?)
    }
}

fn keep(
    row: u32,
    code: &str,
    shape: Option<Sound>,
    tally: &mut Tally,
    recorder: &mut Recorder,
) -> Option<Arc<MultiPolygon<f64>>> {
    let Some(Sound { shape, repaired, split }) = shape else {
        recorder.warn(row, None, code, "", NO_POLYGON);
        return None;
    };
    if let Some(repair) = repaired {
        tally.repaired += 1;
        let change = match repair.area_change {
            Some(change) => {
                tally.largest_change = tally.largest_change.max(change);
                format!("area changed by {}", percent(change))
            }
            None => {
                tally.crossed += 1;
                "its loops cancelled out, so the area cannot be compared".to_owned()
            }
        };
        recorder.warn(row, None, code, &format!("{}; {change}.", repair.cause), REPAIRED);
    }
    if split {
        recorder.warn(row, None, code, "", SPLIT);
    }
    Some(Arc::new(shape))
}

/// A remark where the P-codes begin with the letters of several countries.
fn countries(areas: &[Area]) -> Option<String> {
    let mut counts: BTreeMap<&str, u32> = BTreeMap::new();
    for area in areas {
        let letters = area.pcode.bytes().take_while(u8::is_ascii_alphabetic).count();
        if !(2..=3).contains(&letters) || !area.pcode.as_bytes().get(letters)?.is_ascii_digit() {
            return None;
        }
        *counts.entry(&area.pcode[..letters]).or_default() += 1;
    }
    // Two and three letters may stand for one country.
    let same = counts.keys().any(|a| counts.keys().any(|b| a != b && a.starts_with(b)));
    let words: Vec<String> = counts.iter().map(|(code, count)| format!("{code} {count}")).collect();
    (!same && (2..=20).contains(&counts.len())).then(|| {
        format!(
            "The areas are of {} countries by their P-codes ({}): they are read as one operation.",
            counts.len(),
            words.join(", ")
        )
    })
}

fn percent(share: f64) -> String {
    match share * 100.0 {
        none if none < 0.0001 => "less than 0.0001 %".to_owned(),
        some => format!("{some:.4} %"),
    }
}

#[derive(Default)]
struct Tally {
    repaired: u32,
    /// Of those, the ones whose area cannot be compared.
    crossed: u32,
    largest_change: f64,
}

impl Tally {
    fn remarks(&self) -> Option<String> {
        let (repaired, crossed) = (self.repaired, self.crossed);
        let change = percent(self.largest_change);
        match crossed {
            _ if repaired == 0 => None,
            0 => Some(format!(
                "{repaired} polygons repaired; the largest change of area is {change}."
            )),
            all if all == repaired => Some(format!(
                "{repaired} polygons repaired; their rings crossed, so the areas cannot be compared."
            )),
            some => Some(format!(
                "{repaired} polygons repaired; the largest change of area is {change}; {some} rings crossed, so their areas cannot be compared."
            )),
        }
    }
}

fn describe(file: &str, chosen: &layers::Chosen) -> Report {
    let mut reports = Vec::new();
    for layers::Part { columns, .. } in &chosen.parts {
        for (at, (header, field, reason)) in columns.all.iter().enumerate() {
            let index = columns.before + at;
            reports.push(ColumnReport {
                index,
                letters: column_letters(index),
                header: header.clone(),
                field: field.map(|field| field.name().to_owned()),
                confidence: if field.is_some() { 1.0 } else { 0.0 },
                reason: (*reason).to_owned(),
                ..ColumnReport::default()
            });
        }
    }
    Report {
        file: file.to_owned(),
        kind: "areas".to_owned(),
        format: chosen.format.clone(),
        sheet: chosen.name.clone(),
        first_row: 1,
        columns: reports,
        ..Report::default()
    }
}

fn of_field(field: Field) -> Option<Meaning> {
    let name = |level| Meaning::Name { level, rank: 0 };
    Some(match field {
        Field::Pcode => Meaning::OwnCode,
        Field::Name => Meaning::OwnName,
        Field::Level => Meaning::OwnLevel,
        Field::Parent => Meaning::OwnParent,
        Field::Adm1Code => Meaning::Code(1),
        Field::Adm2Code => Meaning::Code(2),
        Field::Adm3Code => Meaning::Code(3),
        Field::Adm4Code => Meaning::Code(4),
        Field::Adm1Name => name(1),
        Field::Adm2Name => name(2),
        Field::Adm3Name => name(3),
        Field::Adm4Name => name(4),
        _ => return None,
    })
}

fn field_of(meaning: Meaning) -> Option<Field> {
    match meaning {
        Meaning::Code(level) => Field::area_code(level),
        Meaning::Name { level, .. } => Field::area_name(level),
        Meaning::OwnCode => Some(Field::Pcode),
        Meaning::OwnName => Some(Field::Name),
        Meaning::OwnLevel => Some(Field::Level),
        Meaning::OwnParent => Some(Field::Parent),
    }
}

#[cfg(test)]
mod tests;

//! A table, row by row, with its cells read as what they are. Everything a reader of one kind of
//! table needs is on [`Row`]; the report writes itself along the way.

use std::borrow::Cow;
use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::ControlFlow;
use std::sync::Arc;

use super::columns::{self, Mapping};
use super::evidence::{doubt_groups, evidence};
use super::fields::{Field, Role};
use super::partners::Partners;
use super::parts::Part;
use super::personal;
use super::places::{Gazetteer, Place, Policy, Remark, Said};
use super::profile::{Profile, profile};
use super::report::{Problem, Recorder, Report};
use super::table::{self, Found};
use super::values::{self, Decimal, Dots, Style};
use super::{Kind, Options, problems, vocabulary};
use crate::domain::{
    Age, AreaIx, Day, Disability, Group, Partner, PartnerType, Point, PopulationGroup, SaidPlace,
    Sector, Sex, Snapshot, Source, Status, Text, fold,
};
use crate::formats::sheet::{Cell, SheetRow, Workbook};
use crate::formats::{Unreadable, sniff};

/// No figure of people can be higher; the world has about 8 billion.
const EVERYBODY: f64 = 1e10;
/// Days of activities and sites lie in these years.
const YEARS: std::ops::RangeInclusive<i16> = 1990..=2100;
/// Examples of each kind of remark in a report.
const EXAMPLES: usize = 5;

/// What reading a table gave besides its rows.
#[derive(Debug)]
pub struct Read {
    pub report: Report,
    /// Partners that the rows name, by id.
    pub partners: Vec<Partner>,
}

/// Reads a table of a kind and hands over its rows one by one, each but its exact copies, blank
/// rows and sums. A row that is neither warned about nor rejected is accepted.
pub fn read_table(
    kind: Kind,
    file_name: &str,
    bytes: &[u8],
    known: &Snapshot,
    options: &Options,
    mut each: impl FnMut(&mut Row<'_, '_>),
) -> Result<Read, Unreadable> {
    let book = sniff::open(bytes)?;
    let found = table::find(&book, kind, options)?;
    if let Some(sentence) = columns::missing(&found.heads, options) {
        return Err(Unreadable::new(sentence));
    }
    let sheet = &book.sheets[found.sheet];
    let gazetteer = Gazetteer::new(&known.areas);
    let evidence = evidence(sheet, &found, &gazetteer)?;
    let mut mapping = columns::map(kind, &found.heads, &evidence, options);
    doubt_groups(sheet, &found, &mut mapping)?;
    let mapped = mapping.column_of.iter().enumerate();
    let mapped = mapped.filter_map(|(at, column)| Some((super::FIELDS[at].field, (*column)?)));
    let parts = mapping.parts.iter().map(|part| (part.field, part.column));
    let mapped: Vec<(Field, usize)> = mapped.chain(parts).collect();
    if mapped.is_empty() {
        return Err(Unreadable::new(
            "No column of the table is understood: say what the columns are.",
        ));
    }
    let profile = profile(sheet, &found, &mapped)?;
    let mut report = begin(kind, file_name, &book, &found, mapping.clone(), &profile);
    report.preview =
        super::preview::of_table(&book, &found, &report.columns, &report.dropped_personal)?;
    options.progress.begin(u64::from(profile.rows));
    let year = options.cycle.and_then(|cycle| cycle.start).map(|day| day.ymd().0);
    let file_year = super::needs::cycle::year_in(file_name);
    let file_year = file_year.filter(|named| year.is_none() && YEARS.contains(named));
    let mut reading = Reading {
        kind,
        recorder: Recorder::new(report, EXAMPLES),
        column_of: mapping.column_of,
        parts: mapping.parts,
        masked: BTreeMap::new(),
        styles: profile.styles,
        gazetteer,
        options,
        texts: HashSet::new(),
        words: vec![HashMap::new(); Field::COUNT],
        said_places: HashMap::new(),
        partners: Partners::new(known, profile.acronyms),
        remarks: Vec::new(),
        level: None,
        year,
        file_year,
        yearless: 0,
        last_yearless: 0,
        without_boundaries: BTreeMap::new(),
    };
    // Row number and level of the first of each; copies are at its place.
    let mut seen: HashMap<u64, (u32, u8)> = HashMap::with_capacity(profile.rows as usize);
    sheet.visit(found.first_row, |cells| {
        if cells.is_blank() {
            return ControlFlow::Continue(());
        }
        let number = cells.number;
        if mapped.iter().all(|(_, column)| cells.cell(*column).is_blank()) {
            reading.recorder.reject(number, None, "", "", problems::NOTHING_MAPPED);
        } else if table::is_total_row(cells) {
            reading.recorder.reject(number, None, "", "", problems::TOTAL_ROW);
        } else {
            match seen.entry(reading.fingerprint(cells, &mapped)) {
                Entry::Vacant(free) => {
                    reading.level = None;
                    each(&mut Row { cells, reading: &mut reading });
                    // What is rejected is rejected again: a copy of it is no better.
                    if !reading.recorder.is_rejected() {
                        free.insert((number, reading.level.unwrap_or(u8::MAX)));
                    }
                }
                Entry::Occupied(known) => {
                    let (first, level) = *known.get();
                    let detail = format!("Same as row {first}.");
                    reading.recorder.warn(number, None, "", &detail, problems::COPY);
                    reading.recorder.report.counts.copies += 1;
                    if level != u8::MAX {
                        reading.recorder.placed(level);
                    }
                }
            }
        }
        reading.recorder.close(number);
        options.progress.step();
        ControlFlow::Continue(())
    })?;
    let remarks = reading.remarks_of_all();
    reading.recorder.report.remarks.extend(remarks);
    let partners = reading.partners.into_found();
    Ok(Read { report: reading.recorder.finish(), partners })
}

/// One row of a table, with its cells by field.
pub struct Row<'r, 'k> {
    cells: SheetRow<'r>,
    reading: &'r mut Reading<'k>,
}

#[derive(Debug)]
struct Reading<'k> {
    kind: Kind,
    recorder: Recorder,
    column_of: Vec<Option<usize>>,
    parts: Vec<Part>,
    /// Contacts cut out of free text, by column.
    masked: BTreeMap<usize, u32>,
    styles: Vec<Style>,
    gazetteer: Gazetteer<'k>,
    options: &'k Options,
    texts: HashSet<Text>,
    /// What a text was understood as, by field: a small number, or nothing.
    words: Vec<HashMap<Box<str>, Option<u8>>>,
    said_places: HashMap<u64, Arc<SaidPlace>>,
    partners: Partners<'k>,
    remarks: Vec<Remark>,
    /// Level the current row is placed at, once it is.
    level: Option<u8>,
    /// The year of dates that name none, where the sender said one.
    year: Option<i16>,
    /// The year in the file's name, where the sender said none.
    file_year: Option<i16>,
    /// Rows whose dates took it, and the last of them.
    yearless: u32,
    last_yearless: u32,
    /// Rows that name an area of a level without boundaries, and the levels they are held at.
    without_boundaries: BTreeMap<u8, (u32, BTreeSet<u8>)>,
}

impl<'r> Row<'r, '_> {
    /// Row number in the file, as a spreadsheet shows it.
    pub fn row_number(&self) -> u32 {
        self.cells.number
    }

    /// The row as a source; the store fills in the submission.
    pub fn source(&self) -> Source {
        Source { submission: 0, row: self.cells.number }
    }

    /// Whether the table has a column of this field at all.
    pub fn has(&self, field: Field) -> bool {
        self.reading.column_of[field as usize].is_some()
    }

    /// The cell of a field; empty where there is no such column.
    pub fn cell(&self, field: Field) -> Cell<'r> {
        match self.reading.column_of[field as usize] {
            Some(column) => self.cells.cell(column),
            None => Cell::Empty,
        }
    }

    /// Trimmed text; `None` where blank. A failed formula is nothing, and warned about.
    pub fn text(&mut self, field: Field) -> Option<Cow<'r, str>> {
        match self.cell(field) {
            Cell::Error(error) => {
                self.warn(field, error, "", problems::FAILED_FORMULA);
                None
            }
            cell => cell.text(),
        }
    }

    /// Trimmed text that rows share.
    pub fn shared(&mut self, field: Field) -> Option<Text> {
        let text = self.text(field)?;
        Some(self.reading.share(&text))
    }

    /// Trimmed text without the e-mail addresses and phone numbers in it, that rows share.
    pub fn words(&mut self, field: Field) -> Option<Text> {
        let text = self.kept(field)?;
        Some(self.reading.share(&text))
    }

    /// Trimmed text without the e-mail addresses and phone numbers in it.
    fn kept(&mut self, field: Field) -> Option<Cow<'r, str>> {
        let text = self.text(field)?;
        let Some((kept, count)) = personal::mask(&text) else { return Some(text) };
        self.warn(field, "", "", problems::PERSONAL_DATA);
        if let Some(column) = self.reading.column_of[field as usize] {
            *self.reading.masked.entry(column).or_default() += count;
        }
        Some(Cow::Owned(kept))
    }

    /// Whether the table counts parts of everybody in columns of their own.
    pub fn has_parts(&self) -> bool {
        !self.reading.parts.is_empty()
    }

    /// The figures of the columns that each count a part, by their groups within the row's own, in
    /// the order of the columns. Blank cells are left out.
    pub fn parts(&mut self, own: Group) -> Vec<(Group, Field, f64)> {
        let mut found = Vec::new();
        for at in 0..self.reading.parts.len() {
            let Part { column, field, group } = self.reading.parts[at];
            if let Some(figure) = self.quantity_in(field, column) {
                found.push((within(own, group), field, figure));
            }
        }
        found
    }

    /// A number that is zero or more; anything else is unknown and warned about, a dash is blank.
    pub fn quantity(&mut self, field: Field) -> Option<f64> {
        let column = self.reading.column_of[field as usize]?;
        self.quantity_in(field, column)
    }

    fn quantity_in(&mut self, field: Field, column: usize) -> Option<f64> {
        let cell = self.cells.cell(column);
        if cell == Cell::Empty {
            return None;
        }
        let Style { decimal, dots, .. } = self.reading.styles[field as usize];
        match values::number(cell, decimal) {
            Some(number) if field.counts_people() && number > EVERYBODY => {
                let text = cell.text().unwrap_or_default();
                self.warn_at(column, &text, "", problems::TOO_MANY);
                None
            }
            Some(number) if number >= 0.0 => {
                if let (Dots::Ambiguous, Cell::Text(text)) = (dots, cell)
                    && values::is_dotted(text)
                {
                    let detail = format!("{text} may mean {}.", text.trim().replace('.', ""));
                    self.warn_at(column, text, &detail, problems::THOUSANDS_OR_DECIMALS);
                }
                Some(number)
            }
            Some(number) => {
                self.warn_at(column, &number.to_string(), "", problems::NEGATIVE);
                None
            }
            None if cell.is_blank() || values::is_dash(cell) => None,
            None => {
                let text = cell.text().unwrap_or_default();
                self.warn_at(column, &text, "", problems::NOT_A_NUMBER);
                None
            }
        }
    }

    /// A day; of an end date that names only a month, the last day.
    pub fn day(&mut self, field: Field) -> Option<Day> {
        let cell = self.cell(field);
        if cell == Cell::Empty {
            return None;
        }
        let last = matches!(field, Field::End | Field::CycleEnd);
        let serials = self.reading.styles[field as usize].serials;
        let day = self.read_day(field, cell, last);
        if let (Some(day), Kind::Activities | Kind::Sites) = (day, self.reading.kind)
            && (!YEARS.contains(&day.ymd().0) || (values::serial(cell).is_some() && !serials))
        {
            let text = cell.text().unwrap_or_default();
            self.warn(field, &text, &format!("Read as {day}."), problems::IMPLAUSIBLE_DATE);
            return None;
        }
        if day.is_none() && !cell.is_blank() && !values::is_dash(cell) {
            let text = cell.text().unwrap_or_default();
            self.warn(field, &text, "", problems::NOT_A_DATE);
        }
        day
    }

    /// The day a cell says, plausible or not; nothing is remarked.
    pub fn said_day(&self, field: Field) -> Option<Day> {
        let order = self.reading.styles[field as usize].order;
        let last = matches!(field, Field::End | Field::CycleEnd);
        values::day(self.cell(field), order, last, self.reading.year)
    }

    /// A cell as a day, written as the column of a field does; a year of the file's name that
    /// stands in is remembered for the report.
    pub fn read_day(&mut self, field: Field, cell: Cell<'_>, last: bool) -> Option<Day> {
        let order = self.reading.styles[field as usize].order;
        let own = values::day(cell, order, last, self.reading.year);
        let Some(named) = self.reading.file_year.filter(|_| own.is_none()) else { return own };
        let day = values::day(cell, order, last, Some(named));
        if day.is_some() && self.reading.last_yearless != self.cells.number {
            self.reading.last_yearless = self.cells.number;
            self.reading.yearless += 1;
        }
        day
    }

    /// The sector of the row: its own, else the one the sender said.
    pub fn sector(&mut self) -> Option<Sector> {
        let said = self.reading.options.sector;
        let Some(text) = self.text(Field::Sector) else {
            let misses = said.is_none() && self.has(Field::Sector);
            if misses && self.reading.kind == Kind::Activities {
                self.warn(Field::Sector, "", "", problems::NO_SECTOR);
            }
            return said;
        };
        let words = &mut self.reading.words[Field::Sector as usize];
        let found = match words.get(&*text) {
            Some(found) => *found,
            None => {
                let found = vocabulary::sector(&text).map(|sector| sector as u8);
                words.insert(Box::from(&*text), found);
                found
            }
        };
        if found.is_none() {
            let known = vocabulary::sectors(&text);
            let known: Vec<&str> = known.into_iter().map(Sector::code).collect();
            let detail = match known.as_slice() {
                [] => String::new(),
                [one] => format!("It names {one}, and something that is not known."),
                _ => format!(
                    "It names {}: give each its own row, as a row has one sector.",
                    known.join(" and ")
                ),
            };
            self.warn(Field::Sector, &text, &detail, problems::UNKNOWN_SECTOR);
        }
        found.map(|at| Sector::TABLE[usize::from(at)].0).or(said)
    }

    pub fn status(&mut self) -> Option<Status> {
        let found = self.word(Field::Status, problems::UNKNOWN_STATUS, |text| {
            vocabulary::status(text).map(|status| status as u8)
        });
        found.map(|at| Status::TABLE[usize::from(at)].0)
    }

    /// The people the row is about. A group named in words nobody knows is everybody, and warned
    /// about: it neither makes nor loses people.
    pub fn group(&mut self) -> Group {
        let population = self.word(Field::PopulationGroup, problems::UNKNOWN_GROUP, |text| {
            vocabulary::population_group(text).map(|group| group as u8)
        });
        let sex = self.word(Field::Sex, problems::UNKNOWN_SEX, |text| {
            vocabulary::sex(text).map(|sex| sex as u8)
        });
        let disability = self.word(Field::Disability, problems::UNKNOWN_DISABILITY, |text| {
            vocabulary::disability(text).map(|disability| disability as u8)
        });
        Group {
            population: population
                .map_or(PopulationGroup::All, |at| PopulationGroup::TABLE[usize::from(at)].0),
            sex: sex.map_or(Sex::All, |at| Sex::TABLE[usize::from(at)].0),
            age: self.age(),
            disability: disability
                .map_or(Disability::All, |at| Disability::TABLE[usize::from(at)].0),
        }
    }

    fn age(&mut self) -> Age {
        let Some(text) = self.text(Field::Age) else { return Age::ALL };
        vocabulary::age(&text).unwrap_or_else(|| {
            self.warn(Field::Age, &text, "", problems::UNKNOWN_AGE);
            Age::ALL
        })
    }

    /// A text of a vocabulary as a small number, remembered for the rows to come.
    pub fn word(
        &mut self,
        field: Field,
        unknown: Problem,
        read: impl Fn(&str) -> Option<u8>,
    ) -> Option<u8> {
        let text = self.text(field)?;
        let words = &mut self.reading.words[field as usize];
        let found = match words.get(&*text) {
            Some(found) => *found,
            None => {
                let found = read(&text);
                words.insert(Box::from(&*text), found);
                found
            }
        };
        if found.is_none() {
            self.warn(field, &text, "", unknown);
        }
        found
    }

    /// Id of the partner a field names; the partner is remembered. An acronym that the file or the
    /// operation explains is the partner it stands for.
    pub fn partner(&mut self, field: Field) -> Option<Text> {
        let mut name = self.kept(field);
        let mut acronym = None;
        if field == Field::Partner {
            acronym = self.text(Field::PartnerAcronym);
            if name.is_none() {
                name = acronym.clone();
            }
        }
        let name = name?;
        let kind = match field {
            Field::Partner => self
                .word(Field::PartnerType, problems::UNKNOWN_PARTNER_TYPE, |text| {
                    vocabulary::partner_type(text).map(|kind| kind as u8)
                })
                .map(|at| PartnerType::TABLE[usize::from(at)].0),
            _ => None,
        };
        let row = self.row_number();
        Some(self.reading.partners.id(&name, acronym.as_deref(), kind, row))
    }

    /// Coordinates that can be a place: (0, 0) and latitude 95 are none, and warned about.
    pub fn point(&mut self) -> Option<Point> {
        let (lat, lon) = match (self.cell(Field::Latitude), self.cell(Field::Longitude)) {
            (Cell::Empty, Cell::Empty) => self.coordinates()?,
            _ => (self.degrees(Field::Latitude)?, self.degrees(Field::Longitude)?),
        };
        let field = if self.has(Field::Latitude) { Field::Latitude } else { Field::Coordinates };
        let said = format!("{lat}, {lon}");
        if lat == 0.0 && lon == 0.0 {
            self.warn(field, &said, "", problems::NULL_ISLAND);
            return None;
        }
        if !(-90.0..=90.0).contains(&lat) || !(-180.0..=180.0).contains(&lon) {
            let swapped = (-90.0..=90.0).contains(&lon) && (-180.0..=180.0).contains(&lat);
            let detail = if swapped { "Latitude and longitude may be swapped." } else { "" };
            self.warn(field, &said, detail, problems::NOT_COORDINATES);
            return None;
        }
        Some(Point::new(lon, lat))
    }

    fn degrees(&mut self, field: Field) -> Option<f64> {
        let cell = self.cell(field);
        let decimal = self.reading.styles[field as usize].decimal;
        let number = values::number(cell, decimal).or_else(|| values::number(cell, Decimal::Comma));
        if number.is_none() && !cell.is_blank() && !values::is_dash(cell) {
            let text = cell.text().unwrap_or_default();
            self.warn(field, &text, "", problems::NOT_COORDINATES);
        }
        number
    }

    fn coordinates(&mut self) -> Option<(f64, f64)> {
        let text = self.text(Field::Coordinates)?;
        let pair = values::pair(&text);
        if pair.is_none() {
            self.warn(Field::Coordinates, &text, "", problems::NOT_COORDINATES);
        }
        pair
    }

    /// The place of the row (METHODS 3). `None` where the policy rejects it, which is then done.
    pub fn place(&mut self, policy: Policy) -> Option<Place> {
        let mut said = Said::default();
        for level in 1..=4u8 {
            let at = usize::from(level) - 1;
            said.codes[at] = Field::area_code(level).and_then(|field| self.text(field));
            said.names[at] = Field::area_name(level).and_then(|field| self.text(field));
        }
        said.point = self.point();
        let mut remarks = std::mem::take(&mut self.reading.remarks);
        let mut place = self.reading.gazetteer.place(&said, &mut remarks);
        let mut rejected = false;
        for remark in remarks.drain(..) {
            rejected |= self.tell(&said, &place, remark, policy);
        }
        self.reading.remarks = remarks;
        if rejected {
            return None;
        }
        let level = self.reading.gazetteer.tree().get(place.area).level;
        self.reading.level = Some(level);
        self.reading.recorder.placed(level);
        place.placed.said = self.reading.share_said(&said);
        Some(place)
    }

    /// Writes one remark about the place into the report; whether it rejects the row.
    fn tell(&mut self, said: &Said<'_>, place: &Place, remark: Remark, policy: Policy) -> bool {
        let code = |level: u8| said.codes[usize::from(level) - 1].as_deref().unwrap_or_default();
        let name = |level: u8| said.names[usize::from(level) - 1].as_deref().unwrap_or_default();
        let code_field = |level: u8| Field::area_code(level).unwrap_or(Field::Adm1Code);
        let name_field = |level: u8| Field::area_name(level).unwrap_or(Field::Adm1Name);
        let held = match &place.pcode {
            Some(pcode) => format!("Held at {pcode}."),
            None => "Held at the operation.".to_owned(),
        };
        let suggested = |suggestion: Option<Text>| match suggestion {
            Some(pcode) => format!(" {pcode} has this name: not used until confirmed."),
            None => String::new(),
        };
        let rejects = policy == Policy::Reject;
        let (field, value, detail, problem) = match remark {
            Remark::UnknownCode { level, suggestion } => {
                let detail = suggested(suggestion);
                (code_field(level), code(level), detail, problems::UNKNOWN_CODE)
            }
            Remark::NoBoundaries { level } if !rejects => {
                let tree = self.reading.gazetteer.tree();
                let held = tree.get(place.area).level;
                let (rows, levels) = self.reading.without_boundaries.entry(level).or_default();
                *rows += 1;
                levels.insert(held);
                if held == 0 && said.point.is_none() && tree.deepest() > 0 {
                    self.note("", "", problems::NO_PLACE);
                }
                return false;
            }
            Remark::NoBoundaries { level } => {
                (code_field(level), code(level), String::new(), problems::NO_BOUNDARIES)
            }
            Remark::UnknownName { level, suggestion } => {
                let detail = suggested(suggestion);
                (name_field(level), name(level), detail, problems::UNKNOWN_NAME)
            }
            Remark::Repaired { level, to } => {
                let detail = format!("Read as {to}.");
                self.warn(code_field(level), code(level), &detail, problems::REPAIRED_CODE);
                return false;
            }
            Remark::NearName { level, to, confidence } => {
                let detail = format!("Read as {to}, likeness {confidence:.2}.");
                self.warn(name_field(level), name(level), &detail, problems::NEAR_NAME);
                return false;
            }
            Remark::Disagrees { area, km } => {
                let point = said.point.map(|point| format!("{}, {}", point.y(), point.x()));
                let detail = format!("The point lies {km:.1} km outside {area}.");
                self.warn(
                    Field::Latitude,
                    &point.unwrap_or_default(),
                    &detail,
                    problems::POINT_OUTSIDE,
                );
                return false;
            }
            Remark::Nothing if rejects => return false,
            Remark::Nothing => {
                self.note("", "", problems::NO_PLACE);
                return false;
            }
        };
        if rejects {
            self.reject(field, value, detail.trim(), problem);
        } else {
            let detail = format!("{held}{detail}");
            self.warn(field, value, &detail, problem);
            if place.area == AreaIx::OPERATION && said.point.is_none() {
                self.note("", "", problems::NO_PLACE);
            }
        }
        rejects
    }

    /// The row turned out to belong to a finer area than [`place`](Row::place) found.
    pub fn moved(&mut self, area: AreaIx) {
        let level = self.reading.gazetteer.tree().get(area).level;
        if let Some(before) = self.reading.level.replace(level) {
            self.reading.recorder.displaced(before);
        }
        self.reading.recorder.placed(level);
    }

    /// Warns about a cell.
    pub fn warn(&mut self, field: Field, value: &str, detail: &str, problem: Problem) {
        let column = self.reading.column_of[field as usize];
        self.reading.recorder.warn(self.cells.number, column, value, detail, problem);
    }

    fn warn_at(&mut self, column: usize, value: &str, detail: &str, problem: Problem) {
        self.reading.recorder.warn(self.cells.number, Some(column), value, detail, problem);
    }

    /// Warns about the row as a whole.
    pub fn note(&mut self, value: &str, detail: &str, problem: Problem) {
        self.reading.recorder.warn(self.cells.number, None, value, detail, problem);
    }

    /// Rejects the row because of a cell.
    pub fn reject(&mut self, field: Field, value: &str, detail: &str, problem: Problem) {
        let column = self.reading.column_of[field as usize];
        self.reading.recorder.reject(self.cells.number, column, value, detail, problem);
    }

    pub fn is_rejected(&self) -> bool {
        self.reading.recorder.is_rejected()
    }

    /// One copy of a text for all rows.
    pub fn share(&mut self, text: &str) -> Text {
        self.reading.share(text)
    }
}

impl Reading<'_> {
    /// What is said once about the file instead of in every row.
    fn remarks_of_all(&self) -> Vec<String> {
        let mut remarks = Vec::new();
        for (level, (rows, held)) in &self.without_boundaries {
            let held: Vec<String> = held
                .iter()
                .rev()
                .map(|level| match level {
                    0 => "the operation".to_owned(),
                    level => format!("level {level}"),
                })
                .collect();
            let (rows, held) = (grouped(*rows), held.join(" or "));
            remarks.push(format!(
                "{rows} rows name an area of level {level}; no boundaries of level {level} are known: they are held at {held}; import them first, then this file again."
            ));
        }
        for (column, count) in &self.masked {
            let report = self.recorder.report.columns.iter().find(|report| report.index == *column);
            let title = report.map(super::report::ColumnReport::title).unwrap_or_default();
            let count = grouped(*count);
            remarks.push(format!(
                "{count} e-mail addresses or phone numbers were cut out of the texts in column {title}."
            ));
        }
        if let Some(year) = self.file_year.filter(|_| self.yearless > 0) {
            let rows = grouped(self.yearless);
            remarks.push(format!(
                "{rows} rows have dates without a year: read as {year}, from the file's name."
            ));
        }
        remarks
    }

    /// One copy of the words about a place for all rows that use them.
    fn share_said(&mut self, said: &Said<'_>) -> Option<Arc<SaidPlace>> {
        let words = || said.codes.iter().chain(&said.names).map(Option::as_deref);
        if words().all(|word| word.is_none()) {
            return None;
        }
        let mut hasher = DefaultHasher::new();
        words().for_each(|word| word.hash(&mut hasher));
        let shared = self.said_places.entry(hasher.finish()).or_insert_with(|| {
            let text = |word: &Option<Cow<'_, str>>| word.as_deref().map(Text::from);
            let (codes, names) = (said.codes.each_ref().map(text), said.names.each_ref().map(text));
            Arc::new(SaidPlace { codes, names })
        });
        Some(shared.clone())
    }

    fn share(&mut self, text: &str) -> Text {
        if let Some(known) = self.texts.get(text) {
            return known.clone();
        }
        let new: Text = text.into();
        self.texts.insert(new.clone());
        new
    }

    /// A hash of every mapped cell after normalising: the same for exact copies (METHODS 1).
    fn fingerprint(&self, cells: SheetRow<'_>, mapped: &[(Field, usize)]) -> u64 {
        let mut hasher = DefaultHasher::new();
        for (field, column) in mapped {
            let cell = cells.cell(*column);
            let style = self.styles[*field as usize];
            let number = match field.role() {
                Role::Number | Role::Degrees => values::number(cell, style.decimal),
                Role::Date => values::day(cell, style.order, false, self.year.or(self.file_year))
                    .map(|day| f64::from(day.0)),
                Role::Text | Role::Code => None,
            };
            match (number, cell) {
                (Some(number), _) => number.to_bits().hash(&mut hasher),
                (None, Cell::Empty) => hasher.write_u8(0),
                (None, Cell::Text(text)) => hash_folded(text, &mut hasher),
                (None, other) => hash_folded(&other.text().unwrap_or_default(), &mut hasher),
            }
            hasher.write_u8(0xff);
        }
        hasher.finish()
    }
}

/// Hashes a text without regard to case, diacritics and blanks; signs count.
fn hash_folded(text: &str, hasher: &mut DefaultHasher) {
    let text = text.trim_matches(crate::formats::sheet::blank);
    if !text.is_ascii() {
        return fold(text).hash(hasher);
    }
    let mut folded = [0u8; 128];
    let (mut filled, mut gap) = (0, false);
    for byte in text.bytes() {
        if byte.is_ascii_whitespace() {
            gap = true;
            continue;
        }
        if filled + 2 > folded.len() {
            hasher.write(&folded[..filled]);
            filled = 0;
        }
        if gap {
            folded[filled] = b' ';
            filled += 1;
            gap = false;
        }
        folded[filled] = byte.to_ascii_lowercase();
        filled += 1;
    }
    hasher.write(&folded[..filled]);
}

/// A part within a group: what the part does not say, the group does.
fn within(own: Group, part: Group) -> Group {
    Group {
        population: match part.population {
            PopulationGroup::All => own.population,
            said => said,
        },
        sex: if part.sex == Sex::All { own.sex } else { part.sex },
        age: if part.age == Age::ALL { own.age } else { part.age },
        disability: match part.disability {
            Disability::All => own.disability,
            said => said,
        },
    }
}

/// A count with a comma before each three digits.
fn grouped(count: u32) -> String {
    let digits = count.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

fn begin(
    kind: Kind,
    file_name: &str,
    book: &Workbook<'_>,
    found: &Found,
    mapping: Mapping,
    profile: &Profile,
) -> Report {
    let format = match book.note.as_str() {
        "" => book.format.to_owned(),
        note => format!("{}, {note}", book.format),
    };
    let mixed = profile.mixed.iter().map(|field| {
        let order = match profile.styles[*field as usize].order {
            values::Order::DayFirst => "day first",
            values::Order::MonthFirst => "month first",
        };
        format!(
            "The dates in {} are written both day first and month first; most decide: {order}. The others are not read.",
            field.name()
        )
    });
    let dots = mapping.columns.iter().filter_map(|column| {
        let field = Field::from_name(column.field.as_deref()?)?;
        (profile.styles[field as usize].dots == Dots::Thousands).then(|| {
            format!(
                "The dots in column {} ({}) are thousands signs: every one has three digits behind it, so 1.500 is read as 1500.",
                column.letters,
                column.title()
            )
        })
    });
    let remarks = mixed.chain(dots).chain(mapping.remarks).collect();
    Report {
        file: file_name.to_owned(),
        kind: kind.name().to_owned(),
        format,
        sheet: book.sheets[found.sheet].name.clone(),
        header_row: found.header_row,
        hxl_row: found.hxl_row,
        first_row: found.first_row,
        choice: found.choice.clone(),
        sheets: found.sheets.clone(),
        remarks,
        columns: mapping.columns,
        dropped_personal: mapping.dropped_personal,
        ..Report::default()
    }
}

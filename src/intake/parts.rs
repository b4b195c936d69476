//! Columns that each count a part of everybody, such as women, boys under 5 or displaced people, or
//! in tables of needs those in need of one sector.
//!
//! Figures of activities are those of the parts where the table has no total of them; beside a
//! total the sum of the parts counts where it is larger or the total is blank (METHODS 12). Either
//! way only parts that share nobody. Population and needs are asked for by group, so all parts are
//! read.

mod blocks;
mod letters;
mod runs;
mod totals;

pub use letters::spelled;

use super::Kind;
use super::against;
use super::columns::{Head, title};
use super::evidence::{Evidence, Trait};
use super::fields::Field;
use super::figures::{self, Figure, Measure, Word};
use super::headers;
use super::slice::Slice;
use super::tags;
use crate::domain::{Age, Disability, Group, PopulationGroup, Sex};

/// A column that counts a part.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Part {
    /// Position in the row.
    pub column: usize,
    pub field: Field,
    pub whom: Whom,
}

/// Whom a column counts: a group, and perhaps only those of one sector or of some months.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Whom {
    pub slice: Slice,
    pub group: Group,
}

impl Whom {
    /// Everybody, of a slice.
    pub fn all(slice: Slice) -> Whom {
        Whom { slice, group: Group::ALL }
    }
}

impl std::fmt::Display for Whom {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.slice {
            Slice::WHOLE => self.group.fmt(f),
            slice if self.group == Group::ALL => slice.fmt(f),
            slice => write!(f, "{slice} {}", self.group),
        }
    }
}

/// A column whose sum with others is compared with the column of their total.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BesideTotal {
    pub field: Field,
    pub total: usize,
    pub column: usize,
}

/// What became of the columns of parts; positions are those of the heads.
#[derive(Debug, Default)]
pub struct Resolved {
    /// Column, field, confidence, and whom a part counts; a total counts all.
    pub used: Vec<(usize, Field, f32, Option<Whom>)>,
    /// Columns whose sum is compared with a total.
    pub beside_total: Vec<BesideTotal>,
    pub notes: Vec<(usize, String)>,
    pub remarks: Vec<String>,
    /// Columns that were taken for a total and are none.
    pub withdrawn: Vec<usize>,
}

/// What figure a column counts, by its header, the header above it and its tag, where its values are
/// numbers.
pub fn of_column(kind: Kind, head: &Head, evidence: &Evidence) -> Option<Figure> {
    // `Severity` is a column of its own, and below `WASH` that of a sector.
    let is_of_sector = |figure: Figure| figure.sector.is_some();
    if matches!(kind, Kind::Sites | Kind::Areas)
        || headers::is_word(kind, &head.header)
            && !(is_severity(&head.header) && figure_of(kind, head).is_some_and(is_of_sector))
    {
        return None;
    }
    let (numbers, phases) = (evidence.share(Trait::Number), evidence.share(Trait::Severity));
    if evidence.filled >= 3 && evidence.share(Trait::Share) >= 0.5 {
        return None;
    }
    let figure = figure_of(kind, head);
    if evidence.filled >= 3 && numbers < 0.7 {
        // Severities may be words, and a part whose measure is said is one with few figures, too.
        let is_clear = |figure: &Figure| match figure.measure {
            Some(Measure::Severity) => numbers + phases >= 0.7,
            measure => figure.is_part() && numbers >= if measure.is_some() { 0.2 } else { 0.5 },
        };
        return figure.filter(is_clear);
    }
    figure
}

/// Why a column that counts a part by its header is not used for it.
pub fn doubt(kind: Kind, head: &Head, evidence: &Evidence) -> Option<&'static str> {
    let few = evidence.filled >= 3 && evidence.share(Trait::Number) < 0.5;
    let is_part = || figure_of(kind, head).is_some_and(|figure| figure.is_part());
    (few && is_part()).then_some("counts a part by its header, but few of its values are numbers")
}

fn is_severity(header: &str) -> bool {
    figures::of_header(header).is_some_and(|figure| figure.measure == Some(Measure::Severity))
}

fn figure_of(kind: Kind, head: &Head) -> Option<Figure> {
    let of_header = |text: &str| figures::of_header_in(kind, text);
    let own = (!head.shared).then(|| of_header(&head.header)).flatten();
    let own = own.or_else(|| behind_a_dash(kind, head));
    // `#beneficiary+age` says that ages stand below, `#reached+age_0_4` whom a figure counts.
    let (fields, closeness) = tags::of_tag(kind, &head.tag);
    let other = closeness > 0 && fields.first().is_some_and(|field| !field.counts_people());
    let tag = figures::of_tag(kind, &head.tag).filter(|_| !other);
    let group = of_header(&head.group);
    let others = head.others.iter().filter_map(|text| of_header(text));
    let parts = [own, tag].into_iter().flatten().chain(others.clone()).find(Figure::is_part);
    let levels = || head.levels.iter().filter_map(|text| of_header(text));
    let said = [own, tag, group].into_iter().flatten().chain(levels());
    let measure = said.into_iter().find_map(|figure| figure.measure);
    let households = [own, tag, group].into_iter().flatten().any(|figure| figure.households);
    // A header in words nobody knows is not made a figure by what stands above it.
    let known = own.is_some() || head.shared || head.header.is_empty();
    if let Some(part) = parts.filter(|_| known || tag.is_some_and(|tag| tag.is_part())) {
        let measure = part.measure.or(measure);
        let part = group.map_or(part, |group| part.of(group));
        return Some(Figure { measure, households: part.households || households, ..part });
    }
    let above = group.or_else(|| {
        let measure = levels().find_map(|figure| figure.measure)?;
        Some(Figure { measure: Some(measure), ..own? })
    });
    let above = above.filter(|_| own.is_some());
    let above = above.filter(|group| group.is_part() || group.measure.is_some())?;
    let own = own?;
    Some(Figure {
        measure: own.measure.or(above.measure),
        households: own.households || above.households,
        ..above
    })
}

/// What the groups above a header that says no measure are of, the nearest that says one.
pub fn measure_above(kind: Kind, head: &Head) -> Option<Measure> {
    let above = std::iter::once(&head.group).chain(&head.levels);
    let above = above.filter_map(|text| figures::of_header_in(kind, text)?.measure).next()?;
    figures::measures(&head.header).is_empty().then_some(above)
}

/// `Students reached - boys`: the part that stands behind a figure in words that nobody need know.
fn behind_a_dash(kind: Kind, head: &Head) -> Option<Figure> {
    if kind != Kind::Activities || head.shared {
        return None;
    }
    let marks = [" - ", " \u{2013} ", ": "];
    let (what, who) = marks.iter().find_map(|mark| head.header.rsplit_once(*mark))?;
    let part = figures::of_header(who).filter(|part| part.is_part() && part.measure.is_none())?;
    match figures::measures(what)[..] {
        [measure] if !figures::is_share(what) => {
            let figure = Figure { measure: Some(measure), ..part };
            let field = figure.field(kind, None)?;
            against::of_header(field, &head.header).is_none().then_some(figure)
        }
        _ => None,
    }
}

/// Of two columns of the same severity the one in numbers comes before the one in words.
pub fn prefer_numbers<'e>(
    figures: &mut Vec<(usize, Figure)>,
    seen: &impl Fn(usize) -> &'e Evidence,
) {
    let in_words = |at: usize| seen(at).share(Trait::Severity) > seen(at).share(Trait::Number);
    let is_severity = |figure: &Figure| figure.measure == Some(Measure::Severity);
    let numbers: Vec<Figure> =
        figures.iter().filter(|(at, _)| !in_words(*at)).map(|(_, figure)| *figure).collect();
    let same =
        |a: &Figure, b: &Figure| is_severity(b) && (a.sector, a.group) == (b.sector, b.group);
    figures.retain(|(at, figure)| {
        let again = is_severity(figure) && in_words(*at);
        !again || !numbers.iter().any(|other| same(figure, other))
    });
}

/// Decides which of the columns of parts are used.
pub fn resolve(
    kind: Kind,
    heads: &[Head],
    found: &[(usize, Figure)],
    column_of: &mut [Option<usize>],
) -> Resolved {
    let mut resolved = Resolved::default();
    // Neither F nor M alone says enough: the others may be under a letter nobody knows.
    let sexes = |sex: Sex| found.iter().any(|(_, figure)| figure.group.sex == sex);
    let half = kind == Kind::Activities && sexes(Sex::Female) != sexes(Sex::Male);
    let (lone, found): (Vec<_>, Vec<_>) = found.iter().copied().partition(|(at, figure)| {
        half && figure.group.sex != Sex::All && letters::is_letter(&heads[*at])
    });
    let note = "one letter, without that of the other sex, does not say whom it counts: not used";
    resolved.notes.extend(lone.into_iter().map(|(at, _)| (at, note.to_owned())));
    let found = &found[..];
    if found.is_empty() {
        return resolved;
    }
    let default = default_measure(kind, found, column_of);
    let by_runs = runs::measures(kind, heads, found, column_of);
    let targets_only = kind == Kind::Needs
        && column_of[Field::Targeted as usize].is_some()
        && column_of[Field::InNeed as usize].is_none()
        && found.iter().all(|(_, figure)| figure.measure.is_none());
    let mut fields: Vec<(usize, Figure, Field)> = Vec::new();
    for (at, figure) in found {
        if targets_only && beside(*at, found, column_of).is_none() {
            let note = "counts people beside those targeted, and does not say that they are in need: not used";
            resolved.notes.push((*at, note.to_owned()));
            continue;
        }
        let unsaid = kind == Kind::Needs && figure.measure.is_none() && figure.sector.is_none();
        let measure = match beside(*at, found, column_of).filter(|_| unsaid) {
            Some(measure) => measure,
            None if unsaid && column_of[Field::InNeed as usize].is_some() => {
                let note = "counts people, and does not say whether they are in need: not used";
                resolved.notes.push((*at, note.to_owned()));
                continue;
            }
            None => {
                let told = by_runs.iter().find(|(part, _)| part == at);
                told.map_or(default, |(_, measure)| *measure)
            }
        };
        match figure.field(kind, Some(measure)) {
            Some(field) => fields.push((*at, *figure, field)),
            None => resolved.notes.push((*at, "counts a part of something else: not used".into())),
        }
    }
    let mut order: Vec<Field> = fields.iter().map(|(.., field)| *field).collect();
    order.sort();
    order.dedup();
    for field in order {
        let of_field = fields.iter().filter(|(.., other)| *other == field);
        let mut columns: Vec<(usize, Figure)> =
            of_field.map(|(at, figure, _)| (*at, *figure)).collect();
        if kind == Kind::Activities {
            blocks::leave_out(heads, field, &mut columns, column_of, &mut resolved);
        }
        if columns.is_empty() {
            continue;
        }
        if column_of[field as usize].is_none()
            && let Some(total) = totals::beside(heads, field, &columns, found, column_of)
        {
            column_of[field as usize] = Some(total);
            resolved.used.push((total, field, 0.7, None));
        }
        one_field(kind, heads, field, &columns, column_of[field as usize], &mut resolved);
    }
    resolved
}

/// What unlabelled parts count: what the labelled ones do, else what the table has a total of, else
/// those reached.
fn default_measure(kind: Kind, found: &[(usize, Figure)], column_of: &[Option<usize>]) -> Measure {
    let has = |field: Field| column_of[field as usize].is_some();
    let mut said = found.iter().filter_map(|(_, figure)| figure.measure);
    if let Some(measure) = said.next()
        && said.all(|other| other == measure)
    {
        return measure;
    }
    match kind {
        Kind::Population => Measure::Population,
        // Nobody says need here: the parts are of the total that is there.
        Kind::Needs if has(Field::Population) && !has(Field::InNeed) => Measure::Population,
        Kind::Needs => Measure::InNeed,
        _ if has(Field::Targeted) && !has(Field::Reached) => Measure::Targeted,
        _ => Measure::Reached,
    }
}

/// What the columns before a part count, as in `Population, Men, Women`.
fn beside(at: usize, found: &[(usize, Figure)], column_of: &[Option<usize>]) -> Option<Measure> {
    const TOTALS: [(Field, Measure); 4] = [
        (Field::Population, Measure::Population),
        (Field::Affected, Measure::Affected),
        (Field::InNeed, Measure::InNeed),
        (Field::Targeted, Measure::Targeted),
    ];
    for before in (0..at).rev() {
        match found.iter().find(|(known, _)| *known == before) {
            Some((_, Figure { measure: Some(measure), .. })) => return Some(*measure),
            Some(_) => {}
            None => {
                let is_here = |(field, _): &&(Field, _)| column_of[*field as usize] == Some(before);
                return TOTALS.iter().find(is_here).map(|(_, measure)| *measure);
            }
        }
    }
    None
}

fn one_field(
    kind: Kind,
    heads: &[Head],
    field: Field,
    columns: &[(usize, Figure)],
    total: Option<usize>,
    resolved: &mut Resolved,
) {
    let name = field.name();
    let (adult, elder) = (adult_age(columns), elder_age(columns));
    let mut used: Vec<(usize, Whom)> = Vec::new();
    for (at, figure) in columns {
        let mut age = age(figure, columns, adult);
        // Beside the elderly and children grown-ups are those between them.
        if figure.word == Some(Word::Grown) && age.from == adult && elder > adult {
            age.to = elder.saturating_sub(1);
        }
        let group = Group { age, ..figure.group };
        let slice = Slice { sector: figure.sector, ..Slice::WHOLE };
        let whom = Whom { slice, group };
        let clash = used.iter().find(|(_, known)| match kind {
            Kind::Activities => overlap(&known.group, &group),
            _ => *known == whom,
        });
        match clash {
            Some((other, _)) => {
                let note = format!(
                    "a part of {name} that shares people with column {}: not used",
                    title(&heads[*other])
                );
                resolved.notes.push((*at, note));
            }
            None => used.push((*at, whom)),
        }
    }
    if let Some(at) = total.filter(|_| kind == Kind::Activities) {
        let total = title(&heads[at]);
        let note = format!(
            "a part of {name}, whose total is column {total}: used only where the parts add up to more"
        );
        resolved.notes.extend(used.iter().map(|(at, _)| (*at, note.clone())));
        let beside =
            |(column, _): &(usize, Whom)| BesideTotal { field, total: at, column: *column };
        resolved.beside_total.extend(used.iter().map(beside));
        let titles: Vec<String> = columns.iter().map(|(at, _)| title(&heads[*at])).collect();
        resolved.remarks.push(format!(
            "Column {total} is the total of {name}; its parts in {} are used only in rows where it is blank or they add up to more.",
            titles.join(", ")
        ));
        return;
    }
    let of = |(at, whom): &(usize, Whom)| (*at, field, 0.85, Some(*whom));
    resolved.used.extend(used.iter().map(of));
    if kind == Kind::Activities {
        let titles: Vec<String> = used.iter().map(|(at, _)| title(&heads[*at])).collect();
        resolved.remarks.push(format!(
            "No column is the total of {name}: each of {} is read as the {name} of its group.",
            titles.join(", ")
        ));
    }
}

/// The age at which grown-ups begin beside the bands of a table, 18 where they do not say.
fn adult_age(columns: &[(usize, Figure)]) -> u8 {
    let ends = columns.iter().map(|(_, figure)| figure.group.age).filter(|age| *age != Age::ALL);
    ends.map(|age| age.to).filter(|to| (14..=24).contains(to)).max().map_or(18, |to| to + 1)
}

/// The age at which the elderly of a table begin; 0 where it does not count them apart, or counts
/// those between by their age: its men and women are all of them.
fn elder_age(columns: &[(usize, Figure)]) -> u8 {
    let from = |(_, figure): &(usize, Figure)| match figure.word {
        Some(Word::Elder) => Some(Age::ELDERLY.from),
        _ => Some(figure.group.age)
            .filter(|age| age.to == Age::OPEN && age.from >= 45)
            .map(|age| age.from),
    };
    let is_between = |(_, figure): &&(usize, Figure)| {
        let age = figure.group.age;
        figure.word.is_none() && age.from >= 14 && age.to != Age::OPEN
    };
    if columns.iter().any(|column| is_between(&column)) {
        return 0;
    }
    columns.iter().filter_map(from).min().unwrap_or(0)
}

fn age(figure: &Figure, columns: &[(usize, Figure)], adult: u8) -> Age {
    let Some(word) = figure.word else { return figure.group.age };
    let is_child = |other: &Figure| {
        matches!(other.word, Some(Word::Child | Word::Infant))
            || other.group.age != Age::ALL && other.group.age.to <= 24
    };
    if word == Word::Grown && !columns.iter().any(|(_, other)| is_child(other)) {
        return Age::ALL;
    }
    // Beside bands of ages `Total women` are all of them, beside `Total girls` the grown-up ones.
    let is_total_child = |(_, other): &(usize, Figure)| other.total && is_child(other);
    if word == Word::Grown && figure.total && !columns.iter().any(is_total_child) {
        return Age::ALL;
    }
    figures::age_of(word, adult)
}

/// Whether two groups may share people.
fn overlap(a: &Group, b: &Group) -> bool {
    let population = a.population == b.population
        || a.population == PopulationGroup::All
        || b.population == PopulationGroup::All;
    let sex = a.sex == b.sex || a.sex == Sex::All || b.sex == Sex::All;
    let age = a.age.from <= b.age.to && b.age.from <= a.age.to;
    let disability = a.disability == b.disability
        || a.disability == Disability::All
        || b.disability == Disability::All;
    population && sex && age && disability
}

//! Columns to fields: by header words, HXL tag, the values themselves, or an explicit word of the
//! sender. Header words win over a disagreeing tag, values win over words they cannot be, and the
//! report says so.

mod alike;
mod by_values;
mod calendars;
mod forms;
mod neighbours;
mod others;
mod phases;
mod rivals;
mod scale;
mod several;
mod slices;
mod thousands;
mod titled;
mod to_date;

pub use self::by_values::NO_NUMBER;
use self::by_values::{by_values, correct_level, doubt};
use self::neighbours::{
    between_levels, by_shape, periods_give_way, prefer_totals, quantities, sectors_as_activities,
    swap_acronyms,
};
pub(super) use self::others::is_bare as counts_others;
use self::phases::Phases;
use self::slices::About;
pub use self::slices::settle as settle_slices;
pub(super) use self::slices::{months_named, without_period};
use self::thousands::Thousands;
use super::against;
use super::evidence::Evidence;
use super::fields::{Field, Role};
use super::figures::{self, Figure, Measure};
use super::headers::{self, lookup};
use super::parts::{self, BesideTotal, Part, Whom};
use super::report::ColumnReport;
use super::slice::Slice;
use super::tags::{is_tag, of_tag, split_tag};
use super::vocabulary::normalise;
use super::{Kind, Options, personal};
use crate::formats::sheet::column_letters;

/// What stands above a column.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Head {
    /// From 0.
    pub index: usize,
    /// The header as written.
    pub header: String,
    /// Other headers of the same column, such as a second language.
    pub others: Vec<String>,
    /// The header together with the group above it, for a header that alone says nothing.
    pub combined: Vec<String>,
    /// What stands above the header and over several columns, such as `People reached`.
    pub group: String,
    /// What stands above in several rows, each by itself, the nearest first: one that is not understood
    /// leaves the others.
    pub levels: Vec<String>,
    /// The header is one merged cell over several columns, so it does not tell them apart.
    pub shared: bool,
    pub tag: String,
}

impl Head {
    /// Notes a group that the header is read together with.
    pub fn combine(&mut self, group: &str) {
        if !self.header.is_empty() && !self.shared {
            self.combined.push(format!("{} {group}", self.header));
            self.combined.push(format!("{group} {}", self.header));
        }
    }
}

/// Which column holds which field, and how every column was understood.
#[derive(Clone, Debug, Default)]
pub struct Mapping {
    pub columns: Vec<ColumnReport>,
    /// Column by `Field as usize`.
    pub column_of: Vec<Option<usize>>,
    /// Columns that each count a part of everybody.
    pub parts: Vec<Part>,
    /// Columns whose sum is compared with a total.
    pub beside_total: Vec<BesideTotal>,
    /// Columns of further places of the level of a field: `District 2` beside `District 1`.
    pub further: Vec<(Field, usize)>,
    /// The people in need are counted by IPC phase.
    pub by_phase: bool,
    /// Fields whose columns all say in their headers that they are in thousands.
    pub thousands: Vec<Field>,
    /// The words of severities are of another scale.
    pub unread_severities: bool,
    /// The unit of the rows is a column that only its values show to be one.
    pub unit_by_values: bool,
    /// What there is to say of the columns as a whole, in a sentence each.
    pub remarks: Vec<String>,
}

impl Mapping {
    /// The months and sectors that columns of figures are about, where they are not about all.
    pub fn slices(&self) -> impl Iterator<Item = Slice> {
        let slices = self.parts.iter().map(|part| part.whom.slice);
        slices.filter(|slice| *slice != Slice::WHOLE)
    }

    /// Every column that the figures of a field are read from.
    pub fn columns_of(&self, field: Field) -> Vec<usize> {
        let parts = self.parts.iter().filter(|part| part.field == field).map(|part| part.column);
        let beside = self.beside_total.iter().filter(|one| one.field == field);
        let beside = beside.map(|one| one.column);
        self.column_of[field as usize].into_iter().chain(parts).chain(beside).collect()
    }
}

/// From this confidence on, header words win over a tag.
const SURE: f32 = 0.85;
/// Below this a column is not what its words say: its values speak against them.
const USED: f32 = 0.3;
/// From this on the whole of a header is what is known.
const NAMED: f32 = 0.88;
/// How sure one is that says which of the people it counts.
const WHICH: f32 = 0.6;
/// The sender's word comes before everything.
const TOLD: f32 = 2.0;

#[derive(Clone, Debug)]
struct Candidate {
    column: usize,
    field: Field,
    confidence: f32,
    reason: String,
}

/// Why a column is what it is: the sender said so, now or for an earlier file of the source.
const SAID: &str = "you said so";
const UNUSED: &str = "you said it is not used";
pub const REMEMBERED: &str = "as corrected before";

/// Whether the reason of a column is the sender's word.
pub fn is_said(reason: &str) -> bool {
    reason == SAID || reason == UNUSED
}

/// Maps columns to the fields of a kind of table. `evidence` is by position in `heads`.
pub fn map(kind: Kind, heads: &[Head], evidence: &[Evidence], options: &Options) -> Mapping {
    let mut candidates = Vec::new();
    let mut notes = vec![String::new(); heads.len()];
    let (mut personal, mut figures) = (Vec::new(), Vec::new());
    let (mut other_calendars, mut remarks_of_others) = (Vec::new(), Vec::new());
    let none = Evidence::default();
    let seen = |at: usize| evidence.get(at).unwrap_or(&none);
    let is_unused = |head: &Head| options.unused.iter().any(|name| says(head, name));
    let is_said = |head: &Head| told(head, options).is_some() || is_unused(head);
    let phases = Phases::find(kind, heads, is_said);
    let mut thousands = Thousands::find(heads, is_said);
    let spelled = parts::spelled(heads);
    let several = several::places(kind, heads, is_said);
    let about: Vec<Option<About>> = heads.iter().map(|head| slices::of_head(kind, head)).collect();
    for (at, head) in heads.iter().enumerate() {
        if super::returned::is_own(&head.header) {
            notes[at] = "of an earlier report: not used".to_owned();
            continue;
        }
        if forms::is_own(kind, heads, at, &seen) && told(head, options).is_none() {
            notes[at] = "what the form says of itself: not used".to_owned();
            continue;
        }
        if let Some(field) = told(head, options) {
            let reason = SAID.to_owned();
            candidates.push(Candidate { column: at, field, confidence: TOLD, reason });
            continue;
        }
        if is_unused(head) {
            notes[at] = UNUSED.to_owned();
            continue;
        }
        if let Some(what) = phases.as_ref().and_then(|phases| phases.of(at)) {
            match what {
                Ok(Some(field)) => {
                    let (column, reason) = (at, because(head));
                    candidates.push(Candidate { column, field, confidence: phases::SURE, reason });
                }
                Ok(None) => {}
                Err(note) => note.clone_into(&mut notes[at]),
            }
            continue;
        }
        if several.iter().any(|(_, others)| others.contains(&at)) {
            continue;
        }
        if let Some(what) = personal::of_column(head, seen(at)) {
            notes[at] =
                format!("looks like personal data ({what}): dropped, nothing of it is kept");
            personal.push(at);
            continue;
        }
        let written = spelled[at].as_ref();
        let written = written.map(|header| Head { header: header.clone(), ..head.clone() });
        let figure = parts::of_column(kind, written.as_ref().unwrap_or(head), seen(at));
        let (figure, read) = slices::plainly(kind, (head, about[at].as_ref()), seen(at), figure);
        if let Some(figure) = figure {
            if figure.is_part() {
                let measure = figure.measure.or(seen(at).counts);
                figures.push((at, Figure { measure, ..figure }));
                continue;
            }
            if let Some(field) = figure.field(kind, None) {
                let reason = format!("header \"{} {}\"", head.group, head.header);
                candidates.push(Candidate { column: at, field, confidence: 0.84, reason });
            }
        }
        thousands.see(kind, at, seen(at));
        let (mut found, note) = of_column(kind, at, read, seen(at));
        if let Some(measure) = parts::measure_above(kind, read) {
            found.retain(|one| !contradicts(one.field, measure));
        }
        let is_time = |field: Field| field.role() == Role::Date || field == Field::Month;
        found.retain(|one| !is_time(one.field) || !to_date::is_figure(head));
        let doubted = parts::doubt(kind, head, seen(at)).filter(|_| found.is_empty());
        notes[at] = doubted.map_or(note, |why| format!("{why}: not used"));
        if calendars::is_other(head, seen(at)) && found.iter().any(|one| is_time(one.field)) {
            found.retain(|one| !is_time(one.field));
            other_calendars.push(calendars::remark(head));
            "dates of another calendar: not used".clone_into(&mut notes[at]);
        }
        candidates.extend(found);
    }
    parts::prefer_numbers(&mut figures, &seen);
    thousands.settle(kind, &mut candidates, &mut figures);
    remarks_of_others.extend(others::set_apart(
        kind,
        heads,
        &mut candidates,
        &mut figures,
        &mut notes,
    ));
    remarks_of_others.extend(titled::settle(
        kind,
        heads,
        options.titled.as_ref(),
        &mut candidates,
        &mut figures,
        &mut notes,
    ));
    prefer_totals(heads, &mut candidates);
    to_date::prefer_later(heads, &mut candidates);
    let slices = slices::set_apart(
        kind,
        (heads, &about),
        options,
        &mut candidates,
        &mut figures,
        &mut notes,
    );
    let unknown = alike::set_apart(kind, heads, &mut candidates, &mut figures, &mut notes);
    let people: Vec<Candidate> =
        candidates.iter().filter(|one| one.field.counts_people()).cloned().collect();
    let mut assigned = assign(kind, heads, &seen, candidates, &mut notes);
    between_levels(kind, heads, &notes, &mut assigned);
    by_shape(kind, heads, &seen, &notes, &figures, &mut assigned);
    sectors_as_activities(kind, &seen, &mut assigned);
    periods_give_way(heads, &mut notes, &mut assigned);
    quantities(kind, heads, &seen, &notes, &figures, &mut assigned);
    let rivals = rivals::settle(kind, heads, &seen, (&people, &figures), &mut assigned, &mut notes);
    let free = |at: usize| {
        let is_part = figures.iter().any(|(part, _)| *part == at);
        !is_part && !slices.has(at) && told(&heads[at], options).is_none() && !is_unused(&heads[at])
    };
    let over_time = to_date::tell(kind, heads, &assigned, free, &mut notes);
    let mut remarks = doubles(heads, &assigned);
    remarks.extend(rivals);
    remarks.extend(over_time);
    remarks.extend(other_calendars);
    remarks.extend(remarks_of_others);
    remarks.extend(slices.remarks.iter().cloned());
    remarks.extend(unknown);
    swap_acronyms(evidence, &mut assigned);
    remarks.extend(implementer_reports(kind, heads, &mut assigned));
    let Assigned { mut taken, mut column_of, .. } = assigned;
    let mut resolved = parts::resolve(kind, heads, &figures, &mut column_of);
    slices.resolve(kind, (heads, &about), &mut resolved);
    for (at, note) in resolved.notes {
        notes[at] = note;
    }
    for at in resolved.withdrawn {
        taken[at] = None;
    }
    remarks.extend(resolved.remarks);
    let summed = sum_of_phases(heads, phases.as_ref(), &column_of, &mut notes);
    remarks.extend(phases.iter().map(|phases| phases.remark(heads)));
    let mut columns: Vec<ColumnReport> = Vec::with_capacity(heads.len());
    for (at, head) in heads.iter().enumerate() {
        columns.push(report(head, taken[at].take(), &notes[at]));
    }
    for at in personal {
        columns[at].personal = columns[at].field.is_none();
    }
    for (at, field, confidence, whom) in &resolved.used {
        let column = &mut columns[*at];
        column.field = Some(field.name().to_owned());
        column.confidence = *confidence;
        column.group = whom.map(|whom| whom.to_string()).unwrap_or_default();
        column.reason = match whom {
            Some(whom) => format!("{}, and counts a part: {whom}", because(&heads[*at])),
            None => "the total of the columns beside it".to_owned(),
        };
    }
    let part = |(at, field, _, whom): &(usize, Field, f32, Option<_>)| {
        Some(Part { column: heads[*at].index, field: *field, whom: (*whom)? })
    };
    let mut parts: Vec<Part> = resolved.used.iter().filter_map(part).collect();
    for at in summed {
        let column = &mut columns[at];
        column.field = Some(Field::InNeed.name().to_owned());
        column.confidence = phases::SURE;
        column.reason =
            format!("{}, and is added to the other phases above 2", because(&heads[at]));
        let whom = Whom::all(Slice::WHOLE);
        parts.push(Part { column: heads[at].index, field: Field::InNeed, whom });
    }
    let further = several::further(heads, &several, &column_of, &mut columns);
    let index = |at: Option<usize>| at.and_then(|at| heads.get(at)).map(|head| head.index);
    let column_of = column_of.into_iter().map(index).collect();
    let by_phase = phases.is_some();
    let beside = resolved.beside_total.iter();
    let beside_total = beside
        .map(|one| BesideTotal {
            total: heads[one.total].index,
            column: heads[one.column].index,
            ..*one
        })
        .collect();
    let mut mapping = Mapping {
        columns,
        column_of,
        parts,
        beside_total,
        further,
        by_phase,
        unit_by_values: false,
        thousands: Vec::new(),
        unread_severities: false,
        remarks,
    };
    let (fields, said) = thousands.fields(heads, &mapping);
    mapping.thousands = fields;
    mapping.remarks.extend(said);
    mapping
}

/// Whether a field of people is none of those that a group says stand below it.
fn contradicts(field: Field, measure: Measure) -> bool {
    match measure {
        Measure::Targeted => matches!(field, Field::Reached | Field::HouseholdsReached),
        Measure::Reached => matches!(field, Field::Targeted | Field::HouseholdsTargeted),
        _ => false,
    }
}

/// The columns of phases that are added up: those there are, unless one column counts all in need.
fn sum_of_phases(
    heads: &[Head],
    phases: Option<&Phases>,
    column_of: &[Option<usize>],
    notes: &mut [String],
) -> Vec<usize> {
    let Some(phases) = phases.filter(|phases| phases.in_need.len() > 1) else { return Vec::new() };
    let Some(total) = column_of[Field::InNeed as usize] else { return phases.in_need.clone() };
    for at in &phases.in_need {
        notes[*at] = format!("a part of column {}: not used", title(&heads[total]));
    }
    Vec::new()
}

/// Columns by field and fields by column, positions in the heads.
struct Assigned {
    taken: Vec<Option<Candidate>>,
    column_of: Vec<Option<usize>>,
    /// Column, the column that has the field it surely also is, and that field.
    doubles: Vec<(usize, usize, Field)>,
}

/// Gives each column one field and each field one column: the surest first; of equals the leftmost.
fn assign<'e>(
    kind: Kind,
    heads: &[Head],
    seen: &impl Fn(usize) -> &'e Evidence,
    mut candidates: Vec<Candidate>,
    notes: &mut [String],
) -> Assigned {
    candidates.sort_by(|a, b| b.confidence.total_cmp(&a.confidence).then(a.column.cmp(&b.column)));
    let mut taken: Vec<Option<Candidate>> = vec![None; heads.len()];
    let mut column_of: Vec<Option<usize>> = vec![None; Field::COUNT];
    let mut doubles = Vec::new();
    let (mut finer, mut of_finer) = (Vec::new(), Vec::new());
    for candidate in candidates {
        let at = candidate.column;
        if taken[at].is_some() {
            continue;
        }
        let Some(other) = column_of[candidate.field as usize] else {
            column_of[candidate.field as usize] = Some(at);
            taken[at] = Some(candidate);
            continue;
        };
        if candidate.confidence >= SURE {
            doubles.push((at, other, candidate.field));
        } else if let Some(next) = finer_field(candidate.field)
            && kind.accepts(next)
            && at > other
        {
            let more = seen(at).distinct * 5 > seen(other).distinct * 6;
            let list = if more { &mut finer } else { &mut of_finer };
            list.push(Candidate { field: next, ..candidate.clone() });
        }
        if notes[at].is_empty() {
            let (name, letters) = (candidate.field.words(), column_letters(heads[other].index));
            notes[at] = format!("also looks like {name}, which is column {letters}: not used");
        }
    }
    // Territory and health zone are both said to be level 2: the one with more places is finer,
    // and with its name goes its code.
    let names: Vec<String> =
        finer.iter().map(|known: &Candidate| headers::noun(&heads[known.column].header)).collect();
    of_finer.retain(|known| names.contains(&headers::noun(&heads[known.column].header)));
    for candidate in finer.into_iter().chain(of_finer) {
        let (at, field) = (candidate.column, candidate.field);
        if taken[at].is_none() && column_of[field as usize].is_none() {
            let reason = format!("{}, finer than the column before it", candidate.reason);
            column_of[field as usize] = Some(at);
            taken[at] =
                Some(Candidate { reason, confidence: candidate.confidence * 0.9, ..candidate });
        }
    }
    doubles.retain(|(at, ..)| taken[*at].is_none());
    doubles.sort_by_key(|(at, ..)| *at);
    doubles.dedup_by_key(|(at, ..)| *at);
    Assigned { taken, column_of, doubles }
}

fn doubles(heads: &[Head], assigned: &Assigned) -> Vec<String> {
    let sentence = |(at, other, field): &(usize, usize, Field)| {
        let (kept, left) = (title(&heads[*other]), title(&heads[*at]));
        format!(
            "Columns {kept} and {left} both look like {}: the first is used, the second is not.",
            field.words()
        )
    };
    // Code and name of the country say the same.
    let told = assigned.doubles.iter().filter(|(.., field)| *field != Field::Country);
    told.map(sentence).collect()
}

/// The same of an area one level down.
fn finer_field(field: Field) -> Option<Field> {
    (1..=3u8).find_map(|level| match field {
        field if Field::area_name(level) == Some(field) => Field::area_name(level + 1),
        field if Field::area_code(level) == Some(field) => Field::area_code(level + 1),
        _ => None,
    })
}

/// Letters and header of a column, such as `C (reached)`.
pub fn title(head: &Head) -> String {
    let written = if head.header.is_empty() { &head.tag } else { &head.header };
    format!("{} ({written})", column_letters(head.index))
}

/// Columns that a sentence names.
const NAMED_AT_MOST: usize = 4;

/// The titles of columns, the first few.
fn names_some(heads: &[Head], columns: &[usize]) -> String {
    let named = columns.iter().take(NAMED_AT_MOST).map(|at| title(&heads[*at]));
    let more = columns.len().checked_sub(NAMED_AT_MOST).filter(|more| *more > 0);
    let named: Vec<String> = named.chain(more.map(|more| format!("{more} more"))).collect();
    named.join(", ")
}

/// Whether a title above a table says that its figures are in thousands.
pub fn says_thousands(title: &str) -> bool {
    scale::is_title(title)
}

/// A radius in kilometres is read as metres.
pub fn kilometres(mapping: &mut Mapping) {
    let name = Field::RadiusM.name();
    let column = mapping.columns.iter_mut().find(|one| one.field.as_deref() == Some(name));
    let Some(column) = column.filter(|column| scale::is_kilometres(&column.header)) else { return };
    column.reason = format!("{}; in kilometres, read as metres", column.reason);
    mapping.thousands.push(Field::RadiusM);
}

/// Why the sender's word on columns cannot be followed: one of them is not there.
pub fn missing(heads: &[Head], options: &Options) -> Option<String> {
    let is_there = |name: &str| heads.iter().any(|head| says(head, name));
    let told = options.columns.iter().map(|(name, _)| name).chain(&options.unused);
    let name = told.into_iter().find(|name| !is_there(name))?;
    let there = heads.iter().map(|head| match (&head.header, &head.tag) {
        (header, _) if !header.is_empty() => header.clone(),
        (_, tag) if !tag.is_empty() => tag.clone(),
        _ => column_letters(head.index),
    });
    let there: Vec<String> = there.take(40).collect();
    Some(format!("There is no column \"{name}\": the table has {}.", there.join(", ")))
}

/// What the sender said about a column, by its header, its tag or its letters.
fn told(head: &Head, options: &Options) -> Option<Field> {
    options.columns.iter().find(|(name, _)| says(head, name)).map(|(_, field)| *field)
}

fn says(head: &Head, name: &str) -> bool {
    let wanted = normalise(name);
    (!wanted.is_empty()
        && (normalise(&head.header) == wanted
            || head.others.iter().any(|other| normalise(other) == wanted)))
        || name.trim().eq_ignore_ascii_case(&column_letters(head.index))
        || (is_tag(name) && split_tag(name) == split_tag(&head.tag))
}

/// Every field a column may be, and what there is to say about it.
fn of_column(kind: Kind, at: usize, head: &Head, evidence: &Evidence) -> (Vec<Candidate>, String) {
    let mut found: Vec<Candidate> = Vec::new();
    let mut note = String::new();
    let mut add = |field: Field, confidence: f32, reason: String| match found
        .iter_mut()
        .find(|known| known.field == field)
    {
        Some(known) if known.confidence >= confidence => {}
        Some(known) => (known.confidence, known.reason) = (confidence, reason),
        None => found.push(Candidate { column: at, field, confidence, reason }),
    };
    let (mut sure, mut speaks_against): (Option<Field>, Option<&str>) = (None, None);
    let own = || std::iter::once(&head.header).chain(&head.others);
    let is_share = own().chain([&head.tag]).any(|text| figures::is_share(text));
    let says_nothing = own().all(|text| lookup(kind, text).is_empty());
    let combined = head.combined.iter().filter(|_| says_nothing);
    let below_households = stands_below_households(head);
    // Together with a group, a header may name a thing in one order only.
    let says_against = |field: Field, text: &String| {
        let mut orders = head.combined.iter().filter(|_| head.combined.contains(text));
        orders.find_map(|other| against::of_header(field, other))
    };
    for text in own().chain(combined).filter(|text| !text.is_empty()) {
        let mut fields = lookup(kind, text);
        if figures::leaves_out_disabled(text) {
            fields.retain(|(field, _)| *field != Field::Disability && !field.counts_people());
            speaks_against = Some(LEAVES_OUT_DISABLED);
        }
        let people = figures::of_header(text).is_some_and(|figure| figure.people);
        if below_households && !people && fields.iter().any(|(field, _)| field.counts_people()) {
            fields = headers::of_households(fields);
            if fields.is_empty() {
                speaks_against = Some(COUNTS_HOUSEHOLDS);
            }
        }
        for (field, weight) in fields {
            // The country of origin is another one than that of the row.
            let in_passing = field == Field::Country && weight < NAMED;
            if in_passing || is_share && field.counts_people() {
                continue;
            }
            if let Some(why) = against::of_header(field, text).or_else(|| says_against(field, text))
            {
                speaks_against = Some(why);
                continue;
            }
            let own = *text == head.header;
            let weight = if head.shared && own { weight * 0.5 } else { weight };
            let weight = if against::says_which(field, text) { weight * WHICH } else { weight };
            // A list of sites has names; elsewhere the name of a site is a location.
            let also = kind == Kind::Sites && field == Field::Location;
            let weight = if also { weight - 0.01 } else { weight };
            if weight >= SURE && sure.is_none() {
                sure = Some(field);
            }
            add(field, weight, format!("header \"{text}\""));
        }
    }
    let (mut tagged, closeness) =
        if head.tag.is_empty() { Default::default() } else { of_tag(kind, &head.tag) };
    if is_share {
        note = "a share, not a number of people: not used".to_owned();
        tagged.retain(|field| !field.counts_people());
    }
    tagged.retain(|field| {
        let why = own().find_map(|text| against::of_header(*field, text));
        speaks_against = speaks_against.or(why);
        why.is_none()
    });
    if let Some(why) = speaks_against {
        why.clone_into(&mut note);
    }
    match sure {
        Some(field) if !tagged.is_empty() && !tagged.contains(&field) => {
            let (words, tag) = (field.words(), tagged[0].words());
            note = format!(
                "the header says {words}, the tag {} says {tag}: the header's words win",
                head.tag
            );
        }
        _ => {
            let fits = |field: &&Field| sure.is_none_or(|sure| **field == sure);
            for (position, field) in tagged.iter().filter(fits).enumerate() {
                let confidence = 0.9 - 0.02 * position as f32 + 0.004 * closeness as f32;
                add(*field, confidence, format!("tag {}", head.tag));
            }
        }
    }
    by_values(kind, evidence, &mut add);
    correct_level(evidence, &mut found);
    doubt(kind, evidence, &mut found);
    let refuted = found.iter().find(|candidate| candidate.confidence < USED);
    let refuted = refuted.map(|refuted| format!("{}: not used", refuted.reason));
    found.retain(|candidate| candidate.confidence >= USED);
    if let Some(refuted) = refuted.filter(|_| note.is_empty() && found.is_empty()) {
        note = refuted;
    } else if !note.is_empty() {
        for candidate in &mut found {
            candidate.reason = format!("{}; {note}", candidate.reason);
        }
    }
    (found, note)
}

/// Why a header that is not understood is neither the disability of a row nor all of its people.
const LEAVES_OUT_DISABLED: &str =
    "seems to leave out people with disabilities, and is not clear: not used";
/// Why a figure below households is not used in a table that has none of them.
const COUNTS_HOUSEHOLDS: &str = "counts households, not people: not used";

/// Whether the nearest of the headers above that names who is counted names households: `Target` below
/// `Households` is no number of people.
fn stands_below_households(head: &Head) -> bool {
    let above = head.levels.iter().chain(std::iter::once(&head.group));
    let mut said = above.filter_map(|text| figures::of_header(text));
    let said = said.find(|figure| figure.households || figure.people);
    said.is_some_and(|figure| figure.households && !figure.people)
}

/// Where no column names who reports, the organisation that does the work does, and its type and
/// acronym are its own; else a type or acronym of the implementing organisation is not the
/// reporting one's.
fn implementer_reports(kind: Kind, heads: &[Head], assigned: &mut Assigned) -> Option<String> {
    let Assigned { taken, column_of, .. } = assigned;
    let at = |field: Field| column_of[field as usize];
    let of_implementer =
        |at: usize| headers::thing(kind, &heads[at].header) == Some(Field::ImplementingPartner);
    let reports = at(Field::Partner).is_none()
        && at(Field::PartnerAcronym).is_none_or(of_implementer)
        && kind == Kind::Activities;
    let implementer = at(Field::ImplementingPartner).filter(|_| reports);
    let Some(implementer) = implementer else {
        for field in [Field::PartnerType, Field::PartnerAcronym] {
            if let Some(at) = column_of[field as usize].filter(|at| of_implementer(*at)) {
                column_of[field as usize] = None;
                taken[at] = None;
            }
        }
        return None;
    };
    column_of[Field::ImplementingPartner as usize] = None;
    column_of[Field::Partner as usize] = Some(implementer);
    if let Some(candidate) = &mut taken[implementer] {
        candidate.field = Field::Partner;
        candidate.reason = format!("{}; no column names who reports", candidate.reason);
    }
    Some(format!(
        "No column names the organisation that reports: the implementing one in column {} does.",
        title(&heads[implementer])
    ))
}

fn because(head: &Head) -> String {
    match (&head.header, &head.tag) {
        (header, _) if !header.is_empty() && !head.shared => format!("header \"{header}\""),
        (header, tag) if tag.is_empty() => {
            let whole = std::iter::once(header).chain(&head.others);
            let whole: Vec<&str> = whole.map(String::as_str).collect();
            format!("header \"{}\"", whole.join(" / "))
        }
        (_, tag) => format!("tag {tag}"),
    }
}

fn report(head: &Head, candidate: Option<Candidate>, note: &str) -> ColumnReport {
    let (field, confidence, reason) = match candidate {
        Some(candidate) => {
            (Some(candidate.field.name().to_owned()), candidate.confidence, candidate.reason)
        }
        None if note.is_empty() => (None, 0.0, "no known header or tag: not used".to_owned()),
        None => (None, 0.0, note.to_owned()),
    };
    ColumnReport {
        index: head.index,
        letters: column_letters(head.index),
        header: head.header.clone(),
        tag: head.tag.clone(),
        field,
        group: String::new(),
        confidence: confidence.min(1.0),
        reason,
        numbers: false,
        personal: false,
        holds: String::new(),
    }
}

#[cfg(test)]
mod tests;

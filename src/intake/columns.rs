//! Columns to fields: by header words, HXL tag, the values themselves, or an explicit word of the
//! sender. Header words win over a disagreeing tag, values win over words they cannot be, and the
//! report says so.

use super::evidence::{Evidence, Trait};
use super::fields::{Field, Role};
use super::figures;
use super::headers::{self, lookup};
use super::parts::{self, Part};
use super::report::ColumnReport;
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
    /// The header is one merged cell over several columns, so it does not tell them apart.
    pub shared: bool,
    pub tag: String,
}

/// Which column holds which field, and how every column was understood.
#[derive(Clone, Debug, Default)]
pub struct Mapping {
    pub columns: Vec<ColumnReport>,
    /// Column by `Field as usize`.
    pub column_of: Vec<Option<usize>>,
    /// Columns that each count a part of everybody.
    pub parts: Vec<Part>,
    pub dropped_personal: Vec<String>,
    /// What there is to say of the columns as a whole, in a sentence each.
    pub remarks: Vec<String>,
}

/// From this confidence on, header words win over a tag.
const SURE: f32 = 0.85;
/// Below this a column is not what its words say: its values speak against them.
const USED: f32 = 0.3;
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
    let (mut dropped, mut figures) = (Vec::new(), Vec::new());
    let none = Evidence::default();
    let seen = |at: usize| evidence.get(at).unwrap_or(&none);
    for (at, head) in heads.iter().enumerate() {
        if super::returned::is_own(&head.header) {
            notes[at] = "of an earlier report: not used".to_owned();
            continue;
        }
        if let Some(field) = told(head, options) {
            let reason = SAID.to_owned();
            candidates.push(Candidate { column: at, field, confidence: TOLD, reason });
            continue;
        }
        if options.unused.iter().any(|name| says(head, name)) {
            notes[at] = UNUSED.to_owned();
            continue;
        }
        if let Some(what) = personal::of_column(head, seen(at)) {
            notes[at] =
                format!("looks like personal data ({what}): dropped, nothing of it is kept");
            let written = if head.header.is_empty() { &head.tag } else { &head.header };
            dropped.push(written.clone());
            continue;
        }
        if let Some(figure) = parts::of_column(kind, head, seen(at)) {
            if figure.is_part() {
                figures.push((at, figure));
                continue;
            }
            if let Some(field) = figure.field(kind, None) {
                let reason = format!("header \"{} {}\"", head.group, head.header);
                candidates.push(Candidate { column: at, field, confidence: 0.84, reason });
            }
        }
        let (found, note) = of_column(kind, at, head, seen(at));
        notes[at] = note;
        candidates.extend(found);
    }
    let mut assigned = assign(kind, heads, &seen, candidates, &mut notes);
    between_levels(kind, heads, &notes, &mut assigned);
    by_shape(kind, heads, &seen, &notes, &figures, &mut assigned);
    sectors_as_activities(kind, &seen, &mut assigned);
    let mut remarks = doubles(heads, &assigned);
    swap_acronyms(evidence, &mut assigned);
    remarks.extend(implementer_reports(kind, heads, &mut assigned));
    let Assigned { mut taken, mut column_of, .. } = assigned;
    let resolved = parts::resolve(kind, heads, &figures, &mut column_of);
    for (at, note) in resolved.notes {
        notes[at] = note;
    }
    remarks.extend(resolved.remarks);
    let mut columns: Vec<ColumnReport> = Vec::with_capacity(heads.len());
    for (at, head) in heads.iter().enumerate() {
        columns.push(report(head, taken[at].take(), &notes[at]));
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
    let parts = resolved.used.iter().filter_map(part).collect();
    let index = |at: Option<usize>| at.and_then(|at| heads.get(at)).map(|head| head.index);
    let column_of = column_of.into_iter().map(index).collect();
    Mapping { columns, column_of, parts, dropped_personal: dropped, remarks }
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
    assigned.doubles.iter().map(sentence).collect()
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
    let mut sure: Option<Field> = None;
    let own = || std::iter::once(&head.header).chain(&head.others);
    let is_share = own().chain([&head.tag]).any(|text| figures::is_share(text));
    let says_nothing = own().all(|text| lookup(kind, text).is_empty());
    let combined = head.combined.iter().filter(|_| says_nothing);
    for text in own().chain(combined).filter(|text| !text.is_empty()) {
        for (field, weight) in lookup(kind, text) {
            if is_share && field.counts_people() {
                continue;
            }
            let own = *text == head.header;
            let weight = if head.shared && own { weight * 0.5 } else { weight };
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
    if let Some(refuted) = found.iter().find(|candidate| candidate.confidence < USED)
        && note.is_empty()
    {
        note = format!("{}: not used", refuted.reason);
    }
    found.retain(|candidate| candidate.confidence >= USED);
    if !note.is_empty() {
        for candidate in &mut found {
            candidate.reason = format!("{}; {note}", candidate.reason);
        }
    }
    (found, note)
}

fn by_values(kind: Kind, evidence: &Evidence, add: &mut impl FnMut(Field, f32, String)) {
    if evidence.filled < 3 {
        return;
    }
    let percent = |share: f32| format!("{:.0} % of its values are", share * 100.);
    for level in 1..=4u8 {
        let (codes, names) =
            (evidence.codes[usize::from(level)], evidence.names[usize::from(level)]);
        if let Some(field) =
            Field::area_code(level).filter(|field| kind.accepts(*field) && codes >= 0.6)
        {
            add(field, 0.96, format!("{} P-codes of level {level}", percent(codes)));
        }
        let best = evidence.names.iter().all(|other| *other <= names);
        if let Some(field) =
            Field::area_name(level).filter(|field| kind.accepts(*field) && names >= 0.7 && best)
        {
            add(field, 0.6, format!("{} names of areas of level {level}", percent(names)));
        }
    }
    let status = if kind == Kind::Sites { Trait::SiteStatus } else { Trait::Status };
    let signs: [(Field, Trait, f32, f32, &str); 10] = [
        (Field::Coordinates, Trait::Coordinates, 0.8, 0.97, "latitude and longitude"),
        (Field::Sector, Trait::Sector, 0.7, 0.6, "sectors"),
        (Field::PartnerType, Trait::PartnerType, 0.8, 0.56, "types of organisations"),
        (Field::Status, status, 0.8, 0.56, "statuses"),
        (Field::PopulationGroup, Trait::Group, 0.8, 0.54, "groups of people"),
        (Field::Sex, Trait::Sex, 0.8, 0.55, "sexes"),
        (Field::Age, Trait::Age, 0.8, 0.53, "ages"),
        (Field::Unit, Trait::Unit, 0.9, 0.52, "units"),
        (Field::Modality, Trait::Modality, 0.9, 0.52, "modalities"),
        (Field::Month, Trait::Month, 0.9, 0.52, "months"),
    ];
    for (field, of, floor, confidence, what) in signs {
        let share = evidence.share(of);
        // One word over and over, such as "total", proves little.
        let varied = evidence.distinct > 1 || matches!(field, Field::Coordinates | Field::Status);
        if share >= floor && varied && kind.accepts(field) {
            add(field, confidence, format!("{} {what}", percent(share)));
        }
    }
}

/// What countries call their levels differs ("district" is level 1 or 2 or 3): where the values are
/// names of another level, they decide.
fn correct_level(evidence: &Evidence, found: &mut [Candidate]) {
    let Some(level) = (1..=4usize).max_by(|a, b| evidence.names[*a].total_cmp(&evidence.names[*b]))
    else {
        return;
    };
    let Some(right) = Field::area_name(level as u8).filter(|_| evidence.names[level] >= 0.5) else {
        return;
    };
    for candidate in found {
        let named = (1..=4u8).find(|level| Field::area_name(*level) == Some(candidate.field));
        let Some(named) = named.filter(|_| candidate.confidence < 0.9) else { continue };
        if evidence.names[usize::from(named)] + 0.3 < evidence.names[level] {
            candidate.field = right;
            candidate.reason =
                format!("{}, and its values are names of level {level}", candidate.reason);
        }
    }
}

/// Words and tags are copied from form to form: where the values cannot be what they say, the
/// column is something else.
fn doubt(kind: Kind, evidence: &Evidence, found: &mut [Candidate]) {
    if evidence.filled < 3 {
        return;
    }
    let numbers = evidence.share(Trait::Number);
    for candidate in found {
        let level = (1..=4u8).find(|level| Field::area_name(*level) == Some(candidate.field));
        if let Some(code) = level.and_then(Field::area_code)
            && evidence.share(Trait::CodeShape) >= 0.9
            && evidence.names.iter().all(|share| *share < 0.1)
        {
            candidate.field = code;
            candidate.reason = format!("{}, and its values look like P-codes", candidate.reason);
            continue;
        }
        let (factor, but) = match (candidate.field, candidate.field.role()) {
            (Field::Latitude, _) if evidence.share(Trait::Latitude) < 0.3 => {
                (0.2, "its values are no latitudes")
            }
            (Field::Longitude, _) if evidence.share(Trait::Longitude) < 0.3 => {
                (0.2, "its values are no longitudes")
            }
            (Field::Coordinates, _) if evidence.share(Trait::Coordinates) < 0.2 => {
                (0.3, "its values are no coordinates")
            }
            (_, Role::Date)
                if evidence.share(Trait::Moment) >= 0.9
                    && evidence.distinct * 10 >= evidence.filled * 9 =>
            {
                (0.2, "its values are the moments at which forms were filled in")
            }
            (_, Role::Number) if numbers == 0.0 => (0.2, "none of its values is a number"),
            (_, Role::Number) if numbers < 0.2 => (0.4, "few of its values are numbers"),
            (_, Role::Date) if evidence.share(Trait::Date) < 0.1 => {
                (0.4, "few of its values are dates")
            }
            (Field::Status, _)
                if kind == Kind::Activities && evidence.share(Trait::Status) < 0.05 =>
            {
                (0.4, "none of its values is a status")
            }
            (Field::PartnerType, _) if evidence.share(Trait::PartnerType) < 0.2 => {
                (0.5, "few of its values are types of organisations")
            }
            (Field::Sector, _)
                if evidence.share(Trait::Sector) == 0.0 && evidence.distinct > 40 =>
            {
                (0.5, "none of its values is a sector")
            }
            (Field::Month, _)
                if evidence.share(Trait::Date).max(evidence.share(Trait::Month)) < 0.1
                    && numbers < 0.5 =>
            {
                (0.4, "none of its values is a month")
            }
            (field, Role::Text | Role::Code) if numbers > 0.9 && names_something(field) => {
                (0.4, "its values are numbers")
            }
            (field, Role::Text)
                if evidence.share(Trait::Coordinates) > 0.8 && field != Field::Coordinates =>
            {
                (0.4, "its values are coordinates")
            }
            _ => continue,
        };
        candidate.confidence *= factor;
        candidate.reason = format!("{}, but {but}", candidate.reason);
    }
}

/// Fields whose values are words and never figures.
fn names_something(field: Field) -> bool {
    matches!(
        field,
        Field::Partner
            | Field::PartnerAcronym
            | Field::PartnerType
            | Field::ImplementingPartner
            | Field::Donor
            | Field::Sector
            | Field::ActivityType
            | Field::Description
            | Field::Location
            | Field::Name
            | Field::Adm1Name
            | Field::Adm2Name
            | Field::Adm3Name
            | Field::Adm4Name
            | Field::Status
            | Field::Modality
            | Field::PopulationGroup
            | Field::Unit
    )
}

/// A zone is of any level; between a column of level 1 and one of level 3 it is of level 2.
fn between_levels(kind: Kind, heads: &[Head], notes: &[String], assigned: &mut Assigned) {
    let level = |candidate: &Option<Candidate>| {
        let field = candidate.as_ref()?.field;
        (1..=4u8).find(|n| [Field::area_name(*n), Field::area_code(*n)].contains(&Some(field)))
    };
    let is_vague =
        |at: usize| matches!(headers::noun(&heads[at].header).as_str(), "zone" | "zona" | "zones");
    for (at, head) in heads.iter().enumerate() {
        if !is_vague(at) || assigned.taken[at].is_some() || !notes[at].is_empty() {
            continue;
        }
        let (before, behind) = assigned.taken.split_at(at);
        let above =
            before.iter().enumerate().rev().find_map(|(at, known)| Some((at, level(known)?)));
        let below = behind.iter().find_map(level);
        let (Some((left, above)), Some(below)) = (above, below) else { continue };
        let middle = match below.saturating_sub(above) {
            2 => above + 1,
            // Its name or code, found just now.
            1 if is_vague(left) => above,
            _ => continue,
        };
        let is_code = headers::is_code(&head.header);
        let field = if is_code { Field::area_code(middle) } else { Field::area_name(middle) };
        let Some(field) = field.filter(|field| kind.accepts(*field)) else { continue };
        if assigned.column_of[field as usize].is_none() {
            assigned.column_of[field as usize] = Some(at);
            let reason = format!("header \"{}\", between the levels beside it", head.header);
            assigned.taken[at] = Some(Candidate { column: at, field, confidence: 0.6, reason });
        }
    }
}

/// Some forms have one column for both: where what is done is named only by its sector, that
/// column is the sector.
fn sectors_as_activities<'e>(
    kind: Kind,
    seen: &impl Fn(usize) -> &'e Evidence,
    assigned: &mut Assigned,
) {
    let column = |field: Field| assigned.column_of[field as usize];
    let (None, Some(at)) = (column(Field::Sector), column(Field::ActivityType)) else { return };
    let evidence = seen(at);
    let sectors = evidence.share(Trait::Sector) >= 0.7 && evidence.distinct > 1;
    if !kind.accepts(Field::Sector) || evidence.filled < 3 || !sectors {
        return;
    }
    assigned.column_of[Field::ActivityType as usize] = None;
    assigned.column_of[Field::Sector as usize] = Some(at);
    if let Some(candidate) = &mut assigned.taken[at] {
        candidate.field = Field::Sector;
        candidate.confidence = 0.7;
        candidate.reason = format!("{}, but its values are sectors", candidate.reason);
    }
}

/// A column called only `P-code` is that of the area named before it. A column that nothing explains
/// and that is full of what P-codes look like is one too, where no boundaries are known that could
/// tell and no other column has codes: two digits a level, as most countries have it.
fn by_shape<'e>(
    kind: Kind,
    heads: &[Head],
    seen: &impl Fn(usize) -> &'e Evidence,
    notes: &[String],
    figures: &[(usize, super::figures::Figure)],
    assigned: &mut Assigned,
) {
    let mut coded = (1..=4u8).filter_map(Field::area_code);
    let has_codes = coded.any(|field| assigned.column_of[field as usize].is_some());
    for (at, note) in notes.iter().enumerate() {
        let evidence = seen(at);
        let free = assigned.taken[at].is_none()
            && note.is_empty()
            && figures.iter().all(|(part, _)| *part != at);
        if !free || evidence.filled > 2 && evidence.share(Trait::CodeShape) < 0.9 {
            continue;
        }
        let named = at.checked_sub(1).and_then(|before| assigned.taken[before].as_ref());
        let named = (1..=4u8)
            .find(|level| named.is_some_and(|known| Field::area_name(*level) == Some(known.field)))
            .filter(|_| headers::is_bare_code(&heads[at].header));
        let shaped = !has_codes && evidence.filled >= 5 && evidence.distinct > 1;
        let length = ((evidence.mean_length - 2.0) / 2.0).floor().clamp(1.0, 4.0) as u8;
        let Some(level) = named.or(shaped.then_some(length)) else { continue };
        let Some(field) = Field::area_code(level).filter(|field| kind.accepts(*field)) else {
            continue;
        };
        if assigned.column_of[field as usize].is_none() {
            let (confidence, reason) = match named {
                Some(_) => (0.75, "codes of the area named in the column before"),
                None => (0.5, "its values look like P-codes, and their length says the level"),
            };
            let reason = reason.to_owned();
            assigned.column_of[field as usize] = Some(at);
            assigned.taken[at] = Some(Candidate { column: at, field, confidence, reason });
        }
    }
}

/// Headers of acronym and name stand the wrong way round in some files; their lengths tell.
fn swap_acronyms(evidence: &[Evidence], assigned: &mut Assigned) {
    let (name, short) = (Field::Partner as usize, Field::PartnerAcronym as usize);
    let Assigned { taken, column_of, .. } = assigned;
    let (Some(names), Some(shorts)) = (column_of[name], column_of[short]) else { return };
    if evidence.len() <= names.max(shorts) {
        return;
    }
    if evidence[shorts].mean_length <= 2.0 * evidence[names].mean_length {
        return;
    }
    column_of.swap(name, short);
    for (at, field) in [(names, Field::PartnerAcronym), (shorts, Field::Partner)] {
        if let Some(candidate) = &mut taken[at] {
            candidate.field = field;
            candidate.confidence = 0.7;
            candidate.reason = format!("{}, but its values say otherwise", candidate.reason);
        }
    }
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
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(index: usize, header: &str, tag: &str) -> Head {
        Head { index, header: header.to_owned(), tag: tag.to_owned(), ..Head::default() }
    }

    fn mapped(heads: &[Head]) -> Vec<Option<String>> {
        let mapping = map(Kind::Activities, heads, &[], &Options::default());
        mapping.columns.into_iter().map(|column| column.field).collect()
    }

    fn check(heads: &[(&str, &str)], fields: &[&str]) {
        let heads: Vec<_> = heads.iter().enumerate().map(|(at, (h, t))| head(at, h, t)).collect();
        let found: Vec<_> = mapped(&heads).into_iter().map(Option::unwrap_or_default).collect();
        assert_eq!(found, fields);
    }

    #[test]
    fn the_words_of_a_header_win_over_a_disagreeing_tag() {
        let heads = [head(0, "Lead Organization", "#org +funder +name")];
        let mapping = map(Kind::Activities, &heads, &[], &Options::default());
        assert_eq!(mapping.columns[0].field.as_deref(), Some("partner"));
        assert!(mapping.columns[0].reason.contains("words win"), "{}", mapping.columns[0].reason);
    }

    #[test]
    fn the_order_and_blanks_of_tags_do_not_matter() {
        check(
            &[
                ("", "#name + adm2"),
                ("", "#adm2 +name"),
                ("", "#adm2+ v_pcode +code\t"),
                ("", "#sector\t"),
            ],
            &["", "adm2_name", "adm2_pcode", "sector"],
        );
        check(
            &[("", "#org+reporting"), ("", "#org+reporting+name")],
            &["partner_acronym", "partner"],
        );
    }

    #[test]
    fn headers_are_known_in_five_languages() {
        check(
            &[
                ("Organização líder", ""),
                ("Setor", ""),
                ("Data de início", ""),
                ("Personas alcanzadas", ""),
                ("Ménages ciblés", ""),
                ("المحافظة", ""),
                ("admin2Pcode", ""),
                ("ADMIN 3", ""),
            ],
            &[
                "partner",
                "sector",
                "start_date",
                "reached",
                "households_targeted",
                "adm1_name",
                "adm2_pcode",
                "adm3_name",
            ],
        );
    }

    #[test]
    fn a_merged_header_over_several_columns_lets_the_tags_tell_them_apart() {
        let shared =
            |index, header: &str, tag: &str| Head { shared: true, ..head(index, header, tag) };
        let heads = [
            shared(0, "Nb of Beneficiaries assisted", "#targeted +hh"),
            shared(1, "Nb of Beneficiaries assisted", "#targeted +ind +num"),
            shared(2, "Nb of Beneficiaries assisted", "#reached +hh"),
            shared(3, "Nb of Beneficiaries assisted", "#reached +ind +num"),
        ];
        let found: Vec<_> = mapped(&heads).into_iter().map(Option::unwrap_or_default).collect();
        assert_eq!(found, ["households_targeted", "targeted", "households_reached", "reached"]);
    }

    #[test]
    fn personal_data_are_dropped_and_the_sender_can_say_what_a_column_is() {
        let heads = [head(0, "Focal point", ""), head(1, "E-mail", ""), head(2, "Mystery", "")];
        let options =
            Options { columns: vec![("mystery".into(), Field::Reached)], ..Options::default() };
        let mapping = map(Kind::Activities, &heads, &[], &options);
        assert_eq!(mapping.dropped_personal, ["Focal point", "E-mail"]);
        assert_eq!(mapping.column_of[Field::Reached as usize], Some(2));
    }

    #[test]
    fn of_two_columns_that_mean_the_same_the_second_is_named_as_not_used() {
        let heads = [head(0, "reached", ""), head(1, "sector", ""), head(2, "Reached", "")];
        let mapping = map(Kind::Activities, &heads, &[], &Options::default());
        assert_eq!(mapping.column_of[Field::Reached as usize], Some(0));
        assert!(mapping.columns[2].reason.contains("column A: not used"));
        assert_eq!(
            mapping.remarks,
            [
                "Columns A (reached) and C (Reached) both look like reached: the first is used, the second is not."
            ]
        );
    }

    #[test]
    fn shares_are_no_people_and_refuted_columns_are_not_used() {
        check(
            &[("% targeted", "#targeted+percentage"), ("Targeted 2017", "#targeted")],
            &["", "targeted"],
        );
        check(&[("Year", "#date+year"), ("", "#date+quarter")], &["year", ""]);
        let heads = [head(0, "Facility Location / altitude", ""), head(1, "Start", "")];
        let numbers = Evidence::of(9, 9);
        let clock = numbers.clone().with(Trait::Date, 1.0).with(Trait::Moment, 1.0);
        let evidence = [numbers.with(Trait::Number, 1.0), clock];
        let mapping = map(Kind::Sites, &heads, &evidence, &Options::default());
        assert_eq!(mapping.columns.iter().filter(|column| column.field.is_some()).count(), 0);
        assert!(mapping.columns[1].reason.contains("filled in"), "{:?}", mapping.columns[1]);
    }

    #[test]
    fn the_spanish_estado_is_a_place_where_its_values_are_no_statuses() {
        let heads = [head(0, "Estado", ""), head(1, "Estado_PCODE", ""), head(2, "Sector", "")];
        let places = Evidence::of(9, 5);
        let mapping =
            map(Kind::Activities, &heads, std::slice::from_ref(&places), &Options::default());
        let fields: Vec<_> = mapping.columns.iter().flat_map(|c| c.field.as_deref()).collect();
        assert_eq!(fields, ["adm1_name", "adm1_pcode", "sector"]);
        let mapping =
            map(Kind::Activities, &heads, &[places.with(Trait::Status, 0.9)], &Options::default());
        assert_eq!(mapping.columns[0].field.as_deref(), Some("status"));
    }

    #[test]
    fn households_in_brackets_are_never_people() {
        check(
            &[
                ("Beneficiaries reached (HH)", ""),
                ("Cible (ménages)", ""),
                ("Reached (individuals)", ""),
            ],
            &["households_reached", "households_targeted", "reached"],
        );
        let heads = [head(0, "Latitude", ""), head(1, "Capacity (HH)", ""), head(2, "Lon", "")];
        let mapping = map(Kind::Sites, &heads, &[], &Options::default());
        assert_eq!(mapping.columns[1].field, None);
    }

    #[test]
    fn a_zone_between_a_region_and_a_woreda_is_of_the_level_between() {
        check(
            &[
                ("Region", ""),
                ("Region p-code", ""),
                ("Zone", ""),
                ("Zone p-code", ""),
                ("Woreda", ""),
            ],
            &["adm1_name", "adm1_pcode", "adm2_name", "adm2_pcode", "adm3_name"],
        );
        check(&[("Zone", ""), ("Sector", "")], &["", "sector"]);
    }

    #[test]
    fn a_column_of_activities_that_holds_sectors_is_the_sector() {
        let heads = [head(0, "Society", ""), head(1, "Activity", "")];
        let seen = Evidence::of(9, 4);
        let evidence = [Evidence::default(), seen.with(Trait::Sector, 0.8)];
        let mapping = map(Kind::Activities, &heads, &evidence, &Options::default());
        let fields: Vec<_> = mapping.columns.iter().map(|column| column.field.clone()).collect();
        assert_eq!(fields, [Some("partner".to_owned()), Some("sector".to_owned())]);
    }

    #[test]
    fn a_column_the_sender_names_must_be_there() {
        let heads = [head(0, "Who", ""), head(1, "Where", "")];
        let told = |name: &str| Options {
            columns: vec![(name.into(), Field::Partner)],
            ..Options::default()
        };
        assert_eq!(missing(&heads, &told("who")), None);
        assert_eq!(missing(&heads, &told("B")), None);
        let sentence = missing(&heads, &told("Whom")).unwrap_or_default();
        assert_eq!(sentence, "There is no column \"Whom\": the table has Who, Where.");
    }

    #[test]
    fn our_own_templates_are_understood_in_full() {
        for (kind, _) in Kind::TABLE {
            let fields = kind.template();
            let heads: Vec<_> = fields
                .iter()
                .enumerate()
                .map(|(at, field)| head(at, field.name(), field.def().hxl))
                .collect();
            let mapping = map(*kind, &heads, &[], &Options::default());
            for (at, field) in fields.iter().enumerate() {
                assert_eq!(
                    mapping.column_of[*field as usize],
                    Some(at),
                    "{kind:?} {}",
                    field.name()
                );
            }
            let tags_only: Vec<_> = fields
                .iter()
                .enumerate()
                .map(|(at, field)| head(at, "", field.def().hxl))
                .collect();
            let mapping = map(*kind, &tags_only, &[], &Options::default());
            for (at, field) in fields.iter().enumerate() {
                assert_eq!(
                    mapping.column_of[*field as usize],
                    Some(at),
                    "{kind:?} {}",
                    field.def().hxl
                );
            }
        }
    }
}

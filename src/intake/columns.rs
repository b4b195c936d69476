//! Columns to fields: by header words, HXL tag, the values themselves, or an explicit word of the
//! sender. Header words win over a disagreeing tag, and the report says so.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::fields::Field;
use super::report::ColumnReport;
use super::vocabulary::{normalise, personal, rows};
use super::{Kind, Options};
use crate::formats::sheet::column_letters;

/// What stands above a column.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Head {
    /// From 0.
    pub index: usize,
    /// The header as written.
    pub header: String,
    /// Other headers of the same column: a second language, or the group with its part.
    pub others: Vec<String>,
    /// The header is one merged cell over several columns, so it does not tell them apart.
    pub shared: bool,
    pub tag: String,
}

/// What the first values of a column look like; shares of the filled cells, 0 to 1.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Evidence {
    pub filled: u32,
    /// Known P-codes, by level 1-4.
    pub codes: [f32; 5],
    /// Known names of areas, by level 1-4.
    pub names: [f32; 5],
    pub sectors: f32,
    pub emails: f32,
    pub phones: f32,
    pub mean_length: f32,
}

/// Which column holds which field, and how every column was understood.
#[derive(Clone, Debug, Default)]
pub struct Mapping {
    pub columns: Vec<ColumnReport>,
    /// Column by `Field as usize`.
    pub column_of: Vec<Option<usize>>,
    pub dropped_personal: Vec<String>,
    /// Columns that are left out because another one is surely the same, in a sentence each.
    pub doubles: Vec<String>,
}

/// From this confidence on, header words win over a tag.
const SURE: f32 = 0.85;

#[derive(Clone, Debug)]
struct Candidate {
    column: usize,
    field: Field,
    confidence: f32,
    reason: String,
}

/// Maps columns to the fields of a kind of table. `evidence` is by position in `heads`.
pub fn map(kind: Kind, heads: &[Head], evidence: &[Evidence], options: &Options) -> Mapping {
    let mut candidates = Vec::new();
    let mut notes = vec![String::new(); heads.len()];
    let mut dropped = Vec::new();
    let none = Evidence::default();
    for (at, head) in heads.iter().enumerate() {
        let evidence = evidence.get(at).unwrap_or(&none);
        if let Some(field) = told(head, options) {
            let reason = "you said so".to_owned();
            candidates.push(Candidate { column: at, field, confidence: 1.0, reason });
            continue;
        }
        if options.unused.iter().any(|name| says(head, name)) {
            notes[at] = "you said it is not used".to_owned();
            continue;
        }
        if let Some(what) = personal_data(head, evidence) {
            notes[at] =
                format!("looks like personal data ({what}): dropped, nothing of it is kept");
            dropped.push(if head.header.is_empty() {
                head.tag.clone()
            } else {
                head.header.clone()
            });
            continue;
        }
        let (found, note) = of_column(kind, at, head, evidence);
        notes[at] = note;
        candidates.extend(found);
    }
    // The surest first; of equals the leftmost column.
    candidates.sort_by(|a, b| b.confidence.total_cmp(&a.confidence).then(a.column.cmp(&b.column)));
    let mut taken: Vec<Option<Candidate>> = vec![None; heads.len()];
    let mut column_of: Vec<Option<usize>> = vec![None; Field::COUNT];
    let mut doubles = Vec::new();
    for candidate in candidates {
        let at = candidate.column;
        if taken[at].is_some() {
            continue;
        }
        match column_of[candidate.field as usize] {
            None => {
                column_of[candidate.field as usize] = Some(at);
                taken[at] = Some(candidate);
            }
            Some(other) => {
                if candidate.confidence >= SURE {
                    doubles.push((at, other, candidate.field));
                }
                if notes[at].is_empty() {
                    let name = candidate.field.name();
                    let letters = column_letters(heads[other].index);
                    notes[at] =
                        format!("also looks like {name}, which is column {letters}: not used");
                }
            }
        }
    }
    doubles.retain(|(at, ..)| taken[*at].is_none());
    doubles.sort_by_key(|(at, ..)| *at);
    doubles.dedup_by_key(|(at, ..)| *at);
    let doubles = doubles.into_iter().map(|(at, other, field)| {
        let (kept, left) = (title(&heads[other]), title(&heads[at]));
        format!(
            "Columns {kept} and {left} both look like {}: the first is used, the second is not.",
            field.name()
        )
    });
    let doubles = doubles.collect();
    swap_acronyms(heads.len(), evidence, &mut column_of, &mut taken);
    let columns =
        heads.iter().enumerate().map(|(at, head)| report(head, taken[at].take(), &notes[at]));
    let columns = columns.collect();
    let column_of = column_of
        .into_iter()
        .map(|at| at.and_then(|at| heads.get(at)).map(|head| head.index))
        .collect();
    Mapping { columns, column_of, dropped_personal: dropped, doubles }
}

/// Letters and header of a column, such as `C (reached)`.
fn title(head: &Head) -> String {
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

/// Field and confidence of the best header words, for the search for the header row.
pub fn words(kind: Kind, header: &str) -> Option<(Field, f32)> {
    let found = lookup(kind, header);
    found.into_iter().max_by(|a, b| a.1.total_cmp(&b.1))
}

/// Whether a cell is an HXL tag, such as `#adm1 +code`, and not a failed formula's `#VALUE!`.
pub fn is_tag(text: &str) -> bool {
    let text = text.trim();
    if text.contains(['!', '/']) || text == "#NAME?" {
        return false;
    }
    let mut signs = text.chars();
    signs.next() == Some('#')
        && signs.next().is_some_and(|c| c.is_ascii_alphabetic())
        && text.chars().count() < 80
}

/// The fields of a tag for a kind of table, the likeliest first, and how closely the tag fits.
pub fn of_tag(kind: Kind, tag: &str) -> (Vec<Field>, usize) {
    let (name, attributes) = split_tag(tag);
    let mut best: Option<(usize, &[Field])> = None;
    for pattern in TAGS.iter().filter(|pattern| pattern.name == name) {
        let fits = pattern.with.iter().all(|attribute| attributes.iter().any(|a| a == attribute))
            && !pattern.without.iter().any(|attribute| attributes.iter().any(|a| a == attribute));
        let useful = pattern.fields.iter().any(|field| kind.accepts(*field));
        let weight = pattern.with.len();
        if fits && useful && best.is_none_or(|(most, _)| weight > most) {
            best = Some((weight, &pattern.fields));
        }
    }
    let (weight, fields) = best.unwrap_or_default();
    let mut fields: Vec<_> = fields.iter().copied().filter(|field| kind.accepts(*field)).collect();
    // `#loc+name` is the name of a site in a list of sites, a location elsewhere.
    fields.sort_by_key(|field| !kind.template().contains(field));
    (fields, weight)
}

struct TagPattern {
    name: &'static str,
    with: Vec<&'static str>,
    without: Vec<&'static str>,
    fields: Vec<Field>,
}

static TAGS: LazyLock<Vec<TagPattern>> = LazyLock::new(|| {
    let pattern = |row: Vec<&'static str>| {
        let [text, fields, ..] = row[..] else { return None };
        let end = text.find(['+', '-']).unwrap_or(text.len());
        let (mut with, mut without) = (Vec::new(), Vec::new());
        let mut rest = &text[end..];
        while let Some(sign) = rest.chars().next() {
            let tail = &rest[1..];
            let stop = tail.find(['+', '-']).unwrap_or(tail.len());
            if sign == '+' {
                with.push(&tail[..stop])
            } else {
                without.push(&tail[..stop])
            }
            rest = &tail[stop..];
        }
        let fields = fields.split('|').filter_map(Field::from_name).collect();
        Some(TagPattern { name: &text[..end], with, without, fields })
    };
    rows(include_str!("../../data/vocabulary/tags.csv")).filter_map(pattern).collect()
});

/// Words to fields with the confidence each deserves; longest entry in words.
static HEADERS: LazyLock<HashMap<String, Vec<(Field, f32)>>> = LazyLock::new(|| {
    let mut headers: HashMap<String, Vec<(Field, f32)>> = HashMap::new();
    for row in rows(include_str!("../../data/vocabulary/headers.csv")) {
        let [words, field, weight, ..] = row[..] else { continue };
        let (Some(field), Ok(weight)) = (Field::from_name(field), weight.parse()) else { continue };
        let entry = headers.entry(normalise(words)).or_default();
        if !entry.iter().any(|(known, _)| *known == field) {
            entry.push((field, weight));
        }
    }
    for def in super::fields::FIELDS {
        let entry = headers.entry(normalise(def.name)).or_default();
        entry.retain(|(known, _)| *known != def.field);
        entry.push((def.field, 1.0));
    }
    headers
});

fn split_tag(tag: &str) -> (String, Vec<String>) {
    let plain: String =
        tag.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect();
    let mut parts = plain.split('+').map(str::to_owned);
    let name = parts.next().unwrap_or_default();
    (name, parts.filter(|part| !part.is_empty()).collect())
}

/// What the sender said about a column: by its header, its tag or its letters.
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

fn personal_data(head: &Head, evidence: &Evidence) -> Option<&'static str> {
    let by_header =
        std::iter::once(&head.header).chain(&head.others).find_map(|text| personal(text));
    if by_header.is_some() {
        return by_header;
    }
    if split_tag(&head.tag).0 == "#contact" {
        return Some("contact");
    }
    if evidence.filled >= 3 && evidence.emails > 0.5 {
        return Some("e-mail address");
    }
    (evidence.filled >= 3 && evidence.phones > 0.6).then_some("phone number")
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
    for text in std::iter::once(&head.header).chain(&head.others).filter(|text| !text.is_empty()) {
        for (field, weight) in lookup(kind, text) {
            let own = *text == head.header;
            let weight = if head.shared && own { weight * 0.5 } else { weight };
            if weight >= SURE && sure.is_none() {
                sure = Some(field);
            }
            add(field, weight, format!("header \"{text}\""));
        }
    }
    let (tagged, closeness) =
        if head.tag.is_empty() { Default::default() } else { of_tag(kind, &head.tag) };
    match sure {
        Some(field) if !tagged.is_empty() && !tagged.contains(&field) => {
            let (words, tag) = (field.name(), tagged[0].name());
            note = format!(
                "the header says {words}, the tag {} says {tag}: the header's words win",
                head.tag
            );
        }
        _ => {
            for (position, field) in tagged.iter().enumerate() {
                let confidence = 0.9 - 0.02 * position as f32 + 0.004 * closeness as f32;
                add(*field, confidence, format!("tag {}", head.tag));
            }
        }
    }
    by_values(kind, evidence, &mut add);
    correct_level(evidence, &mut found);
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
    for level in 1..=4u8 {
        let (codes, names) =
            (evidence.codes[usize::from(level)], evidence.names[usize::from(level)]);
        if let Some(field) =
            Field::area_code(level).filter(|field| kind.accepts(*field) && codes >= 0.6)
        {
            add(
                field,
                0.96,
                format!("{:.0} % of its values are P-codes of level {level}", codes * 100.),
            );
        }
        let best = evidence.names.iter().all(|other| *other <= names);
        if let Some(field) =
            Field::area_name(level).filter(|field| kind.accepts(*field) && names >= 0.7 && best)
        {
            add(
                field,
                0.6,
                format!("{:.0} % of its values are names of areas of level {level}", names * 100.),
            );
        }
    }
    if evidence.sectors >= 0.7 && kind.accepts(Field::Sector) {
        add(
            Field::Sector,
            0.6,
            format!("{:.0} % of its values are sectors", evidence.sectors * 100.),
        );
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

/// Fields of a header: as a whole, its parts, or a known phrase within it.
fn lookup(kind: Kind, header: &str) -> Vec<(Field, f32)> {
    let accepted = |key: &str, factor: f32| -> Vec<(Field, f32)> {
        let entries = HEADERS.get(key).map(Vec::as_slice).unwrap_or_default();
        let fit = entries.iter().filter(|(field, _)| kind.accepts(*field));
        fit.map(|(field, weight)| (*field, weight * factor)).collect()
    };
    let whole = normalise(header);
    let exact = accepted(&whole, 1.0);
    if !exact.is_empty() {
        return exact;
    }
    for tail in [" name", " nom", " nome", " nombre"] {
        if let Some(stem) = whole.strip_suffix(tail) {
            let found = accepted(stem, 0.98);
            if found.iter().any(|(field, _)| Field::area_name(1) <= Some(*field)) {
                return found;
            }
        }
    }
    // A header in two languages, or with an explanation: "Governorate - المحافظة".
    let parts = header.split(['/', '(', ')', '|', '\n', ':']).flat_map(|part| part.split(" - "));
    let mut found: Vec<(Field, f32)> = Vec::new();
    for part in parts {
        found.extend(accepted(&normalise(part), 0.95));
    }
    if !found.is_empty() {
        return found;
    }
    let tokens: Vec<&str> = whole.split(' ').collect();
    if tokens.len() > 8 {
        return Vec::new();
    }
    for length in (1..tokens.len().min(6)).rev() {
        for phrase in tokens.windows(length) {
            let key = phrase.join(" ");
            if key.chars().count() < 4 {
                continue;
            }
            let factor = 0.5 + 0.35 * length as f32 / tokens.len() as f32;
            let phrase = accepted(&key, factor);
            found.extend(phrase.into_iter().filter(|(_, weight)| *weight >= 0.5));
        }
        if !found.is_empty() {
            return found;
        }
    }
    found
}

/// Headers of acronym and name stand the wrong way round in some files; their lengths tell.
fn swap_acronyms(
    columns: usize,
    evidence: &[Evidence],
    column_of: &mut [Option<usize>],
    taken: &mut [Option<Candidate>],
) {
    let (name, short) = (Field::Partner as usize, Field::PartnerAcronym as usize);
    let (Some(names), Some(shorts)) = (column_of[name], column_of[short]) else { return };
    if columns == 0 || evidence.len() <= names.max(shorts) {
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
        confidence,
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
            mapping.doubles,
            [
                "Columns A (reached) and C (Reached) both look like reached: the first is used, the second is not."
            ]
        );
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

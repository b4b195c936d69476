//! Columns that look equally like one figure of people, each with words of its own that nobody knows:
//! `Reached with cash` and `Reached in kind`. One of them would be a part of everybody. The one that
//! says that it is the total is read, else none.

use super::{Assigned, Candidate, Head, TOLD, title, to_date};
use crate::intake::Kind;
use crate::intake::evidence::{Evidence, Trait};
use crate::intake::fields::Field;
use crate::intake::figures::{self, Figure, Measure, Role};
use crate::intake::headers::is_exact;
use crate::intake::vocabulary::normalise;

/// What is less sure than this is less like the figure.
const EQUAL: f32 = 0.1;
/// Columns that a sentence names.
const NAMED: usize = 8;
const FIGURES: [Field; 4] =
    [Field::Reached, Field::Targeted, Field::HouseholdsReached, Field::HouseholdsTargeted];

/// Reads the total of such columns, or none of them; what there is to say of it. `people` are the
/// candidates for figures of people.
pub(super) fn settle<'e>(
    kind: Kind,
    heads: &[Head],
    seen: &impl Fn(usize) -> &'e Evidence,
    (people, parts): (&[Candidate], &[(usize, Figure)]),
    assigned: &mut Assigned,
    notes: &mut [String],
) -> Vec<String> {
    if kind == Kind::Population {
        return unclear(kind, heads, seen, people, assigned).into_iter().collect();
    }
    let figures = FIGURES.into_iter().filter(|_| kind == Kind::Activities);
    // Parts beside them are of the one that is read: what they add up to is seen elsewhere.
    let has_parts = |field: Field| {
        let of_field = |part: &Figure| part.field(kind, Some(Measure::Reached)) == Some(field);
        parts.iter().any(|(_, part)| of_field(part))
    };
    let of_figure = |field: Field| {
        let all = alike(field, kind, heads, seen, people, assigned)?;
        settle_one(kind, heads, &all, has_parts(field), assigned, notes)
    };
    figures.filter_map(of_figure).collect()
}

/// The columns that look like a figure, that which has it first; `None` where its header is nothing
/// but that, or they are of different times.
fn alike<'c, 'e>(
    field: Field,
    kind: Kind,
    heads: &[Head],
    seen: &impl Fn(usize) -> &'e Evidence,
    people: &'c [Candidate],
    assigned: &Assigned,
) -> Option<Vec<&'c Candidate>> {
    let kept = assigned.column_of[field as usize]?;
    let first = people.iter().find(|one| one.field == field && one.column == kept)?;
    let holds_figures = |at: usize| {
        let numbers = seen(at).filled < 3 || seen(at).share(Trait::Number) >= 0.5;
        numbers && (seen(at).filled > 0 || seen(kept).filled == 0)
    };
    let is_other = |one: &&Candidate| {
        let free = one.column != kept && assigned.taken[one.column].is_none();
        one.field == field && free && holds_figures(one.column)
    };
    let all: Vec<&Candidate> =
        std::iter::once(first).chain(people.iter().filter(is_other)).collect();
    let is_said = all.iter().any(|one| one.confidence >= TOLD);
    let is_timed = all.iter().any(|one| to_date::span(&heads[one.column]).is_some());
    let is_open = all.len() > 1 && !is_said && !is_timed;
    (is_open && says_more(kind, heads, first, &all)).then_some(all)
}

fn settle_one(
    kind: Kind,
    heads: &[Head],
    all: &[&Candidate],
    has_parts: bool,
    assigned: &mut Assigned,
    notes: &mut [String],
) -> Option<String> {
    let kept = *all.first()?;
    let field = kept.field;
    let plain: Vec<&Candidate> =
        all.iter().copied().filter(|one| !says_more(kind, heads, one, all)).collect();
    let close: Vec<&Candidate> =
        all.iter().copied().filter(|one| one.confidence + EQUAL >= kept.confidence).collect();
    let among = if plain.is_empty() { &close } else { &plain };
    let mut totals = among.iter().filter(|one| says_total(&heads[one.column]));
    let total = totals.next().filter(|_| totals.next().is_none());
    let chosen = match &among[..] {
        [_] if plain.is_empty() => return None,
        [one] => Some(*one),
        _ => total.copied(),
    };
    if chosen.is_some_and(|chosen| chosen.column == kept.column) || chosen.is_none() && has_parts {
        return None;
    }
    assigned.doubles.retain(|(.., of)| *of != field);
    assigned.taken[kept.column] = None;
    assigned.column_of[field as usize] = chosen.map(|chosen| chosen.column);
    let name = field.words();
    if let Some(chosen) = chosen {
        assigned.taken[chosen.column] = Some(chosen.clone());
        notes[chosen.column].clear();
        let title = title(&heads[chosen.column]);
        for one in all.iter().filter(|one| one.column != chosen.column) {
            notes[one.column] =
                format!("also looks like {name}, which is column {title}: not used");
        }
        return None;
    }
    for one in all {
        notes[one.column] = format!(
            "looks like {name} as other columns do, and nothing says which counts everybody: not used"
        );
    }
    let mut columns: Vec<usize> = all.iter().map(|one| one.column).collect();
    columns.sort_unstable();
    let titles = columns.iter().take(NAMED).map(|at| title(&heads[*at]));
    let more = columns.len().checked_sub(NAMED).filter(|more| *more > 0);
    let titles: Vec<String> = titles.chain(more.map(|more| format!("{more} more"))).collect();
    Some(format!(
        "Columns {} look equally like {name}, and nothing says which of them counts everybody: none is read. Say which does, or give a column with the total.",
        titles.join(", ")
    ))
}

/// That another column may be the people of a place as well as the one that is read.
fn unclear<'e>(
    kind: Kind,
    heads: &[Head],
    seen: &impl Fn(usize) -> &'e Evidence,
    people: &[Candidate],
    assigned: &Assigned,
) -> Option<String> {
    let all = alike(Field::Population, kind, heads, seen, people, assigned)?;
    let titles: Vec<String> = all.iter().map(|one| title(&heads[one.column])).collect();
    let (kept, others) = titles.split_first()?;
    Some(format!(
        "Column {kept} is read as the population of everybody; {} may be it as well: say which is.",
        others.join(", ")
    ))
}

/// Whether the words of a column, or of the group above headers that are the same, say more than the
/// figure.
fn says_more(kind: Kind, heads: &[Head], one: &Candidate, all: &[&Candidate]) -> bool {
    let head = &heads[one.column];
    let texts = || std::iter::once(&head.header).chain(&head.others).chain(&head.combined);
    let is_plain = |text: &str| {
        // The year is that of the file.
        let words = text.split(' ').filter(|word| !is_year(word)).collect::<Vec<_>>().join(" ");
        is_exact(kind, one.field, &words)
            || figures::of_header(&words).is_some_and(|figure| !figure.is_part())
    };
    let is_known = |text: &str| {
        let parts = text.split(['/', '(', ')', '|', '\n', ':']).flat_map(|part| part.split(" - "));
        parts.filter(|part| !normalise(part).is_empty()).all(is_plain)
    };
    let tagged = one.reason.starts_with("tag ");
    let is_same = |other: &&&Candidate| {
        let other = &heads[other.column];
        normalise(&other.header) == normalise(&head.header) && other.group != head.group
    };
    let is_grouped = !head.group.is_empty()
        && all.iter().any(|other| is_same(&other))
        && figures::of_header(&head.group).is_none();
    is_grouped || !tagged && !texts().any(|text| is_plain(text) || is_known(text))
}

fn is_year(word: &str) -> bool {
    word.parse::<u16>().is_ok_and(|year| (1990..2100).contains(&year))
}

fn says_total(head: &Head) -> bool {
    let texts = std::iter::once(&head.header).chain(&head.others).chain([&head.group]);
    texts.into_iter().any(|text| {
        let words = normalise(text);
        words.split(' ').any(|word| figures::role_of(word) == Some(Role::Total))
    })
}

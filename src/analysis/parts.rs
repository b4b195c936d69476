//! Totals and their parts (METHODS 12): a reported total and the parts that make it up stand in
//! one column of most files, and must never be added to each other.
//!
//! A group has four dimensions: population group, sex, age, disability, in this order. In each,
//! `all` is the total and every other value is a part. Age bands that overlap (0-17 and 5-11) are
//! not parts of one total: of them the disjoint ones with the highest sum are taken.

use crate::domain::{Age, Group};

/// Something that is about a group; slices of it are sorted by group, each group once.
pub(crate) trait OfGroup {
    fn group(&self) -> &Group;
}

/// Number of dimensions of a group.
const DIMENSIONS: usize = 4;
const AGE: usize = 2;

/// In each dimension, the larger of the reported total and the sum of its parts.
pub(crate) fn larger<T: OfGroup>(items: &[T], figure: impl Fn(&T) -> f64 + Copy) -> f64 {
    match items {
        [] => 0.0,
        [only] => figure(only),
        _ => larger_from(items, 0, figure),
    }
}

fn larger_from<T: OfGroup>(
    items: &[T],
    dimension: usize,
    figure: impl Fn(&T) -> f64 + Copy,
) -> f64 {
    if dimension == DIMENSIONS {
        return items.iter().map(figure).sum();
    }
    let (total, parts) = split(items, dimension);
    let total = if total.is_empty() { 0.0 } else { larger_from(total, dimension + 1, figure) };
    if parts.is_empty() {
        return total;
    }
    total.max(add(parts, dimension, |part| larger_from(part, dimension + 1, figure)))
}

/// Which of the items make up what [`larger`] answers; a total wins over parts of the same sum.
pub(crate) fn chosen<T: OfGroup>(
    items: &[T],
    figure: impl Fn(&T) -> f64 + Copy,
    marks: &mut [bool],
) {
    match items {
        [_] => marks.fill(true),
        _ => mark_from(items, 0, figure, marks),
    }
}

fn mark_from<T: OfGroup>(
    items: &[T],
    dimension: usize,
    figure: impl Fn(&T) -> f64 + Copy,
    marks: &mut [bool],
) {
    if dimension == DIMENSIONS {
        marks.fill(true);
        return;
    }
    let (total, parts) = split(items, dimension);
    let worth = |part: &[T]| larger_from(part, dimension + 1, figure);
    let sum = add(parts, dimension, worth);
    if !total.is_empty() && (parts.is_empty() || worth(total) >= sum) {
        mark_from(total, dimension + 1, figure, &mut marks[..total.len()]);
        return;
    }
    let bands: Vec<&[T]> = runs(parts, dimension).collect();
    let taken = match dimension {
        AGE => best_bands(&bands, &bands.iter().map(|band| worth(band)).collect::<Vec<_>>()).1,
        _ => (0..bands.len()).collect(),
    };
    let mut first = total.len();
    for (position, band) in bands.iter().enumerate() {
        if taken.contains(&position) {
            mark_from(band, dimension + 1, figure, &mut marks[first..first + band.len()]);
        }
        first += band.len();
    }
}

/// In each dimension the total where one is stated, else the sum of the parts that are; the rule
/// for needs. An age band inside another stated one is a part of it.
pub(crate) fn total_else_parts<T: OfGroup>(
    items: &[T],
    figure: impl Fn(&T) -> Option<f64> + Copy,
) -> Option<f64> {
    match items {
        [] => None,
        [only] => figure(only),
        _ => total_from(items, 0, figure),
    }
}

fn total_from<T: OfGroup>(
    items: &[T],
    dimension: usize,
    figure: impl Fn(&T) -> Option<f64> + Copy,
) -> Option<f64> {
    if dimension == DIMENSIONS {
        return items.iter().find_map(figure);
    }
    let (total, parts) = split(items, dimension);
    let of_total = if total.is_empty() { None } else { total_from(total, dimension + 1, figure) };
    if of_total.is_some() || parts.is_empty() {
        return of_total;
    }
    let mut bands: Vec<&[T]> = Vec::new();
    let mut figures: Vec<f64> = Vec::new();
    for part in runs(parts, dimension) {
        let Some(people) = total_from(part, dimension + 1, figure) else { continue };
        // The wider band sorts first, so what lies inside one comes after it.
        let inside = |band: &&[T]| age(band).to >= age(part).to && age(band).from <= age(part).from;
        if dimension == AGE && bands.iter().any(inside) {
            continue;
        }
        bands.push(part);
        figures.push(people);
    }
    match (bands.len(), dimension) {
        (0, _) => None,
        (_, AGE) => Some(best_bands(&bands, &figures).0),
        _ => Some(figures.iter().sum()),
    }
}

/// The items about `all` in a dimension, which sort first, and the others.
fn split<T: OfGroup>(items: &[T], dimension: usize) -> (&[T], &[T]) {
    let all = code(&Group::ALL, dimension);
    items.split_at(items.iter().take_while(|item| code(item.group(), dimension) == all).count())
}

/// Stretches of items with the same value in a dimension.
fn runs<T: OfGroup>(items: &[T], dimension: usize) -> impl Iterator<Item = &[T]> {
    items.chunk_by(move |a, b| code(a.group(), dimension) == code(b.group(), dimension))
}

fn code(group: &Group, dimension: usize) -> u16 {
    match dimension {
        0 => group.population as u16,
        1 => group.sex as u16,
        AGE => u16::from(group.age.from) << 8 | u16::from(group.age.to),
        _ => group.disability as u16,
    }
}

fn age<T: OfGroup>(items: &[T]) -> Age {
    items.first().map_or(Age::ALL, |item| item.group().age)
}

/// The sum of the parts, of overlapping age bands that of the best disjoint ones.
fn add<T: OfGroup>(parts: &[T], dimension: usize, worth: impl Fn(&[T]) -> f64) -> f64 {
    if dimension != AGE || are_disjoint(parts) {
        return runs(parts, dimension).map(worth).sum();
    }
    let bands: Vec<&[T]> = runs(parts, dimension).collect();
    let figures: Vec<f64> = bands.iter().map(|band| worth(band)).collect();
    best_bands(&bands, &figures).0
}

fn are_disjoint<T: OfGroup>(parts: &[T]) -> bool {
    parts.windows(2).all(|pair| {
        let (a, b) = (pair[0].group().age, pair[1].group().age);
        a == b || a.to < b.from
    })
}

/// The disjoint bands with the highest sum: the sum and the positions of the bands, ascending.
/// The bands come sorted by their lower end.
fn best_bands<T: OfGroup>(bands: &[&[T]], figures: &[f64]) -> (f64, Vec<usize>) {
    // best[n] is the most that the bands from n on can give.
    let next_free = |at: usize| {
        let to = age(bands[at]).to;
        (at + 1..bands.len()).find(|other| age(bands[*other]).from > to).unwrap_or(bands.len())
    };
    let mut best = vec![0.0; bands.len() + 1];
    for at in (0..bands.len()).rev() {
        best[at] = f64::max(best[at + 1], figures[at] + best[next_free(at)]);
    }
    let mut taken = Vec::new();
    let mut at = 0;
    while at < bands.len() {
        if figures[at] + best[next_free(at)] >= best[at + 1] {
            taken.push(at);
            at = next_free(at);
        } else {
            at += 1;
        }
    }
    // Added from the first on, as everywhere else.
    (taken.iter().map(|at| figures[*at]).sum(), taken)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;
    use crate::domain::{Disability, PopulationGroup, Sex};

    struct Figure(Group, f64);

    impl OfGroup for Figure {
        fn group(&self) -> &Group {
            &self.0
        }
    }

    /// Figures from texts like `idp/female/0-17/with 30`.
    fn figures(texts: &[&str]) -> Vec<Figure> {
        let figure = |text: &&str| {
            let (group, people) = text.split_once(' ').unwrap();
            let codes: Vec<&str> = group.split('/').collect();
            let group = Group {
                population: PopulationGroup::from_code(codes[0]).unwrap(),
                sex: Sex::from_code(codes[1]).unwrap(),
                age: Age::from_code(codes[2]).unwrap(),
                disability: Disability::from_code(codes[3]).unwrap(),
            };
            Figure(group, people.parse().unwrap())
        };
        let mut figures: Vec<Figure> = texts.iter().map(figure).collect();
        figures.sort_by_key(|figure| figure.0);
        figures
    }

    fn check(texts: &[&str], larger_people: f64, needs: Option<f64>) {
        let figures = figures(texts);
        assert_eq!(larger(&figures, |figure| figure.1), larger_people, "{texts:?}");
        assert_eq!(total_else_parts(&figures, |figure| Some(figure.1)), needs, "{texts:?}");
        let mut marks = vec![false; figures.len()];
        chosen(&figures, |figure| figure.1, &mut marks);
        let marked = figures.iter().zip(&marks).filter(|(_, mark)| **mark);
        assert_eq!(marked.map(|(figure, _)| figure.1).sum::<f64>(), larger_people, "{texts:?}");
    }

    #[test]
    fn a_total_and_its_parts_are_never_added() {
        check(
            &["all/all/all/all 100", "all/female/all/all 60", "all/male/all/all 30"],
            100.,
            Some(100.),
        );
        check(
            &["all/all/all/all 80", "all/female/all/all 60", "all/male/all/all 30"],
            90.,
            Some(80.),
        );
        check(&["all/female/all/all 60", "all/male/all/all 30"], 90., Some(90.));
        check(&[], 0., None);
    }

    #[test]
    fn parts_nest_population_group_then_sex_then_age_then_disability() {
        let texts = ["idp/all/all/all 100", "all/female/all/all 70", "all/male/all/all 60"];
        check(&texts, 130., Some(130.));
        let texts = [
            "idp/all/all/all 10",
            "idp/female/0-17/all 20",
            "idp/female/18-59/with 5",
            "idp/female/18-59/without 7",
            "host/all/all/all 50",
        ];
        check(&texts, 82., Some(60.));
    }

    #[test]
    fn overlapping_ages_are_not_added() {
        let texts = ["all/all/0-17/all 50", "all/all/0-4/all 20", "all/all/5-17/all 25"];
        check(&texts, 50., Some(50.));
        let texts = ["all/all/0-17/all 40", "all/all/0-4/all 20", "all/all/5-17/all 25"];
        check(&texts, 45., Some(40.));
        let texts = ["all/all/0-17/all 40", "all/all/15-49/all 60", "all/all/50+/all 5"];
        check(&texts, 65., Some(65.));
    }
}

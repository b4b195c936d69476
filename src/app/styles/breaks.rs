//! Class breaks that suit the data, as the map's own legend finds them (`web/src/classes.ts`):
//! natural breaks on the square roots (Fisher, "On grouping for maximum homogeneity", 1958), because
//! people are counted in few large and many small areas, rounded to numbers a person would say.

/// Classes that a reader can tell apart.
const CLASSES: usize = 5;
/// Above this many values the breaks are found on evenly spaced quantiles.
const SAMPLE: usize = 400;

/// Upper bounds of all classes but the last, rising; the last class is open. Values of 0 and below
/// take no part.
pub fn breaks(values: impl IntoIterator<Item = f64>) -> Vec<f64> {
    let mut sorted: Vec<f64> =
        values.into_iter().filter(|value| *value > 0.0 && value.is_finite()).collect();
    sorted.sort_by(f64::total_cmp);
    let mut distinct = sorted.clone();
    distinct.dedup();
    let wanted = CLASSES.min(distinct.len());
    let mut rounded: Vec<f64> = Vec::new();
    // The smallest value of the class below the edge; it must stay there, or the class is empty.
    let mut first = 0.0;
    for (below, above) in natural(&thin(&sorted), wanted) {
        let said = sayable(first, below, above);
        first = above;
        if said > rounded.last().copied().unwrap_or(0.0) {
            rounded.push(said);
        }
    }
    rounded
}

fn thin(sorted: &[f64]) -> Vec<f64> {
    if sorted.len() <= SAMPLE {
        return sorted.to_vec();
    }
    let last = (sorted.len() - 1) as f64;
    let at = |number: usize| (number as f64 * last / (SAMPLE - 1) as f64).round() as usize;
    (0..SAMPLE).filter_map(|number| sorted.get(at(number)).copied()).collect()
}

/// For each edge the largest value of the class below and the smallest of the class above.
fn natural(sorted: &[f64], classes: usize) -> Vec<(f64, f64)> {
    let count = sorted.len();
    let mut sums = vec![(0.0, 0.0)];
    for value in sorted {
        let (roots, squares) = sums[sums.len() - 1];
        sums.push((roots + value.sqrt(), squares + value));
    }
    // Squared deviations of the roots of sorted[from..to] from their mean.
    let spread = |from: usize, to: usize| {
        let total = sums[to].0 - sums[from].0;
        sums[to].1 - sums[from].1 - total * total / (to - from) as f64
    };
    let mut best: Vec<f64> =
        (0..=count).map(|to| if to == 0 { 0.0 } else { spread(0, to) }).collect();
    let mut starts = Vec::new();
    for used in 2..=classes {
        let mut next = vec![f64::INFINITY; count + 1];
        let mut start = vec![0; count + 1];
        for to in used..=count {
            for (from, known) in best.iter().enumerate().take(to).skip(used - 1) {
                let cost = known + spread(from, to);
                if cost < next[to] {
                    (next[to], start[to]) = (cost, from);
                }
            }
        }
        best = next;
        starts.push(start);
    }
    let mut edges = Vec::new();
    let mut to = count;
    for start in starts.iter().rev() {
        to = start[to];
        if to == 0 {
            break;
        }
        if sorted[to] > sorted[to - 1] {
            edges.push((sorted[to - 1], sorted[to]));
        }
    }
    edges.reverse();
    edges
}

/// The roundest number that parts the two classes, or nearly so.
fn sayable(first: f64, below: f64, above: f64) -> f64 {
    let middle = (below + above) / 2.0;
    let power = 10f64.powf(middle.log10().floor());
    // A break may leave its gap downward a little: "20,000" is worth more than one area.
    let low = first.max(below * 0.93);
    for step in [power * 10.0, power * 5.0, power * 2.5, power, power / 2.0, power / 10.0] {
        let said = (middle / step).round() * step;
        if said.fract() == 0.0 && said > low && said <= above {
            return said;
        }
    }
    middle.ceil().max(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn breaks_are_numbers_a_person_would_say() {
        let values = [120.0, 130.0, 900.0, 1_000.0, 5_200.0, 5_400.0, 21_000.0, 80_000.0];
        let found = breaks(values);
        assert_eq!(found.len(), 4);
        assert!(found.iter().all(|one| one.fract() == 0.0 && *one >= 100.0), "{found:?}");
        assert!(found.is_sorted());
        assert!(breaks([0.0, f64::NAN]).is_empty() && breaks([7.0, 7.0]).is_empty());
        assert_eq!(breaks([1.0, 100.0]).len(), 1);
    }

    #[test]
    fn many_values_take_no_longer() {
        assert_eq!(breaks((0..50_000u64).map(|number| (number * number % 7919) as f64)).len(), 4);
    }
}

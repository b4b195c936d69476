//! How each layer looks: one model, written for QGIS (`qml`) and for MapLibre (`maplibre`).

mod breaks;
pub mod maplibre;
mod palette;
pub mod project;
pub mod qml;

use crate::domain::words::grouped;
use crate::formats::layer::{GeometryKind, Layer, Value};

use palette::{colour, ramp};

/// How features that a rule is about are drawn. A feature is drawn by every rule that fits.
pub struct Rule {
    pub label: String,
    pub when: Vec<When>,
    pub paint: Paint,
}

/// A condition on a property.
#[derive(Clone, Debug, PartialEq)]
pub enum When {
    Is(&'static str, &'static str),
    IsNot(&'static str, &'static str),
    Known(&'static str),
    Unknown(&'static str),
    AtLeast(&'static str, f64),
    Below(&'static str, f64),
}

pub type Rgb = [u8; 3];

#[derive(Clone, Debug, PartialEq)]
pub enum Paint {
    /// Opacity from 0 to 1.
    Fill {
        colour: Rgb,
        opacity: f64,
        border: Option<Rgb>,
    },
    /// Lines at an angle in degrees, so far apart and so wide in millimetres.
    Hatch {
        colour: Rgb,
        angle: f64,
        apart: f64,
        wide: f64,
    },
    Dots {
        colour: Rgb,
    },
    /// Diameter in millimetres.
    Disc {
        fill: Rgb,
        stroke: Rgb,
        size: f64,
    },
}

/// The rules of a layer, in the order in which they are drawn. Classes come from its own figures.
pub fn rules(layer: &Layer<'_>) -> Vec<Rule> {
    match layer.name {
        "gaps" => gaps(layer),
        "sites" => sites(),
        "activities" => activities(),
        "service-areas" => vec![plain("Service area", "service", 0.18)],
        "shared" => vec![plain("Served by two partners or more", "presence-3", 0.4)],
        "uncovered" => vec![rule(
            "Out of reach",
            vec![],
            Paint::Hatch { colour: colour("uncovered"), angle: 0.0, apart: 2.0, wide: 0.3 },
        )],
        _ if layer.geometry == GeometryKind::MultiPolygon => {
            let paint = Paint::Fill {
                colour: colour("neutral"),
                opacity: 0.4,
                border: Some(colour("border-above")),
            };
            vec![rule("Area", vec![], paint)]
        }
        _ => Vec::new(),
    }
}

/// The field that names a feature on a map, where there is one.
pub fn label(name: &str) -> Option<&'static str> {
    ["areas", "gaps", "sites"].contains(&name).then_some("name")
}

fn rule(label: &str, when: Vec<When>, paint: Paint) -> Rule {
    Rule { label: label.to_owned(), when, paint }
}

fn plain(label: &str, name: &str, opacity: f64) -> Rule {
    let border = Some(colour(name));
    rule(label, vec![], Paint::Fill { colour: colour(name), opacity, border })
}

/// Classes by people not reached; over them the patterns that keep kinds of silence apart.
fn gaps(layer: &Layer<'_>) -> Vec<Rule> {
    let position = layer.fields.iter().position(|field| field.name == "gap");
    let mut values = Vec::new();
    let figures = (0..layer.matched.len()).filter_map(|at| {
        values.clear();
        layer.rows.values(layer.matched.row(at), &mut values);
        match values.get(position?) {
            Some(Value::Number(figure)) => Some(*figure),
            _ => None,
        }
    });
    let edges = breaks::breaks(figures);
    let border = Some(colour("border"));
    let fill = |colour: Rgb| Paint::Fill { colour, opacity: 1.0, border };
    let mut rules = vec![
        rule(
            "Need unknown",
            vec![When::Unknown("gap"), When::IsNot("status", "no-need")],
            fill(colour("neutral")),
        ),
        rule("No need", vec![When::Is("status", "no-need")], fill(colour("no-need"))),
        rule(
            "No gap",
            vec![
                When::Known("gap"),
                When::Below("gap", f64::MIN_POSITIVE),
                When::IsNot("status", "no-need"),
            ],
            fill(colour("gap-zero")),
        ),
    ];
    let colours = ramp("gap", edges.len() + 1);
    for (class, shade) in colours.into_iter().enumerate() {
        let low = class.checked_sub(1).and_then(|before| edges.get(before)).copied();
        let high = edges.get(class).copied();
        let label = match (low, high) {
            (None, None) => "People not reached".to_owned(),
            (None, Some(high)) => format!("Below {} people", grouped(high as i64)),
            (Some(low), Some(high)) => {
                format!("{} to {}", grouped(low as i64), grouped(high as i64))
            }
            (Some(low), None) => format!("{} people and more", grouped(low as i64)),
        };
        let mut when = vec![When::AtLeast("gap", low.unwrap_or(f64::MIN_POSITIVE))];
        when.extend(high.map(|high| When::Below("gap", high)));
        when.push(When::IsNot("status", "no-need"));
        rules.push(rule(&label, when, fill(shade)));
    }
    let hatch =
        |name: &str, angle, apart, wide| Paint::Hatch { colour: colour(name), angle, apart, wide };
    let status = |code| vec![When::Is("status", code)];
    rules.extend([
        rule("Nobody reported", status("no-report"), hatch("hatch", 45.0, 2.2, 0.5)),
        rule("Present, no figures", status("present"), hatch("hatch", 135.0, 2.2, 0.2)),
        rule("Only planned", status("planned-only"), hatch("plan", 90.0, 2.4, 0.4)),
        rule("No data", status("no-data"), Paint::Dots { colour: colour("dots") }),
    ]);
    rules
}

/// A closed site is a ring, a working one a disc: not colour alone.
fn sites() -> Vec<Rule> {
    let (site, halo) = (colour("site"), colour("halo"));
    let disc = |fill, stroke| Paint::Disc { fill, stroke, size: 2.6 };
    let status = |code| vec![When::Is("status", code)];
    vec![
        rule("Functional", status("functional"), disc(site, halo)),
        rule("Partly functional", status("partial"), disc(colour("service"), site)),
        rule("Closed", status("closed"), disc(halo, site)),
        rule("Not stated, serves", vec![When::Unknown("status")], disc(site, halo)),
    ]
}

fn activities() -> Vec<Rule> {
    let disc = |fill: &str, stroke: &str| Paint::Disc {
        fill: colour(fill),
        stroke: colour(stroke),
        size: 2.0,
    };
    let status = |code| vec![When::Is("status", code)];
    vec![
        rule("Ongoing", status("ongoing"), disc("reached-3", "halo")),
        rule("Completed", status("completed"), disc("reached-4", "halo")),
        rule("Planned", status("planned"), disc("halo", "plan")),
        rule("Suspended", status("suspended"), disc("no-need", "hatch")),
        rule("Cancelled", status("cancelled"), disc("halo", "hatch")),
        rule("Not stated", vec![When::Unknown("status")], disc("reached-2", "halo")),
    ]
}

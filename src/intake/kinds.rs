//! What a file is about, found out from its content: what its columns and values are, not its name.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use super::columns::{self, Mapping};
use super::evidence::evidence;
use super::fields::{Field, Role};
use super::places::Gazetteer;
use super::{Kind, Options, Unreadable, headers, personal, population, table};
use crate::domain::Snapshot;
use crate::formats::features::{Budget, Geometry};
use crate::formats::sheet::{Cell, Workbook};
use crate::formats::sniff::{self, Content};

/// The kinds that are tables.
const TABLES: [Kind; 4] = [Kind::Activities, Kind::Sites, Kind::Needs, Kind::Population];

/// How well a file reads as one kind.
#[derive(Clone, Debug, PartialEq)]
pub struct KindScore {
    pub kind: Kind,
    /// 0 to 1.
    pub score: f32,
    pub reason: String,
    /// A column counts people in need.
    says_need: bool,
}

/// The kinds a file may be, the likeliest first; never empty. Only the first rows are looked at.
pub fn kinds(
    bytes: &[u8],
    known: &Snapshot,
    options: &Options,
) -> Result<Vec<KindScore>, Unreadable> {
    if let Some(map) = of_map(bytes) {
        return Ok(vec![map]);
    }
    let book = sniff::open(bytes)?;
    let gazetteer = Gazetteer::new(&known.areas, &known.decisions);
    let (mut found, mut refused): (Vec<KindScore>, _) = (Vec::new(), None);
    for kind in TABLES {
        match of_table(kind, &book, &gazetteer, options) {
            Ok(score) => found.push(score),
            Err(refusal) => refused = refused.or(Some(refusal)),
        }
    }
    if let Some(year) = population::projection_year(bytes) {
        let reason = format!("its columns are a projection of the population of {year}");
        found.push(KindScore { kind: Kind::Population, score: 0.8, reason, says_need: false });
    }
    found.retain(|score| score.score > 0.0);
    prefer_needs(&mut found);
    found.sort_by(|a, b| b.score.total_cmp(&a.score));
    if !found.is_empty() {
        return Ok(found);
    }
    // A summary is refused as one, whatever else its columns are.
    match refused.filter(|refusal| refusal.0.contains("a summary:")) {
        Some(summary) => Err(summary),
        None => Err(nothing(&book, options)),
    }
}

/// People in need are counted beside the population of the same areas, and not the other way round.
fn prefer_needs(found: &mut [KindScore]) {
    let needs = found.iter().find(|score| score.kind == Kind::Needs && score.says_need);
    let Some(needs) = needs.map(|score| score.score) else { return };
    for score in found.iter_mut().filter(|score| score.kind == Kind::Population) {
        score.score = score.score.min(needs * 0.9);
    }
}

/// What a table that was sent as one kind looks like, where it is much more like another. A sender
/// who said what columns are has looked at them.
pub(super) fn doubt(
    kind: Kind,
    book: &Workbook<'_>,
    gazetteer: &Gazetteer<'_>,
    options: &Options,
) -> Option<String> {
    /// How much likelier the other kind must be.
    const MUCH: f32 = 0.3;
    if !options.columns.is_empty() {
        return None;
    }
    let score = |kind| of_table(kind, book, gazetteer, options).ok();
    let own = score(kind).map_or(0.0, |own| own.score);
    if own + MUCH > 1.0 {
        return None;
    }
    let others = TABLES.iter().filter(|other| **other != kind).filter_map(|other| score(*other));
    let best = others.max_by(|a, b| a.score.total_cmp(&b.score))?;
    let (kind, other) = (kind.name(), best.kind.name());
    (best.score >= own + MUCH).then(|| {
        format!(
            "This looks like a table of {other}, not of {kind}: {}. If it is, import it as {other}.",
            best.reason
        )
    })
}

/// What is said of a table that is of no kind.
fn nothing(book: &Workbook<'_>, options: &Options) -> Unreadable {
    if is_list_of_places(book, options) {
        return Unreadable::new(
            "This is a list of places (a gazetteer): names and codes without shapes. Import the boundaries themselves as areas: their names and codes come with them.",
        );
    }
    let top = book.sheets.iter().find_map(|sheet| {
        let mut cells: Vec<String> = Vec::new();
        let first = sheet.visit(1, |row| {
            // Only what looks like headers is repeated: values may be about people.
            let words = |cell: Cell<'_>| cell.text().map(|text| text.into_owned());
            cells = row.cells().filter_map(words).collect();
            if cells.iter().any(|text| text.bytes().filter(u8::is_ascii_digit).count() > 3) {
                cells.clear();
                return ControlFlow::Break(());
            }
            if cells.len() > 1 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        (first.is_ok() && cells.len() > 1).then_some(cells)
    });
    let shown = top.unwrap_or_default().iter().take(8).cloned().collect::<Vec<_>>().join(", ");
    let shown = personal::mask(&shown).map_or(shown, |(kept, _)| kept);
    let begins = if shown.is_empty() { shown } else { format!(" It begins with: {shown}.") };
    Unreadable::new(format!(
        "No column tells what this table is about: it would name an organisation (activities), people in need (needs), people (population) or coordinates (sites).{begins} Say what it is, which row has the headers, or what the columns are."
    ))
}

fn of_table(
    kind: Kind,
    book: &Workbook<'_>,
    gazetteer: &Gazetteer<'_>,
    options: &Options,
) -> Result<KindScore, Unreadable> {
    let found = table::find(book, kind, options)?;
    let evidence = evidence(&book.sheets[found.sheet], &found, gazetteer)?;
    let mapping = columns::map(kind, &found.heads, &evidence, options);
    let signs = signs(kind, &mapping);
    let filled = evidence.iter().filter(|evidence| evidence.filled > 0).count().max(1);
    let understood = mapping.columns.iter().filter(|column| column.confidence >= 0.5).count();
    let filled = filled.max(understood);
    let name = kind.name();
    if signs.is_empty() {
        let reason = format!("no column makes it a table of {name}");
        return Ok(KindScore { kind, score: 0.0, reason, says_need: false });
    }
    let weight: f32 = signs.values().sum();
    let share = (understood as f32 / filled as f32).min(1.0);
    let named: Vec<String> = signs.keys().map(|field| field.words()).collect();
    let reason = format!(
        "{} and {understood} of {filled} columns speak for a table of {name}",
        named.join(", ")
    );
    let score = 0.7 * weight.min(1.0) + 0.3 * share;
    let says_need = signs.contains_key(&Field::InNeed);
    Ok(KindScore { kind, score, reason, says_need })
}

/// The columns that speak for a kind and how much; none where the one that makes it is missing.
fn signs(kind: Kind, mapping: &Mapping) -> BTreeMap<Field, f32> {
    // Weights, and whether one of these must be there.
    let table: &[(Field, f32, bool)] = match kind {
        Kind::Activities => &[
            (Field::Partner, 0.4, true),
            (Field::PartnerAcronym, 0.3, true),
            (Field::ImplementingPartner, 0.3, true),
            (Field::Sector, 0.15, false),
            (Field::ActivityType, 0.2, false),
            (Field::Donor, 0.15, false),
            (Field::Start, 0.1, false),
            (Field::Month, 0.1, false),
            (Field::PartnerType, 0.1, false),
            (Field::Reached, 0.15, false),
            (Field::Targeted, 0.1, false),
            (Field::Modality, 0.1, false),
        ],
        Kind::Sites => &[
            (Field::Latitude, 0.3, true),
            (Field::Coordinates, 0.4, true),
            (Field::SiteType, 0.25, false),
            (Field::CapacityPeople, 0.2, true),
            (Field::RadiusM, 0.3, true),
            (Field::SiteId, 0.2, false),
            (Field::Name, 0.2, false),
            (Field::Longitude, 0.1, false),
        ],
        Kind::Needs => &[
            (Field::InNeed, 0.6, true),
            (Field::Severity, 0.4, true),
            (Field::Affected, 0.3, true),
            (Field::Category, 0.2, false),
            (Field::Targeted, 0.1, false),
            (Field::Sector, 0.1, false),
            (Field::CycleStart, 0.1, false),
        ],
        Kind::Population => &[
            (Field::Population, 0.6, true),
            (Field::Sex, 0.15, false),
            (Field::Age, 0.15, false),
            (Field::AgeFrom, 0.1, false),
            (Field::Year, 0.1, false),
        ],
        Kind::Areas => &[],
    };
    let has = |field: Field| {
        mapping
            .columns
            .iter()
            .any(|column| column.field.as_deref() == Some(field.name()) && column.confidence >= 0.5)
    };
    let there = table.iter().filter(|(field, ..)| has(*field));
    // A list of facilities may have no coordinates, but then names and types.
    let facilities = kind == Kind::Sites && has(Field::SiteType) && has(Field::Name);
    let decisive = facilities || there.clone().any(|(.., makes)| *makes);
    let signs = there.filter(|_| decisive).map(|(field, weight, _)| (*field, *weight));
    let mut signs: BTreeMap<Field, f32> = signs.collect();
    if kind == Kind::Population && !signs.is_empty() && !mapping.parts.is_empty() {
        *signs.entry(Field::Population).or_default() += 0.3;
    }
    signs
}

/// Whether a table has codes and names of areas and hardly anything else.
fn is_list_of_places(book: &Workbook<'_>, options: &Options) -> bool {
    let Ok(found) = table::find(book, Kind::Areas, options) else { return false };
    let known = found.heads.iter().flat_map(|head| headers::words(Kind::Areas, &head.header));
    let mut fields: Vec<Field> = known.map(|(field, _)| field).filter(|f| f.is_area()).collect();
    // A table of figures has places too, and more than them.
    if fields.len() * 2 < found.heads.len() {
        return false;
    }
    fields.sort();
    fields.dedup();
    fields.iter().any(|field| field.role() == Role::Code)
        && fields.iter().any(|field| field.role() == Role::Text)
}

/// What a map is: a raster counts people, polygons are areas. Points have a table of their own, as
/// has everything else.
fn of_map(bytes: &[u8]) -> Option<KindScore> {
    let score =
        |kind, reason: String| Some(KindScore { kind, score: 0.9, reason, says_need: false });
    if matches!(sniff::content(bytes), Content::Other | Content::Xls | Content::Empty) {
        return None;
    }
    if let Ok(Some(sniff::RasterFile { name, .. })) = sniff::raster(bytes, None) {
        let name = if name.is_empty() { "it".to_owned() } else { name };
        return score(Kind::Population, format!("{name} is a raster: people by cell"));
    }
    let layers = sniff::layers(bytes, Budget::default()).ok()?;
    let features = || layers.layers.iter().flat_map(|layer| &layer.features);
    let polygons = features().filter(|f| matches!(f.geometry, Geometry::Polygons(_))).count();
    let all = features().count();
    if polygons * 2 < all.max(1) {
        return None;
    }
    score(Kind::Areas, format!("{polygons} of its {all} features are polygons"))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;
    use crate::domain::{Operation, Rows};

    const POLYGON: &str = r#"{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"pcode":"A"},"geometry":{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]]]}}]}"#;
    const POINT: &str = r#"{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"name":"A"},"geometry":{"type":"Point","coordinates":[1.5,2.5]}}]}"#;

    fn kind(text: &str) -> Kind {
        let name: crate::domain::Text = "t".into();
        let operation = Operation::new(name.clone(), name);
        let known = Snapshot::build(Rows::empty(operation));
        kinds(text.as_bytes(), &known, &Options::default()).unwrap()[0].kind
    }

    #[test]
    fn the_columns_tell_what_a_table_is() {
        for (text, expected) in [
            ("Org,Cluster,District,People reached\nA,WASH,X,5\n", Kind::Activities),
            (
                "Organisation,Sector,Latitude,Longitude,Status\nA,WASH,1.5,2.5,ongoing\n",
                Kind::Activities,
            ),
            ("Facility name,Type,Lat,Long\nA,Hospital,1.5,2.5\n", Kind::Sites),
            (
                "Name,Type,Owner organisation,Latitude,Longitude,Capacity\nA,Well,B,1.5,2.5,100\n",
                Kind::Sites,
            ),
            ("Admin 2 PCode,Cluster,Population,In Need,Targeted\nA1,WSH,9,5,3\n", Kind::Needs),
            ("ADM2_PCODE,T_TL,F_TL,M_TL\nA1,9,5,4\n", Kind::Population),
            ("ADM2_PCODE,F_00_04,F_TL,M_TL,T_TL\nA1,2,5,4,9\n", Kind::Population),
            ("P-code,Population,Men,Women,IDPs,PIN,PIN WASH\nA1,9,5,4,1,3,2\n", Kind::Needs),
            (POLYGON, Kind::Areas),
            (POINT, Kind::Sites),
        ] {
            assert_eq!(kind(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_kind_is_refused_with_what_it_is() {
        let refusal = |text: &str| {
            let name: crate::domain::Text = "t".into();
            let operation = Operation::new(name.clone(), name);
            let known = Snapshot::build(Rows::empty(operation));
            kinds(text.as_bytes(), &known, &Options::default()).unwrap_err().0
        };
        let list = "ADM1_EN,ADM1_PCODE,ADM2_EN,ADM2_PCODE\nA,A1,B,A101\n";
        assert!(refusal(list).contains("gazetteer"), "{}", refusal(list));
        let figures = "ADM1_EN,ADM1_PCODE,Number of partners,Clusters,Round\nA,A1,3,WASH,2\n";
        assert!(refusal(figures).contains("No column tells"), "{}", refusal(figures));
        let matrix = "Oblast,WASH,Health,Education,Protection\nA,1,2,3,4\nB,1,2,3,4\n";
        assert!(refusal(matrix).contains("a summary"), "{}", refusal(matrix));
        assert!(refusal("colour,shape\nred,round\n").contains("colour, shape"));
    }

    #[test]
    fn a_table_sent_as_another_kind_is_doubted_and_templates_are_not() {
        let name: crate::domain::Text = "t".into();
        let operation = Operation::new(name.clone(), name);
        let known = Snapshot::build(Rows::empty(operation));
        let gazetteer = Gazetteer::new(&known.areas, &known.decisions);
        let doubted = |kind, text: &str| {
            doubt(kind, &sniff::open(text.as_bytes()).unwrap(), &gazetteer, &Options::default())
        };
        let table = "Org,Cluster,Activity,District,Lat,Long,Reached\nA,WASH,Wells,X,1.5,2.5,5\n";
        let said = doubted(Kind::Sites, table).unwrap_or_default();
        assert!(said.contains("a table of activities, not of sites"), "{said}");
        assert_eq!(doubted(Kind::Activities, table), None);
        for kind in TABLES {
            assert_eq!(doubted(kind, &crate::intake::template(kind)), None, "{kind:?}");
        }
    }

    #[test]
    fn every_template_is_its_own_kind() {
        for kind in [Kind::Activities, Kind::Sites, Kind::Needs, Kind::Population] {
            assert_eq!(self::kind(&crate::intake::template(kind)), kind);
        }
    }
}

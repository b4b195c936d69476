#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::borrow::Cow;
use std::sync::Arc;

use super::super::layer::{Matched, Member, Rows};
use super::*;
use crate::sqlite_file::tests::asked;
use geo::MultiPolygon;

struct Squares(usize);

impl Rows<'static> for Squares {
    fn len(&self) -> usize {
        self.0
    }

    fn id(&self, row: usize) -> Cow<'static, str> {
        format!("{row:05}").into()
    }

    fn geometry(&self, row: usize, _want: Want) -> Geometry {
        if row == 1 {
            return Geometry::None;
        }
        let at = row as f64 % 90.0;
        let rect =
            Rect::new(geo::coord! { x: at, y: at }, geo::coord! { x: at + 1.0, y: at + 1.0 });
        Geometry::MultiPolygon(Arc::new(MultiPolygon::from(rect.to_polygon())))
    }

    fn values(&self, row: usize, out: &mut Vec<Value<'static>>) {
        out.extend([Value::Number(row as f64), Value::Date(row as i32), Value::Boolean(row == 2)]);
    }
}

const FIELDS: &[Field] = &[
    Field::new("people", FieldKind::Number, "People").unit("people"),
    Field::new("day", FieldKind::Date, "Day"),
    Field::new("good", FieldKind::Boolean, "Good"),
];

fn written(count: usize) -> Vec<u8> {
    written_in(count, &Style::FULL)
}

fn written_in(count: usize, style: &Style) -> Vec<u8> {
    let layer = Layer {
        name: "squares",
        geometry: GeometryKind::MultiPolygon,
        fields: FIELDS,
        rows: Box::new(Squares(count)),
        matched: Matched::All(count),
        members: Vec::new(),
    };
    let members = [("revised_at", Member::Text("2026-08-01T12:00:00Z".into()))];
    let about =
        About { title: "Squares", description: "Made up", members: &members, qml: Some("<qgis/>") };
    let mut file = io::Cursor::new(Vec::new());
    write_layer(&mut file, &layer, style, &about).unwrap();
    file.into_inner()
}

#[test]
fn sqlite_finds_nothing_wrong_and_everything_there() {
    for count in [0, 3, 5_000] {
        let drawn = usize::saturating_sub(count, 1);
        let found = asked(
            &written(count),
            &[
                "pragma integrity_check",
                "select rtreecheck('rtree_squares_geom')",
                "select cast(count(*) as text) from squares",
                "select cast(count(*) as text) from rtree_squares_geom",
                "select last_change from gpkg_contents where table_name = 'squares' and identifier = 'Squares'",
                "select metadata from gpkg_metadata",
                "select styleQML from layer_styles",
                "select geometry_type_name from gpkg_geometry_columns",
                "select name from sqlite_schema where type = 'trigger'",
            ],
        );
        assert_eq!(found[0], ["ok"]);
        assert_eq!(found[1], ["ok"]);
        assert_eq!(found[2..4], [[count.to_string()], [drawn.to_string()]]);
        assert_eq!(found[4], ["2026-08-01T12:00:00.000Z"]);
        assert!(found[5][0].contains("\"people\":\"People (people)\""), "{}", found[5][0]);
        assert_eq!((&*found[6][0], &*found[7][0], found[8].len()), ("<qgis/>", "MULTIPOLYGON", 6));
    }
}

#[test]
fn every_system_stands_in_its_place_among_the_systems() {
    for code in [3857, 32636, 32701] {
        let uri = format!("http://www.opengis.net/def/crs/EPSG/0/{code}");
        let reference = crate::formats::reference::Reference::from_uri(&uri).map(Arc::new);
        let found = asked(
            &written_in(3, &Style { reference, ..Style::FULL }),
            &[
                "pragma integrity_check",
                "pragma foreign_key_check",
                &format!("select organization from gpkg_spatial_ref_sys where srs_id = {code}"),
            ],
        );
        assert_eq!((&found[0][..], found[1].len()), (&["ok".to_owned()][..], 0), "{code}");
        assert_eq!(found[2], ["EPSG"], "{code}");
    }
}

#[test]
fn our_own_reader_reads_it() {
    let bytes = written(4);
    let mut budget = Default::default();
    let layers = crate::formats::geopackage::read(&bytes, &mut budget).unwrap();
    assert_eq!(layers.layers.len(), 1);
    assert_eq!(layers.layers[0].features.len(), 4);
}

#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use sqlx::Connection;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};

use super::*;

/// A package that SQLite itself wrote, by these statements.
fn made(statements: &[&str]) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("made.gpkg");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let options = SqliteConnectOptions::new().filename(&file).create_if_missing(true);
        let mut package = SqliteConnection::connect_with(&options).await.unwrap();
        for statement in statements {
            sqlx::raw_sql(sqlx::AssertSqlSafe(*statement)).execute(&mut package).await.unwrap();
        }
        package.close().await.unwrap();
    });
    std::fs::read(file).unwrap()
}

const TABLES: &str = "
    create table gpkg_spatial_ref_sys (srs_name text not null, srs_id integer primary key, organization text not null, organization_coordsys_id integer not null, definition text not null, description text);
    create table gpkg_contents (table_name text not null primary key, data_type text not null, identifier text, srs_id integer);
    create table gpkg_geometry_columns (table_name text not null, column_name text not null, geometry_type_name text not null, srs_id integer not null, z tinyint not null, m tinyint not null);
    insert into gpkg_spatial_ref_sys values ('UTM', 32736, 'EPSG', 32736, '', null);
    insert into gpkg_contents values ('sites', 'features', 'sites', 4326), ('notes', 'attributes', 'notes', 0);
    insert into gpkg_geometry_columns values ('sites', 'geom', 'POINT', 4326, 0, 0);
    create table notes (id integer primary key autoincrement, word text);
    insert into notes (word) values ('one'), ('two');";

/// A point as a GeoPackage has it, in hexadecimal.
fn point_hex(x: f64, y: f64) -> String {
    let mut bytes = b"GP\0\x01".to_vec();
    bytes.extend([0xe6, 0x10, 0, 0, 1, 1, 0, 0, 0]);
    bytes.extend(x.to_le_bytes());
    bytes.extend(y.to_le_bytes());
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn rows_of_every_size_come_back_as_sqlite_wrote_them() {
    let hex = point_hex(36.5, -1.25);
    let sites = format!(
        "create table \"sites\" (fid integer primary key, geom POINT, name TEXT(60), beds MEDIUMINT, share REAL, gone BLOB);
        with recursive n(i) as (select 1 union all select i + 1 from n where i < 3000)
        insert into sites select i, x'{hex}', 'site ' || i || printf('%.*c', case when i % 500 = 0 then 20000 else 3 end, 'x'), i * i * 1000, i / 4.0, x'00' from n;
        alter table sites add column late integer;
        insert into sites values (5000, null, null, -1, null, null, 7);"
    );
    let bytes = made(&[TABLES, &sites]);
    let read = read(&bytes, &mut Budget::default()).unwrap();
    let names: Vec<_> = read.layers.iter().map(|layer| layer.name.as_str()).collect();
    assert_eq!(names, ["sites", "notes"]);
    let sites = &read.layers[0];
    assert_eq!(sites.fields.names(), ["name", "beds", "share", "gone", "late"]);
    assert_eq!(sites.features.len(), 3001);
    for (position, feature) in sites.features[..3000].iter().enumerate() {
        let i = position as i64 + 1;
        let name = feature.property(0).unwrap().text().unwrap();
        let tail = if i % 500 == 0 { 20_000 } else { 3 };
        assert_eq!((name.len(), name.ends_with('x')), (format!("site {i}").len() + tail, true));
        assert_eq!(feature.property(1), Some(&Property::Whole(i * i * 1000)));
        // SQLite stores a whole number as one, whatever its column says.
        assert_eq!(feature.property(2).unwrap().text(), Some((i as f64 / 4.0).to_string()));
        assert_eq!(feature.geometry, super::super::features::point(36.5, -1.25));
    }
    let last = &sites.features[3000];
    assert_eq!((last.property(4), &last.geometry), (Some(&Property::Whole(7)), &Geometry::None));
    assert_eq!(read.layers[1].features[1].property(0).unwrap().text().as_deref(), Some("two"));
}

#[test]
fn a_layer_in_metres_is_moved_by_its_code_and_a_view_is_named() {
    let hex = point_hex(695_000.0, 7_805_000.0);
    let bytes = made(&[
        TABLES,
        &format!(
            "create table sites (geom POINT); insert into sites values (x'{hex}'); update gpkg_geometry_columns set srs_id = 32736;"
        ),
        "insert into gpkg_geometry_columns values ('seen', 'geom', 'POINT', 4326, 0, 0); create view seen as select * from sites;",
    ]);
    let read = read(&bytes, &mut Budget::default()).unwrap();
    let Geometry::Point(point) = read.layers[0].features[0].geometry else { panic!("a point") };
    assert!((point.x() - 34.862).abs() < 1e-3, "{point:?}");
    assert!(read.notes[0].contains("seen is a view"), "{:?}", read.notes);
    let plain = made(&["create table t (a); insert into t values (1);"]);
    let refusal = super::read(&plain, &mut Budget::default()).unwrap_err();
    assert!(refusal.0.contains("not a GeoPackage"), "{refusal}");
}

#[test]
fn a_package_bent_anywhere_is_survived() {
    let hex = point_hex(1.0, 2.0);
    let bytes = made(&[
        TABLES,
        &format!(
            "create table sites (geom POINT, name text); insert into sites values (x'{hex}', 'a');"
        ),
    ]);
    // Pages that go in circles, counts that are too large, cells beyond the page.
    for at in (0..bytes.len()).filter(|at| bytes[*at] != 0) {
        for with in [0xff, 0x00, bytes[at].wrapping_add(1)] {
            let mut bent = bytes.clone();
            bent[at] = with;
            let _ = read(&bent, &mut Budget::default());
        }
    }
    for cut in (0..bytes.len()).step_by(97) {
        let _ = read(&bytes[..cut], &mut Budget::default());
    }
}

#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use super::*;
use tiff::encoder::{Compression, DeflateLevel, TiffEncoder, colortype::Gray32Float};

/// A raster of floats of 4 columns, each cell its number, at 10 degrees east and 5 north.
fn made(keys: &[u16], rows: u32, nodata: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let deflate = Compression::Deflate(DeflateLevel::Fast);
    let mut encoder = TiffEncoder::new(Cursor::new(&mut bytes)).unwrap().with_compression(deflate);
    let mut image = encoder.new_image::<Gray32Float>(4, rows).unwrap();
    image.rows_per_strip(2).unwrap();
    let tags = image.encoder();
    tags.write_tag(Tag::ModelPixelScaleTag, &[0.5, 0.25, 0.0][..]).unwrap();
    tags.write_tag(Tag::ModelTiepointTag, &[0.0, 0.0, 0.0, 10.0, 5.0, 0.0][..]).unwrap();
    tags.write_tag(Tag::GeoKeyDirectoryTag, keys).unwrap();
    tags.write_tag(Tag::GdalNodata, nodata).unwrap();
    let values: Vec<f32> = (0..4 * rows).map(|value| value as f32).collect();
    image.write_data(&values).unwrap();
    bytes
}

const GEOGRAPHIC: &[u16] = &[1, 1, 0, 3, 1024, 0, 1, 2, 1025, 0, 1, 1, 2048, 0, 1, 4326];

#[test]
fn cells_come_in_rows_from_the_top_and_know_their_place() {
    let bytes = made(GEOGRAPHIC, 5, "7");
    let raster = Raster::open(&bytes).unwrap();
    assert_eq!((raster.width, raster.height, raster.nodata), (4, 5, Some(7.0)));
    assert!(raster.crs.is_wgs84());
    assert_eq!(raster.cell_of(Coord { x: 11.0, y: 4.5 }), Coord { x: 2.0, y: 2.0 });
    assert_eq!(raster.position_of(2.0, 2.0), Coord { x: 11.0, y: 4.5 });
    let mut values = Vec::new();
    raster
        .read(|rows| {
            assert_eq!(rows.rows.start as usize * 4, values.len());
            values.extend(rows.values);
            Ok(())
        })
        .unwrap();
    assert_eq!(values.len(), 20);
    assert!(values[7].is_nan() && values[8] == 8.0 && values[19] == 19.0);
}

#[test]
fn a_place_may_be_that_of_the_middle_of_a_cell() {
    let mut keys = GEOGRAPHIC.to_vec();
    keys[11] = 2;
    let bytes = made(&keys, 2, "");
    let raster = Raster::open(&bytes).unwrap();
    assert_eq!(raster.cell_of(Coord { x: 10.0, y: 5.0 }), Coord { x: 0.5, y: 0.5 });
}

#[test]
fn systems_are_read_from_codes_and_from_keys() {
    let utm = [1, 1, 0, 2, 1024, 0, 1, 1, 3072, 0, 1, 32736];
    assert!(Raster::open(&made(&utm, 2, "")).unwrap().crs.words().contains("36S"));
    let mercator = [1, 1, 0, 3, 1024, 0, 1, 1, 3072, 0, 1, 32767, 3075, 0, 1, 1];
    let bytes = made(&[&mercator[..], &[2048, 0, 1, 4210]].concat(), 2, "");
    // The count of keys is not believed.
    assert!(Raster::open(&bytes).unwrap().crs.words().contains("projection without a name"));
}

#[test]
fn what_is_no_raster_of_numbers_is_refused_in_one_sentence() {
    for cut in [9, 40, 100] {
        let bytes = made(GEOGRAPHIC, 5, "");
        assert!(Raster::open(&bytes[..cut]).is_err());
    }
    let mut plain = Vec::new();
    let mut encoder = TiffEncoder::new(Cursor::new(&mut plain)).unwrap();
    encoder.write_image::<Gray32Float>(1, 1, &[0.0]).unwrap();
    let refusal = Raster::open(&plain).err().unwrap();
    assert!(refusal.0.contains("no place on the globe"), "{refusal}");
}

#[test]
fn a_raster_bent_anywhere_is_survived() {
    let bytes = made(GEOGRAPHIC, 5, "7");
    for at in 0..bytes.len() {
        for with in [0x00, 0x7f, 0xff, bytes[at] ^ 0x01] {
            let mut bent = bytes.clone();
            bent[at] = with;
            let Ok(raster) = Raster::open(&bent) else { continue };
            if u64::from(raster.width) * u64::from(raster.height) < 1 << 22 {
                let _ = raster.read(|_| Ok(()));
            }
        }
    }
}

#[test]
fn numbers_with_a_palette_are_numbers() {
    let mut bytes = made(GEOGRAPHIC, 2, "");
    let entry = [6, 1, 3, 0, 1, 0, 0, 0, 1, 0];
    let at = bytes.windows(10).position(|window| window == entry).unwrap();
    bytes[at + 8] = 3;
    let mut values = Vec::new();
    let raster = Raster::open(&bytes).unwrap();
    raster
        .read(|rows| {
            values.extend(rows.values);
            Ok(())
        })
        .unwrap();
    assert_eq!(values[..3], [0.0, 1.0, 2.0]);
}

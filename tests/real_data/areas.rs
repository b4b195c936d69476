//! Boundaries.

use lacuna::domain::{Area, AreaTree};
use lacuna::intake::{self, Options, Report};

use crate::{assert_complete, empty, file, mozambique, name_of};

fn import(path: &str, known: &AreaTree) -> Option<(Vec<Area>, Report)> {
    let bytes = file(path)?;
    let read = intake::areas(name_of(path), &bytes, known, &Options::default()).unwrap();
    assert_complete(&read.1);
    Some(read)
}

#[test]
fn every_boundary_file_gives_its_areas() {
    let none = empty();
    for (path, level, count) in [
        ("mozambique/boundaries/moz_adm1_codtopo_simplified.geojson", 1, 11),
        ("mozambique/boundaries/moz_adm2_codtopo_simplified.geojson", 2, 159),
        ("south-sudan/boundaries/ssd_adm1_codtopo.geojson", 1, 10),
        ("south-sudan/boundaries/ssd_adm2_codtopo.geojson", 2, 79),
        ("south-sudan/boundaries/ssd_admbnda_adm2_imwg_nbs_20180817.json", 2, 79),
        ("comoros/boundaries/com_adm1_codtopo.geojson", 1, 3),
        ("comoros/boundaries/com_adm2_codtopo.geojson", 2, 17),
        ("comoros/boundaries/com_adm3_codtopo.geojson", 3, 55),
        ("messy/boundaries/vut_adm1_codtopo.geojson", 1, 6),
        ("messy/boundaries/lake_chad_4countries_adm2.geojson", 2, 81),
        ("messy/boundaries/kdn_adm2_codtopo.geojson", 2, 19),
    ] {
        let Some((areas, report)) = import(path, &none.areas) else { return };
        // Coarser areas that the rows only name come besides, without polygons.
        let (areas, coarser): (Vec<_>, Vec<_>) =
            areas.into_iter().partition(|area| area.geometry.is_some());
        assert_eq!(areas.len(), count, "{path}");
        assert_eq!(report.counts.rejected, 0, "{path}");
        assert!(areas.iter().all(|area| area.level == level), "{path}");
        assert!(coarser.iter().all(|area| area.level < level), "{path}");
        assert!(areas.iter().all(|area| *area.name != *area.pcode), "{path}");
        assert!(level == 1 || areas.iter().all(|area| area.parent.is_some()), "{path}");
    }
}

#[test]
fn the_tree_of_mozambique_hangs_together() {
    let Some(moz) = mozambique() else { return };
    assert_eq!((moz.areas.level(1).len(), moz.areas.level(2).len()), (11, 159));
    for ix in moz.areas.level(2) {
        assert_eq!(moz.areas.get(moz.areas.parent(*ix)).level, 1);
    }
}

#[test]
fn the_postos_of_mozambique_are_repaired_and_find_their_district_by_code() {
    let Some(moz) = mozambique() else { return };
    let Some((areas, report)) = import("mozambique/boundaries/moz_adm3.geojson", &moz.areas) else {
        return;
    };
    assert_eq!(areas.len(), 411);
    assert_eq!(report.count("repaired"), 294);
    assert!(areas.iter().all(|area| area.parent.is_some()));
    assert!(report.remarks.iter().any(|remark| remark.contains("beginning of their P-code")));
    // The worst of 294 changes by less than a thousandth.
    assert!(report.remarks.iter().any(|remark| remark.contains("is 0.08")), "{:?}", report.remarks);
}

#[test]
fn a_saved_error_page_is_refused_in_one_sentence() {
    let Some(bytes) = file("messy/boundaries/syr_adm4_codtopo.geojson") else { return };
    let none = empty();
    let refusal = intake::areas("syr.geojson", &bytes, &none.areas, &Options::default());
    assert_eq!(
        refusal.unwrap_err().to_string(),
        "This is a saved server error, not GeoJSON: 400, Failed to execute query."
    );
}

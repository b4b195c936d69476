#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::sync::Arc;

use super::*;
use crate::domain::{Area, Operation, Rows, Sector};
use crate::intake::standards::built_in;

fn known() -> Snapshot {
    let area = |pcode: &str, level: u8, parent: Option<&str>, side: f64| Area {
        pcode: pcode.into(),
        name: format!("Name {pcode}").as_str().into(),
        level,
        parent: parent.map(Into::into),
        geometry: Some(Arc::new(
            geo::Rect::new((1., 1.), (1. + side, 1. + side)).to_polygon().into(),
        )),
        ..Area::default()
    };
    let mut rows = Rows::empty(Operation::new("test", "Test"));
    rows.areas = vec![area("A1", 1, None, 4.), area("A101", 2, Some("A1"), 1.)];
    Snapshot::build(rows)
}

fn import(text: &str) -> (Vec<Site>, Report) {
    let (read, report) =
        sites("sites.csv", text.as_bytes(), &known(), &built_in(), &Options::default()).unwrap();
    (read.sites, report)
}

#[test]
fn types_bring_their_sector_and_points_their_finer_area() {
    let (sites, report) = import(
        "name,type,adm1_pcode,latitude,longitude,radius_m,status
Pump,borehole,A1,1.5,1.5,,functional
Clinic,Health post,A1,4,4,900,closed
Odd,spaceport,A1,1.5,1.5,0,
",
    );
    let kinds: Vec<_> = sites.iter().map(|site| site.kind.as_deref()).collect();
    assert_eq!(kinds, [Some("water-point"), Some("health-post"), Some("spaceport")]);
    let sectors: Vec<_> = sites.iter().map(|site| site.sector).collect();
    assert_eq!(sectors, [Some(Sector::Wsh), Some(Sector::Hea), None]);
    let areas: Vec<_> = sites.iter().map(|site| site.area.as_deref()).collect();
    assert_eq!(areas, [Some("A101"), Some("A1"), Some("A101")]);
    assert_eq!((sites[1].radius_m, sites[1].status), (Some(900.0), Some(SiteStatus::Closed)));
    assert_eq!((report.count("unknown-site-type"), report.count("bad-radius")), (1, 1));
}

#[test]
fn the_header_of_names_says_the_sector_where_no_column_says_the_type() {
    let of = |header: &str| {
        let (sites, report) =
            import(&format!("{header},adm1_pcode,latitude,longitude\nAlba,A1,1.5,1.5\n"));
        let said = report.remarks.iter().any(|remark| remark.contains("neither a sector nor"));
        (sites[0].sector, sites[0].kind.clone(), said)
    };
    assert_eq!(of("School name"), (Some(Sector::Edu), None, false));
    assert_eq!(of("Nom du centre de santé"), (Some(Sector::Hea), None, false));
    assert_eq!(of("Site name"), (None, None, true));
    assert_eq!(of("Camp name"), (None, None, true));
    let (sites, _) = import("School name,sector,adm1_pcode\nAlba,WSH,A1\n");
    assert_eq!(sites[0].sector, Some(Sector::Wsh));
}

#[test]
fn zero_zero_is_not_a_place_and_the_code_wins_over_the_point() {
    let (sites, report) = import(
        "name,type,adm2_pcode,latitude,longitude
a,camp,A101,0,0
b,camp,A101,4,4
c,camp,A101,,
d,camp,A101,95,4
",
    );
    assert!(sites.iter().all(|site| site.area.as_deref() == Some("A101")));
    assert_eq!(sites.iter().filter(|site| site.point.is_some()).count(), 1);
    assert_eq!((report.count("null-island"), report.count("point-outside-area")), (1, 1));
    assert_eq!((report.count("no-coordinates"), report.count("not-coordinates")), (3, 1));
}

#[test]
fn placed_counts_where_rows_end_up() {
    let (_, report) =
        import("name,adm1_pcode,latitude,longitude\nPump,A1,1.5,1.5\nClinic,A1,4,4\n");
    assert_eq!(report.placed, [0, 1, 1]);
}

#[test]
fn a_yes_opens_or_closes_a_site_as_its_header_asks() {
    use SiteStatus::{Closed, Functional};
    for (header, yes, no) in [
        ("Functional (Y/N)", Functional, Closed),
        ("Is site open?", Functional, Closed),
        ("Closed", Closed, Functional),
        ("Not functional", Closed, Functional),
    ] {
        let text = format!("name,latitude,longitude,{header}\na,1.5,1.5,Y\nb,1.5,1.5,No\n");
        let (sites, report) = import(&text);
        let found: Vec<_> = sites.iter().map(|site| site.status).collect();
        assert_eq!(found, [Some(yes), Some(no)], "{header} {:?}", report.columns);
    }
    let (sites, _) = import("name,latitude,longitude,status\na,1.5,1.5,No\n");
    assert_eq!(sites[0].status, None);
}

#[test]
fn answers_that_a_header_names_do_not_turn_its_question_round() {
    use SiteStatus::{Closed, Functional, Partial};
    for (header, yes, no) in [
        ("Fonctionnel (oui ou non)", "oui", "non"),
        ("Functional (1=yes, 0=no)", "1", "0"),
        ("Functional (Yes=1, No=2)", "1", "2"),
        ("Functional (0=yes, 1=no)", "0", "1"),
        ("Operational (Y=yes, N=no)", "Y", "N"),
        ("Functional: yes, no, partially", "yes", "no"),
        ("Fonctionnel : oui - non", "Oui", "Non"),
        ("Funcional (sí o no)", "sí", "no"),
        ("Em funcionamento (sim ou não)", "sim", "não"),
        ("يعمل (نعم أو لا)", "نعم", "لا"),
        ("Functional / Non functional", "yes", "no"),
        ("Functional/non-functional", "yes", "no"),
        ("Open/closed", "yes", "no"),
        ("Functionality (functional, non-functional)", "yes", "no"),
    ] {
        let text = format!(
            "name,latitude,longitude,\"{header}\"\na,1.5,1.5,{yes}\nb,1.5,1.5,{no}\nc,1.6,1.6,{yes}\nd,1.7,1.7,{no}\n"
        );
        let (sites, report) = import(&text);
        let found: Vec<_> = sites.iter().filter_map(|site| site.status).collect();
        let expected = [Functional, Closed, Functional, Closed];
        assert_eq!(found, expected, "{header} {:?}", report.columns);
    }
    for header in [
        "Closed (oui ou non)",
        "Non fonctionnel (oui/non)",
        "No funcional (sí o no)",
        "Not functional",
        "مغلق (نعم أو لا)",
    ] {
        let rows =
            "a,1.5,1.5,oui\nb,1.5,1.5,no\nc,1.5,1.5,yes (partially)\nd,1.5,1.5,Oui (depuis mai)\n";
        let (sites, _) = import(&format!("name,latitude,longitude,\"{header}\"\n{rows}"));
        let found: Vec<_> = sites.iter().map(|site| site.status).collect();
        let expected = [Closed, Functional, Partial, Closed].map(Some);
        assert_eq!(found, expected, "{header}");
    }
    // Which of the two a yes is nobody says.
    for header in ["Closed/open", "Functionality (0=functional, 1=closed)"] {
        let text = format!("name,latitude,longitude,\"{header}\"\na,1.5,1.5,1\nb,1.5,1.5,closed\n");
        let (sites, _) = import(&text);
        let found: Vec<_> = sites.iter().map(|site| site.status).collect();
        assert_eq!(found, [None, Some(Closed)], "{header}");
    }
}

#[test]
fn a_radius_is_read_in_the_measure_of_its_header() {
    for header in [
        "Catchment radius (km)",
        "Radius (km)",
        "radius_km",
        "Catchment (km)",
        "Rayon de couverture (km)",
        "Service radius km",
    ] {
        let text =
            format!("name,latitude,longitude,{header}\na,1.5,1.5,5\nb,1.5,1.5,2.5\nc,1,1,1\n");
        let (sites, report) = import(&text);
        let found: Vec<_> = sites.iter().map(|site| site.radius_m).collect();
        assert_eq!(
            found,
            [Some(5000.0), Some(2500.0), Some(1000.0)],
            "{header} {:?}",
            report.columns
        );
    }
    for header in ["Radius (m)", "\"Radius (metres, max 5 km)\""] {
        let (sites, _) = import(&format!("name,latitude,longitude,{header}\na,1.5,1.5,500\n"));
        assert_eq!(sites[0].radius_m, Some(500.0), "{header}");
    }
    let (sites, _) = import("name,latitude,longitude,Radius (minutes)\na,1.5,1.5,30\n");
    assert_eq!(sites[0].radius_m, None);
}

#[test]
fn sites_without_a_name_are_no_copies_of_one_another() {
    let (sites, report) = import(
        "Foo,type,adm1_pcode
Escola 0,school,A1
Escola 1,school,A1
Escola 1,school,A1
",
    );
    assert_eq!((sites.len(), report.counts.copies, report.count("no-name")), (2, 1, 2));
}

#[test]
fn the_names_of_schools_camps_and_centres_are_names() {
    for header in [
        "Nome da escola",
        "Nome do sítio",
        "Nome do centro",
        "Unidade sanitária",
        "Centro educativo",
        "Albergue",
        "Nom du centre de santé",
        "Établissement",
        "School",
        "Shelter name",
        "Collective centre",
        "اسم المدرسة",
        "اسم المخيم",
    ] {
        let (sites, _) = import(&format!("{header},type,adm1_pcode\nA,camp,A1\nB,camp,A1\n"));
        let names: Vec<_> = sites.iter().map(|site| site.name.as_deref()).collect();
        assert_eq!(names, [Some("A"), Some("B")], "{header}");
    }
}

#[test]
fn coordinates_of_x_and_y_are_longitude_and_latitude() {
    for noun in ["Coordonnées", "Coord", "GPS", "Coordenada"] {
        let (sites, _) = import(&format!(
            "name,type,{noun} X,{noun} Y\nA,camp,1.5,1.25\nB,camp,1.75,1.5\nC,camp,1.25,1.75\n"
        ));
        let points: Vec<_> = sites.iter().filter_map(|site| site.point).collect();
        assert_eq!(points.len(), 3, "{noun}");
        assert_eq!(points[0], crate::domain::Point::new(1.5, 1.25), "{noun}");
    }
    let (sites, _) =
        import("name,type,Coord X,Coord Y\nA,camp,512345,8012345\nB,camp,512346,8012346\n");
    assert!(sites.iter().all(|site| site.point.is_none()));
}

#[test]
fn a_capacity_in_litres_or_households_is_none_of_people() {
    let (sites, report) = import(
        "name,latitude,longitude,capacity,unit\nTank,1,2,5000,litres\nCamp,1,3,100,households\nSchool,1,4,120,people\n",
    );
    let capacities: Vec<_> = sites.iter().map(|site| site.capacity_people).collect();
    assert_eq!(capacities, [None, None, Some(120.0)]);
    assert_eq!(report.count("not-people"), 2);
}

use super::*;
use crate::intake::evidence::Trait;

fn head(index: usize, header: &str, tag: &str) -> Head {
    Head { index, header: header.to_owned(), tag: tag.to_owned(), ..Head::default() }
}

fn mapped(heads: &[Head]) -> Vec<Option<String>> {
    let mapping = map(Kind::Activities, heads, &[], &Options::default());
    mapping.columns.into_iter().map(|column| column.field).collect()
}

fn check(heads: &[(&str, &str)], fields: &[&str]) {
    let heads: Vec<_> = heads.iter().enumerate().map(|(at, (h, t))| head(at, h, t)).collect();
    let found: Vec<_> = mapped(&heads).into_iter().map(Option::unwrap_or_default).collect();
    assert_eq!(found, fields);
}

#[test]
fn the_words_of_a_header_win_over_a_disagreeing_tag() {
    let heads = [head(0, "Lead Organization", "#org +funder +name")];
    let mapping = map(Kind::Activities, &heads, &[], &Options::default());
    assert_eq!(mapping.columns[0].field.as_deref(), Some("partner"));
    assert!(mapping.columns[0].reason.contains("words win"), "{}", mapping.columns[0].reason);
}

#[test]
fn the_order_and_blanks_of_tags_do_not_matter() {
    check(
        &[
            ("", "#name + adm2"),
            ("", "#adm2 +name"),
            ("", "#adm2+ v_pcode +code\t"),
            ("", "#sector\t"),
        ],
        &["", "adm2_name", "adm2_pcode", "sector"],
    );
    check(&[("", "#org+reporting"), ("", "#org+reporting+name")], &["partner_acronym", "partner"]);
}

#[test]
fn headers_are_known_in_five_languages() {
    check(
        &[
            ("Organização líder", ""),
            ("Setor", ""),
            ("Data de início", ""),
            ("Personas alcanzadas", ""),
            ("Ménages ciblés", ""),
            ("المحافظة", ""),
            ("admin2Pcode", ""),
            ("ADMIN 3", ""),
        ],
        &[
            "partner",
            "sector",
            "start_date",
            "reached",
            "households_targeted",
            "adm1_name",
            "adm2_pcode",
            "adm3_name",
        ],
    );
}

#[test]
fn a_merged_header_over_several_columns_lets_the_tags_tell_them_apart() {
    let shared = |index, header: &str, tag: &str| Head { shared: true, ..head(index, header, tag) };
    let heads = [
        shared(0, "Nb of Beneficiaries assisted", "#targeted +hh"),
        shared(1, "Nb of Beneficiaries assisted", "#targeted +ind +num"),
        shared(2, "Nb of Beneficiaries assisted", "#reached +hh"),
        shared(3, "Nb of Beneficiaries assisted", "#reached +ind +num"),
    ];
    let found: Vec<_> = mapped(&heads).into_iter().map(Option::unwrap_or_default).collect();
    assert_eq!(found, ["households_targeted", "targeted", "households_reached", "reached"]);
}

#[test]
fn personal_data_are_dropped_and_the_sender_can_say_what_a_column_is() {
    let heads = [head(0, "Focal point", ""), head(1, "E-mail", ""), head(2, "Mystery", "")];
    let options =
        Options { columns: vec![("mystery".into(), Field::Reached)], ..Options::default() };
    let mapping = map(Kind::Activities, &heads, &[], &options);
    let personal = mapping.columns.iter().filter(|column| column.personal);
    let personal: Vec<&str> = personal.map(|column| column.header.as_str()).collect();
    assert_eq!(personal, ["Focal point", "E-mail"]);
    assert_eq!(mapping.column_of[Field::Reached as usize], Some(2));
}

#[test]
fn of_two_columns_that_mean_the_same_the_second_is_named_as_not_used() {
    let heads = [head(0, "reached", ""), head(1, "sector", ""), head(2, "Reached", "")];
    let mapping = map(Kind::Activities, &heads, &[], &Options::default());
    assert_eq!(mapping.column_of[Field::Reached as usize], Some(0));
    assert!(mapping.columns[2].reason.contains("column A: not used"));
    assert_eq!(
        mapping.remarks,
        [
            "Columns A (reached) and C (Reached) both look like reached: the first is used, the second is not."
        ]
    );
}

#[test]
fn shares_are_no_people_and_refuted_columns_are_not_used() {
    check(
        &[("% targeted", "#targeted+percentage"), ("Targeted 2017", "#targeted")],
        &["", "targeted"],
    );
    check(&[("Year", "#date+year"), ("", "#date+quarter")], &["year", ""]);
    let heads = [head(0, "Facility Location / altitude", ""), head(1, "Start", "")];
    let numbers = Evidence::of(9, 9);
    let clock = numbers.clone().with(Trait::Date, 1.0).with(Trait::Moment, 1.0);
    let evidence = [numbers.with(Trait::Number, 1.0), clock];
    let mapping = map(Kind::Sites, &heads, &evidence, &Options::default());
    assert_eq!(mapping.columns.iter().filter(|column| column.field.is_some()).count(), 0);
    assert!(mapping.columns[1].reason.contains("filled in"), "{:?}", mapping.columns[1]);
}

#[test]
fn the_spanish_estado_is_a_place_where_its_values_are_no_statuses() {
    let heads = [head(0, "Estado", ""), head(1, "Estado_PCODE", ""), head(2, "Sector", "")];
    let places = Evidence::of(9, 5);
    let mapping = map(Kind::Activities, &heads, std::slice::from_ref(&places), &Options::default());
    let fields: Vec<_> = mapping.columns.iter().flat_map(|c| c.field.as_deref()).collect();
    assert_eq!(fields, ["adm1_name", "adm1_pcode", "sector"]);
    let mapping =
        map(Kind::Activities, &heads, &[places.with(Trait::Status, 0.9)], &Options::default());
    assert_eq!(mapping.columns[0].field.as_deref(), Some("status"));
}

#[test]
fn households_in_brackets_are_never_people() {
    check(
        &[
            ("Beneficiaries reached (HH)", ""),
            ("Cible (ménages)", ""),
            ("Reached (individuals)", ""),
        ],
        &["households_reached", "households_targeted", "reached"],
    );
    let heads = [head(0, "Latitude", ""), head(1, "Capacity (HH)", ""), head(2, "Lon", "")];
    let mapping = map(Kind::Sites, &heads, &[], &Options::default());
    assert_eq!(mapping.columns[1].field, None);
}

#[test]
fn a_zone_between_a_region_and_a_woreda_is_of_the_level_between() {
    check(
        &[("Region", ""), ("Region p-code", ""), ("Zone", ""), ("Zone p-code", ""), ("Woreda", "")],
        &["adm1_name", "adm1_pcode", "adm2_name", "adm2_pcode", "adm3_name"],
    );
    check(&[("Zone", ""), ("Sector", "")], &["", "sector"]);
}

#[test]
fn a_column_of_activities_that_holds_sectors_is_the_sector() {
    let heads = [head(0, "Society", ""), head(1, "Activity", "")];
    let seen = Evidence::of(9, 4);
    let evidence = [Evidence::default(), seen.with(Trait::Sector, 0.8)];
    let mapping = map(Kind::Activities, &heads, &evidence, &Options::default());
    let fields: Vec<_> = mapping.columns.iter().map(|column| column.field.clone()).collect();
    assert_eq!(fields, [Some("partner".to_owned()), Some("sector".to_owned())]);
}

#[test]
fn a_column_the_sender_names_must_be_there() {
    let heads = [head(0, "Who", ""), head(1, "Where", "")];
    let told =
        |name: &str| Options { columns: vec![(name.into(), Field::Partner)], ..Options::default() };
    assert_eq!(missing(&heads, &told("who")), None);
    assert_eq!(missing(&heads, &told("B")), None);
    let sentence = missing(&heads, &told("Whom")).unwrap_or_default();
    assert_eq!(sentence, "There is no column \"Whom\": the table has Who, Where.");
}

#[test]
fn our_own_templates_are_understood_in_full() {
    for (kind, _) in Kind::TABLE {
        let fields = kind.template();
        let heads: Vec<_> = fields
            .iter()
            .enumerate()
            .map(|(at, field)| head(at, field.name(), field.def().hxl))
            .collect();
        let mapping = map(*kind, &heads, &[], &Options::default());
        for (at, field) in fields.iter().enumerate() {
            assert_eq!(mapping.column_of[*field as usize], Some(at), "{kind:?} {}", field.name());
        }
        let tags_only: Vec<_> =
            fields.iter().enumerate().map(|(at, field)| head(at, "", field.def().hxl)).collect();
        let mapping = map(*kind, &tags_only, &[], &Options::default());
        for (at, field) in fields.iter().enumerate() {
            assert_eq!(
                mapping.column_of[*field as usize],
                Some(at),
                "{kind:?} {}",
                field.def().hxl
            );
        }
    }
}

#[test]
fn what_was_planned_is_no_figure_of_those_reached() {
    check(
        &[("Beneficiaries (plan)", ""), ("Beneficiaries (actual)", "")],
        &["targeted", "reached"],
    );
    check(&[("Bénéficiaires (prévu)", ""), ("Start date", "")], &["targeted", "start_date"]);
    check(&[("Beneficiarios - planificado", "")], &["targeted"]);
    check(&[("Beneficiários (planejado)", "")], &["targeted"]);
    check(&[("Beneficiaries (planned)", ""), ("Plan", "")], &["targeted", ""]);
}

#[test]
fn who_was_not_reached_and_what_is_no_person_is_not_used_and_named() {
    let heads = ["Not reached", "Schools reached", "Target (MT)", "Reached"];
    let heads: Vec<Head> = heads.iter().enumerate().map(|(at, h)| head(at, h, "")).collect();
    let mapping = map(Kind::Activities, &heads, &[], &Options::default());
    assert_eq!(mapping.column_of[Field::Reached as usize], Some(3));
    assert_eq!(mapping.column_of[Field::Targeted as usize], None);
    for (at, words) in ["not reached", "other than people", "other than people"].iter().enumerate()
    {
        assert!(mapping.columns[at].reason.contains(words), "{:?}", mapping.columns[at]);
    }
    check(&[("Previously reached", ""), ("Reached (kits)", "")], &["", ""]);
    check(&[("Schools", "#reached"), ("Budget (SSP)", "")], &["", ""]);
    let mapping = map(Kind::Activities, &[head(0, "Reached (PwD)", "")], &[], &Options::default());
    assert_eq!(mapping.columns[0].group, "all/all/all/with");
}

#[test]
fn counts_say_people_or_households_however_they_are_written() {
    check(
        &[("Foyers atteints", ""), ("Foyers ciblés", "")],
        &["households_reached", "households_targeted"],
    );
    check(&[("Beneficiaries (in HH)", "")], &["households_reached"]);
    check(&[("Bénéficiaires (ménages)", "")], &["households_reached"]);
    check(&[("HH reached (individuals)", "")], &["reached"]);
    check(&[("No. of beneficiaries", ""), ("No. of HHs", "")], &["reached", "households_reached"]);
    for header in ["No of individuals", "Nº de beneficiarios", "Nr. of beneficiaries"] {
        check(&[(header, "")], &["reached"]);
    }
    check(&[("HH No", "")], &["households_reached"]);
}

#[test]
fn answers_in_brackets_and_columns_of_the_form_are_no_fields() {
    let heads = ["WASH facility (Y/N)", "GPS_Lat", "GPS_Long", "_validation_status"];
    let heads: Vec<Head> = heads.iter().enumerate().map(|(at, h)| head(at, h, "")).collect();
    let mapping = map(Kind::Sites, &heads, &[], &Options::default());
    let fields: Vec<_> =
        mapping.columns.iter().map(|column| column.field.as_deref().unwrap_or_default()).collect();
    assert_eq!(fields, ["", "latitude", "longitude", ""]);
}

#[test]
fn when_a_form_was_filled_in_is_not_when_the_work_was_done() {
    let day = Evidence::of(9, 5).with(Trait::Date, 1.0);
    let moment = day.clone().with(Trait::Moment, 1.0);
    let read = |other: &str, last: &str| {
        let heads = ["start", "end", "today", other, "partner", last];
        let heads: Vec<Head> = heads.iter().enumerate().map(|(at, h)| head(at, h, "")).collect();
        let evidence = [moment.clone(), moment.clone(), day.clone(), day.clone()];
        let mapping = map(Kind::Activities, &heads, &evidence, &Options::default());
        let field = |at: usize| mapping.columns[at].field.clone().unwrap_or_default();
        [0, 1, 3].map(field)
    };
    assert_eq!(read("reporting_month", "_index"), ["", "", "month"]);
    assert_eq!(read("activity_start", "_uuid"), ["", "", "start_date"]);
    // Nothing else says when, or the table is of no form.
    assert_eq!(read("sector", "_index"), ["start_date", "end_date", "sector"]);
    assert_eq!(read("reporting_month", "sector"), ["start_date", "end_date", "month"]);
}

#[test]
fn of_columns_that_look_equally_like_a_figure_the_total_is_read_or_none() {
    let read = |headers: &[&str]| {
        let heads: Vec<Head> = headers.iter().enumerate().map(|(at, h)| head(at, h, "")).collect();
        let mapping = map(Kind::Activities, &heads, &[], &Options::default());
        (mapping.column_of[Field::Reached as usize], mapping.remarks)
    };
    let none = |remarks: &[String]| remarks.iter().any(|said| said.contains("none is read"));
    let (reached, remarks) = read(&["Reached - ECHO", "Reached - BHA", "Total reached"]);
    assert_eq!((reached, none(&remarks)), (Some(2), false), "{remarks:?}");
    let (reached, remarks) =
        read(&["# of people reached with kits", "# of people reached with cash"]);
    assert_eq!((reached, none(&remarks)), (None, true), "{remarks:?}");
    let (reached, remarks) = read(&["Reached - ECHO", "Reached - BHA"]);
    assert_eq!((reached, none(&remarks)), (None, true), "{remarks:?}");
    for headers in [
        &["People reached", "People reached with cash"][..],
        &["Reached (individuals)", "Reached - BHA"],
        &["People reached with cash", "Households reached with cash"],
        &["People reached through our partners", "Sector"],
    ] {
        let (reached, remarks) = read(headers);
        assert_eq!((reached, none(&remarks)), (Some(0), false), "{headers:?} {remarks:?}");
    }
    let grouped = |groups: [&str; 2]| {
        let under = |(at, group): (usize, &&str)| Head {
            group: (*group).to_owned(),
            ..head(at, "Reached", "")
        };
        let heads: Vec<Head> = groups.iter().enumerate().map(under).collect();
        map(Kind::Activities, &heads, &[], &Options::default()).column_of[Field::Reached as usize]
    };
    assert_eq!(grouped(["ECHO", "BHA"]), None);
    assert_eq!(grouped(["ECHO", "Total"]), Some(1));
}

#[test]
fn host_families_below_people_are_people_and_a_target_of_individuals_is_no_reached() {
    let below = |header: &str, at: usize| Head {
        group: "Bénéficiaires atteints".to_owned(),
        combined: vec![format!("{header} Bénéficiaires atteints")],
        ..head(at, header, "")
    };
    let heads = [below("PDI", 0), below("Familles d'accueil", 1), below("Total", 2)];
    let mapping = map(Kind::Activities, &heads, &[], &Options::default());
    assert_eq!(mapping.column_of[Field::HouseholdsReached as usize], None);
    assert_eq!(mapping.beside_total.len(), 2, "{:?}", mapping.columns);
    check(
        &[("Annual Target (individuals)", ""), ("Reached (individuals)", "")],
        &["targeted", "reached"],
    );
    check(&[("Quarterly target (individuals)", "")], &["targeted"]);
    check(
        &[("# individuals paid", ""), ("# HHs paid", ""), ("Total paid", "")],
        &["reached", "households_reached", ""],
    );
    let numbers = Evidence::of(9, 5).with(Trait::Number, 1.0);
    let heads = [head(0, "Other gender reached", "")];
    let mapping = map(Kind::Activities, &heads, &[numbers], &Options::default());
    assert_eq!(mapping.column_of[Field::Sex as usize], None);
}

#[test]
fn a_column_of_days_is_no_activity_and_a_period_gives_way_to_months() {
    let days = Evidence::of(9, 5).with(Trait::Date, 1.0);
    for header in [
        "Activity date",
        "Date of distribution",
        "Date de distribution",
        "Date of activity",
        "Date of intervention",
        "Activity start",
        "Period covered",
        "Période",
        "Quarter",
        "Trimestre",
        "When did the activity start?",
    ] {
        let heads = [head(0, header, "")];
        let evidence = std::slice::from_ref(&days);
        let mapping = map(Kind::Activities, &heads, evidence, &Options::default());
        assert_eq!(mapping.columns[0].field.as_deref(), Some("start_date"), "{header}");
    }
    check(&[("Data do fim", ""), ("Project start", "")], &["end_date", "start_date"]);
    check(&[("Quarter", ""), ("Month", "")], &["", "month"]);
    let heads = [head(0, "Activity day", ""), head(1, "Quarter", "")];
    let evidence = [days, Evidence::of(9, 4).with(Trait::Number, 1.0)];
    let mapping = map(Kind::Activities, &heads, &evidence, &Options::default());
    assert!(mapping.columns.iter().all(|column| column.field.is_none()), "{:?}", mapping.columns);
}

#[test]
fn those_who_do_the_work_or_pay_for_it_are_known() {
    for header in [
        "Organisation/Agence de mise en œuvre",
        "Sous-partenaire",
        "Executing agency",
        "Cooperating Partner",
        "Implemented by",
        "Implementing NGO",
        "Partenaire local",
        "Socio local",
        "Parceiro local",
        "Contraparte local",
    ] {
        check(&[("Partner", ""), (header, "")], &["partner", "implementing_partner"]);
    }
    check(&[("Operator", ""), ("Funding agency", "")], &["partner", "donor"]);
    check(&[("Partner", ""), ("Financiado por", "")], &["partner", "donor"]);
    check(&[("Partner", ""), ("Líder local", "")], &["partner", ""]);
}

#[test]
fn a_question_for_a_place_is_no_activity_and_who_runs_a_site_reports_nothing() {
    check(
        &[("In which state did the activity take place?", ""), ("In which county?", "")],
        &["adm1_name", "adm2_name"],
    );
    check(&[("Managed by", "")], &[""]);
    let mapping = map(Kind::Sites, &[head(0, "Managed by", "")], &[], &Options::default());
    assert_eq!(mapping.columns[0].field.as_deref(), Some("partner"));
}

#[test]
fn answers_whether_a_site_is_open_are_its_status() {
    for header in
        ["Functional (Y/N)", "Operational", "Is functional?", "Open?", "Closed", "Is site open?"]
    {
        let mapping = map(Kind::Sites, &[head(0, header, "")], &[], &Options::default());
        assert_eq!(mapping.columns[0].field.as_deref(), Some("status"), "{header}");
    }
}

#[test]
fn cells_shown_as_per_cent_are_no_people() {
    let heads = [head(0, "Achievement", ""), head(1, "Girls reached", ""), head(2, "Target", "")];
    let numbers = Evidence::of(9, 5).with(Trait::Number, 1.0);
    let shares = numbers.clone().with(Trait::Share, 1.0);
    let evidence = [shares.clone(), shares, numbers];
    let mapping = map(Kind::Activities, &heads, &evidence, &Options::default());
    let fields: Vec<_> = mapping.columns.iter().map(|column| column.field.as_deref()).collect();
    assert_eq!(fields, [None, None, Some("targeted")]);
    assert!(mapping.columns[0].reason.contains("per cent"), "{:?}", mapping.columns[0]);
}

#[test]
fn a_plain_column_of_those_reached_goes_before_one_that_says_which() {
    check(&[("Reached (incl. previous months)", ""), ("People reached", "")], &["", "reached"]);
    check(&[("Reached (incl. previous months)", "")], &["reached"]);
    check(&[("People to be reached", "")], &["targeted"]);
}

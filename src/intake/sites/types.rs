//! Words for types of sites, in English, French, Portuguese, Spanish and Arabic, to the type codes
//! of `data/standards.csv`.

use crate::domain::fold;

/// A word, at the beginning of a word of the cell, and the type it names. The first that fits
/// counts, so the particular stands before the general.
const WORDS: &[(&str, &[&str])] = &[
    (
        "mobile-clinic",
        &[
            "mobile clinic",
            "mobile health",
            "mobile medical",
            "clinique mobile",
            "clinica movel",
            "clinica movil",
            "brigada movel",
        ],
    ),
    ("hospital", &["hospital", "hospitalier", "hopital", "مستشفى"]),
    (
        "health-post",
        &[
            "health post",
            "health unit",
            "primary health care unit",
            "phcu",
            "posto de saude",
            "poste de sante",
            "puesto de salud",
            "dispensa",
            "aid post",
            "case de sante",
        ],
    ),
    (
        "health-centre",
        &[
            "health cent",
            "primary health",
            "phcc",
            "centro de saude",
            "centre de sante",
            "centro de salud",
            "centre medic",
            "polyclinic",
            "مركز صحي",
        ],
    ),
    (
        "health-facility",
        &[
            "health facil",
            "clinic",
            "cliniqu",
            "maternity",
            "maternidade",
            "maternite",
            "formation sanitaire",
            "health",
        ],
    ),
    (
        "water-point",
        &[
            "water",
            "borehole",
            "handpump",
            "hand pump",
            "well ",
            "wells ",
            "tapstand",
            "tap stand",
            "ponto de agua",
            "fontanari",
            "furo ",
            "poco ",
            "point d eau",
            "forage",
            "puits",
            "punto de agua",
            "pozo",
            "نقطة مياه",
            "بئر",
        ],
    ),
    ("latrine", &["latrine", "toilet", "letrina", "sanitaires"]),
    (
        "learning-space",
        &[
            "learning space",
            "temporary learning",
            "learning cent",
            "tls ",
            "espaco de aprendizagem",
            "espace d apprentissage",
            "espacio de aprendizaje",
        ],
    ),
    ("school", &["school", "ecole", "escola", "escuela", "kindergarten", "مدرسة"]),
    (
        "nutrition-site",
        &[
            "nutrition",
            "nutric",
            "stabilisation cent",
            "stabilization cent",
            "otp ",
            "tsfp ",
            "feeding",
        ],
    ),
    (
        "child-friendly-space",
        &[
            "child friendly",
            "cfs ",
            "espace ami des enfants",
            "espaco amigo da crianca",
            "espacio amigable",
        ],
    ),
    (
        "safe-space",
        &["safe space", "women", "wgss ", "espace sur", "espaco seguro", "espacio seguro"],
    ),
    ("registration-point", &["registration", "registo", "registro", "enregistrement"]),
    ("cash-point", &["cash", "payment point", "atm "]),
    ("distribution-point", &["distribu", "final delivery point", "fdp ", "توزيع"]),
    ("market", &["market", "mercado", "marche", "سوق"]),
    ("warehouse", &["warehouse", "armazem", "entrepot", "bodega", "almacen", "storage"]),
    ("reception-centre", &["reception", "transit", "way station", "accueil"]),
    (
        "collective-centre",
        &[
            "collective",
            "coletivo",
            "centre collectif",
            "centro colectivo",
            "evacuation",
            "accommodation cent",
            "centro de acomodacao",
        ],
    ),
    (
        "host-community",
        &[
            "host comm",
            "host famil",
            "comunidade de acolhimento",
            "communaute hote",
            "communaute d accueil",
        ],
    ),
    (
        "protection-desk",
        &[
            "protection desk",
            "community cent",
            "help desk",
            "centre communautaire",
            "centro comunitario",
        ],
    ),
    (
        "camp",
        &[
            "camp",
            "acampamento",
            "campamento",
            "displacement site",
            "idp site",
            "settlement",
            "assentamento",
            "asentamiento",
            "protection of civilians",
            "poc ",
            "sitio",
            "site de deplaces",
            "مخيم",
        ],
    ),
];

/// The type code a text names, where it names one.
pub(super) fn code(text: &str) -> Option<&'static str> {
    let folded = format!(" {} ", fold(text));
    let begins = |word: &str| folded.contains(&format!(" {word}"));
    WORDS
        .iter()
        .find(|(code, _)| begins(&format!("{} ", code.replace('-', " "))))
        .or_else(|| WORDS.iter().find(|(_, words)| words.iter().any(|word| begins(word))))
        .map(|(code, _)| *code)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intake::standards::built_in;

    #[test]
    fn every_type_is_in_the_table_of_standards_and_back() {
        let standards = built_in();
        let kinds: Vec<_> = standards.0.iter().map(|standard| &*standard.kind).collect();
        assert!(WORDS.iter().all(|(code, _)| kinds.contains(code)));
        assert!(kinds.iter().all(|kind| WORDS.iter().any(|(code, _)| code == kind)));
        assert!(WORDS.iter().all(|(kind, _)| code(kind) == Some(kind)));
    }

    #[test]
    fn words_of_real_files_are_known() {
        for (text, expected) in [
            ("Centro de Saúde Rural II", Some("health-centre")),
            ("Posto de Saúde", Some("health-post")),
            ("Hospital Distrital", Some("hospital")),
            ("Centre Hospitalier Régional", Some("hospital")),
            ("Primary Health Care Unit", Some("health-post")),
            ("Primary Health Care Centre", Some("health-centre")),
            ("Dispensaire", Some("health-post")),
            ("Displacement Site", Some("camp")),
            ("Host Community", Some("host-community")),
            ("Wellness", None),
            ("Deep well", Some("water-point")),
            ("Food distribution point", Some("distribution-point")),
        ] {
            assert_eq!(code(text), expected, "{text}");
        }
    }
}

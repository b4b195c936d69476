//! Cluster codes (DESIGN 2).

use std::fmt;

/// A sector: one humanitarian cluster or area of responsibility, or `ALL`, intersectoral.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Sector {
    #[default]
    All,
    Ccm,
    Edu,
    Ery,
    Fsc,
    Hea,
    Log,
    Mpc,
    Ms,
    Nut,
    Pro,
    ProCpn,
    ProGbv,
    ProHlp,
    ProMin,
    Shl,
    Tel,
    Wsh,
}

impl Sector {
    /// Every sector with its code and English name, in the order of the codes.
    pub const TABLE: &'static [(Sector, &'static str, &'static str)] = &[
        (Sector::All, "ALL", "All sectors"),
        (Sector::Ccm, "CCM", "Camp coordination and camp management"),
        (Sector::Edu, "EDU", "Education"),
        (Sector::Ery, "ERY", "Early recovery"),
        (Sector::Fsc, "FSC", "Food security and livelihoods"),
        (Sector::Hea, "HEA", "Health"),
        (Sector::Log, "LOG", "Logistics"),
        (Sector::Mpc, "MPC", "Multi-purpose cash"),
        (Sector::Ms, "MS", "Multi-sector"),
        (Sector::Nut, "NUT", "Nutrition"),
        (Sector::Pro, "PRO", "Protection"),
        (Sector::ProCpn, "PRO-CPN", "Child protection"),
        (Sector::ProGbv, "PRO-GBV", "Gender-based violence"),
        (Sector::ProHlp, "PRO-HLP", "Housing, land and property"),
        (Sector::ProMin, "PRO-MIN", "Mine action"),
        (Sector::Shl, "SHL", "Shelter and non-food items"),
        (Sector::Tel, "TEL", "Emergency telecommunications"),
        (Sector::Wsh, "WSH", "Water, sanitation and hygiene"),
    ];

    pub fn code(self) -> &'static str {
        Sector::TABLE[self as usize].1
    }

    pub fn name(self) -> &'static str {
        Sector::TABLE[self as usize].2
    }

    /// The sector of this exact code, in any case.
    pub fn from_code(code: &str) -> Option<Sector> {
        let found = Sector::TABLE.iter().find(|(_, known, _)| known.eq_ignore_ascii_case(code));
        found.map(|(sector, _, _)| *sector)
    }

    /// The sector this one counts under (METHODS 8): `PRO` for `PRO-GBV`, itself otherwise.
    pub fn main(self) -> Sector {
        match self {
            Sector::ProCpn | Sector::ProGbv | Sector::ProHlp | Sector::ProMin => Sector::Pro,
            other => other,
        }
    }

    /// Whether a question about this sector sees a row of another: ALL sees any, a main sector its
    /// sub-sectors (METHODS 8, 25).
    pub fn sees(self, own: Option<Sector>) -> bool {
        self == Sector::All || own.is_some_and(|own| own == self || own.main() == self)
    }
}

impl fmt::Display for Sector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_the_order_of_the_enum() {
        for (position, (sector, code, _)) in Sector::TABLE.iter().enumerate() {
            assert_eq!(*sector as usize, position);
            assert_eq!(Sector::from_code(&code.to_lowercase()), Some(*sector));
        }
    }

    #[test]
    fn sub_sectors_count_under_their_sector() {
        assert_eq!(Sector::ProGbv.main(), Sector::Pro);
        assert_eq!(Sector::Wsh.main(), Sector::Wsh);
    }
}

//! What can be wrong with a row, in the words of the person who filled it in. Stable codes.

use super::report::Problem;

const fn problem(code: &'static str, message: &'static str, remedy: &'static str) -> Problem {
    Problem { code, message, remedy }
}

pub const NOTHING_MAPPED: Problem = problem(
    "nothing-understood",
    "The row has nothing in any column that is understood.",
    "Fill in the row, or say what the other columns are.",
);
pub const TOTAL_ROW: Problem = problem(
    "total-row",
    "The row is a sum of other rows.",
    "Leave sums out: they are made from the rows.",
);
pub const TITLE_ROW: Problem = problem(
    "title-row",
    "The row has only one cell with something in it: a title, a note or the name of a group of rows is no row.",
    "Leave it out; what it says of the rows below belongs into a column, in every row.",
);
pub const HEADER_ROW: Problem = problem(
    "header-row",
    "The row is the header again.",
    "Leave it out: one header above all rows is enough.",
);
pub const OTHER_HEADER: Problem = problem(
    "other-header",
    "The row is the header of another table.",
    "Send each table by itself, or name the row of its header.",
);
pub const OTHER_TABLE: Problem = problem(
    "other-table",
    "The row stands below the header of another table and is not read.",
    "Send each table by itself, or name the row of its header.",
);
pub const EXAMPLE_ROW: Problem =
    problem("example-row", "The row is an example of the form.", "Leave it out.");
pub const NUMBERING_ROW: Problem =
    problem("numbering-row", "The row numbers the columns, and is no row.", "Leave it out.");
pub const INSTRUCTION_ROW: Problem = problem(
    "instruction-row",
    "The row says what is to be written, and is no row.",
    "Leave it out.",
);
pub const COPY: Problem = problem(
    "copy",
    "The row says the same as an earlier one in every column that is used, and counts once.",
    "Leave it out, or give what tells the two apart, such as an activity id.",
);
pub const FAILED_FORMULA: Problem =
    problem("failed-formula", "The formula of the cell failed.", "Write the value itself.");
pub const NOT_A_NUMBER: Problem = problem(
    "not-a-number",
    "There is no number where one should be: the figure is unknown.",
    "Write digits only, and the unit in its own column; leave the cell empty where unknown.",
);
pub const NEGATIVE: Problem =
    problem("negative", "The figure is below zero: it is unknown.", "Write zero or more.");
pub const THOUSANDS_OR_DECIMALS: Problem = problem(
    "thousands-or-decimals",
    "The sign may be one of thousands: read as a decimal sign, as other cells of the column are.",
    "Write digits only, such as 1500, without a sign for thousands.",
);
pub const MERGED_FIGURE: Problem = problem(
    "merged-figure",
    "The figure stands in a cell that is merged over rows of several places: how many are in each is unknown.",
    "Write the figure of each row in a cell of its own.",
);
pub const FIGURE_ABOVE: Problem = problem(
    "figure-above",
    "The figure stands in a cell that is merged over several rows of one place: it counts once, in the first of them.",
    "Nothing needs doing where the people are the same; else write the figure of each row in a cell of its own.",
);
pub const SHARE: Problem = problem(
    "share",
    "The cell is shown as per cent, a share and no number of people: the figure is unknown.",
    "Write the number of people, or show the cell as a plain number if that is what it is.",
);
pub const TOO_MANY: Problem = problem(
    "too-many",
    "The figure is more than everybody alive: it is unknown.",
    "Correct the figure; leave the cell empty where it is unknown.",
);
pub const IMPLAUSIBLE_DATE: Problem = problem(
    "implausible-date",
    "The date is a plain number among dates, or before 1990 or after 2100: it is unknown.",
    "Write the day as 2026-07-01; a figure belongs in another column.",
);
pub const NO_SECTOR: Problem = problem(
    "no-sector",
    "The row names no sector: it counts only in ALL.",
    "Fill in the cluster code, such as WSH.",
);
pub const NO_YEAR: Problem = problem(
    "no-year",
    "The year of these months is not known: their figures are not counted.",
    "Write the year into the header, such as Jan 2026, or fill in the dates of the row.",
);
pub const NOT_A_DATE: Problem = problem(
    "not-a-date",
    "The date cannot be read: it is unknown.",
    "Write 2026-07-01, and all dates of a column the same way.",
);
pub const BAD_SEVERITY: Problem = problem(
    "bad-severity",
    "The severity is not between 1 and 5: it is unknown.",
    "Write 1 (minimal) to 5 (catastrophic).",
);
pub const END_BEFORE_START: Problem = problem(
    "end-before-start",
    "The end is before the start: the start day counts.",
    "Correct one of the two dates.",
);
pub const UNKNOWN_SECTOR: Problem = problem(
    "unknown-sector",
    "The sector is not known.",
    "Use a cluster code such as WSH, or its usual name.",
);
pub const UNKNOWN_STATUS: Problem = problem(
    "unknown-status",
    "The status is not known: the row counts as if it had none.",
    "Use planned, ongoing, completed, suspended or cancelled.",
);
pub const UNKNOWN_GROUP: Problem = problem(
    "unknown-group",
    "The population group is not known: the row is about everybody.",
    "Use all, host, idp, returnee, refugee or other.",
);
pub const UNKNOWN_SEX: Problem = problem(
    "unknown-sex",
    "The sex is not known: the row is about all.",
    "Use all, female or male.",
);
pub const UNKNOWN_AGE: Problem = problem(
    "unknown-age",
    "The ages are not known: the row is about all.",
    "Use all, or years as 0-4 or 60+.",
);
pub const UNKNOWN_DISABILITY: Problem = problem(
    "unknown-disability",
    "The disability is not known: the row is about all.",
    "Use all, with or without.",
);
pub const UNKNOWN_PARTNER_TYPE: Problem = problem(
    "unknown-partner-type",
    "The type of organisation is not known.",
    "Use UN, INGO, NNGO, LNGO, RCRC, GOV, CBO, ACA, PRI or OTH.",
);
pub const NO_PARTNER: Problem =
    problem("no-partner", "The row names no organisation.", "Name the organisation that reports.");
pub const UNKNOWN_CODE: Problem = problem(
    "unknown-pcode",
    "No boundary has this P-code.",
    "Use a P-code of the boundaries in use, or import the boundaries that have it.",
);
pub const NO_BOUNDARIES: Problem = problem(
    "no-boundaries-of-level",
    "The row names an area whose boundaries are not there yet.",
    "Import the boundaries of that level as areas, then send the row again.",
);
pub const REPAIRED_CODE: Problem = problem(
    "repaired-pcode",
    "The P-code was repaired.",
    "Write the P-code as the boundaries have it.",
);
pub const UNKNOWN_NAME: Problem = problem(
    "unknown-place-name",
    "No area of this name is known within the area above it.",
    "Give the P-code, or the name as the boundaries have it.",
);
pub const NEAR_NAME: Problem = problem(
    "near-place-name",
    "The name was matched to a near spelling.",
    "Give the P-code, or the name as the boundaries have it.",
);
pub const WAITS: Problem = problem(
    "waits-for-review",
    "The name may be that of an area, but not surely: it waits to be confirmed.",
    "Confirm it in the review, once for all rows, or give the P-code.",
);
pub const NOT_SURE: Problem = problem(
    "name-not-sure",
    "The name may be that of an area, but not surely: the row is not used.",
    "Give the P-code, or the name as the boundaries have it, and send the row again.",
);
pub const CODE_AND_NAME: Problem = problem(
    "code-and-name-disagree",
    "The name is not that of the area with the P-code: the P-code wins.",
    "Correct the P-code or the name.",
);
pub const CODES_DISAGREE: Problem = problem(
    "codes-disagree",
    "The area of the finer P-code does not lie in that of the coarser one: the finer one is used.",
    "Correct one of the two P-codes.",
);
pub const POINT_OUTSIDE: Problem = problem(
    "point-outside-area",
    "The point lies outside the area that the row names: the area wins.",
    "Correct the coordinates, or the code or name of the area.",
);
pub const OUTSIDE_ALL: Problem = problem(
    "point-outside-operation",
    "The point lies outside every area of the operation.",
    "Correct the coordinates, or import the boundaries that it lies in.",
);
pub const NULL_ISLAND: Problem = problem(
    "null-island",
    "The coordinates 0, 0 are not a place.",
    "Leave coordinates empty where they are unknown.",
);
pub const NOT_COORDINATES: Problem = problem(
    "not-coordinates",
    "What the cell holds is no coordinate: the row has no point.",
    "Write degrees: latitude -90 to 90, longitude -180 to 180.",
);
pub const NO_PLACE: Problem = problem(
    "no-place",
    "The row has no place that is known: it is held at the operation.",
    "Give a P-code, names of area and parent, or coordinates.",
);
pub const OTHER_COUNTRY: Problem = problem(
    "other-country",
    "The row is of another country than the areas of this operation: it is not placed in them.",
    "Send the rows of each country to its own operation, or correct the country.",
);
pub const COUNTRY_AND_CODE: Problem = problem(
    "country-and-code-disagree",
    "The P-code is not of the country that the row names: the P-code wins.",
    "Correct the country or the P-code.",
);
pub const FINER_PLACE: Problem = problem(
    "finer-place",
    "The row is about a place within its area, and other rows are about others there: none of them is the figure of the area.",
    "Give one row for each area, or import boundaries of these places and give their P-codes.",
);
pub const SEVERAL_PLACES: Problem = problem(
    "several-places",
    "The row names several areas of one level: it is held above them.",
    "Give each area a row of its own, with its own figures.",
);
pub const PERSONAL_DATA: Problem = problem(
    "personal-data-removed",
    "The text held a contact, an identity number or the name of a person: it was cut out and is not kept.",
    "Leave contacts and names of people out of the file.",
);
pub const IMPLEMENTER_REPORTS: Problem = problem(
    "implementer-reports",
    "The row names no reporting organisation: the implementing one reports.",
    "Name the organisation that reports.",
);
pub const NOT_PEOPLE: Problem = problem(
    "not-people",
    "The figure counts something other than people: the people are unknown.",
    "Give the people or the households in a row or column of their own.",
);
pub const FIGURE_UNSAID: Problem = problem(
    "figure-unsaid",
    "Other rows say that their figure is targeted or reached, this one does not: the figure is unknown.",
    "Say target or reached, as the other rows do, or give each its own column.",
);
pub const PARTS_DIFFER: Problem = problem(
    "parts-differ",
    "The parts add up to more than the total: their sum counts.",
    "Correct the total or its parts.",
);
pub const NO_TOTAL: Problem = problem(
    "no-total",
    "The total is not given: the sum of its parts counts.",
    "Fill in the total.",
);

//! What must hold of a database and its rows: what is the matter where it does not, and what to do.

/// A sentence each.
pub struct Rule {
    pub fault: bool,
    pub what: &'static str,
    pub remedy: &'static str,
}

const RESTORE: &str = "Restore the last backup in which lacuna verify finds no fault, and import again what came after it.";
const CORRECT: &str = "Correct the row in its file and import that with --replaces.";
const NOT_OURS: &str = "Something else than Lacuna wrote to the table, or an import was damaged on its way: restore the last backup in which lacuna verify finds no fault, and import again what came after it.";

const fn fault(what: &'static str, remedy: &'static str) -> Rule {
    Rule { fault: true, what, remedy }
}

const fn remark(what: &'static str, remedy: &'static str) -> Rule {
    Rule { fault: false, what, remedy }
}

pub const DAMAGED: Rule = fault(
    "The database finds itself damaged.",
    "Keep a copy of its files as they are, look at the disk they are on, and restore the last backup in which lacuna verify finds no fault.",
);
pub const UNREADABLE: Rule = fault("What is stored cannot be read.", RESTORE);

pub const SUBMISSION_HOLE: Rule =
    fault("A revision has no submission that made it, or more than one.", RESTORE);
pub const SUBMISSION_AHEAD: Rule =
    fault("A submission made a revision that the operation has not reached.", RESTORE);
pub const SUBMISSION_LINK: Rule =
    fault("A submission replaces or undoes one that is not there before it.", RESTORE);
pub const SUBMISSION_TIME: Rule = fault("A time cannot be read.", RESTORE);
pub const CLOCK: Rule = remark(
    "A submission is dated before the one it follows: a clock was set back when an earlier version of Lacuna wrote it.",
    "Nothing is lost. Questions with as-of between the two times may be answered by either: ask with revision. Let every server take its time from the network.",
);
pub const CHECKSUM: Rule =
    fault("The checksum of a file that was sent is not a SHA-256 in hexadecimal.", RESTORE);
pub const REPEATS: Rule =
    fault("A submission says a row again that was not there when it came.", NOT_OURS);
pub const SUBMISSION_ALTERED: Rule =
    fault("A submission, its report or what it says again is not as it was written.", NOT_OURS);
pub const SUBMISSION_NOT_HASHED: Rule = remark(
    "A submission is from before checksums of its own words were kept: whether they, its report or what it says again were changed since cannot be told.",
    "Nothing is to be done: what is imported from now on is under checksums.",
);
pub const OPERATION_ALTERED: Rule = fault(
    "What the operation says of itself is not what its newest revision left.",
    "Something else than Lacuna wrote to the table: say the name, note or household size again with an import, or restore the last backup in which lacuna verify finds no fault.",
);
pub const MAPPING_ALTERED: Rule = fault(
    "How a source is read is not as it was remembered.",
    "Look at it with lacuna mappings, forget it there with --forget, and correct the reading of the next file of that source.",
);
pub const MAPPING_NOT_HASHED: Rule = remark(
    "What is remembered of how sources are read is from before checksums of it were kept: whether it was changed since cannot be told.",
    "Nothing is to be done: it is under checksums once the reading of another source is corrected.",
);
pub const REPORT: Rule = fault("The row report of a submission is not JSON.", RESTORE);

pub const VERSION_ORDER: Rule = fault("A version of a row ends before it begins.", NOT_OURS);
pub const VERSION_AHEAD: Rule =
    fault("A version of a row is of a revision that the operation has not reached.", NOT_OURS);
pub const VERSION_TWICE: Rule = fault("Two versions of a row are current at once.", NOT_OURS);
pub const NO_SUBMISSION: Rule =
    fault("A row names a submission that is not there, or that came after it.", NOT_OURS);

pub const ALTERED: Rule = fault("What a revision wrote is not what the table has of it.", NOT_OURS);
pub const NOT_SUMMED: Rule = remark(
    "A revision is from before checksums of rows were kept: whether its rows were changed since cannot be told.",
    "Nothing is to be done: what is imported from now on is under checksums.",
);

pub const PRUNED: Rule = fault(
    "Which revisions are kept is not what was written down when others were pruned.",
    NOT_OURS,
);
pub const NOT_PRUNED: Rule =
    fault("A version of a row had ended by the oldest revision that is kept.", NOT_OURS);

pub const NO_PARTNER: Rule = fault(
    "A row names an organisation that is not there.",
    "Import the file of its submission again: its organisations are added.",
);
pub const NO_AREA: Rule = fault(
    "A row is held at an area that is not there.",
    "Import the boundaries of that area again: rows are then placed anew.",
);
pub const FIGURE_WITHOUT_AREA: Rule = remark(
    "A figure is of an area that is not there: it counts nowhere.",
    "Import the boundaries that have the area: it counts again by itself.",
);
pub const NO_PARENT: Rule = remark(
    "An area names a parent that is not there: it lies in the nearest area that is known.",
    "Import the boundaries of the level above.",
);
pub const LEVEL: Rule = fault("An area's level is not 1 to 4.", RESTORE);

pub const NO_NUMBER: Rule = fault("A figure is not a number.", CORRECT);
pub const NEGATIVE: Rule = fault("A figure of people, or a measure, is negative.", CORRECT);
pub const SEVERITY: Rule = fault("A severity is not between 1 and 5.", CORRECT);
pub const DATES: Rule = remark(
    "A row ends before it starts: it counts on its first day.",
    "Correct the dates in its file and import that with --replaces.",
);
pub const CYCLE: Rule = fault("A planning cycle ends before it starts.", CORRECT);
pub const POSITION: Rule = fault("A position is not on the globe.", CORRECT);

pub const SHAPE: Rule = fault(
    "A boundary is not a valid polygon.",
    "Import the boundaries of that level again: they are repaired on the way in.",
);
pub const SHAPE_BEYOND: Rule = fault(
    "A boundary reaches beyond the globe.",
    "Import the boundaries of that level again: they are repaired on the way in.",
);

pub const COPY: Rule = fault(
    "The packed copy of the activities, which servers start from, is not what the table has.",
    "Either may be the wrong one: compare the activity that is named with its file. Where the table is right, delete the operation's rows from packed_activities and restart the servers, and the copy is made anew; else restore the last backup.",
);
pub const WORDS: Rule =
    fault("Words that rows said of their places are not those that were written.", RESTORE);
pub const GAPS_BEHIND: Rule = remark(
    "The table of gaps shows an earlier revision.",
    "It is written after each commit, within seconds; a server that starts, or the next commit, writes it.",
);
pub const GAPS_MISSING: Rule = remark(
    "The table of gaps has nothing of the operation.",
    "It is written after each commit, within seconds; a server that starts, or the next commit, writes it.",
);
pub const GAPS_ALTERED: Rule = fault(
    "The table of gaps has other figures than those that follow from the rows.",
    "Something else wrote to it, or a build that counted otherwise: delete the operation's rows from gaps, and restart a server or import again, which writes it.",
);
pub const GAPS_AHEAD: Rule = fault(
    "The table of gaps shows a revision that the operation has not reached.",
    "Delete the operation's rows from gaps: the next commit writes it.",
);

-- The oldest revision that can still be made again: rows that had ended by then may be gone.
alter table operations add column oldest_revision integer not null default 1;

-- What was removed, when, by whom and by which policy.
create table prunings (
  operation text not null,
  pruning integer not null,
  at text not null,
  who text not null,
  policy text not null,
  oldest_revision integer not null,
  removed integer not null,
  -- The highest numbers there were, so that no number is given twice.
  last_activity integer,
  last_site integer,
  primary key (operation, pruning)
) strict, without rowid;

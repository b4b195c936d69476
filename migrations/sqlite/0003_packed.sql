-- The current activities of large operations once more, as compressed pieces that a server starts
-- from. A copy: it may be missing, old or thrown away at any time.
create table packed_activities (
  operation text not null,
  piece integer not null,
  format integer not null,
  -- The revision whose rows these are.
  revision integer not null,
  bytes blob not null,
  primary key (operation, piece)
) strict;

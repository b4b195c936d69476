-- Rows that ended, by when: what one revision changed is found without reading all rows.
create index activities_ended on activities (operation, to_revision)
  where to_revision is not null;

-- What each revision left of the operation's own words, so that its figures can be made again.
alter table submissions add column operation_name text;
alter table submissions add column operation_note text;
alter table submissions add column household_size real;

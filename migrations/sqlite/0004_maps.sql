-- Rows that ended, by when: what one revision changed is found without reading all rows.
create index activities_ended on activities (operation, to_revision)
  where to_revision is not null;

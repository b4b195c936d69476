-- What a revision wrote to each table, as sums of hashes, in JSON; null where it was written before.
do $$
begin
  alter table submissions add column checksums text;
end $$;

-- The rows that a submission says again and that stay those of the one that said them first, by table,
-- in JSON; null where it was written before.
do $$
begin
  alter table submissions add column repeats text;
end $$;

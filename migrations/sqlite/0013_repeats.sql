-- The rows that a submission says again and that stay those of the one that said them first, by table,
-- in JSON; null where it was written before.
alter table submissions add column repeats text;

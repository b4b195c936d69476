-- The hash of what a submission says itself, and the hashes of the remembered mappings by their
-- numbers, in JSON; null where they were written before.
do $$
begin
  alter table submissions add column own_hash bigint;
  alter table operations add column mapping_hashes text;
end $$;

-- The hash of what a submission says itself, and the hashes of the remembered mappings by their
-- numbers, in JSON; null where they were written before.
alter table submissions add column own_hash integer;
alter table operations add column mapping_hashes text;

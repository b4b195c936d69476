-- What an area is called beside its name, such as in another script: each on a line of its own.
alter table areas add column other_names text;

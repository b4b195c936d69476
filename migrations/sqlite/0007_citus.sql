-- One file is on one machine: there is nothing to spread.
select 1;

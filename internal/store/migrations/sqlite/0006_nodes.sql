-- +goose Up
-- When what tied a message's recipients and deliveries to persons was forgotten; 0: it is kept.
alter table message add column forgotten_at integer not null default 0;
create index message_forget on message (zone, finished_at) where forgotten_at = 0 and finished_at <> 0;
create index inbound_old on inbound (zone, at);
-- How far the changes of members reached at a moment: those below the oldest mark are forgotten.
create table change_mark (
  at integer primary key,
  mark integer not null
) strict;
-- The carriers that a node has open, and how many of its lines it uses, as a JSON object: nodes that have the same one share its budget.
alter table node add column carriers text not null default '{}';

-- +goose Down
alter table node drop column carriers;
drop table change_mark;
drop index inbound_old;
drop index message_forget;
alter table message drop column forgotten_at;

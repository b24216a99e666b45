-- +goose Up
-- Each day's joined heads of the journal, authenticated with a key that the database does not hold.
create table journal_seal (
  number integer primary key,
  at integer not null,
  entries integer not null,
  body blob not null,
  mac blob not null
) strict;
create index message_zone_at on message (zone, at);

-- +goose Down
drop index message_zone_at;
drop table journal_seal;

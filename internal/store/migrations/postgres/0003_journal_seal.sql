-- +goose Up
-- Each day's joined heads of the journal, authenticated with a key that the database does not hold.
create table journal_seal (
  number bigint primary key,
  at bigint not null,
  entries bigint not null,
  body bytea not null,
  mac bytea not null
);
create index message_zone_at on message (zone, at);
create index if not exists member_change_xid on member_change (xid);

-- +goose Down
drop index if exists member_change_xid;
drop index message_zone_at;
drop table journal_seal;

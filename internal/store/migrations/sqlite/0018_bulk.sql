-- +goose Up
-- What a coordinator changed for several members at once, and how each of them stood before: it can be taken back within the hour.
create table bulk_change (
  id integer primary key,
  zone integer not null,
  network integer not null,
  kind text not null,
  away_from integer not null,
  away_until integer not null,
  by_id integer not null,
  at integer not null,
  undone_at integer not null
) strict;
create index bulk_change_network on bulk_change (zone, network, at);
create table bulk_member (
  change integer not null,
  member integer not null,
  zone integer not null,
  state text not null,
  away_from integer not null,
  away_until integer not null,
  primary key (change, member)
) strict, without rowid;
create index bulk_member_member on bulk_member (member);

-- +goose Down
drop table bulk_member;
drop table bulk_change;

-- +goose Up
-- What a coordinator changed for several members at once, and how each of them stood before: it can be taken back within the hour.
create table bulk_change (
  id bigint primary key,
  zone bigint not null,
  network bigint not null,
  kind text not null,
  away_from bigint not null,
  away_until bigint not null,
  by_id bigint not null,
  at bigint not null,
  undone_at bigint not null
);
create index bulk_change_network on bulk_change (zone, network, at);
create table bulk_member (
  change bigint not null,
  member bigint not null,
  zone bigint not null,
  state text not null,
  away_from bigint not null,
  away_until bigint not null,
  primary key (change, member)
);
create index bulk_member_member on bulk_member (member);

-- +goose Down
drop table bulk_member;
drop table bulk_change;

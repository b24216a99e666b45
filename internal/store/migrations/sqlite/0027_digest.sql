-- +goose Up
-- What police tell on weekdays: a fixed set of fields, the place and the words sealed; the day of the digest that told each first, and which network got
-- which digest. A zone's own settings and tips.
create table digest_rules (
  zone integer primary key,
  settings text not null
) strict;
create table digest_item (
  id integer primary key,
  zone integer not null,
  category text not null,
  day text not null,
  part text not null,
  municipality text not null,
  details blob not null,
  by_id integer not null,
  at integer not null,
  edition text not null,
  taken_back_at integer not null
) strict;
create index digest_item_edition on digest_item (zone, edition, day);
create index digest_item_day on digest_item (zone, day);
create table digest_edition (
  zone integer not null,
  day text not null,
  at integer not null,
  items integer not null,
  primary key (zone, day)
) strict, without rowid;
create table digest_letter (
  network integer not null,
  day text not null,
  zone integer not null,
  message integer not null,
  items integer not null,
  primary key (network, day)
) strict, without rowid;
create table digest_tip (
  id integer primary key,
  zone integer not null,
  topic text not null,
  months text not null,
  texts text not null
) strict;
create index digest_tip_zone on digest_tip (zone);
-- Whether a street may be named is looked up by its name, for each item.
create index street_folded on street (folded);

-- +goose Down
drop index street_folded;
drop table digest_tip;
drop table digest_letter;
drop table digest_edition;
drop table digest_item;
drop table digest_rules;

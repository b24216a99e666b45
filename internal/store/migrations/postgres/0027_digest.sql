-- +goose Up
-- What police tell on weekdays: a fixed set of fields, the place and the words sealed; the day of the digest that told each first, and which network got
-- which digest. A zone's own settings and tips.
create table digest_rules (
  zone bigint primary key,
  settings text not null
);
create table digest_item (
  id bigint primary key,
  zone bigint not null,
  category text not null,
  day text not null,
  part text not null,
  municipality text not null,
  details bytea not null,
  by_id bigint not null,
  at bigint not null,
  edition text not null,
  taken_back_at bigint not null
);
create index digest_item_edition on digest_item (zone, edition, day);
create index digest_item_day on digest_item (zone, day);
create table digest_edition (
  zone bigint not null,
  day text not null,
  at bigint not null,
  items bigint not null,
  primary key (zone, day)
);
create table digest_letter (
  network bigint not null,
  day text not null,
  zone bigint not null,
  message bigint not null,
  items bigint not null,
  primary key (network, day)
);
create table digest_tip (
  id bigint primary key,
  zone bigint not null,
  topic text not null,
  months text not null,
  texts text not null
);
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

-- +goose Up
-- Messages that can wait. What one says is sealed; before each network it stands at a state of its own, with who was asked last.
create table bulletin (
  id integer primary key,
  zone integer not null,
  source text not null,
  by_id integer not null,
  topic text not null,
  networks text not null,
  written_at integer not null,
  offered_at integer not null,
  until_at integer not null,
  content blob not null
) strict;
create index bulletin_zone on bulletin (zone, written_at);
create table bulletin_offer (
  id integer primary key,
  bulletin integer not null,
  network integer not null,
  zone integer not null,
  state text not null,
  turn text not null,
  since integer not null,
  by_id integer not null,
  decided_at integer not null,
  message integer not null,
  note integer not null,
  words blob not null,
  name blob not null
) strict;
create unique index bulletin_offer_network on bulletin_offer (bulletin, network);
create index bulletin_offer_message on bulletin_offer (message) where message <> 0;
-- Who was asked by mail: each has a link of the own.
create table bulletin_ask (
  id integer primary key,
  offer integer not null,
  person integer not null,
  zone integer not null,
  turn text not null,
  at integer not null
) strict;
create unique index bulletin_ask_person on bulletin_ask (offer, person);

-- +goose Down
drop table bulletin_ask;
drop table bulletin_offer;
drop table bulletin;

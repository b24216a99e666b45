-- +goose Up
-- Messages that can wait. What one says is sealed; before each network it stands at a state of its own, with who was asked last.
create table bulletin (
  id bigint primary key,
  zone bigint not null,
  source text not null,
  by_id bigint not null,
  topic text not null,
  networks text not null,
  written_at bigint not null,
  offered_at bigint not null,
  until_at bigint not null,
  content bytea not null
);
create index bulletin_zone on bulletin (zone, written_at);
create table bulletin_offer (
  id bigint primary key,
  bulletin bigint not null,
  network bigint not null,
  zone bigint not null,
  state text not null,
  turn text not null,
  since bigint not null,
  by_id bigint not null,
  decided_at bigint not null,
  message bigint not null,
  note bigint not null,
  words bytea not null,
  name bytea not null
);
create unique index bulletin_offer_network on bulletin_offer (bulletin, network);
create index bulletin_offer_message on bulletin_offer (message) where message <> 0;
-- Who was asked by mail: each has a link of the own.
create table bulletin_ask (
  id bigint primary key,
  offer bigint not null,
  person bigint not null,
  zone bigint not null,
  turn text not null,
  at bigint not null
);
create unique index bulletin_ask_person on bulletin_ask (offer, person);

-- +goose Down
drop table bulletin_ask;
drop table bulletin_offer;
drop table bulletin;

-- +goose Up
-- Exercises of police with a network, from the proposal to the count of who was reached. Each state is a dated fact; the journal has each step.
create table exercise (
  id bigint primary key,
  zone bigint not null,
  network bigint not null,
  state text not null,
  day bigint not null,
  morning bigint not null,
  since bigint not null,
  cost text not null,
  agreed bigint not null,
  agreed_by bigint not null,
  agreed_at bigint not null,
  announced_at bigint not null,
  message bigint not null,
  launched_at bigint not null,
  launched_by bigint not null,
  alert bigint not null,
  ended_at bigint not null,
  ended_by bigint not null,
  reason bytea not null,
  follows bigint not null,
  reminded_at bigint not null,
  people bigint not null,
  arrived bigint not null,
  heard bigint not null
);
create index exercise_zone on exercise (zone, day);
create unique index exercise_open on exercise (network) where state in ('proposed', 'agreed', 'announced');
-- Contact points without a sign of life that were asked for one: each once in a long while.
create table probe (
  contact bigint primary key,
  zone bigint not null,
  network bigint not null,
  member bigint not null,
  message bigint not null,
  asked_at bigint not null,
  settled_at bigint not null,
  outcome text not null
);
create index probe_zone on probe (zone, outcome, asked_at);
create index contact_zone_seen on contact (zone, seen_at);

-- +goose Down
drop index contact_zone_seen;
drop table probe;
drop table exercise;

-- +goose Up
-- Exercises of police with a network, from the proposal to the count of who was reached. Each state is a dated fact; the journal has each step.
create table exercise (
  id integer primary key,
  zone integer not null,
  network integer not null,
  state text not null,
  day integer not null,
  morning integer not null,
  since integer not null,
  cost text not null,
  agreed integer not null,
  agreed_by integer not null,
  agreed_at integer not null,
  announced_at integer not null,
  message integer not null,
  launched_at integer not null,
  launched_by integer not null,
  alert integer not null,
  ended_at integer not null,
  ended_by integer not null,
  reason blob not null,
  follows integer not null,
  reminded_at integer not null,
  people integer not null,
  arrived integer not null,
  heard integer not null
) strict;
create index exercise_zone on exercise (zone, day);
create unique index exercise_open on exercise (network) where state in ('proposed', 'agreed', 'announced');
-- Contact points without a sign of life that were asked for one: each once in a long while.
create table probe (
  contact integer primary key,
  zone integer not null,
  network integer not null,
  member integer not null,
  message integer not null,
  asked_at integer not null,
  settled_at integer not null,
  outcome text not null
) strict, without rowid;
create index probe_zone on probe (zone, outcome, asked_at);
create index contact_zone_seen on contact (zone, seen_at);

-- +goose Down
drop index contact_zone_seen;
drop table probe;
drop table exercise;

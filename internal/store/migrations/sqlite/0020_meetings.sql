-- +goose Up
-- What a network meets for: who is invited, who comes, what was decided. Title, place, minutes and questions are sealed; votes are counts.
create table meeting (
  id integer primary key,
  zone integer not null,
  network integer not null,
  kind text not null,
  invites text not null,
  from_at integer not null,
  until_at integer not null,
  by_id integer not null,
  at integer not null,
  message integer not null,
  reminder integer not null,
  cancelled_at integer not null,
  attended integer not null,
  details blob not null,
  minutes blob not null
) strict;
create index meeting_zone on meeting (zone, network, from_at);
create index meeting_message on meeting (message) where message <> 0;
create index meeting_reminder on meeting (reminder) where reminder <> 0;
create table meeting_guest (
  meeting integer not null,
  member integer not null,
  zone integer not null,
  answer text not null,
  answered_at integer not null,
  primary key (meeting, member)
) strict, without rowid;
create index meeting_guest_member on meeting_guest (member);
create table meeting_vote (
  meeting integer not null,
  number integer not null,
  zone integer not null,
  question blob not null,
  yes integer not null,
  no integer not null,
  blank integer not null,
  primary key (meeting, number)
) strict, without rowid;

-- +goose Down
drop table meeting_vote;
drop table meeting_guest;
drop table meeting;

-- +goose Up
-- What a network meets for: who is invited, who comes, what was decided. Title, place, minutes and questions are sealed; votes are counts.
create table meeting (
  id bigint primary key,
  zone bigint not null,
  network bigint not null,
  kind text not null,
  invites text not null,
  from_at bigint not null,
  until_at bigint not null,
  by_id bigint not null,
  at bigint not null,
  message bigint not null,
  reminder bigint not null,
  cancelled_at bigint not null,
  attended bigint not null,
  details bytea not null,
  minutes bytea not null
);
create index meeting_zone on meeting (zone, network, from_at);
create index meeting_message on meeting (message) where message <> 0;
create index meeting_reminder on meeting (reminder) where reminder <> 0;
create table meeting_guest (
  meeting bigint not null,
  member bigint not null,
  zone bigint not null,
  answer text not null,
  answered_at bigint not null,
  primary key (meeting, member)
);
create index meeting_guest_member on meeting_guest (member);
create table meeting_vote (
  meeting bigint not null,
  number bigint not null,
  zone bigint not null,
  question bytea not null,
  yes bigint not null,
  no bigint not null,
  blank bigint not null,
  primary key (meeting, number)
);

-- +goose Down
drop table meeting_vote;
drop table meeting_guest;
drop table meeting;

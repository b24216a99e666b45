-- +goose Up
-- A meeting is moved or taken back, and who was invited hears of it: how often it was changed, by which messages it was spoken of, and who was there.
alter table meeting add column sequence integer not null default 0;
alter table meeting add column changed_at integer not null default 0;
update meeting set changed_at = at;
create table meeting_letter (
  message integer primary key,
  meeting integer not null,
  zone integer not null,
  what text not null
) strict;
create index meeting_letter_meeting on meeting_letter (meeting);
insert into meeting_letter (message, meeting, zone, what) select message, id, zone, 'invite' from meeting where message <> 0;
insert into meeting_letter (message, meeting, zone, what) select reminder, id, zone, 'remind' from meeting where reminder <> 0;
drop index meeting_message;
drop index meeting_reminder;
create table meeting_there (
  meeting integer not null,
  person integer not null,
  zone integer not null,
  primary key (meeting, person)
) strict, without rowid;
create index meeting_there_person on meeting_there (person);

-- +goose Down
drop table meeting_there;
drop table meeting_letter;
create index meeting_message on meeting (message) where message <> 0;
create index meeting_reminder on meeting (reminder) where reminder <> 0;
alter table meeting drop column changed_at;
alter table meeting drop column sequence;

-- +goose Up
-- Mailboxes to which no bulletins and digests go, and why: the member's wish, a complaint, or mails that came back. Alerts never look here.
create table mail_rest (
  contact integer primary key,
  zone integer not null,
  member integer not null,
  state text not null,
  since integer not null,
  asked_at integer not null
) strict;
create index mail_rest_member on mail_rest (member);
-- What came back from a mailbox: one row per mail, so that a report which comes twice counts once. Kind: hard, soft or complaint.
create table mail_return (
  delivery integer not null,
  kind text not null,
  contact integer not null,
  zone integer not null,
  member integer not null,
  status text not null,
  at integer not null,
  primary key (delivery, kind)
) strict, without rowid;
create index mail_return_contact on mail_return (contact);
create index mail_return_at on mail_return (zone, at);
-- How many bulletins and digests went to a member on a day of the zone.
create table mail_day (
  member integer not null,
  day integer not null,
  zone integer not null,
  mails integer not null,
  primary key (member, day)
) strict, without rowid;
create index mail_day_day on mail_day (zone, day);
-- What was over the limit of a day, and waits for the next day's mail.
create table mail_over (
  recipient integer primary key,
  zone integer not null,
  member integer not null,
  message integer not null,
  delivery integer not null,
  wording integer not null,
  day integer not null
) strict;
create index mail_over_zone on mail_over (zone, day, member);

-- +goose Down
drop table mail_over;
drop table mail_day;
drop table mail_return;
drop table mail_rest;

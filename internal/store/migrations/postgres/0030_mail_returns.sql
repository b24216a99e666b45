-- +goose Up
-- Mailboxes to which no bulletins and digests go, and why: the member's wish, a complaint, or mails that came back. Alerts never look here.
create table mail_rest (
  contact bigint primary key,
  zone bigint not null,
  member bigint not null,
  state text not null,
  since bigint not null,
  asked_at bigint not null
);
create index mail_rest_member on mail_rest (member);
-- What came back from a mailbox: one row per mail, so that a report which comes twice counts once. Kind: hard, soft or complaint.
create table mail_return (
  delivery bigint not null,
  kind text not null,
  contact bigint not null,
  zone bigint not null,
  member bigint not null,
  status text not null,
  at bigint not null,
  primary key (delivery, kind)
);
create index mail_return_contact on mail_return (contact);
create index mail_return_at on mail_return (zone, at);
-- How many bulletins and digests went to a member on a day of the zone.
create table mail_day (
  member bigint not null,
  day bigint not null,
  zone bigint not null,
  mails bigint not null,
  primary key (member, day)
);
create index mail_day_day on mail_day (zone, day);
-- What was over the limit of a day, and waits for the next day's mail.
create table mail_over (
  recipient bigint primary key,
  zone bigint not null,
  member bigint not null,
  message bigint not null,
  delivery bigint not null,
  wording bigint not null,
  day bigint not null
);
create index mail_over_zone on mail_over (zone, day, member);

-- +goose Down
drop table mail_over;
drop table mail_day;
drop table mail_return;
drop table mail_rest;

-- +goose Up
-- A mail that arrived, as it came: stored before it was acknowledged. Its bytes lie in pieces, so that no transaction is long.
create table mail_in (
  id integer not null primary key,
  zone integer not null,
  member integer not null,
  at integer not null,
  digest blob not null unique,
  envelope blob not null,
  pieces integer not null,
  size integer not null,
  state text not null,
  kind text not null,
  sign text not null,
  verdict text not null,
  refusal text not null
) strict;
create index mail_in_member on mail_in (member) where member <> 0;
create index mail_in_at on mail_in (zone, at);
create table mail_piece (
  mail integer not null,
  number integer not null,
  zone integer not null,
  body blob not null,
  primary key (mail, number, zone)
) strict, without rowid;
-- What a member wrote and what was answered. The member is known to nobody who reads it.
create table conversation (
  id integer not null primary key,
  zone integer not null,
  network integer not null,
  member integer not null,
  about integer not null,
  place blob not null,
  state text not null,
  danger text not null,
  seen_at integer not null,
  police_at integer not null,
  city_at integer not null,
  begun_at integer not null,
  last_at integer not null
) strict;
create unique index conversation_about on conversation (member, about) where about <> 0;
create index conversation_network on conversation (zone, network, last_at);
create table conversation_line (
  id integer not null primary key,
  conversation integer not null,
  zone integer not null,
  author text not null,
  by_id integer not null,
  at integer not null,
  body blob not null,
  unsealed integer not null
) strict;
create index conversation_line_of on conversation_line (conversation, id);
-- Which letter of ours tells of which conversation, so that an answer to it comes back to it.
create table conversation_letter (
  message integer not null primary key,
  conversation integer not null,
  zone integer not null
) strict;
create index conversation_letter_of on conversation_letter (conversation);

-- +goose Down
drop table conversation_letter;
drop table conversation_line;
drop table conversation;
drop table mail_piece;
drop table mail_in;

-- +goose Up
-- Who agreed to give the number to the one person who calls them, and who took it back: told by telephone or on paper.
create table tree_consent (
  member integer primary key,
  zone integer not null,
  network integer not null,
  given_at integer not null,
  withdrawn_at integer not null,
  by_id integer not null,
  how text not null
) strict, without rowid;
create index tree_consent_network on tree_consent (zone, network);
-- Each print of a network's phone tree. It holds no name and no number.
create table tree_print (
  network integer not null,
  number integer not null,
  zone integer not null,
  at integer not null,
  until_at integer not null,
  by_id integer not null,
  role text not null,
  people integer not null,
  primary key (network, number)
) strict, without rowid;

-- +goose Down
drop table tree_print;
drop table tree_consent;

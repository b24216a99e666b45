-- +goose Up
-- Who agreed to give the number to the one person who calls them, and who took it back: told by telephone or on paper.
create table tree_consent (
  member bigint primary key,
  zone bigint not null,
  network bigint not null,
  given_at bigint not null,
  withdrawn_at bigint not null,
  by_id bigint not null,
  how text not null
);
create index tree_consent_network on tree_consent (zone, network);
-- Each print of a network's phone tree. It holds no name and no number.
create table tree_print (
  network bigint not null,
  number bigint not null,
  zone bigint not null,
  at bigint not null,
  until_at bigint not null,
  by_id bigint not null,
  role text not null,
  people bigint not null,
  primary key (network, number)
);

-- +goose Down
drop table tree_print;
drop table tree_consent;

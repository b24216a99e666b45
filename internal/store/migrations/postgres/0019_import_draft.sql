-- +goose Up
-- A list of members as it was brought in a browser, sealed, with what was mended and answered since. The payload goes when the list is taken over.
create table import_draft (
  id bigint primary key,
  zone bigint not null,
  network bigint not null,
  by_id bigint not null,
  at bigint not null,
  version bigint not null,
  import bigint not null,
  payload bytea not null
);
create index import_draft_zone on import_draft (zone, network, at);

-- +goose Down
drop table import_draft;

-- +goose Up
-- A list of members as it was brought in a browser, sealed, with what was mended and answered since. The payload goes when the list is taken over.
create table import_draft (
  id integer primary key,
  zone integer not null,
  network integer not null,
  by_id integer not null,
  at integer not null,
  version integer not null,
  import integer not null,
  payload blob not null
) strict;
create index import_draft_zone on import_draft (zone, network, at);

-- +goose Down
drop table import_draft;

-- +goose Up
-- Who holds a task is told by the claim it was taken with. Process and count of tries were not enough: a verb that left its task for now
-- and ended a moment later, when the same process had taken the task anew, ended that work too.
alter table task add column claim bigint not null default 0;

-- +goose Down
alter table task drop column claim;

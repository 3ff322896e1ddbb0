-- +goose Up
-- The id of the key that a source's pseudonyms are made with; NULL where it was
-- last collected before that was noted.
ALTER TABLE source ADD COLUMN key_id TEXT;

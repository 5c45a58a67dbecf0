-- Dates by their end: "not over before this day" reads only those.
CREATE INDEX index_date_by_end ON index_date (param, high_us, resource);

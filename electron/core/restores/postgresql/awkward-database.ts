/** For tests: SQL that alice runs in her database, with what is easily lost on the way. */
export const awkwardDatabase = `
CREATE EXTENSION citext; CREATE EXTENSION pgcrypto;
CREATE SCHEMA "odd Schema";
CREATE TYPE mood AS ENUM ('sad', 'it''s ok', 'happy');
CREATE DOMAIN short AS text CHECK (length(VALUE) < 20) NOT NULL;
CREATE TYPE pair AS (a int, b text);
CREATE FUNCTION twice(n int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 2 * n';
CREATE FUNCTION stamp() RETURNS trigger LANGUAGE plpgsql AS $f$ BEGIN NEW.seen := 'x;''"\\\\'; RETURN NEW; END $f$;
CREATE PROCEDURE nothing() LANGUAGE sql AS 'SELECT 1';
CREATE AGGREGATE total(int) (SFUNC = int4pl, STYPE = int, INITCOND = 0);
CREATE TABLE author (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, mail citext UNIQUE, mood mood DEFAULT 'happy', seen text);
INSERT INTO author (mail) SELECT 'A' || n || '@x' FROM generate_series(1, 50) n;
CREATE TABLE "odd Schema"."it's a ""table""" (id bigserial PRIMARY KEY, author int REFERENCES author ON DELETE CASCADE,
  name short, p pair, bytes bytea, twice int GENERATED ALWAYS AS (id * 2) STORED, CHECK (public.twice(author) > 0));
INSERT INTO "odd Schema"."it's a ""table""" (author, name, p, bytes)
  SELECT 1 + n % 50, E't\\t\\n\\\\.' || n, (n, 'ü😀')::pair, decode(lpad(to_hex(n), 8, '0'), 'hex') FROM generate_series(1, 20000) n;
CREATE TABLE measure (at date NOT NULL, v int) PARTITION BY RANGE (at);
CREATE TABLE measure_1 PARTITION OF measure FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');
CREATE TABLE measure_2 PARTITION OF measure DEFAULT;
CREATE INDEX measure_at ON measure (at);
INSERT INTO measure SELECT date '2026-01-01' + n, n FROM generate_series(0, 99) n;
CREATE TABLE base (id int); CREATE TABLE derived (more text) INHERITS (base);
INSERT INTO base VALUES (1); INSERT INTO derived VALUES (2, 'two');
CREATE VIEW mails AS SELECT id, mail FROM author;
CREATE VIEW few AS SELECT * FROM mails WHERE twice(id) < 9;
CREATE TRIGGER stamped BEFORE INSERT OR UPDATE ON author FOR EACH ROW EXECUTE FUNCTION stamp();
CREATE RULE quiet AS ON DELETE TO base DO INSTEAD NOTHING;
ALTER TABLE derived ENABLE ROW LEVEL SECURITY; CREATE POLICY own ON derived USING (more <> '');
CREATE INDEX low ON author (lower(mail::text)) WHERE id > 3;
COMMENT ON TABLE author IS 'who; writes'; SELECT setval('number', 777);
SELECT lo_from_bytea(70001, '\\x00ff');
GRANT SELECT ON author TO web; GRANT SELECT (mail) ON author TO PUBLIC;
`

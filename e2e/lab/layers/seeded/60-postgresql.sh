# A database of alice in PostgreSQL.
set -euo pipefail
cd /
sudo -u postgres psql -v ON_ERROR_STOP=1 -q <<'SQL'
CREATE ROLE alice LOGIN PASSWORD 'pg-alice';
CREATE DATABASE alice_app OWNER alice ENCODING 'UTF8' TEMPLATE template0;
\c alice_app
SET ROLE alice;
CREATE TABLE item(id serial PRIMARY KEY, name text, raw bytea, j jsonb);
INSERT INTO item(name, raw, j) VALUES ('ß😀', '\x00ff0a', '{"k":1}');
CREATE SEQUENCE number START 100;
CREATE TABLE "Order"(id bigint PRIMARY KEY DEFAULT nextval('number'), "it's" text);
INSERT INTO "Order"("it's") VALUES ('a'), (E'tab\there\nnew line');
CREATE VIEW names AS SELECT name FROM item;
CREATE MATERIALIZED VIEW counted AS SELECT count(*) FROM item;
SQL

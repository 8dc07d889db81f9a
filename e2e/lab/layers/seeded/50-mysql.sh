# Databases in MariaDB. alice_*: awkward, and can be dumped whole. erin_odd: cannot. orphan_db: nobody's.
set -euo pipefail
mariadb --default-character-set=utf8mb4 <<'SQL'
SET GLOBAL log_bin_trust_function_creators=1;
CREATE DATABASE alice_wp CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;
CREATE DATABASE alice_shop CHARACTER SET latin1;
CREATE DATABASE bob_blog CHARACTER SET utf8mb4;
CREATE DATABASE dora_site CHARACTER SET utf8mb4;
CREATE DATABASE erin_odd CHARACTER SET utf8mb4;
CREATE DATABASE plain_blog CHARACTER SET utf8mb4;
CREATE DATABASE orphan_db CHARACTER SET utf8mb4;
CREATE USER alice@localhost IDENTIFIED BY 'db-alice';
CREATE USER bob@localhost IDENTIFIED BY 'db-bob';
CREATE USER dora@localhost IDENTIFIED BY 'db-dora';
CREATE USER erin@localhost IDENTIFIED BY 'db-erin';
CREATE USER plain@localhost IDENTIFIED BY 'db-plain#1';
GRANT ALL ON `alice\_%`.* TO alice@localhost;
GRANT ALL ON `bob\_%`.* TO bob@localhost;
GRANT ALL ON `dora\_site`.* TO dora@localhost;
GRANT ALL ON `erin\_%`.* TO erin@localhost;
GRANT ALL ON `plain\_%`.* TO plain@localhost;

USE alice_wp;
CREATE TABLE wp_posts (
  id BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY, title VARCHAR(200) NOT NULL, body LONGTEXT,
  created DATETIME(6) DEFAULT NOW(6), price DECIMAL(12,4), meta JSON, KEY(title)) ENGINE=InnoDB;
CREATE TABLE wp_blobs (
  id INT AUTO_INCREMENT PRIMARY KEY, post_id BIGINT UNSIGNED, data LONGBLOB, bits BIT(5), fixed BINARY(4),
  FOREIGN KEY (post_id) REFERENCES wp_posts(id) ON DELETE CASCADE) ENGINE=InnoDB;
CREATE TABLE wp_log (id INT AUTO_INCREMENT PRIMARY KEY, msg TEXT) ENGINE=MyISAM;
INSERT INTO wp_posts(title,body,price,meta) VALUES
  ('Grüße 🎉','emoji 😀 日本語 \0 nul \\ backslash '' quote',12.3456,'{"a":[1,2]}'), ('b',NULL,-0.0001,NULL);
INSERT INTO wp_blobs(post_id,data,bits,fixed) VALUES
  (1,UNHEX('00FF0A0D1A27225C80'),b'10101',UNHEX('FF000A27')), (1,RANDOM_BYTES(1024),NULL,NULL);
CREATE TABLE wp_gen (a INT, b INT GENERATED ALWAYS AS (a*2) STORED, c POINT);
INSERT INTO wp_gen(a,c) VALUES (4,POINT(1,2));
CREATE TABLE wp_dates (d DATE, t TIMESTAMP NULL);
SET sql_mode='';
INSERT INTO wp_dates VALUES ('0000-00-00',NULL), ('2026-02-28','2026-03-29 01:30:00');
SET sql_mode=DEFAULT;
CREATE SEQUENCE wp_numbers START WITH 100 INCREMENT BY 5;
CREATE TABLE wp_orders (id BIGINT NOT NULL DEFAULT NEXT VALUE FOR wp_numbers PRIMARY KEY, what VARCHAR(20));
INSERT INTO wp_orders(what) VALUES ('first'),('second');
CREATE TABLE wp_history (id INT PRIMARY KEY, state VARCHAR(20)) WITH SYSTEM VERSIONING;
INSERT INTO wp_history VALUES (1,'new');
UPDATE wp_history SET state='changed' WHERE id=1;
CREATE VIEW wp_recent AS SELECT id,title FROM wp_posts WHERE created > NOW() - INTERVAL 30 DAY;
CREATE DEFINER=alice@localhost VIEW wp_mine AS SELECT COUNT(*) n FROM wp_posts;
DELIMITER //
CREATE DEFINER=alice@localhost TRIGGER wp_posts_ai AFTER INSERT ON wp_posts FOR EACH ROW
  INSERT INTO wp_log(msg) VALUES (CONCAT('new ',NEW.id))//
CREATE DEFINER=alice@localhost PROCEDURE p_count(OUT n INT) BEGIN SELECT COUNT(*) INTO n FROM wp_posts; END//
CREATE DEFINER=alice@localhost FUNCTION f_double(x INT) RETURNS INT DETERMINISTIC RETURN x*2//
CREATE DEFINER=alice@localhost EVENT e_clean ON SCHEDULE EVERY 1 DAY DO DELETE FROM wp_log WHERE id < 0//
DELIMITER ;

USE alice_shop;
CREATE TABLE t (id INT PRIMARY KEY, s VARCHAR(20)) CHARSET latin1;
INSERT INTO t VALUES (1,'é');
USE bob_blog;
CREATE TABLE t (id INT PRIMARY KEY);
INSERT INTO t VALUES (1),(2);
USE dora_site;
CREATE TABLE t (id INT PRIMARY KEY);
INSERT INTO t VALUES (1);
USE plain_blog;
CREATE TABLE t (id INT PRIMARY KEY, s VARCHAR(20));
INSERT INTO t VALUES (1,'😀');
USE orphan_db;
CREATE TABLE t (id INT PRIMARY KEY);

-- A view whose definer is gone, a view whose table is gone, a routine that is root's.
USE erin_odd;
CREATE USER gone@localhost;
CREATE TABLE good (id INT PRIMARY KEY);
INSERT INTO good VALUES (1),(2),(3);
CREATE TABLE base (id INT);
CREATE DEFINER=gone@localhost VIEW missing_definer AS SELECT id FROM good;
CREATE DEFINER=erin@localhost VIEW broken AS SELECT id FROM base;
CREATE DEFINER=root@localhost PROCEDURE owned_by_root() SELECT 1;
DROP TABLE base;
DROP USER gone@localhost;
SQL

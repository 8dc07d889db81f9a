import { identifier } from '../../collectors/mysql/sql.ts'

/** Names that are hard to quote. */
export const awkwardNames = [
  'n'.repeat(64),
  'ü'.repeat(64),
  'back`tick``s',
  `quotes ' and "`,
  'two words, (one) -- bracket /* comment */ #',
  'line\nbreak;\nDELIMITER ;;',
  'Grüße 日本語',
  'back\\slash\\',
  'back\\`tick',
  'select',
  '1234',
  '$x@y',
]

/** Character sets whose bytes can be read one by one, and one text for all. */
const text = 'Abc 123'

function namedTables(): string {
  return awkwardNames
    .map((name) => {
      const table = identifier(name)
      return `CREATE TABLE ${table} (${identifier(`c ${name}`.slice(0, 64).trim())} INT PRIMARY KEY, \`t\` TEXT COMMENT 'it''s; -- \\\\ \\n');
        INSERT INTO ${table} VALUES (1, 'x'), (2, NULL);`
    })
    .join('\n')
}

function everyByte(): string {
  const bytes = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))
  return `CREATE TABLE \`bytes\` (\`id\` INT PRIMARY KEY, \`b\` LONGBLOB, \`v\` VARBINARY(300), \`t\` LONGTEXT CHARACTER SET latin1);
    INSERT INTO \`bytes\` VALUES (1, 0x${bytes.join('')}, 0x${bytes.join('')}, 0x${bytes.join('')}), (2, '', '', ''), (3, NULL, NULL, NULL);
    ${bytes.map((byte, at) => `INSERT INTO \`bytes\` VALUES (${at + 10}, 0x${byte}, 0x${byte}, 0x${byte});`).join('\n')}`
}

/**
 * Statements that fill an empty database of MariaDB 10.11, for the client; `charsets` are all that the server has. No event
 * holds `;;`: mariadb-dump never ends on one.
 */
export function awkwardSchema(charsets: readonly string[]): string {
  const columns = charsets.map((charset) => `\`c_${charset}\` VARCHAR(40) CHARACTER SET ${charset}`)
  return `
${namedTables()}
${everyByte()}
CREATE TABLE \`charsets\` (\`id\` INT PRIMARY KEY, ${columns.join(', ')});
INSERT INTO \`charsets\` VALUES (1${`, '${text}'`.repeat(charsets.length)});
CREATE TABLE \`latin\` (\`s\` VARCHAR(20) DEFAULT 'é', \`e\` ENUM('ä','it''s','a,b') DEFAULT 'ä', \`z\` SET('x','ß')) CHARSET latin1 COLLATE latin1_german2_ci COMMENT='Grüße; "quoted" ''text''';
INSERT INTO \`latin\` VALUES ('é', 'ä', 'x,ß'), ('÷', 'it''s', '');

CREATE SEQUENCE \`a numbers\` START WITH 1000 INCREMENT BY -7 MINVALUE -100000 MAXVALUE 1000 CACHE 5 CYCLE;
DO NEXTVAL(\`a numbers\`);
CREATE SEQUENCE \`z\` START WITH 3;
CREATE TABLE \`ordered\` (\`id\` BIGINT NOT NULL DEFAULT NEXTVAL(\`a numbers\`), \`other\` BIGINT DEFAULT (NEXTVAL(\`z\`) + 1), \`x\` INT, PRIMARY KEY (\`id\`));
INSERT INTO \`ordered\` (\`x\`) VALUES (1), (2);
CREATE TABLE \`ordered_history\` (\`id\` BIGINT NOT NULL DEFAULT NEXTVAL(\`z\`), \`x\` INT) WITH SYSTEM VERSIONING;
INSERT INTO \`ordered_history\` (\`x\`) VALUES (1), (2);
UPDATE \`ordered_history\` SET \`x\` = \`x\` + 1;
CREATE TABLE \`history\` (\`id\` INT PRIMARY KEY, \`s\` TEXT, \`start\` TIMESTAMP(6) GENERATED ALWAYS AS ROW START, \`end\` TIMESTAMP(6) GENERATED ALWAYS AS ROW END, PERIOD FOR SYSTEM_TIME(\`start\`, \`end\`)) WITH SYSTEM VERSIONING;
INSERT INTO \`history\` (\`id\`, \`s\`) VALUES (1, 'a');
UPDATE \`history\` SET \`s\` = 'b';
DELETE FROM \`history\`;

CREATE TABLE \`parent\` (\`a\` INT, \`b\` INT, PRIMARY KEY (\`a\`, \`b\`));
CREATE TABLE \`child\` (\`id\` INT PRIMARY KEY, \`a\` INT, \`b\` INT, \`self\` INT,
  CONSTRAINT \`fk to parent\` FOREIGN KEY (\`a\`, \`b\`) REFERENCES \`parent\` (\`a\`, \`b\`) ON DELETE SET NULL ON UPDATE CASCADE,
  CONSTRAINT \`fk\` FOREIGN KEY (\`self\`) REFERENCES \`child\` (\`id\`));
INSERT INTO \`parent\` VALUES (1, 2);
INSERT INTO \`child\` VALUES (1, 1, 2, NULL), (2, 1, 2, 1);

CREATE TABLE \`ranges\` (\`d\` DATE NOT NULL, \`n\` INT) PARTITION BY RANGE (YEAR(\`d\`)) SUBPARTITION BY HASH (TO_DAYS(\`d\`)) SUBPARTITIONS 2
  (PARTITION \`old\` VALUES LESS THAN (2000) COMMENT = 'until; then', PARTITION \`new\` VALUES LESS THAN MAXVALUE);
INSERT INTO \`ranges\` VALUES ('1999-01-01', 1), ('2020-02-02', 2);
CREATE TABLE \`lists\` (\`a\` INT, \`s\` VARCHAR(10)) PARTITION BY LIST COLUMNS (\`s\`) (PARTITION p0 VALUES IN ('a', 'it''s'), PARTITION p1 DEFAULT);
INSERT INTO \`lists\` VALUES (1, 'a'), (2, 'z');
CREATE TABLE \`keyed\` (\`a\` INT PRIMARY KEY) PARTITION BY KEY (\`a\`) PARTITIONS 4;
INSERT INTO \`keyed\` VALUES (1), (2), (3);
CREATE TABLE \`versions\` (\`a\` INT) WITH SYSTEM VERSIONING PARTITION BY SYSTEM_TIME (PARTITION p_hist HISTORY, PARTITION p_cur CURRENT);
INSERT INTO \`versions\` VALUES (1);

CREATE TABLE \`texts\` (\`id\` INT UNSIGNED ZEROFILL AUTO_INCREMENT PRIMARY KEY, \`t\` TEXT, \`u\` UUID, \`i\` INET6, \`y\` YEAR, \`ti\` TIME(3), FULLTEXT KEY \`full text\` (\`t\`), KEY \`p\` (\`t\`(10) DESC) COMMENT 'prefix') ENGINE=InnoDB ROW_FORMAT=DYNAMIC PAGE_COMPRESSED=1;
INSERT INTO \`texts\` (\`t\`, \`u\`, \`i\`, \`y\`, \`ti\`) VALUES ('needle in hay', UUID(), '::1', 2026, '-12:30:00.123');
CREATE TABLE \`places\` (\`p\` POINT NOT NULL, \`g\` GEOMETRY, SPATIAL KEY (\`p\`)) ENGINE=Aria TRANSACTIONAL=1;
INSERT INTO \`places\` VALUES (POINT(1, 2), ST_GEOMFROMTEXT('POLYGON((0 0,0 1,1 1,0 0))'));
CREATE TABLE \`generated\` (\`a\` INT CHECK (\`a\` > 0), \`b\` INT AS (\`a\` * 2) VIRTUAL INVISIBLE, \`c\` VARCHAR(50) AS (CONCAT('#', \`a\`, ';')) STORED,
  \`d\` DATETIME DEFAULT NOW() ON UPDATE NOW(), \`e\` INT DEFAULT (\`a\` + 1), \`j\` JSON, \`f\` FLOAT DEFAULT -1.5e10, \`bit\` BIT(3) DEFAULT b'101', \`bin\` BINARY(3) DEFAULT x'00FF41',
  \`comp\` TEXT COMPRESSED, UNIQUE KEY \`h\` (\`c\`) USING HASH, KEY \`ig\` (\`a\`) IGNORED, CONSTRAINT \`rule; --\` CHECK (\`a\` < 1000 AND \`c\` LIKE '#%'));
INSERT INTO \`generated\` (\`a\`, \`j\`, \`f\`) VALUES (1, '{"a": [1, "it''s"]}', 1e-30), (2, NULL, -0.0);
CREATE TABLE \`memory\` (\`a\` INT, KEY USING BTREE (\`a\`)) ENGINE=MEMORY MAX_ROWS=10;
CREATE TABLE \`my\` (\`a\` INT, \`t\` TEXT, FULLTEXT (\`t\`)) ENGINE=MyISAM CHECKSUM=1 DELAY_KEY_WRITE=1 PACK_KEYS=1;
INSERT INTO \`my\` VALUES (1, 'x'), (2, 'y');
CREATE TABLE \`span\` (\`a\` INT, \`s\` DATE, \`e\` DATE, PERIOD FOR \`valid\` (\`s\`, \`e\`), UNIQUE KEY (\`a\`, \`valid\` WITHOUT OVERLAPS));
INSERT INTO \`span\` VALUES (1, '2026-01-01', '2026-02-01');
CREATE TABLE \`log\` (\`m\` TEXT);

CREATE DEFINER=\`alice\`@\`localhost\` VIEW \`v 3\` AS SELECT \`id\` FROM \`child\`;
CREATE DEFINER=\`alice\`@\`localhost\` VIEW \`v 2\` AS SELECT \`v\`.\`id\` AS \`it's; "id"\` FROM \`v 3\` AS \`v\` JOIN \`parent\` WHERE \`parent\`.\`a\` <> 'DEFINER=\`root\`@\`localhost\`';
CREATE ALGORITHM=MERGE DEFINER=\`alice\`@\`localhost\` SQL SECURITY INVOKER VIEW \`v 1\` AS SELECT * FROM \`parent\` WHERE \`a\` < 10 WITH CASCADED CHECK OPTION;
DELIMITER $$
CREATE DEFINER=\`alice\`@\`localhost\` FUNCTION \`f ''\`(\`a b\` INT, t TEXT CHARSET latin1) RETURNS TEXT CHARSET utf8mb4 DETERMINISTIC COMMENT 'it''s; DELIMITER //'
BEGIN
  -- a comment; with 'an odd quote
  # another; "one
  /* a third; \` */
  DECLARE s TEXT DEFAULT 'CREATE DEFINER=\`root\`@\`localhost\` PROCEDURE p() ;; DELIMITER ;';
  RETURN CONCAT(s, \`a b\`, '\\\\', "\\"", '''', /*!50000 'x' */ 'DROP TABLE t; -- ');
END$$
CREATE VIEW \`v of f\` AS SELECT \`f ''\`(1, 'x') AS \`r\`$$
CREATE DEFINER=\`alice\`@\`localhost\` PROCEDURE \`p\`(IN a INT, OUT \`b\` INT) MODIFIES SQL DATA SQL SECURITY INVOKER
BEGIN
  DECLARE i INT DEFAULT 0;
  lab: WHILE i < a DO
    SET i = i + 1;
    IF i = 5 THEN LEAVE lab; END IF;
  END WHILE;
  INSERT INTO log VALUES ('INSERT INTO x VALUES (1);\\nDELIMITER ;\\n');
  SET b = i;
END$$
SET sql_mode='ANSI_QUOTES,PIPES_AS_CONCAT,NO_BACKSLASH_ESCAPES'$$
CREATE PROCEDURE "ansi 'quoted'"() BEGIN SELECT "a" || 'back\\' AS "x;y" FROM "child"; END$$
SET sql_mode='ORACLE'$$
CREATE PROCEDURE oracle_like(a IN VARCHAR) AS x INT := 1; BEGIN SELECT x; END;$$
SET sql_mode=DEFAULT$$
CREATE DEFINER=\`alice\`@\`localhost\` TRIGGER \`t ;; 1\` BEFORE INSERT ON \`child\` FOR EACH ROW
BEGIN
  -- it's; a comment
  IF NEW.id > 100 THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'no; */ "more"'; END IF;
  INSERT INTO log VALUES (CONCAT('*/;; ', NEW.id, /* c */ '\\''));
END$$
CREATE TRIGGER t2 BEFORE INSERT ON child FOR EACH ROW FOLLOWS \`t ;; 1\` INSERT INTO log VALUES ('second')$$
SET NAMES latin1$$
CREATE TRIGGER t_latin BEFORE UPDATE ON \`child\` FOR EACH ROW SET NEW.self = LENGTH('abc')$$
SET NAMES utf8mb4$$
CREATE EVENT \`e; 1\` ON SCHEDULE EVERY 1 DAY STARTS '2026-01-01 00:00:00' ON COMPLETION PRESERVE DISABLE COMMENT 'it''s; */' DO BEGIN DELETE FROM log WHERE m = '; ;'; END$$
SET time_zone='+05:00'$$
CREATE EVENT e2 ON SCHEDULE AT '2037-01-01 00:00:00' DO INSERT INTO log VALUES ('later')$$
DELIMITER ;
`
}

import { describe, expect, test } from 'vitest'
import { filterTrial } from './filter-trial.ts'
import type { DumpFilterOptions } from './filtered-dump.ts'

const server = {
  mysql: { flavour: 'mysql', version: 80036 },
  mariadb: { flavour: 'mariadb', version: 101119 },
} as const

const lines = (sql: Buffer): string[] =>
  sql
    .toString()
    .split(';\n')
    .filter((line) => line !== '' && !line.startsWith('SET '))

async function passed(dump: string, options: Partial<DumpFilterOptions> = {}): Promise<string[]> {
  return lines((await filterTrial(dump, options)).sql)
}

async function findings(dump: string, options: Partial<DumpFilterOptions> = {}): Promise<string[]> {
  const { outcome } = await filterTrial(dump, options)
  return outcome.findings.map(({ action, reason, object }) => `${action} ${reason} ${object ?? ''}`.trim())
}

/** As mysqldump 8.0 writes it, in short. */
const mysql8 = `-- MySQL dump 10.13  Distrib 8.0.36, for Linux (x86_64)
/*!40101 SET @OLD_CHARACTER_SET_CLIENT=@@CHARACTER_SET_CLIENT */;
/*!50503 SET NAMES utf8mb4 */;
/*!40014 SET @OLD_FOREIGN_KEY_CHECKS=@@FOREIGN_KEY_CHECKS, FOREIGN_KEY_CHECKS=0 */;
/*!40101 SET @OLD_SQL_MODE=@@SQL_MODE, SQL_MODE='NO_AUTO_VALUE_ON_ZERO' */;
SET @MYSQLDUMP_TEMP_LOG_BIN = @@SESSION.SQL_LOG_BIN;
SET @@SESSION.SQL_LOG_BIN= 0;
SET @@GLOBAL.GTID_PURGED=/*!80000 '+'*/ '3e11fa47-71ca-11e1-9e33-c80aa9429562:1-5';
CREATE DATABASE /*!32312 IF NOT EXISTS*/ \`victim\` /*!40100 DEFAULT CHARACTER SET utf8mb4 */ /*!80016 DEFAULT ENCRYPTION='N' */;
USE \`victim\`;
/*!50503 SET character_set_client = utf8mb4 */;
CREATE TABLE \`t\` (
  \`id\` int NOT NULL AUTO_INCREMENT,
  \`h\` int DEFAULT NULL /*!80023 INVISIBLE */,
  \`p\` point NOT NULL /*!80003 SRID 4326 */,
  \`j\` json DEFAULT (json_object(_utf8mb4'a;b',1)),
  \`g\` varchar(9) GENERATED ALWAYS AS (json_unquote(json_extract(\`j\`,_utf8mb4'$.a'))) STORED,
  PRIMARY KEY (\`id\`),
  KEY \`f\` ((lower(\`g\`))) /*!80000 INVISIBLE */,
  CONSTRAINT \`c\` CHECK ((\`id\` > 0)) /*!80016 NOT ENFORCED */
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci ENCRYPTION='Y'
/*!50100 PARTITION BY RANGE (\`id\`)
(PARTITION p0 VALUES LESS THAN (10) ENGINE = InnoDB,
 PARTITION p1 VALUES LESS THAN MAXVALUE DATA DIRECTORY = '/fast' ENGINE = InnoDB) */;
LOCK TABLES \`t\` WRITE;
/*!40000 ALTER TABLE \`t\` DISABLE KEYS */;
INSERT  IGNORE INTO \`t\` (\`id\`, \`h\`) VALUES (1,_binary 'a\\'b'),(2,NULL);
UNLOCK TABLES;
/*!50001 CREATE VIEW \`v\` AS SELECT 
 1 AS \`id\`*/;
/*!50003 SET @saved_sql_mode       = @@sql_mode */ ;
/*!50003 SET sql_mode              = 'ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES' */ ;
DELIMITER ;;
/*!50003 CREATE*/ /*!50017 DEFINER=\`root\`@\`%\`*/ /*!50003 TRIGGER \`tr\` BEFORE INSERT ON \`t\` FOR EACH ROW begin set new.h = 'DEFINER=\`root\`@\`%\`'; /* c */ end */;;
DELIMITER ;
/*!50003 SET sql_mode              = @saved_sql_mode */ ;
-- Dump completed on 2026-01-01
`

describe('a dump of MySQL 8', () => {
  test('passes to MySQL with what MySQL executes', async () => {
    const { sql, outcome } = await filterTrial(mysql8, { server: server.mysql })
    expect(sql.toString()).toContain('DEFAULT NULL INVISIBLE,')
    expect(sql.toString()).toContain('VALUES LESS THAN MAXVALUE ENGINE = InnoDB)')
    expect(sql.toString()).not.toMatch(/\/\*|DIRECTORY|LOCK|GTID|LOG_BIN|USE |victim/)
    expect(outcome.tables).toEqual([{ name: 't', as: 't', engine: 'InnoDB', rows: 2 }])
    expect(outcome.complete).toBe(true)
    expect(outcome.collations).toEqual(['utf8mb4_0900_ai_ci'])
    const [trigger] = outcome.programs
    expect(trigger?.sql.toString()).toBe(
      "CREATE DEFINER=`alice`@`localhost` TRIGGER `tr` BEFORE INSERT ON `t` FOR EACH ROW begin set new.h = 'DEFINER=`root`@`%`'; /* c */ end",
    )
    expect(trigger?.drop?.toString()).toBe('DROP TRIGGER IF EXISTS `tr`')
    expect(trigger?.context.sqlMode).toBe('ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES')
  })

  test('passes to MariaDB without what only MySQL executes', async () => {
    const { sql, outcome } = await filterTrial(mysql8)
    expect(sql.toString()).not.toMatch(/INVISIBLE|SRID|ENFORCED/)
    expect(outcome.programs[0]?.sql.toString()).toMatch(
      /^CREATE OR REPLACE DEFINER=`alice`@`localhost` TRIGGER/,
    )
    expect(outcome.findings.map(({ reason, count }) => `${reason} ${count}`).sort()).toEqual([
      'database 2',
      'directory 1',
      'lock 2',
      'placeholder 1',
      'replication 3',
    ])
  })
})

const table = (body: string, options = 'ENGINE=InnoDB'): string =>
  `CREATE TABLE \`t\` (${body}) ${options};\n`

describe('a table', () => {
  test('loses the name of its old database, and its sequence until it is in place', async () => {
    const dump = table(
      '`a` bigint DEFAULT nextval(`victim`.`s`), `b` int DEFAULT (nextval(`victim`.`s`) + 1) COMMENT "x", CONSTRAINT `f` FOREIGN KEY (`a`) REFERENCES `victim`.`p` (`a`)',
    )
    expect(await passed(dump.replace('`t`', '`victim`.`t`'))).toEqual([
      'CREATE TABLE `t` (\n  `a` bigint,\n  `b` int COMMENT "x",\n  CONSTRAINT `f` FOREIGN KEY (`a`) REFERENCES `p` (`a`)\n) ENGINE=InnoDB',
    ])
    const { outcome } = await filterTrial(dump)
    expect(outcome.deferred.map(({ sql }) => sql)).toEqual([
      'ALTER TABLE `t` ALTER COLUMN `a` SET DEFAULT nextval(`s`)',
      'ALTER TABLE `t` ALTER COLUMN `b` SET DEFAULT (nextval(`s`) + 1)',
    ])
  })

  test.each([
    ['another database', '`a` int REFERENCES `mysql`.`user` (`a`)', '', 'other-database'],
    ['a sequence of another database', '`a` int DEFAULT nextval(`mysql`.`s`)', '', 'other-database'],
    ['an engine', '`a` int', 'ENGINE=FEDERATED', 'engine'],
    ['an engine in quotes', '`a` int', "ENGINE='SPIDER'", 'engine'],
    ['an engine of a partition', '`a` int', 'PARTITION BY HASH(`a`) (PARTITION p ENGINE=CONNECT)', 'engine'],
    ['an unknown option', '`a` int', "CONNECTION='x'", 'not-understood'],
    ['a query', '`a` int', 'AS SELECT 1', 'not-understood'],
    ['a query in a default', '`a` int DEFAULT (SELECT 1)', '', 'forbidden-word'],
    ['a function that reads files', "`a` int CHECK (load_file('x'))", '', 'forbidden-word'],
    ['an unknown word', '`a` int SURPRISE', '', 'not-understood'],
    ['a variable', '`a` int DEFAULT (@@version)', '', 'not-understood'],
    ['a command', '`a` int \\! x', '', 'not-understood'],
  ])('with %s is refused, and so are its rows', async (_what, body, options, reason) => {
    const dump = `${table(body, options)}INSERT INTO \`t\` VALUES (1);\nALTER TABLE \`t\` ENABLE KEYS;\n`
    expect(await passed(dump)).toEqual([])
    expect(await findings(dump)).toEqual([`refused ${reason} t`, 'refused no-such-table t'])
  })

  test('with columns without quotes passes', async () => {
    expect(
      await passed('create table t (a int not null, b varchar(3), primary key (a), key b (b));'),
    ).toEqual(['CREATE TABLE `t` (\n  a int not null,\n  b varchar(3),\n  primary key (a),\n  key b (b)\n)'])
  })
})

describe('one table of a dump', () => {
  const dump = `CREATE SEQUENCE \`s\` start with 1;
CREATE TABLE \`other\` (\`a\` int);
INSERT INTO \`other\` VALUES (1);
${table('`a` int, CONSTRAINT `f` FOREIGN KEY (`a`) REFERENCES `other` (`a`)')}INSERT INTO \`t\` VALUES (1),(2);
CREATE TRIGGER \`x\` BEFORE INSERT ON \`t\` FOR EACH ROW SET @a = 1;
CREATE TRIGGER \`y\` BEFORE INSERT ON \`other\` FOR EACH ROW SET @a = 1;
CREATE VIEW \`v\` AS SELECT 1;
`
  test('passes alone, with its triggers and its foreign keys for later', async () => {
    const { sql, outcome } = await filterTrial(dump, { table: { name: 't' } })
    expect(lines(sql)).toEqual([
      'CREATE TABLE `t` (\n  `a` int\n) ENGINE=InnoDB',
      'INSERT INTO `t` VALUES(1),(2)',
    ])
    expect(outcome.programs.map(({ name }) => name)).toEqual(['x'])
    expect(outcome.deferred).toEqual([
      {
        kind: 'foreign-key',
        table: 't',
        sql: 'ALTER TABLE `t` ADD CONSTRAINT `f` FOREIGN KEY (`a`) REFERENCES `other` (`a`)',
      },
    ])
  })

  test('gets another name everywhere, and no triggers', async () => {
    const { sql, outcome } = await filterTrial(dump, { table: { name: 't', as: 'ü`' } })
    expect(lines(sql)).toEqual([
      'CREATE TABLE `ü``` (\n  `a` int\n) ENGINE=InnoDB',
      'INSERT INTO `ü``` VALUES(1),(2)',
    ])
    expect(outcome.programs).toEqual([])
    expect(outcome.findings.map(({ reason, object }) => `${reason} ${object ?? ''}`)).toContain(
      'trigger-of-copy trigger x',
    )
  })
})

describe('programs that go to another database', () => {
  const moved = async (sql: string): Promise<string> => {
    const { outcome } = await filterTrial(`DELIMITER $$\n${sql}$$\n`, { target: 'new' })
    const [program] = outcome.programs
    return `${program?.oldDatabase ?? 'none'} ${program?.sql.toString().replace(/^.*?@`localhost` /, '') ?? ''}`
  }

  test.each([
    ['select `victim`.`t`.`a` from `victim`.`t`', '0 VIEW `v` AS select `t`.`a` from `t`'],
    [
      'select `victim`.`f`(1) from (`victim`.`t` join `x`.`y`)',
      '0 VIEW `v` AS select `f`(1) from (`t` join `x`.`y`)',
    ],
    ['select `victim`.`a` from `t` `victim`', '1 VIEW `v` AS select `victim`.`a` from `t` `victim`'],
    ["select 'victim' from `t`", "1 VIEW `v` AS select 'victim' from `t`"],
  ])('a view as %s', async (query, told) => {
    expect(await moved(`CREATE VIEW \`v\` AS ${query}`)).toBe(told)
  })

  test.each([
    ['PROCEDURE victim.p() SELECT 1', '0 PROCEDURE p() SELECT 1'],
    ['PROCEDURE p() INSERT INTO victim.t VALUES (1)', '1 PROCEDURE p() INSERT INTO victim.t VALUES (1)'],
    [
      'TRIGGER victim.x AFTER DELETE ON victim.t FOR EACH ROW SET @a = 1',
      '0 TRIGGER x AFTER DELETE ON t FOR EACH ROW SET @a = 1',
    ],
    ['PROCEDURE mysql.p() SELECT 1', 'none '],
    ["FUNCTION p RETURNS STRING SONAME 'x.so'", 'none '],
    ['AGGREGATE FUNCTION p(a INT) RETURNS INT RETURN 1', 'none '],
    ['TRIGGER x AFTER DELETE ON mysql.t FOR EACH ROW SET @a = 1', 'none '],
    ['PROCEDURE p() BEGIN \\! touch x\nEND', 'none '],
    ['DEFINER=root@localhost PROCEDURE p() SELECT \\N', '0 PROCEDURE p() SELECT \\N'],
    [
      "DEFINER='a`b'@'%' EVENT IF NOT EXISTS e ON SCHEDULE EVERY 1 DAY DO SELECT 1",
      '0 EVENT e ON SCHEDULE EVERY 1 DAY DO SELECT 1',
    ],
  ])('%s', async (program, told) => {
    expect(await moved(`CREATE ${program}`)).toBe(told)
  })
})

describe('settings', () => {
  test.each([
    ['SET NAMES utf8mb4', []],
    ["SET @OLD_SQL_MODE=@@SQL_MODE, SQL_MODE='NO_AUTO_VALUE_ON_ZERO'", []],
    ["SET SESSION time_zone='+00:00'", []],
    ['SET GLOBAL sql_mode=1', ['refused setting']],
    ['SET @@global.time_zone=1', ['refused setting']],
    ['SET PERSIST time_zone=1', ['refused setting']],
    ['SET sql_mode=@never', ['refused setting']],
    ['SET max_statement_time=0', ['refused setting']],
    ['SET @a=(SELECT 1)', ['refused setting']],
    ["SET time_zone='x'' y'", ['refused setting']],
    ['SET constructor=1', ['refused setting']],
    ["SET PASSWORD='x'", ['refused setting']],
    ['SET @a=@@constructor', ['refused setting']],
  ])('%s', async (sql, told) => {
    expect(await findings(`${sql};`)).toEqual(told)
  })

  test('are told to the session before a table, and again where they change', async () => {
    const { sql } = await filterTrial(
      `SET NAMES latin1; SET character_set_client=utf8mb4; ${table('`a` int')} SET character_set_client=latin1; INSERT INTO \`t\` VALUES (1);`,
    )
    expect(sql.toString().match(/SET (?:NAMES|character_set_client)\W\w+|CREATE TABLE|INSERT/g)).toEqual([
      'SET NAMES latin1',
      'SET character_set_client=utf8mb4',
      'CREATE TABLE',
      'SET NAMES latin1',
      'INSERT',
    ])
  })

  test('never let a statement choose a directory or another engine', async () => {
    const { sql } = await filterTrial(`SET sql_mode='ALLOW_INVALID_DATES,IGNORE_SPACE'; ${table('`a` int')}`)
    expect(sql.toString()).toContain(
      "SET sql_mode='NO_DIR_IN_CREATE,NO_ENGINE_SUBSTITUTION,ALLOW_INVALID_DATES'",
    )
  })

  test('that switch autocommit off end with a commit', async () => {
    const dump = `${table('`a` int')} set autocommit=0; INSERT INTO \`t\` VALUES (1); commit;`
    expect((await passed(dump)).slice(1)).toEqual(['INSERT INTO `t` VALUES(1)', 'COMMIT', 'COMMIT'])
  })
})

test('another database in the same dump does not pass, until the dump comes back', async () => {
  const dump = `USE \`mysql\`; ${table('`a` int')} USE \`victim\`; CREATE TABLE \`mine\` (\`a\` int);`
  expect(await passed(dump)).toEqual(['CREATE TABLE `mine` (\n  `a` int\n)'])
})

test('a row that goes wrong after 16 MiB is an error', async () => {
  const dump = `${table('`a` longtext')}INSERT INTO \`t\` VALUES ('${'x'.repeat(17 << 20)}',now());`
  await expect(filterTrial(dump, {}, [1 << 20])).rejects.toMatchObject({ code: 'corrupt' })
})

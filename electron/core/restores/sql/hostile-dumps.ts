/** A statement that a dump must not be able to run, and how it shows that it ran. */
export interface Payload {
  readonly name: string
  /** Goes between the good parts of a dump. */
  readonly sql: string
  /** Nothing need be refused: whoever reads it right sees a comment or a text. */
  readonly harmless?: true
}

/** A dump as mariadb-dump writes it, with something in its middle. */
export function dumpWith(sql: string): string {
  return `/*M!999999\\- enable the sandbox mode */ 
-- MariaDB dump 10.19  Distrib 10.11.19-MariaDB, for debian-linux-gnu (x86_64)
--
-- Host: localhost    Database: victim
-- ------------------------------------------------------

/*!40101 SET NAMES utf8mb4 */;
/*!40101 SET @OLD_SQL_MODE=@@SQL_MODE, SQL_MODE='NO_AUTO_VALUE_ON_ZERO' */;
DROP TABLE IF EXISTS \`before\`;
CREATE TABLE \`before\` (
  \`a\` longtext DEFAULT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
INSERT INTO \`before\` VALUES
('kept');
${sql}
CREATE TABLE \`after\` (
  \`a\` longtext DEFAULT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
INSERT INTO \`after\` VALUES
('kept');
-- Dump completed
`
}

/**
 * Each would leave a canary if it came through to a client or a server: a file whose name begins with
 * `/tmp/canary/`, a row or a table in the database `canary`, a user whose name begins with `canary`, or a setting.
 */
export const payloads: readonly Payload[] = [
  { name: 'shell by \\!', sql: '\\! touch /tmp/canary/shell' },
  { name: 'shell by \\! behind a statement', sql: 'SELECT 1; \\! touch /tmp/canary/shell2' },
  {
    name: 'shell by \\! in an INSERT',
    sql: 'INSERT INTO `before` VALUES (1 \\! touch /tmp/canary/shell3\n);',
  },
  { name: 'system', sql: 'system touch /tmp/canary/system' },
  { name: 'system behind a delimiter', sql: 'DELIMITER //\nsystem touch /tmp/canary/system2\nDELIMITER ;' },
  { name: 'source', sql: 'source /tmp/canary-source.sql' },
  { name: '\\.', sql: '\\. /tmp/canary-source.sql' },
  { name: '\\T', sql: '\\T /tmp/canary/tee' },
  { name: 'tee', sql: 'tee /tmp/canary/tee2' },
  { name: '\\e', sql: 'SELECT 1\n\\e\n;' },
  { name: 'edit', sql: 'edit' },
  { name: 'pager', sql: 'pager cat > /tmp/canary/pager\nSELECT 1;' },
  { name: 'LOAD DATA LOCAL INFILE', sql: "LOAD DATA LOCAL INFILE '/etc/shadow' INTO TABLE `before`;" },
  { name: 'LOAD DATA INFILE', sql: "LOAD DATA INFILE '/etc/passwd' INTO TABLE `before`;" },
  { name: 'LOAD_FILE', sql: "INSERT INTO `before` VALUES (LOAD_FILE('/etc/passwd'));" },
  { name: 'SELECT INTO OUTFILE', sql: "SELECT 'x' INTO OUTFILE '/tmp/canary/outfile';" },
  { name: 'SELECT INTO DUMPFILE', sql: "SELECT 'x' INTO DUMPFILE '/tmp/canary/dumpfile';" },
  { name: 'USE', sql: 'USE canary;\nINSERT INTO `t` VALUES (1);\nUSE victim;' },
  { name: 'USE without a delimiter', sql: 'USE canary\nINSERT INTO `t` VALUES (1);\nUSE `victim`;' },
  { name: '\\u', sql: '\\u canary\nINSERT INTO `t` VALUES (2);' },
  { name: 'a qualified INSERT', sql: 'INSERT INTO `canary`.`t` VALUES (3);' },
  { name: 'a qualified REPLACE', sql: "REPLACE INTO mysql.global_priv VALUES ('%','canary','{}');" },
  { name: 'a qualified CREATE TABLE', sql: 'CREATE TABLE `canary`.`made` (`a` int);' },
  { name: 'a qualified DROP', sql: 'DROP TABLE `canary`.`t`;\nDROP DATABASE canary;' },
  { name: 'GRANT', sql: "GRANT ALL ON *.* TO 'canary'@'%' IDENTIFIED BY 'x';" },
  { name: 'CREATE USER', sql: "CREATE USER 'canary2'@'%' IDENTIFIED BY 'x';" },
  { name: 'SET PASSWORD', sql: "SET PASSWORD FOR root@localhost = PASSWORD('x');" },
  { name: 'SET GLOBAL', sql: 'SET GLOBAL max_connections = 7;\nSET @@GLOBAL.max_connections = 7;' },
  { name: 'SET behind a good SET', sql: 'SET NAMES utf8mb4, GLOBAL max_connections = 7;' },
  {
    name: 'INSTALL PLUGIN',
    sql: "INSTALL PLUGIN canary SONAME 'ha_federatedx.so';\nINSTALL SONAME 'ha_blackhole';",
  },
  {
    name: 'CREATE SERVER',
    sql: "CREATE SERVER canary FOREIGN DATA WRAPPER mysql OPTIONS (HOST '127.0.0.1');",
  },
  { name: 'a function of a library', sql: "CREATE FUNCTION canary RETURNS STRING SONAME 'canary.so';" },
  { name: 'HANDLER', sql: 'HANDLER mysql.user OPEN;\nHANDLER mysql.user READ FIRST;' },
  { name: 'DO', sql: "DO (SELECT 1 FROM canary.t INTO OUTFILE '/tmp/canary/do');" },
  { name: 'CALL', sql: 'CALL canary.p();' },
  { name: 'PREPARE', sql: "PREPARE s FROM 'INSERT INTO canary.t VALUES (4)';\nEXECUTE s;" },
  {
    name: 'a procedure of root',
    sql: 'DELIMITER ;;\nCREATE DEFINER=`root`@`localhost` PROCEDURE `p`() SQL SECURITY DEFINER INSERT INTO canary.t VALUES (5) ;;\nDELIMITER ;\nCALL p();',
  },
  {
    name: 'a trigger of root',
    sql: "DELIMITER ;;\n/*!50003 CREATE*/ /*!50017 DEFINER=`root`@`localhost`*/ /*!50003 TRIGGER tr BEFORE INSERT ON `before` FOR EACH ROW INSERT INTO canary.t VALUES (6) */;;\nDELIMITER ;\nINSERT INTO `before` VALUES ('x');",
  },
  {
    name: 'a view of root',
    sql: '/*!50001 CREATE ALGORITHM=UNDEFINED */\n/*!50013 DEFINER=`root`@`localhost` SQL SECURITY DEFINER */\n/*!50001 VIEW `v` AS select * from mysql.global_priv */;\nINSERT INTO `before` SELECT Priv FROM v;',
  },
  {
    name: 'an event of root',
    sql: 'DELIMITER ;;\n/*!50106 CREATE*/ /*!50117 DEFINER=`root`@`localhost`*/ /*!50106 EVENT `ev` ON SCHEDULE EVERY 1 SECOND DO INSERT INTO canary.t VALUES (7) */ ;;\nDELIMITER ;',
  },
  { name: 'DATA DIRECTORY', sql: "CREATE TABLE `d` (`a` int) ENGINE=MyISAM DATA DIRECTORY='/tmp/canary';" },
  {
    name: 'INDEX DIRECTORY',
    sql: "CREATE TABLE `i` (`a` int, KEY(`a`)) ENGINE=MyISAM INDEX DIRECTORY '/tmp/canary/';",
  },
  {
    name: 'DATA DIRECTORY in a conditional comment',
    sql: "CREATE TABLE `dc` (`a` int) ENGINE=InnoDB /*!50100 DATA /**/ DIRECTORY = '/tmp/canary' */;",
  },
  {
    name: 'DATA DIRECTORY of a partition',
    sql: "CREATE TABLE `dp` (`a` int) ENGINE=InnoDB PARTITION BY RANGE (`a`) (PARTITION p0 VALUES LESS THAN (9) DATA DIRECTORY = '/tmp/canary' ENGINE = InnoDB);",
  },
  {
    name: 'ENGINE=FEDERATED',
    sql: "CREATE TABLE `f` (`a` int) ENGINE=FEDERATED CONNECTION='mysql://root@127.0.0.1/canary/t';\nINSERT INTO `f` VALUES (8);",
  },
  {
    name: 'ENGINE=CONNECT',
    sql: "CREATE TABLE `c` (`a` int) ENGINE=CONNECT TABLE_TYPE=DOS FILE_NAME='/tmp/canary/c';\nINSERT INTO `c` VALUES (9);",
  },
  { name: 'ENGINE=SPIDER', sql: 'CREATE TABLE `s` (`a` int) ENGINE=SPIDER COMMENT=\'host "127.0.0.1"\';' },
  {
    name: 'a hidden engine',
    sql: "CREATE TABLE `h` (`a` int) ENGINE=InnoDB /*!99999 , */ /*! ENGINE = */ 'FEDERATED';",
  },
  {
    name: 'a MERGE of other tables',
    sql: 'CREATE TABLE `m` (`a` int) ENGINE=MRG_MyISAM UNION=(`canary`.`my`) INSERT_METHOD=LAST;\nINSERT INTO `m` VALUES (10);',
  },
  {
    name: 'CREATE TABLE … SELECT',
    sql: 'CREATE TABLE `cs` (`a` int) SELECT 1 AS `a` FROM mysql.user;\nCREATE TABLE `ct` AS SELECT * FROM canary.t;\nCREATE TABLE `cl` LIKE canary.t;',
  },
  {
    name: 'stacked behind an INSERT',
    sql: "INSERT INTO `before` VALUES ('x'); INSERT INTO canary.t VALUES (11); GRANT ALL ON *.* TO 'canary'@'%';",
  },
  {
    name: 'a query in a row',
    sql: "INSERT INTO `before` VALUES ('good'),((SELECT Priv FROM mysql.global_priv LIMIT 1)),('never');",
  },
  {
    name: 'behind the rows',
    sql: "INSERT INTO `before` VALUES ('good') ON DUPLICATE KEY UPDATE a=(SELECT 1 FROM canary.t);",
  },
  { name: 'INSERT … SELECT', sql: 'INSERT INTO `before` SELECT Priv FROM mysql.global_priv;' },
  {
    name: 'in a comment of the client',
    harmless: true,
    sql: '/* \\! touch /tmp/canary/comment\n*/ -- \\! touch /tmp/canary/comment2\n# \\! touch /tmp/canary/comment3',
  },
  {
    name: 'in a conditional comment',
    sql: '/*! INSERT INTO canary.t VALUES (12) */;\n/*!50003 GRANT ALL ON *.* TO canary@localhost */;\n/*M!100100 \\! touch /tmp/canary/conditional\n*/;',
  },
  {
    name: 'in a row as a conditional comment',
    sql: "INSERT INTO `before` VALUES ('x' /*! , LOAD_FILE('/etc/passwd') */);",
  },
  { name: 'nested comments', sql: '/* /* */ INSERT INTO canary.t VALUES (13); /* */' },
  {
    name: 'delimiters that hide',
    sql: "DELIMITER '\nSELECT 1'\nDELIMITER ;\nDELIMITER a\nINSERT INTO canary.t VALUES (14)a\nDELIMITER ;\n/* ' */;",
  },
  {
    name: 'another quoting',
    sql: "SET sql_mode='NO_BACKSLASH_ESCAPES';\nINSERT INTO `before` VALUES ('\\'), (1); INSERT INTO canary.t VALUES (15); -- ');\nSET sql_mode=@OLD_SQL_MODE;",
  },
  {
    name: 'names that are texts',
    sql: 'SET sql_mode=\'ANSI_QUOTES\';\nCREATE TABLE "q" (a int);\nINSERT INTO `before` VALUES ("a\\"); INSERT INTO canary.t VALUES (16); -- ");\nSET sql_mode=\'\';',
  },
  {
    name: 'a character set that eats quotes',
    sql: "SET NAMES gbk;\nINSERT INTO `before` VALUES ('\xbf\\'); INSERT INTO canary.t VALUES (17); -- ');\nSET NAMES utf8mb4;",
  },
  {
    name: 'a name that ends with a backslash',
    harmless: true,
    sql: "CREATE TABLE `x\\` (`a` longtext);\nINSERT INTO `x\\` VALUES ('`; INSERT INTO canary.t VALUES (18); -- ');",
  },
  {
    name: 'a default that reads files',
    sql: "CREATE TABLE `l` (`a` longtext DEFAULT (load_file('/etc/passwd')));\nINSERT INTO `l` VALUES (DEFAULT);",
  },
  {
    name: 'a sequence elsewhere',
    sql: 'CREATE SEQUENCE `canary`.`s` start with 1;\nDO SETVAL(`canary`.`s2`, 99, 0);\nCREATE TABLE `n` (`a` bigint DEFAULT nextval(`canary`.`s2`));',
  },
  {
    name: 'a foreign key elsewhere',
    sql: 'CREATE TABLE `fk` (`a` int, FOREIGN KEY (`a`) REFERENCES `canary`.`t` (`a`));',
  },
  {
    name: 'replication',
    sql: "SET @@SESSION.SQL_LOG_BIN= 0;\nCHANGE MASTER TO MASTER_HOST='127.0.0.1';\nSTART SLAVE;\nPURGE BINARY LOGS TO 'x';",
  },
  { name: 'KILL and SHUTDOWN', sql: 'KILL 1;\nSHUTDOWN;\nFLUSH LOGS;\nRESET MASTER;' },
  {
    name: 'ALTER',
    sql: "ALTER TABLE `before` DATA DIRECTORY='/tmp/canary', ENGINE=MyISAM;\nALTER TABLE `before` RENAME TO canary.stolen;\nALTER DATABASE canary CHARACTER SET latin1 COLLATE latin1_bin;\nRENAME TABLE `before` TO canary.stolen2;",
  },
]

/** Every payload as a value: it must arrive as it is. */
export function dumpOfTexts(): string {
  const values = payloads.map(({ sql }) => {
    const text = sql.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\n', '\\n')
    return `('${text}')`
  })
  return dumpWith(`INSERT INTO \`before\` VALUES\n${values.join(',\n')};`)
}

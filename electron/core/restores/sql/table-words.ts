function words(text: string): ReadonlySet<string> {
  return new Set(text.trim().toUpperCase().split(/\s+/))
}

/** Words of column and key definitions, outside of brackets, as `SHOW CREATE TABLE` of MariaDB and MySQL writes them. */
export const definitionWords = words(`
  tinyint smallint mediumint int integer bigint float double real precision decimal numeric fixed dec bit bool boolean
  date time datetime timestamp year char character varchar varying national nchar nvarchar binary varbinary tinyblob blob
  mediumblob longblob tinytext text mediumtext longtext long enum set json geometry point linestring polygon multipoint
  multilinestring multipolygon geometrycollection geomcollection uuid inet4 inet6 vector xmltype number raw clob varchar2
  unsigned signed zerofill ascii unicode byte charset collate not null default auto_increment unique primary key index
  comment column_format storage disk memory dynamic virtual persistent stored generated always as on update references
  match full partial simple delete cascade restrict no action invisible visible without with system versioning compressed
  check constraint foreign fulltext spatial using btree hash rtree parser key_block_size srid row start end period for
  system_time overlaps enforced ignored true false asc desc current_timestamp localtimestamp now current_user
  row_start row_end ref_system_id m distance euclidean cosine clustering clustered yes no
`)

/** Words that a call, a type or an expression in brackets must not hold: each reaches beyond the row. */
export const forbiddenInside = words(`
  select into outfile dumpfile infile load_file directory connection delimiter union table tables show call execute
  prepare handler load grant install
`)

/** Options of tables and partitions that pass, with their values. */
export const passingOptions = words(`
  auto_increment avg_row_length charset collate character checksum table_checksum page_checksum comment default
  delay_key_write key_block_size max_rows min_rows pack_keys row_format stats_auto_recalc stats_persistent
  stats_sample_pages transactional encrypted encryption encryption_key_id page_compressed page_compression_level
  compression sequence autoextend_size atomic_writes ietf_quotes compressed
`)

/** Options that are left out: they say where on the server a table lies. */
export const droppedOptions = words('tablespace storage nodegroup')

/** Words of values and between options. */
export const optionWords = words(`
  set default yes no on off compact compressed dynamic fixed redundant page tokudb_default tokudb_uncompressed
  tokudb_zlib tokudb_zstd tokudb_lzma tokudb_quicklz tokudb_snappy
`)

/** Words of PARTITION BY, outside of expressions. */
export const partitionWords = words(`
  partition by linear hash key range list columns algorithm partitions subpartition subpartitions values less than in
  maxvalue system_time interval limit auto history current starts timestamp year month day hour minute second week quarter
  default
`)

/** Engines that keep what they hold in the server, and reach nothing else. */
export const engines = words(
  'innodb myisam aria memory heap archive csv blackhole rocksdb tokudb columnstore ndbcluster ndb',
)

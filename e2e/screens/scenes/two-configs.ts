/** Lines that nobody sees. */
const filler = (count: number): string[] => Array.from({ length: count }, (_, at) => `// line ${at + 1}`)

function config(user: string, password: string, more: readonly string[]): string {
  return [
    ...filler(21),
    '// ** Database settings ** //',
    `define( 'DB_NAME', 'alice_wp' );`,
    `define( 'DB_USER', '${user}' );`,
    `define( 'DB_PASSWORD', '${password}' );`,
    `define( 'DB_HOST', 'localhost' );`,
    `define( 'DB_CHARSET', 'utf8mb4' );`,
    ...filler(38),
    `$table_prefix = 'wp_';`,
    '',
    ...more,
    `define( 'WP_DEBUG', false );`,
    '',
    `/* That's all, stop editing! Happy publishing. */`,
    ...filler(9),
    '',
  ].join('\n')
}

/** The invented `wp-config.php` of 3 April, and of today. */
export const oldConfig = config('alice_wp', 'before', [])
export const newConfig = config('alice_wp2', 'afterwards', [
  `define( 'WP_MEMORY_LIMIT', '256M' );`,
  `define( 'DISALLOW_FILE_EDIT', true );`,
])

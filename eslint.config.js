import js from '@eslint/js'
import svelte from 'eslint-plugin-svelte'
import ts from 'typescript-eslint'

/**
 * Who may import whom. Folder: what its imports must not match, as the folder's name inside an import path, or a
 * package. A folder inherits the bans of the folders around it.
 */
const layers = {
  shared: ['electron/', 'core/', 'renderer/', 'e2e/', 'node:', 'electron'],
  'electron/core': ['main/', 'headless/', 'hosts/', 'preload/', 'renderer/', 'e2e/', 'electron'],
  'electron/core/archive': [
    'collectors/',
    'destinations/',
    'servers/',
    'sources/',
    'jobs/',
    'backups/',
    'remote/',
    'restores/',
  ],
  'electron/core/remote': [
    'servers/',
    'collectors/',
    'destinations/',
    'archive/',
    'sources/',
    'jobs/',
    'backups/',
    'restores/',
  ],
  'electron/core/servers': [
    'collectors/',
    'destinations/',
    'archive/',
    'sources/',
    'jobs/',
    'backups/',
    'restores/',
  ],
  'electron/core/sources': ['collectors/', 'destinations/', 'archive/', 'jobs/', 'backups/', 'restores/'],
  'electron/core/collectors': ['destinations/', 'servers/', 'jobs/', 'backups/', 'restores/', 'store/'],
  'electron/core/destinations': [
    'collectors/',
    'servers/',
    'sources/',
    'remote/',
    'jobs/',
    'backups/',
    'restores/',
  ],
  'electron/core/restores': ['handlers/', 'destinations/'],
  'electron/core/secrets': [
    'servers/',
    'collectors/',
    'destinations/',
    'sources/',
    'remote/',
    'jobs/',
    'backups/',
    'restores/',
  ],
  'electron/hosts': ['main/', 'headless/', 'preload/', 'renderer/', 'e2e/', 'electron'],
  'electron/headless': ['main/', 'preload/', 'renderer/', 'e2e/', 'electron'],
  'electron/main': ['headless/', 'renderer/', 'e2e/'],
  'electron/preload': ['core/', 'main/', 'headless/', 'hosts/', 'renderer/', 'e2e/', 'node:'],
  renderer: ['electron/', 'core/', 'e2e/', 'node:', 'electron'],
}

function importPattern(banned) {
  if (banned === 'node:') return '^node:'
  return banned.endsWith('/') ? `^[.].*/${banned}|^[.]/${banned}` : `^${banned}($|/)`
}

function layerRule(folder) {
  const banned = Object.entries(layers).flatMap(([outer, names]) =>
    folder === outer || folder.startsWith(`${outer}/`) ? names : [],
  )
  const patterns = banned.map((name) => ({
    regex: importPattern(name),
    message: `${folder}/ must not import ${name}: see "Who may import whom" in docs/ARCHITECTURE.md.`,
  }))
  return {
    files: [`${folder}/**/*.ts`, `${folder}/**/*.svelte`],
    ignores: ['**/*.test.ts'],
    rules: { 'no-restricted-imports': ['error', { patterns }] },
  }
}

const bannedSyntax = [
  {
    selector: 'ImportExpression[source.value=/^[.]/]',
    message: 'Relative import() hides an import from the layer table.',
  },
  {
    selector: 'ImportExpression > TemplateLiteral.source, ImportExpression > BinaryExpression.source',
    message: 'An import() that is put together hides an import from the layer table.',
  },
  {
    selector: 'TSImportType[source.value=/^[.]/]',
    message: 'A relative import() type hides an import from the layer table.',
  },
  { selector: 'TSEnumDeclaration', message: 'Use a union or an `as const` object.' },
]

/** What begins everything may import each screen when it is opened: nothing imports that file. */
const bannedInApp = bannedSyntax.slice(1)

const bannedInCore = [
  ...bannedSyntax,
  {
    selector: "CallExpression[callee.object.name='Date'][callee.property.name='now']",
    message: 'Use the Clock port.',
  },
  { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: 'Use the Clock port.' },
  {
    selector: "CallExpression[callee.object.name='Math'][callee.property.name='random']",
    message: 'Use node:crypto.',
  },
  ...['callee.property.name', 'callee.name'].flatMap((callee) =>
    [
      'TemplateLiteral.arguments:first-child[expressions.length>0]',
      'BinaryExpression.arguments:first-child',
    ].map((command) => ({
      selector: `CallExpression[${callee}=/^(exec|spawn)$/] > ${command}`,
      message: 'A command string is a constant; values go into scripts as data.',
    })),
  ),
  { selector: 'CallExpression[callee.object.name=console]', message: 'Use the Log port.' },
]

export default ts.config(
  { ignores: ['**/node_modules/**', 'dist/**', '.cache/**', 'coverage/**'] },
  js.configs.recommended,
  ...svelte.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [...ts.configs.strictTypeChecked],
    languageOptions: {
      parserOptions: {
        project: [
          'shared/tsconfig.json',
          'electron/tsconfig.json',
          'electron/preload/tsconfig.json',
          'renderer/tsconfig.json',
          'e2e/tsconfig.json',
        ],
      },
    },
    rules: {
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
      'no-restricted-syntax': ['error', ...bannedSyntax],
      'no-control-regex': 'off',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/return-await': ['error', 'in-try-catch'],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
    },
  },
  {
    files: ['**/*.svelte'],
    extends: ts.configs.strict.map(({ name = '', plugins = {}, rules = {} }) => ({ name, plugins, rules })),
    languageOptions: { parserOptions: { parser: ts.parser } },
    rules: {
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
      'no-restricted-syntax': ['error', ...bannedSyntax],
      'no-undef': 'off',
      'svelte/no-at-html-tags': 'error',
      // Addresses are fragments made by routes.ts; there is no SvelteKit to resolve them.
      'svelte/no-navigation-without-resolve': 'off',
    },
  },
  { files: ['renderer/App.svelte'], rules: { 'no-restricted-syntax': ['error', ...bannedInApp] } },
  {
    files: ['**/*.js', '**/*.mjs'],
    languageOptions: { globals: { process: 'readonly', console: 'readonly' } },
  },
  {
    files: ['electron/core/**/*.ts'],
    ignores: ['**/*.test.ts'],
    rules: { 'no-restricted-syntax': ['error', ...bannedInCore] },
  },
  ...Object.keys(layers).map(layerRule),
  {
    files: ['**/*.test.ts', 'e2e/**/*.ts'],
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
    },
  },
)

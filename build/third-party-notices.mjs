// Writes THIRD-PARTY-NOTICES.md: every package that travels with the product, its licence and its text. Fails where
// one has no licence that we may pass on, and with --check where the file is not up to date.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

const root = dirname(import.meta.dirname)
const target = join(root, 'THIRD-PARTY-NOTICES.md')
const allowed = new Set([
  'MIT',
  'MIT-0',
  'ISC',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'Apache-2.0',
  'Unlicense',
  '0BSD',
  'BlueOak-1.0.0',
  'OFL-1.1',
  'Python-2.0',
  '(MIT OR CC0-1.0)',
])
/** Development dependencies of which the build puts code, drawings or fonts into the window. */
const bundled = [
  'svelte',
  'bits-ui',
  '@lucide/svelte',
  '@fontsource-variable/inter',
  '@fontsource-variable/jetbrains-mono',
]
const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'))

/** Licence texts of a package, or nothing where it carries none. */
function licenceText(folder) {
  const names = readdirSync(folder).filter((name) => /^(licen[cs]e|copying|notice)(\.|$)/i.test(name))
  return names
    .sort()
    .map((name) => readFileSync(join(folder, name), 'utf8').trim())
    .join('\n\n')
}

/** A package and all that it needs, as paths of the lock file. Nested copies of a package are none of ours. */
function withNeeds(names, found = new Set()) {
  for (const name of names) {
    const path = `node_modules/${name}`
    if (found.has(path) || !lock.packages[path]) continue
    found.add(path)
    const { dependencies = {}, peerDependencies = {} } = lock.packages[path]
    withNeeds(Object.keys({ ...dependencies, ...peerDependencies }), found)
  }
  return found
}

/** Everything that is installed for production or built in, native variants for other systems left out. */
function travelling() {
  const builtIn = withNeeds(bundled)
  return Object.entries(lock.packages)
    .filter(([path, entry]) => path !== '' && !entry.os && !entry.optional)
    .filter(([path, entry]) => (!entry.dev && !entry.devOptional) || builtIn.has(path))
    .map(([path]) => join(root, path))
    .map((folder) => ({ folder, about: JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) }))
    .sort((a, b) => (a.about.name < b.about.name ? -1 : 1))
}

function section({ folder, about }) {
  const named = /^MIT License\n/.test(licenceText(folder)) ? 'MIT' : undefined
  const licence = about.license ?? about.licenses?.[0]?.type ?? named
  if (!allowed.has(licence))
    throw new Error(`${about.name}@${about.version}: licence ${String(licence)} is not on the list.`)
  const text = licenceText(folder) || `(The package carries no licence text; its licence is ${licence}.)`
  return `## ${about.name} ${about.version}\n\n${licence}\n\n\`\`\`\`text\n${text.replaceAll('\r', '')}\n\`\`\`\`\n`
}

const notices = `# Third-party notices\n\nHoldfast stands on these packages.\n\n${travelling().map(section).join('\n')}`
if (process.argv.includes('--check')) {
  if (readFileSync(target, 'utf8') !== notices) throw new Error('Run: node build/third-party-notices.mjs')
} else {
  writeFileSync(target, notices)
}

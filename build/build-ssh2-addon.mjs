// Builds ssh2's optional crypto addon for the Node that runs Holdfast's scripts (the `node` development
// dependency), not for the Node that happened to run npm. Everything works without the addon, at about twice
// the CPU, so a machine without a compiler gets one line and an exit code of 0.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

const require = createRequire(import.meta.url)
const projectRoot = dirname(import.meta.dirname)
const addon = join(projectRoot, 'node_modules/ssh2/lib/protocol/crypto')
const product = join(addon, 'build/Release/sshcrypto.node')
const bundledNode = join(projectRoot, 'node_modules/node/bin/node')

/** True where the addon loads in the Node that runs the scripts. */
function loads() {
  const probe = `require(${JSON.stringify(product)})`
  return existsSync(product) && spawnSync(bundledNode, ['-e', probe], { stdio: 'ignore' }).status === 0
}

/** The folder that holds `include/node`, which comes with the platform package of the `node` dependency. */
function headers() {
  const platform = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`
  const places = [
    join(projectRoot, 'node_modules/node/node_modules', platform),
    join(projectRoot, 'node_modules', platform),
  ]
  return places.find((place) => existsSync(join(place, 'include/node/node.h')))
}

function nodeGyp() {
  if (process.env.npm_config_node_gyp) return process.env.npm_config_node_gyp
  try {
    return require.resolve('node-gyp/bin/node-gyp.js')
  } catch {
    return undefined
  }
}

function build() {
  const nodedir = headers()
  const gyp = nodeGyp()
  if (!existsSync(addon) || !existsSync(bundledNode)) return 'its sources or the node dependency are missing'
  if (!nodedir) return 'the headers of the node dependency are missing'
  if (!gyp) return 'node-gyp was not found'
  const run = spawnSync(process.execPath, [gyp, 'rebuild', `--nodedir=${nodedir}`], {
    cwd: addon,
    env: { ...process.env, npm_config_nodedir: nodedir },
    encoding: 'utf8',
  })
  return loads() ? undefined : (run.stderr ?? '').trim().split('\n').at(-1)
}

const reason = loads() ? undefined : build()
console.log(
  reason ? `ssh2 addon: not built (${reason}); SSH runs on Node's own crypto.` : 'ssh2 addon: in use.',
)

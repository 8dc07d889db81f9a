import { createInterface } from 'node:readline'
import { toWire } from '../../../../shared/errors.ts'
import { Secrets } from '../choose.ts'
import { openKeychain } from '../keychain.ts'
import { Secret } from '../secret.ts'

/**
 * Serves one JSON request a line on stdin, `[method, …arguments]`, against the computer's real keychain and a data
 * folder (first argument), under a service name (second), with the passphrase file that the third argument names, if
 * any. Answers in JSON lines.
 */
const [dataFolder = '', service = '', passphraseFile] = process.argv.slice(2)
const keychain = openKeychain({ service, timeout: 10_000 })
const secrets = await Secrets.open({
  dataFolder,
  keychain,
  passphraseFile: passphraseFile ?? null,
  cost: { N: 2 ** 8, r: 8, p: 1 },
  log: { write: () => undefined },
})

async function answer([method, key = '', value = '']: string[]): Promise<unknown> {
  switch (method) {
    case 'keychain.get':
      return (await keychain.get(key))?.reveal() ?? null
    case 'keychain.set':
      return keychain.set(key, new Secret(value))
    case 'keychain.delete':
      return keychain.delete(key)
    case 'get':
      return (await secrets.get(key))?.reveal() ?? null
    case 'set':
      return secrets.set(key, new Secret(value))
    case 'status':
      return secrets.status()
    default:
      throw new Error(`No method ${method ?? ''}.`)
  }
}

process.stdout.write('"ready"\n')
for await (const line of createInterface(process.stdin)) {
  const reply = await answer(JSON.parse(line) as string[]).then(
    (result) => result ?? null,
    (error: unknown) => ({ refused: toWire(error).code }),
  )
  process.stdout.write(`${JSON.stringify(reply)}\n`)
}

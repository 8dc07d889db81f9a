import { ssh2AddonInUse } from './addon.ts'
import { connect } from './connect.ts'
import { knowing, runOver, testOptions, testProfile } from './test-profile.ts'
import { makeKey, startTestServer } from './test-server.ts'

/** Run as a program: logs in once with each kind of cipher and prints what came of it as JSON. */
const hostKey = makeKey()
const options = testOptions({ hostKeys: knowing(hostKey.publicKey), password: 'pw' })
const outcomes: Record<string, number> = {}
for (const cipher of ['aes128-gcm@openssh.com', 'aes256-gcm@openssh.com', 'aes256-ctr'] as const) {
  await using server = await startTestServer({
    hostKeys: [hostKey.privateKey],
    algorithms: { cipher: [cipher] },
  })
  await using connection = await connect(testProfile({ port: server.port }), options)
  const { output } = await runOver(connection, 'head -c 3000000 /dev/zero')
  outcomes[connection.algorithms.cipher] = output.length
}
process.stdout.write(JSON.stringify({ addon: ssh2AddonInUse(), outcomes }))

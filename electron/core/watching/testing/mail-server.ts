import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { SMTPServer } from 'smtp-server'

/** A mail as it arrived. */
export interface ArrivedMail {
  readonly to: readonly string[]
  readonly secure: boolean
  readonly user: string | null
  readonly text: string
}

export interface MailServer extends AsyncDisposable {
  readonly port: number
  /** PEM of the authority that vouches for it. */
  readonly authority: string
  readonly mails: ArrivedMail[]
  /** What it answers to each mail; null: it takes it. */
  refusal: { readonly code: number } | null
}

/** A real SMTP server at 127.0.0.1, with STARTTLS. With `password` only the user `ops` with it may send. */
export async function startMailServer({
  password,
}: {
  readonly password: string | null
}): Promise<MailServer> {
  const folder = mkdtempSync(join(tmpdir(), 'mail-server-'))
  execFileSync(join(import.meta.dirname, '../../../../e2e/lab/tls.sh'), [folder, '127.0.0.1'])
  const pem = (name: string) => readFileSync(join(folder, name), 'utf8')
  const mails: ArrivedMail[] = []
  const smtp = new SMTPServer({
    ...{ key: pem('server.key'), cert: pem('server.pem') },
    authOptional: password === null,
    onAuth: (auth, _session, done) => {
      const good = auth.username === 'ops' && auth.password === password
      done(good ? null : new Error('Wrong.'), good ? { user: 'ops' } : undefined)
    },
    onData: (stream, session, done) => {
      void text(stream).then((body) => {
        if (server.refusal) {
          done(Object.assign(new Error('No.'), { responseCode: server.refusal.code }))
          return
        }
        const to = session.envelope.rcptTo.map(({ address }) => address)
        mails.push({
          to,
          secure: session.secure,
          user: typeof session.user === 'string' ? session.user : null,
          text: body,
        })
        done()
      })
    },
  })
  smtp.on('error', () => undefined)
  await new Promise<void>((resolve) => smtp.listen(0, '127.0.0.1', resolve))
  const server: MailServer = {
    port: (smtp.server.address() as AddressInfo).port,
    ...{ authority: pem('ca.pem'), mails, refusal: null },
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        rmSync(folder, { recursive: true })
        smtp.close(() => resolve())
      }),
  }
  return server
}

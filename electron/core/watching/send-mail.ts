import { createTransport } from 'nodemailer'
import { AppError } from '../../../shared/errors.ts'
import type { Alert, MailChannel } from '../../../shared/model/alert.ts'
import type { Secret } from '../secrets/secret.ts'
import { plainText } from './alert-text.ts'

/** How long a mail server may take for each step, in milliseconds. */
const patience = 20_000

function refusal(channel: MailChannel, error: unknown): AppError {
  // Of a failed handshake nodemailer keeps the code of the TLS library; what the system says has a system call too.
  const { code, responseCode, originalCode, syscall } = error as Partial<Record<string, string | number>>
  const isTls = code === 'ETLS' || (originalCode !== undefined && syscall === undefined)
  const at = `${channel.host}:${channel.port}`
  if (code === 'EAUTH')
    return new AppError(
      'auth-failed',
      `The mail server ${at} refused the user or password of ${channel.name}.`,
    )
  if (isTls)
    return new AppError(
      'algorithm-refused',
      `The mail server ${at} could not be spoken to by TLS, so nothing was sent.`,
    )
  if (responseCode !== undefined)
    return new AppError(
      'remote-failed',
      `The mail server ${at} refused the mail with ${String(responseCode)}.`,
    )
  return new AppError('unreachable', `The mail server ${at} does not answer.`)
}

/**
 * Sends an alert as a plain mail to all recipients of a channel. Resolves when the server has taken it for all of them.
 * @throws `auth-failed`, `algorithm-refused`, `remote-failed`, `unreachable`
 */
export async function sendMail(
  alert: Alert,
  channel: MailChannel,
  { password }: { readonly password: Secret | null },
): Promise<void> {
  const { host, port, security, user, from, to, authority } = channel
  const transport = createTransport({
    ...{ host, port, secure: security === 'tls' },
    ...{ requireTLS: security === 'starttls', ignoreTLS: security === 'none' },
    ...(user === null ? {} : { auth: { user, pass: password?.reveal() ?? '' } }),
    ...(authority === null ? {} : { tls: { ca: [authority] } }),
    ...{ connectionTimeout: patience, greetingTimeout: patience, socketTimeout: patience },
    ...{ disableFileAccess: true, disableUrlAccess: true },
  })
  try {
    const { rejected } = await transport.sendMail({
      ...{ from, to: [...to], subject: `Holdfast: ${alert.title}`, text: plainText(alert) },
      ...{ messageId: `<${alert.id}@holdfast.invalid>`, date: new Date(alert.at) },
      headers: { 'Auto-Submitted': 'auto-generated', 'X-Holdfast-Alert': alert.kind },
    })
    if (rejected.length > 0)
      throw new AppError(
        'remote-failed',
        `The mail server ${host}:${port} took the mail for some recipients only.`,
      )
  } catch (error) {
    throw error instanceof AppError ? error : refusal(channel, error)
  } finally {
    transport.close()
  }
}

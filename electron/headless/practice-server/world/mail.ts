import type { PracticeAccount } from './accounts.ts'
import { oneOf, type Chance } from './chance.ts'
import type { WorldFile } from './files.ts'
import { picture } from './picture.ts'
import { paragraph, sentence } from './prose.ts'

const people = [
  'Ada Brandt',
  'Joaquim Reis',
  'Mei Tanaka',
  'Oluwaseun Ade',
  'Søren Holm',
  'Zoë Marchetti',
] as const

function encodedWord(text: string): string {
  return /^[ -~]*$/.test(text) ? text : `=?utf-8?B?${Buffer.from(text).toString('base64')}?=`
}

function lines76(data: Buffer): string {
  return data.toString('base64').replaceAll(/.{76}/g, '$&\r\n')
}

function message(account: PracticeAccount, chance: Chance, index: number, daysOld: number): string {
  const from = oneOf(chance, people)
  const head = [
    `From: ${encodedWord(from)} <${from.toLowerCase().replaceAll(/[^a-z]/g, '')}@post.example>`,
    `To: office@${account.domain}`,
    `Subject: ${encodedWord(sentence(chance).slice(0, 60))}`,
    `Date: ${new Date(Date.now() - daysOld * 86_400_000).toUTCString().replace('GMT', '+0000')}`,
    `Message-ID: <practice.${index}@${account.domain}>`,
    'MIME-Version: 1.0',
  ]
  const text = `${paragraph(chance, 4 + chance(8))}\r\n\r\n${from}\r\n`
  const plain = ['Content-Type: text/plain; charset=utf-8', 'Content-Transfer-Encoding: 8bit', '', text]
  if (index % 6 !== 0) return [...head, ...plain].join('\r\n')
  const mark = `part-${index}-${account.uid}`
  return [
    ...head,
    `Content-Type: multipart/mixed; boundary="${mark}"`,
    '',
    `--${mark}`,
    ...plain,
    `--${mark}`,
    'Content-Type: image/png; name="photo.png"',
    'Content-Transfer-Encoding: base64',
    'Content-Disposition: attachment; filename="photo.png"',
    '',
    lines76(picture(chance, 60)),
    `--${mark}--`,
    '',
  ].join('\r\n')
}

/** A mailbox as Dovecot keeps one: read and unread messages, and what was sent in a folder of its own. */
export function* mailFiles(account: PracticeAccount, chance: Chance): Generator<WorldFile> {
  const box = `mail/${account.domain}/office`
  for (let index = 0; index < account.messages; index += 1) {
    const daysOld = (account.messages - index) * 2
    const at = Math.floor(Date.now() / 1000) - daysOld * 86_400
    const unread = index > account.messages - 6
    const folder = unread ? 'new' : index % 5 === 0 ? '.Sent/cur' : 'cur'
    const name = `${at}.M${100_000 + index}P${2_000 + index}.practice${unread ? '' : ':2,S'}`
    const content = message(account, chance, index, daysOld)
    yield { path: `${box}/${folder}/${name}`, content, mode: 0o600, daysOld }
  }
  yield { path: `${box}/tmp/.keep`, content: '', mode: 0o600 }
  yield { path: `${box}/subscriptions`, content: 'Sent\n', mode: 0o600 }
}

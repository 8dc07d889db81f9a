import type { RecoverySheet } from '../../../shared/model/recovery-key.ts'
import type { Identity } from '../archive/seal/age-key.ts'

interface SheetFacts {
  readonly app: string
  readonly now: Date
}

/** The key in groups that an eye can follow. */
function groups(key: string): readonly string[] {
  const [prefix = '', body = ''] = key.split(/(?<=^AGE-SECRET-KEY-1)/)
  const words = body.match(/.{1,6}/g) ?? []
  return [prefix, words.slice(0, 5).join(' '), words.slice(5).join(' ')].filter((line) => line !== '')
}

/** What to print, as plain text and as a page. Both have the key in the clear, once in groups and once in one piece. */
export function recoverySheet({ secret, recipient }: Identity, { app, now }: SheetFacts): RecoverySheet {
  const key = secret.reveal()
  const lines = [
    'HOLDFAST RECOVERY KEY',
    '',
    `Made on ${now.toISOString().slice(0, 10)} by ${app}.`,
    'This key opens your encrypted backups without the computer that made them.',
    'Whoever has it and the backups can read everything: keep it away from both.',
    '',
    'The key, to type (spaces and small letters do not matter):',
    '',
    ...groups(key).map((line) => `    ${line}`),
    '',
    'The same in one piece, for a file:',
    '',
    `    ${key}`,
    '',
    `It opens what is encrypted for ${recipient}.`,
    '',
    'ON A NEW COMPUTER, WITH HOLDFAST',
    '',
    '    holdfast destination add … --recovery-key     asks for the key and shows all backups',
    '',
    'WITHOUT HOLDFAST (https://age-encryption.org)',
    '',
    '    Put the key in one piece into a file key.txt, then:',
    '    age -d -i key.txt alice_2026-04-08.tar.gz.age | tar xz',
  ]
  const text = `${lines.join('\n')}\n`
  const html = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Holdfast recovery key</title>
<style>body{margin:2cm;color:#000;background:#fff}pre{font:11pt/1.5 monospace;white-space:pre-wrap}</style>
</head><body><pre>${escapeHtml(text)}</pre></body></html>
`
  return { text, html }
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

import { expect, test } from 'vitest'
import { Secret } from '../secrets/secret.ts'
import { sudoWords } from './connection.ts'
import { SudoDialogue } from './sudo-dialogue.ts'

function dialogue() {
  const sent: string[] = []
  return { sent, sudo: new SudoDialogue(new Secret('pw'), (text) => sent.push(text)) }
}

test('the password goes out once, when sudo asks, however the question is cut up', async () => {
  const { sent, sudo } = dialogue()
  for (const letter of `lecture\n${sudoWords.ask}`) sudo.push(Buffer.from(letter))
  expect(sent).toEqual(['pw\n'])
  expect(sudo.push(Buffer.from(`${sudoWords.ready}\nfirst line of the script`)).toString()).toBe(
    'first line of the script',
  )
  await sudo.accepted
  expect(sudo.open).toBe(false)
  expect(sudo.said().toString()).toBe('lecture\n')
})

test('where sudo wants no password none is sent', async () => {
  const { sent, sudo } = dialogue()
  sudo.push(Buffer.from(`${sudoWords.ready}\n`))
  await sudo.accepted
  expect(sent).toEqual([])
})

test('a second question means a wrong password, and is not answered', async () => {
  const { sent, sudo } = dialogue()
  sudo.push(Buffer.from(`${sudoWords.ask}Sorry, try again.\n${sudoWords.ask}`))
  await expect(sudo.accepted).rejects.toMatchObject({ code: 'auth-failed' })
  expect(sent).toEqual(['pw\n'])
})

import { describe, expect, it } from 'vitest'
import { Secret } from '../secrets/secret.ts'
import type { LoginQuestion } from './prompt-answers.ts'
import { connectFailure, knowing, testOptions, testProfile } from './test-profile.ts'
import { makeKey, startTestServer } from './test-server.ts'

const ed25519 = makeKey()

describe('a password login', () => {
  it('is told what was tried when the password is wrong', async () => {
    await using server = await startTestServer({
      hostKeys: [ed25519.privateKey],
      judge: () => ['password', 'publickey'],
    })
    const options = testOptions({ hostKeys: knowing(ed25519.publicKey), password: 'wrong' })
    const error = await connectFailure(testProfile({ port: server.port }), options)
    expect(error).toMatchObject({ code: 'auth-failed', details: { tried: ['password'] } })
    expect(server.attempts).toEqual(['none', 'password'])
    expect(JSON.stringify(error?.details) + String(error)).not.toContain('wrong')
  })

  it('gives the password once to the first hidden question for it, where nobody is there to ask', async () => {
    const answers: string[] = []
    await using server = await startTestServer({
      hostKeys: [ed25519.privateKey],
      judge: (attempt) => {
        if (attempt.method !== 'keyboard-interactive') return ['keyboard-interactive']
        return new Promise((resolve) => {
          attempt.prompt({ prompt: 'Password: ', echo: false }, (given) => {
            answers.push(...given)
            resolve('accept')
          })
        })
      },
    })
    const options = testOptions({ hostKeys: knowing(ed25519.publicKey), password: 'pw-alice' })
    expect(await connectFailure(testProfile({ port: server.port }), options)).toBeNull()
    expect(answers).toEqual(['pw-alice'])
  })

  it('answers three rounds, the password by itself and the rest by a person, who sees escaped text', async () => {
    const rounds = [
      [{ prompt: 'Password: ', echo: false }],
      [{ prompt: 'One-time password (OATH): ', echo: false }],
      [
        { prompt: 'Fav\u001b[31mourite\r\n colour?', echo: true },
        { prompt: 'Again \u202e', echo: false },
      ],
    ]
    const given: string[][] = []
    await using server = await startTestServer({
      hostKeys: [ed25519.privateKey],
      judge: (attempt) => {
        if (attempt.method !== 'keyboard-interactive') return ['keyboard-interactive']
        return new Promise((resolve) => {
          const next = (round: number): void => {
            const prompts = rounds[round]
            if (!prompts) resolve('accept')
            else
              attempt.prompt(prompts, (answers) => {
                given.push([...answers])
                next(round + 1)
              })
          }
          next(0)
        })
      },
    })
    const questions: LoginQuestion[] = []
    const options = testOptions({
      hostKeys: knowing(ed25519.publicKey),
      password: 'pw',
      ask: (question) => {
        questions.push(question)
        return Promise.resolve(new Secret(`answer ${questions.length}`))
      },
    })
    expect(await connectFailure(testProfile({ port: server.port }), options)).toBeNull()
    expect(given).toEqual([['pw'], ['answer 1'], ['answer 2', 'answer 3']])
    expect(questions.map(({ text, echo }) => [text, echo])).toEqual([
      ['One-time password (OATH):', false],
      ['Fav\\u{1b}[31mourite colour?', true],
      ['Again \\u{202e}', false],
    ])
  })

  it('gives the password to the question for it alone, wherever it comes, and never twice', async () => {
    const prompts = ['Your one-time password:', 'Password:', 'Password again:'].map((prompt) => ({
      prompt,
      echo: false,
    }))
    let given: readonly string[] = []
    await using server = await startTestServer({
      hostKeys: [ed25519.privateKey],
      judge: (attempt) => {
        if (attempt.method !== 'keyboard-interactive') return ['keyboard-interactive']
        return new Promise((resolve) =>
          attempt.prompt(prompts, (answers) => {
            given = answers
            resolve('accept')
          }),
        )
      },
    })
    const ask = (question: LoginQuestion) => Promise.resolve(new Secret(`for ${question.text}`))
    const options = testOptions({ hostKeys: knowing(ed25519.publicKey), password: 'pw', ask })
    expect(await connectFailure(testProfile({ port: server.port }), options)).toBeNull()
    expect(given).toEqual(['for Your one-time password:', 'pw', 'for Password again:'])
  })

  it('is refused where the server takes nothing that the profile has', async () => {
    await using server = await startTestServer({
      hostKeys: [ed25519.privateKey],
      judge: () => ['hostbased'],
    })
    const options = testOptions({ hostKeys: knowing(ed25519.publicKey), password: 'pw' })
    const error = await connectFailure(testProfile({ port: server.port }), options)
    expect(error).toMatchObject({ code: 'auth-failed', details: { tried: [], accepts: ['hostbased'] } })
    expect(server.attempts).toEqual(['none'])
  })

  it('that needs a new password says so', async () => {
    await using server = await startTestServer({
      hostKeys: [ed25519.privateKey],
      judge: (attempt) => {
        if (attempt.method !== 'password') return ['password']
        attempt.requestChange('Expired', () => undefined)
        return new Promise(() => undefined)
      },
    })
    const options = testOptions({ hostKeys: knowing(ed25519.publicKey), password: 'old' })
    const error = await connectFailure(testProfile({ port: server.port }), options)
    expect(error).toMatchObject({ code: 'auth-failed', details: { password: 'expired' } })
  })

  it('fails with the question when nobody is there to answer it', async () => {
    await using server = await startTestServer({
      hostKeys: [ed25519.privateKey],
      judge: (attempt) => {
        if (attempt.method !== 'keyboard-interactive') return ['keyboard-interactive']
        return new Promise((resolve) => attempt.prompt('Code: ', () => resolve('accept')))
      },
    })
    const options = testOptions({ hostKeys: knowing(ed25519.publicKey), password: 'pw' })
    const error = await connectFailure(testProfile({ port: server.port }), options)
    expect(error).toMatchObject({ code: 'auth-failed', details: { question: 'Code:' } })
  })

  it('is waited for as long as a person needs, and no longer than patience lasts otherwise', async () => {
    await using server = await startTestServer({
      hostKeys: [ed25519.privateKey],
      judge: (attempt) => {
        if (attempt.method === 'password') return new Promise(() => undefined)
        if (attempt.method !== 'keyboard-interactive') return ['keyboard-interactive']
        return new Promise((resolve) => attempt.prompt('Code: ', () => resolve(['password'])))
      },
    })
    const options = testOptions({
      hostKeys: knowing(ed25519.publicKey),
      password: 'pw',
      patienceMs: 200,
      ask: () => new Promise((resolve) => setTimeout(() => resolve(new Secret('1')), 500)),
    })
    const error = await connectFailure(testProfile({ port: server.port }), options)
    expect(error).toMatchObject({ code: 'unreachable', details: { cause: 'ETIMEDOUT' } })
    expect(server.attempts).toEqual(['none', 'keyboard-interactive', 'password'])
  })
})

import { expect, test } from 'vitest'
import { localConnection, posixShells, realClock } from '../remote/fixture.ts'
import { openShell } from '../remote/run-shell.ts'
import { takeSurvey } from './survey.ts'

const signal = new AbortController().signal

test.each(posixShells)('a survey tells what this machine is: $name', async ({ command }) => {
  const connection = localConnection({ login: command })
  const options = { elevation: 'none', sudoPassword: null, clock: realClock, throttle: null, signal } as const
  const shell = await openShell({ connection, ...options })
  const survey = await takeSurvey(shell, { clock: realClock, signal })
  expect(survey.uid).toBe(process.getuid?.())
  expect(survey.hostname).not.toBe('')
  expect(survey.os).not.toBe('')
  expect(survey.cpus).toBeGreaterThan(0)
  expect(survey.tools['tar']).toMatch(/\d\.\d/)
  expect(survey.codecs).toEqual(expect.arrayContaining(['gzip', 'none']))
  expect(survey.freeBytes['/']).toBeGreaterThan(0)
  expect(survey.uidMin).toBeGreaterThan(0)
})

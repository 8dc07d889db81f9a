import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { composeScript } from './compose.ts'
import type { ScriptParts } from './compose.ts'
import type { TestedShell } from './fixture.ts'

/** The least that a script consists of. */
export const plainParts: ScriptParts = {
  prologue: 'hf_end() { exit 0; }',
  body: '',
  settings: {
    hf_nonce: 'n0nce',
    hf_run: 'test',
    hf_silence: 60,
    hf_codecs: 'gzip',
    hf_level: 3,
    hf_hurried: 0,
    hf_can: 'setpriv timeout',
    hf_uplink: '',
  },
  values: {},
  args: [],
}

type Sample = (canary: string) => Buffer

/** Two scripts that leave traces in the folder `canary`: one with next to no prologue, one with the real one. */
export function cutSamples(prologue: string): { readonly text: Sample; readonly whole: Sample } {
  const parts = (canary: string): ScriptParts => ({
    ...plainParts,
    body: ': >"$canary/$1"; : >"$canary/$name"; touch "$canary/touched"',
    values: { canary, name: "it's", list: ['a', 'b'] },
    args: ['first', 'second'],
  })
  return {
    text: (canary) => composeScript(parts(canary)),
    whole: (canary) => composeScript({ ...parts(canary), prologue }),
  }
}

/**
 * Cuts a script at each offset, gives what is left to a shell, and tells of each that left a trace, printed
 * something or called itself a success. Throws where the whole script leaves no traces: then nothing was tested.
 */
export async function ranWhenCut(
  shell: TestedShell,
  sample: Sample,
  offsets: readonly number[],
): Promise<readonly string[]> {
  const canary = await mkdtemp(join(tmpdir(), 'holdfast-cut-'))
  try {
    const text = sample(canary)
    const ran: string[] = []
    for (const at of offsets) {
      const { output, code } = await feed(shell, text.subarray(0, at), { cut: true })
      const traces = await readdir(canary)
      if (output !== '' || traces.length > 0 || (code === 0 && at > 0)) {
        ran.push(`${at}: ${JSON.stringify({ output, traces, code })}`)
      }
    }
    await feed(shell, text, { cut: false })
    if ((await readdir(canary)).length !== 3) throw new Error('The whole script did not run.')
    return ran
  } finally {
    await rm(canary, { recursive: true })
  }
}

async function feed(
  { command: [program, ...args] }: TestedShell,
  input: Buffer,
  { cut }: { readonly cut: boolean },
) {
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'ignore'] })
  child.stdin.on('error', () => undefined)
  child.stdin.write(input)
  if (cut) child.stdin.end()
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
  await once(child, 'close')
  return { output, code: child.exitCode }
}

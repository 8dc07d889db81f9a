import { AppError, errorCodes, toWire } from '../../shared/errors.ts'
import { keepFolder } from './demo/keep-folder.ts'
import { runDemo } from './demo/run-demo.ts'

/** Ctrl-C asks once and everything is cleaned up; a second one ends the process, and the guard cleans up. */
function interruptSignal(): AbortSignal {
  const controller = new AbortController()
  const stop = () => {
    if (controller.signal.aborted) process.exit(errorCodes.cancelled.exit)
    controller.abort(new AppError('cancelled', 'Cancelled. Archives that were finished stay where they are.'))
  }
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, stop)
  return controller.signal
}

async function main(): Promise<number> {
  try {
    return await runDemo(keepFolder(process.argv.slice(2)), { signal: interruptSignal() })
  } catch (error) {
    const { code, message } = toWire(error)
    process.stderr.write(`demo: ${message}\n`)
    if (code === 'internal') console.error(error)
    return errorCodes[code].exit
  }
}

process.exitCode = await main()

import { once } from 'node:events'
import { join } from 'node:path'
import type { AddCommands } from '../command.ts'
import { parseWhole } from '../names.ts'
import { openInBrowser } from '../serve/open-browser.ts'
import { serveBrowser } from '../serve/serve.ts'
import { readStaticFiles } from '../../hosts/page-files.ts'
import { systemClock } from '../system-clock.ts'

/** Where `npm run build:window` puts the window. */
const builtWindow = join(import.meta.dirname, '../../../dist/renderer')

/** `holdfast serve` */
export const addServeCommands: AddCommands = (program, run) => {
  program
    .command('serve')
    .description('the window, in a browser of this computer, and schedules; runs until it is stopped')
    .option('--port <port>', 'port of 127.0.0.1 (default: any that is free)')
    .option('--open', 'open it in a browser window')
    .addHelpText('after', '\nExample:\n  holdfast serve --open')
    .action(
      run(
        async (
          { client, output, signal },
          options: { readonly port?: string; readonly open?: true },
        ): Promise<undefined> => {
          const port = parseWhole('--port', options.port ?? '0', { min: 0, max: 65_535 })
          const files = await readStaticFiles(builtWindow)
          await using host = await serveBrowser({
            ...{ files, port, clock: systemClock },
            client: await client({ prompts: 'elsewhere', stays: true }),
          })
          const address = host.launchAddress()
          const opened = options.open ? await openInBrowser(address, process) : null
          output.result(
            { port: host.port, ...(opened === null ? { address } : { opened }) },
            opened === null
              ? `Holdfast is at the address below, for a browser of this computer. It is good once, for ten minutes; Ctrl-C ends it.\n${address}`
              : `Holdfast opens in a window of ${opened}. Ctrl-C ends it.`,
          )
          if (!signal.aborted) await once(signal, 'abort')
          return undefined
        },
      ),
    )
}

import { setTimeout as sleep } from 'node:timers/promises'
import type { RemoteShell } from '../../electron/core/remote/shell.ts'

/**
 * A shell that runs `action` once, when the script has been started and its output is not read yet: soon it cannot go
 * on. With `root`: only for that value of the script's.
 */
export function actDuring(
  shell: RemoteShell,
  script: string,
  action: () => Promise<unknown>,
  root?: string,
): RemoteShell {
  let waiting = true
  return {
    privilege: shell.privilege,
    loginUser: shell.loginUser,
    get hurried() {
      return actDuring(shell.hurried, script, action, root)
    },
    run: (name, options) => shell.run(name, options),
    start: async (name, options) => {
      const run = await shell.start(name, options)
      const isMeant = root === undefined || String(options.values?.['root']) === root
      if (name === script && isMeant && waiting) {
        waiting = false
        await sleep(300)
        await action()
      }
      return run
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }
}

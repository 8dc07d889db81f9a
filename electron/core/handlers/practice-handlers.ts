import type { App } from '../app.ts'
import type { Handlers } from '../dispatch.ts'
import { lookAtServer } from '../sources/look-at-server.ts'

type PracticeHandlers = Pick<Handlers, 'practice.status' | 'practice.start'>

/** A server to try everything on. */
export function practiceHandlers(app: App): PracticeHandlers {
  return {
    'practice.status': async () => ({ available: app.practice.available, running: app.practice.running }),
    'practice.start': async (_, { signal }) => {
      const server = await app.practice.start({ signal })
      await lookAtServer(app, server, { signal, sizes: true })
      return { server }
    },
  }
}

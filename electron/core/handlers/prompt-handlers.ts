import type { App } from '../app.ts'
import type { Handlers } from '../dispatch.ts'
import { Secret } from '../secrets/secret.ts'

type PromptHandlers = Pick<Handlers, 'prompts.list' | 'prompts.answer'>

/** Questions that servers ask while we log in. */
export function promptHandlers({ prompts }: App): PromptHandlers {
  return {
    'prompts.list': async () => ({ prompts: [...prompts.list()] }),
    'prompts.answer': async ({ id, answer }) => {
      prompts.answer(id, answer === null ? null : new Secret(answer))
      return {}
    },
  }
}

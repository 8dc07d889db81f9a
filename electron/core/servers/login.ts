import ssh2 from 'ssh2'
import type { AnyAuthMethod, BaseAgent, KeyboardInteractiveAuthMethod } from 'ssh2'
import { advise } from '../../../shared/advice.ts'
import { AppError } from '../../../shared/errors.ts'
import { advisedError } from '../advised-error.ts'
import type { Server } from '../../../shared/model/server.ts'
import type { Secret } from '../secrets/secret.ts'
import { KeyAgent } from './key-agent.ts'
import { PromptAnswers } from './prompt-answers.ts'
import type { AskPerson } from './prompt-answers.ts'

/** Looks up what a profile keeps secret. Null where nothing is stored. */
export interface LoginSecrets {
  password(server: Server): Promise<Secret | null>
  keyPassphrase(server: Server): Promise<Secret | null>
}

export interface LoginOptions {
  readonly secrets: LoginSecrets
  /** Answers what only a person can; without it such a question fails the login. */
  readonly ask?: AskPerson | undefined
  /** Path of the agent's socket, `SSH_AUTH_SOCK` by default; null for none. */
  readonly agentSocket?: string | null | undefined
  readonly signal: AbortSignal
}

type Method = 'agent' | 'password' | 'keyboard-interactive'
const sshName = { agent: 'publickey', password: 'password', 'keyboard-interactive': 'keyboard-interactive' }

/**
 * The order in which a login proves itself to one server. The server is first asked what it wants; the key or
 * agent goes first, and a password is only shown to a server where the profile says so or where a key was not
 * enough. Nothing is tried twice.
 */
export class Login implements AsyncDisposable {
  /** SSH names of the methods that were really tried, in order. */
  readonly tried: string[] = []
  /** What the server wanted last. */
  wanted: readonly string[] = []
  /** Why a question could not be answered. */
  failure: AppError | null = null
  readonly #user: string
  readonly #agent: BaseAgent | null
  readonly #password: Secret | null
  readonly #answers: PromptAnswers
  readonly #left: Method[]
  #keyWasFirst: readonly string[] | null = null
  #asked = false
  #mayUsePassword: boolean

  private constructor(
    server: Server,
    agent: BaseAgent | null,
    password: Secret | null,
    answers: PromptAnswers,
  ) {
    this.#user = server.user
    this.#agent = agent
    this.#password = password
    this.#answers = answers
    this.#left = agent ? ['agent', 'password', 'keyboard-interactive'] : ['password', 'keyboard-interactive']
    this.#mayUsePassword = server.auth.kind === 'password'
  }

  /** Opens the key or finds the agent, before anything is sent. Throws as `KeyAgent.open`, or `auth-failed`. */
  static async prepare(server: Server, options: LoginOptions): Promise<Login> {
    const password = await options.secrets.password(server)
    const agent = await agentFor(server, options)
    if (server.auth.kind === 'password' && !password && !options.ask) {
      throw advisedError(
        'auth-failed',
        advise`No password is stored for ${server.name}, so no login was tried. Store one ${{ way: 'store-password', server: server.name }}.`,
        { details: { tried: [] } },
      )
    }
    return new Login(server, agent, password, new PromptAnswers(server, password, options))
  }

  /** True while a person is being asked: the server's patience counts then, not ours. */
  get isAsking(): boolean {
    return this.#answers.isAsking
  }

  /**
   * What to try next, or null where nothing is left. `left` is what the server last said that it accepts.
   * ssh2 hides the answer to a key from an agent, so after the key the server is asked again: where it then wants
   * something else than before, the key was right and not enough.
   */
  next(
    left: readonly string[] | null,
    partial: boolean,
    giveUp: (error: AppError) => void,
  ): AnyAuthMethod | null {
    const username = this.#user
    if (left) this.wanted = left
    if (!this.#asked || !left) {
      this.#asked = true
      return { type: 'none', username }
    }
    if (this.#keyWasFirst && !sameSet(this.#keyWasFirst, left)) this.#mayUsePassword = true
    if (partial || !left.includes('publickey')) this.#mayUsePassword = true
    const method = this.#left.find((name) => left.includes(sshName[name]) && this.#isAllowed(name))
    if (!method) return null
    this.#left.splice(this.#left.indexOf(method), 1)
    this.tried.push(sshName[method])
    switch (method) {
      case 'agent':
        this.#asked = false
        this.#keyWasFirst = left
        return this.#agent ? { type: 'agent', username, agent: this.#agent } : null
      case 'password':
        return { type: 'password', username, password: this.#password?.reveal() ?? '' }
      case 'keyboard-interactive':
        return { type: 'keyboard-interactive', username, prompt: this.#prompt(giveUp) }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#agent instanceof KeyAgent) await this.#agent[Symbol.asyncDispose]()
  }

  #isAllowed(method: Method): boolean {
    if (method === 'agent') return true
    if (!this.#mayUsePassword) return false
    if (method === 'password') return this.#password !== null
    return this.#answers.canAnswer && (this.#answers.hasPerson || !this.tried.includes('password'))
  }

  #prompt(giveUp: (error: AppError) => void): KeyboardInteractiveAuthMethod['prompt'] {
    return (_name, instructions, _language, prompts, finish) => {
      this.#answers.answer(instructions, prompts).then(finish, (error: unknown) => {
        this.failure =
          error instanceof AppError ? error : new AppError('internal', 'Login.', { cause: error })
        giveUp(this.failure)
      })
    }
  }
}

async function agentFor(server: Server, options: LoginOptions): Promise<BaseAgent | null> {
  switch (server.auth.kind) {
    case 'password':
      return null
    case 'key':
      return KeyAgent.open(server.auth.path, {
        passphrase: await options.secrets.keyPassphrase(server),
        allowSha1: server.legacyAlgorithms,
        signal: options.signal,
      })
    case 'agent': {
      const socket = options.agentSocket === undefined ? process.env.SSH_AUTH_SOCK : options.agentSocket
      if (!socket) {
        throw new AppError(
          'auth-failed',
          `${server.name} logs in through the SSH agent, and none is running here; no login was tried. Start it and add the key with ssh-add, or choose a key file.`,
          { details: { tried: [], agent: 'absent' } },
        )
      }
      return ssh2.createAgent(socket)
    }
  }
}

function sameSet(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((name) => other.includes(name))
}

import { AppError } from '../../../shared/errors.ts'
import type { MissingCopy } from '../../../shared/model/job.ts'
import type { JobContext } from '../jobs/job-context.ts'

/** The copies that a run was asked for and does not make. Each is told in the job's log when it is known. */
export class MissingCopies {
  readonly #job: Pick<JobContext, 'note' | 'signal'>
  readonly #list: MissingCopy[] = []

  constructor(job: Pick<JobContext, 'note' | 'signal'>) {
    this.#job = job
  }

  get list(): readonly MissingCopy[] {
    return this.#list
  }

  add(destination: string, { code, message }: AppError): void {
    this.#list.push({ destination, code, message })
    this.#job.note('warning', `No copy at ${destination}: ${message}`)
  }

  /**
   * What `act` makes of each item, in their order. Where it fails, the item's destination gets no copy and the others
   * go on. Throws the first failure where none is left, and at once a cancel or what is no `AppError`.
   */
  async others<T, R>(
    items: readonly T[],
    destinationOf: (item: T) => string,
    act: (item: T) => Promise<R>,
  ): Promise<readonly R[]> {
    const done: R[] = []
    const failed: { readonly item: T; readonly error: AppError }[] = []
    for (const item of items) {
      try {
        done.push(await act(item))
      } catch (error) {
        if (!(error instanceof AppError) || this.#job.signal.aborted) throw error
        failed.push({ item, error })
      }
    }
    const [first] = failed
    if (first && done.length === 0) throw first.error
    for (const { item, error } of failed) this.add(destinationOf(item), error)
    return done
  }
}

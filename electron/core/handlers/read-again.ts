import { AppError, throwIfCancelled } from '../../../shared/errors.ts'
import type { App } from '../app.ts'
import { readDestination } from '../backups/read-destination.ts'
import { askedPatience } from '../destinations/retry.ts'

/** How long all of it may take, in milliseconds: somebody waits. */
const patience = 60_000

/**
 * Reads destinations anew that had what could not be read, now that a key is there or the secrets are open. What fails
 * now stays listed as it was.
 */
export async function readAgain(app: App, { signal }: { readonly signal: AbortSignal }): Promise<void> {
  const names = new Set(app.catalog.unreadable().map(({ destination }) => destination))
  const limited = { signal: AbortSignal.any([signal, AbortSignal.timeout(patience)]) }
  await Promise.all(
    app.destinations.list().map(async (profile) => {
      if (!names.has(profile.name)) return
      try {
        await using open = await app.access.open(profile, { ...limited, patience: askedPatience })
        await readDestination(open, { ...app.ports, catalog: app.catalog }, limited)
      } catch (error) {
        throwIfCancelled(signal)
        if (!(error instanceof AppError)) throw error
      }
    }),
  )
}

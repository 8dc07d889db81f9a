import { AppError } from '../../../shared/errors.ts'
import { applyOverrides } from './overrides.ts'
import { plainLinux } from './panels/plain-linux.ts'
import { plainUser } from './panels/plain-user.ts'
import type { Survey } from '../../../shared/model/server.ts'
import type { Discovery } from '../../../shared/model/source.ts'
import type { RemoteShell } from '../remote/shell.ts'
import type { FoundLogin } from './config/config-file.ts'
import type { OverridesFor } from './overrides.ts'
import type { DiscoverOptions, PanelAdapter } from './panels/panel-adapter.ts'

/** Adapters in the order in which they are asked; the last two fit every server between them. */
export const panels: readonly PanelAdapter[] = [plainUser, plainLinux]

/** A look at a server, with what only the engine may know. */
export interface ServerLook extends Discovery {
  /** Database logins of an account's own configuration files; passwords are in memory only. */
  readonly loginsOf: (account: string) => readonly FoundLogin[]
}

/**
 * Finds everything on a server that can be backed up, applies the admin's word, and lists what nobody claims.
 * Throws `remote-failed` where the server's answer cannot be read, and what the connection throws.
 */
export async function discover(
  shell: RemoteShell,
  survey: Survey,
  { overridesFor, ...options }: DiscoverOptions & { readonly overridesFor: OverridesFor },
): Promise<ServerLook> {
  const panel = panels.find((one) => one.detect(survey))
  if (panel === undefined) throw new AppError('unsupported', 'Holdfast does not know this kind of server.')
  const findings = await panel.discover(shell, survey, options)
  return {
    ...applyOverrides(findings, overridesFor),
    loginsOf: (account) => findings.logins.get(account) ?? [],
  }
}

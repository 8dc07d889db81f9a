import type { Survey } from '../../../../shared/model/server.ts'
import type { RemoteShell } from '../../remote/shell.ts'
import type { Findings } from '../findings.ts'

export interface DiscoverOptions {
  readonly signal: AbortSignal
  /** Count the bytes of homes too, which can take minutes. Default false. */
  readonly sizes?: boolean
}

/**
 * How the accounts of one kind of server are found. `plain-linux` is the one that every server falls back to;
 * a panel's adapter starts from it and corrects it with what the panel knows.
 */
export interface PanelAdapter {
  readonly name: string
  /** Whether this adapter is the one for a surveyed server. */
  detect(survey: Survey): boolean
  /** Looks at everything; overrides and the unclaimed are worked out by the caller. */
  discover(shell: RemoteShell, survey: Survey, options: DiscoverOptions): Promise<Findings>
}

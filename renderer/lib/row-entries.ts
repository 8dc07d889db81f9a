import Activity from '@lucide/svelte/icons/activity'
import Archive from '@lucide/svelte/icons/archive'
import CircleX from '@lucide/svelte/icons/circle-x'
import Copy from '@lucide/svelte/icons/copy'
import FolderOpen from '@lucide/svelte/icons/folder-open'
import FolderSearch from '@lucide/svelte/icons/folder-search'
import Fingerprint from '@lucide/svelte/icons/fingerprint-pattern'
import ListChecks from '@lucide/svelte/icons/list-checks'
import Server from '@lucide/svelte/icons/server'
import Undo2 from '@lucide/svelte/icons/undo-2'
import type { ArchiveEntry } from '../../shared/archive-contract.ts'
import { plural } from '../../shared/format.ts'
import type { FleetServer, SourceStanding } from '../../shared/model/fleet.ts'
import type { Job } from '../../shared/model/job.ts'
import { cancelWords } from './job-progress.ts'
import type { AppState } from './state/app-state.ts'
import { isGoing } from './state/jobs.svelte.ts'
import type { MenuEntry } from './ui/menu/menu-entry.ts'

/** What can be done with a server, wherever it is listed. */
export function serverEntries({ server, sources }: FleetServer, app: AppState): readonly MenuEntry[] {
  const there = sources.filter(({ onServer, running }) => onServer && running === null)
  const refs = there.map(({ name }) => ({ server: server.name, source: name }))
  return [
    {
      text: 'Open',
      icon: Server,
      onSelect: () => app.navigation.go({ screen: 'server', server: server.name }),
    },
    {
      ...{ text: 'Back up all accounts', icon: Archive, end: plural(there.length, 'account') },
      disabled: there.length === 0,
      onSelect: () => void app.runs.start(refs, 'full'),
    },
    {
      ...{ text: 'Restore on another server…', icon: Undo2 },
      onSelect: () => app.navigation.go({ screen: 'restore-server', server: server.name }),
    },
    {
      ...{ text: 'Compare host keys', icon: Fingerprint },
      onSelect: () => app.navigation.go({ screen: 'host-key', server: server.name }),
    },
  ]
}

/** What can be done with a source. */
export function sourceEntries(server: string, source: SourceStanding, app: AppState): readonly MenuEntry[] {
  const { navigation, runs } = app
  const [ref, newest, running] = [{ server, source: source.name }, source.newest, source.running]
  return [
    {
      ...{ text: 'Back up now', icon: Archive, end: 'B', disabled: !source.onServer || running !== null },
      onSelect: () => void runs.start([ref], 'full'),
    },
    { text: 'Show backups', icon: FolderOpen, onSelect: () => navigation.go({ screen: 'source', ...ref }) },
    {
      ...{ text: 'Browse the newest backup', icon: FolderSearch, disabled: newest === null },
      onSelect: () => newest && navigation.go({ screen: 'archive', ...ref, backup: newest.id }),
    },
    {
      ...{ text: 'What belongs to it', icon: ListChecks },
      onSelect: () => navigation.go({ screen: 'source-settings', ...ref }),
    },
  ]
}

/** What can be done with a job. */
export function jobEntries(job: Job, { navigation, jobs }: AppState): readonly MenuEntry[] {
  const open = () => navigation.go({ screen: 'job', job: job.id })
  const { request } = job
  const cancels = isGoing(job) && job.state !== 'cancelling' && cancelWords[job.kind] !== null
  return [
    { text: 'Open', icon: Activity, onSelect: open },
    ...(request !== null && 'source' in request
      ? [
          {
            ...{ text: 'Show backups', icon: FolderOpen },
            onSelect: () =>
              navigation.go({ screen: 'source', server: request.server, source: request.source }),
          },
        ]
      : []),
    ...(cancels
      ? [
          {
            ...{ text: 'Cancel…', icon: CircleX, danger: true },
            onSelect: () => {
              jobs.asking = job.id
              open()
            },
          },
        ]
      : []),
  ]
}

/** What can be done with an entry of an archive. */
export function archiveEntryEntries(entry: ArchiveEntry, onOpen: () => void): readonly MenuEntry[] {
  const copy = (text: string) => () => void navigator.clipboard.writeText(text)
  const { sha256 } = entry
  return [
    { text: entry.type === 'directory' ? 'Open' : 'Details and history', icon: FolderOpen, onSelect: onOpen },
    { text: 'Copy path', icon: Copy, onSelect: copy(entry.path) },
    ...(sha256 === null ? [] : [{ text: 'Copy SHA-256', icon: Copy, onSelect: copy(sha256) }]),
  ]
}

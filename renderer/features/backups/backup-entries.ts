import FolderSearch from '@lucide/svelte/icons/folder-search'
import Pin from '@lucide/svelte/icons/pin'
import PinOff from '@lucide/svelte/icons/pin-off'
import RotateCcw from '@lucide/svelte/icons/rotate-ccw'
import ShieldCheck from '@lucide/svelte/icons/shield-check'
import Trash from '@lucide/svelte/icons/trash-2'
import type { Backup } from '../../../shared/model/backup.ts'
import type { AppState } from '../../lib/state/app-state.ts'
import type { SourceBackupsState } from '../../lib/state/source-backups.svelte.ts'
import type { MenuEntry } from '../../lib/ui/menu/menu-entry.ts'

interface Acting extends Pick<AppState, 'runs' | 'navigation'> {
  readonly state: SourceBackupsState
  readonly pinned: boolean
}

/** What can be done with a backup. */
export function backupEntries(
  backup: Backup,
  { state, runs, navigation, pinned }: Acting,
): readonly MenuEntry[] {
  const { server, source } = state
  return [
    {
      ...{ text: 'Restore…', icon: RotateCcw, end: 'R' },
      onSelect: () => navigation.go({ screen: 'restore', server, source, backup: backup.id, items: [] }),
    },
    {
      ...{ text: 'Browse contents', icon: FolderSearch, end: '↵' },
      onSelect: () => navigation.go({ screen: 'archive', server, source, backup: backup.id }),
    },
    {
      ...{ text: 'Verify again', icon: ShieldCheck, end: 'V', sub: 'Reads every copy back whole' },
      onSelect: () => void runs.verify(backup.id),
    },
    {
      ...{ text: pinned ? 'Unpin' : 'Pin', icon: pinned ? PinOff : Pin, end: 'P' },
      onSelect: () => void state.pin(backup, !pinned),
    },
    {
      ...{ text: 'Delete…', icon: Trash, end: '⌫', danger: true, disabled: pinned },
      ...(pinned ? { sub: 'Unpin it first' } : {}),
      onSelect: () => {
        state.pick(backup)
        state.asking = backup.id
      },
    },
  ]
}

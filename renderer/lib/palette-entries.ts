import Activity from '@lucide/svelte/icons/activity'
import Archive from '@lucide/svelte/icons/archive'
import CalendarClock from '@lucide/svelte/icons/calendar-clock'
import HardDrive from '@lucide/svelte/icons/hard-drive'
import LayoutList from '@lucide/svelte/icons/layout-list'
import PanelBottomOpen from '@lucide/svelte/icons/panel-bottom-open'
import Plus from '@lucide/svelte/icons/plus'
import Server from '@lucide/svelte/icons/server'
import Settings from '@lucide/svelte/icons/settings'
import { formatBytes } from '../../shared/format.ts'
import type { Backup } from '../../shared/model/backup.ts'
import { holdsWords } from './backup-words.ts'
import { kindIcons, kindWords } from './destination-words.ts'
import type { KnownRoute } from '../routes.ts'
import { serverEntries, sourceEntries } from './row-entries.ts'
import { placeName } from './source-words.ts'
import type { AppState } from './state/app-state.ts'
import type { MenuEntry } from './ui/menu/menu-entry.ts'

/** One line of the palette; `mono`: it is the name of a file. */
export interface PaletteEntry extends MenuEntry {
  readonly key: string
  readonly mono?: boolean
}

export interface PaletteGroup {
  readonly title: string
  readonly entries: readonly PaletteEntry[]
}

function screens({ navigation, jobs }: AppState): readonly PaletteEntry[] {
  const go = (text: string, icon: MenuEntry['icon'], route: KnownRoute, end: string) => ({
    ...{ key: route.screen, text, icon, end, onSelect: () => navigation.go(route) },
  })
  return [
    go('Overview', LayoutList, { screen: 'overview' }, '⌘1'),
    go('Jobs', Activity, { screen: 'jobs' }, '⌘2'),
    go('Backups', Archive, { screen: 'backups' }, '⌘3'),
    go('Schedules', CalendarClock, { screen: 'schedules', schedule: null }, '⌘4'),
    go('Destinations', HardDrive, { screen: 'destinations' }, '⌘5'),
    go('Settings', Settings, { screen: 'settings' }, '⌘,'),
    {
      ...{ key: 'drawer', text: 'Show or hide the jobs drawer', icon: PanelBottomOpen, end: '⌘J' },
      onSelect: () => (jobs.drawer = !jobs.drawer),
    },
    {
      ...{ key: 'add-server', text: 'Add server', icon: Plus },
      onSelect: () => navigation.go({ screen: 'add-server', alias: null }),
    },
    go('Add destination', Plus, { screen: 'add-destination' }, ''),
    go('New schedule', Plus, { screen: 'new-schedule', source: null }, ''),
  ]
}

/** Everything that can be jumped to or done, by group. `backups`: all that are known. */
export function paletteGroups(app: AppState, backups: readonly Backup[]): readonly PaletteGroup[] {
  const { fleet, navigation, schedules, destinations } = app
  const named = (name: string, entries: readonly MenuEntry[]): PaletteEntry[] =>
    entries
      .filter(({ disabled }) => disabled !== true)
      .map((entry) => ({
        ...entry,
        key: `${name} ${entry.text}`,
        text: `${name}: ${lower(entry.text)}`,
        end: '',
      }))
  return [
    { title: 'Screens', entries: screens(app) },
    {
      title: 'Servers',
      entries: fleet.servers.map(({ server }) => ({
        ...{ key: server.id, text: server.name, icon: Server, end: server.host },
        onSelect: () => navigation.go({ screen: 'server', server: server.name }),
      })),
    },
    {
      title: 'Accounts',
      entries: fleet.rows.map(({ server, source }) => ({
        ...{ key: `${server}/${source.name}`, text: source.name, icon: Archive, end: server },
        onSelect: () => navigation.go({ screen: 'source', server, source: source.name }),
      })),
    },
    {
      title: 'Schedules',
      entries: schedules.list.map(({ schedule: { id, name } }) => ({
        ...{ key: id, text: name, icon: CalendarClock },
        onSelect: () => navigation.go({ screen: 'schedules', schedule: name }),
      })),
    },
    {
      title: 'Destinations',
      entries: destinations.list.map((destination) => ({
        ...{ key: destination.id, text: placeName(destination.name), icon: kindIcons[destination.kind] },
        end: kindWords[destination.kind],
        onSelect: () => navigation.go({ screen: 'destination', destination: destination.name }),
      })),
    },
    {
      title: 'Actions',
      entries: [
        ...fleet.rows.flatMap(({ server, source }) =>
          named(`${server}/${source.name}`, sourceEntries(server, source, app)),
        ),
        ...fleet.servers.flatMap((standing) =>
          named(standing.server.name, serverEntries(standing, app).slice(1)),
        ),
      ],
    },
    {
      title: 'Archives',
      entries: backups.map((backup) => ({
        ...{ key: backup.id, text: backup.copies[0]?.name ?? backup.name, icon: Archive, mono: true },
        end: `${holdsWords(backup)}, ${formatBytes(Math.max(0, ...backup.copies.map(({ size }) => size)))}`,
        onSelect: () =>
          navigation.go({
            screen: 'archive',
            server: backup.server,
            source: backup.source,
            backup: backup.id,
          }),
      })),
    },
  ]
}

const lower = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1)

/** What matches all words that were typed, at most `most` of each group; groups without any are left out. */
export function matching(
  groups: readonly PaletteGroup[],
  typed: string,
  { most }: { readonly most: number },
): readonly PaletteGroup[] {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean)
  const fits = ({ text, end }: PaletteEntry) => {
    const all = `${text} ${end ?? ''}`.toLowerCase()
    return words.every((word) => all.includes(word))
  }
  return groups
    .map(({ title, entries }) => ({ title, entries: entries.filter(fits).slice(0, most) }))
    .filter(
      ({ title, entries }) =>
        entries.length > 0 && (words.length > 0 || !['Actions', 'Archives'].includes(title)),
    )
}

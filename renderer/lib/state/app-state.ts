import { createContext } from 'svelte'
import type { Client } from '../../../shared/client.ts'
import type { Door } from '../door.ts'
import { BackupRuns } from './backup-runs.svelte.ts'
import { ScreenClock } from './clock.svelte.ts'
import { Connection } from './connection.svelte.ts'
import { DestinationsState } from './destinations.svelte.ts'
import { FleetState } from './fleet.svelte.ts'
import { JobsState } from './jobs.svelte.ts'
import { Navigation } from './navigation.svelte.ts'
import { PreferencesState } from './preferences.svelte.ts'
import { PracticeState } from './practice.svelte.ts'
import { RecoveryKeyState } from './recovery-key.svelte.ts'
import { RestoresState } from './restores.svelte.ts'
import { PromptsState } from './prompts.svelte.ts'
import { Palette } from './palette.svelte.ts'
import { RowMenu } from './row-menu.svelte.ts'
import { SchedulesState } from './schedules.svelte.ts'
import { SecretsState } from './secrets.svelte.ts'
import { Toasts } from './toasts.svelte.ts'

/** Everything that screens share, one class per topic. */
export interface AppState {
  readonly client: Client
  readonly connection: Connection
  readonly navigation: Navigation
  readonly clock: ScreenClock
  readonly fleet: FleetState
  readonly destinations: DestinationsState
  readonly schedules: SchedulesState
  readonly recoveryKey: RecoveryKeyState
  readonly jobs: JobsState
  readonly practice: PracticeState
  readonly restores: RestoresState
  readonly prompts: PromptsState
  readonly palette: Palette
  readonly rowMenu: RowMenu
  readonly secrets: SecretsState
  readonly toasts: Toasts
  readonly runs: BackupRuns
  readonly preferences: PreferencesState
}

/** Made once, at the root; data is fetched when the first event says that the product answers. */
export function createAppState(door: Door, page: Window): AppState {
  const { client } = door
  const toasts = new Toasts()
  return {
    client,
    fleet: new FleetState(client),
    destinations: new DestinationsState(client),
    schedules: new SchedulesState(client, toasts),
    recoveryKey: new RecoveryKeyState(client),
    jobs: new JobsState(client),
    practice: new PracticeState(client),
    restores: new RestoresState(client),
    palette: new Palette(),
    rowMenu: new RowMenu(),
    prompts: new PromptsState(client, toasts),
    secrets: new SecretsState(client),
    connection: new Connection(door),
    navigation: new Navigation(page),
    clock: new ScreenClock(),
    toasts,
    runs: new BackupRuns(client, toasts),
    preferences: new PreferencesState(client, toasts, page),
  }
}

export const [appState, setAppState] = createContext<AppState>()

import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { toWire } from '../../shared/errors.ts'
import type { DestinationProfile } from '../../shared/model/destination.ts'
import type { BackupParts } from './backups/backup-run.ts'
import { Catalog } from './backups/catalog.ts'
import { CopyQueue } from './backups/copy-queue.ts'
import { localDestination } from './backups/default-destination.ts'
import { openBackup } from './backups/open-backup.ts'
import { cleanClaim } from './backups/clean-claim.ts'
import { readDestination } from './backups/read-destination.ts'
import type { DestinationAccess } from './destinations/access.ts'
import { DestinationProfiles } from './destinations/profiles.ts'
import { reachDestinations } from './reach-destinations.ts'
import { askedPatience } from './destinations/retry.ts'
import { Encryption } from './encryption/encryption.ts'
import { EventBus } from './event-bus.ts'
import { troubledSources } from './fleet/troubled-sources.ts'
import { JobQueue } from './jobs/job-queue.ts'
import { JobStore } from './jobs/job-store.ts'
import { recoverJobs } from './jobs/recover.ts'
import { StoredPreferences } from './preferences.ts'
import type { Ports, SpaceRules } from './ports.ts'
import { Prompts } from './prompts.ts'
import { startPrune } from './prune/prune-schedule.ts'
import { interruptedRestore } from './restores/interrupted.ts'
import { RestoreJournals } from './restores/journal.ts'
import { restorers } from './restores/restorers.ts'
import { stepKinds } from './restores/step-kinds.ts'
import { ShownPlans } from './restores/shown-plans.ts'
import type { ServerRestoreParts } from './restores/whole-server/run-server.ts'
import { ServerJournals } from './restores/whole-server/server-journal.ts'
import { noteLateCopies } from './scheduler/late-copies.ts'
import { openScheduler } from './scheduler/open-scheduler.ts'
import { RunHistory } from './scheduler/run-history.ts'
import { ScheduleProfiles } from './scheduler/schedule-profiles.ts'
import type { Scheduler } from './scheduler/scheduler.ts'
import { Secrets } from './secrets/choose.ts'
import { HostKeyFile } from './servers/host-keys.ts'
import { Practice } from './servers/practice.ts'
import { ServerProfiles } from './servers/profiles.ts'
import { ServerAccess } from './servers/server-access.ts'
import { StoredServerSecrets } from './servers/stored-secrets.ts'
import { LastLooks } from './sources/last-looks.ts'
import { OverrideStore } from './sources/override-store.ts'
import { Upkeep } from './upkeep/upkeep.ts'
import { openWatching, type Watching } from './watching/open-watching.ts'
import { ping, type PingKind } from './watching/ping.ts'
import type { Schedule } from '../../shared/model/schedule.ts'

/** Jobs that run at the same time: enough to use a slow server's waiting, few enough for a laptop. */
const parallelJobs = 2

const MiB = 1024 * 1024
const defaultSpace: SpaceRules = { reserve: 1024 * MiB, floor: 500 * MiB, lookEvery: 64 * MiB }

/** The product, put together. Handlers take what they need from here. */
export interface App extends AsyncDisposable {
  readonly ports: Ports
  readonly events: EventBus
  readonly secrets: Secrets
  readonly profiles: ServerProfiles
  readonly hostKeys: HostKeyFile
  readonly serverSecrets: StoredServerSecrets
  readonly servers: ServerAccess
  readonly overrides: OverrideStore
  readonly looks: LastLooks
  readonly practice: Practice
  readonly destinations: DestinationProfiles
  readonly access: DestinationAccess
  readonly catalog: Catalog
  /** Copies that are still to be made. */
  readonly copyQueue: CopyQueue
  /** The keys that encrypted copies are made and opened with. */
  readonly encryption: Encryption
  readonly jobs: JobQueue
  readonly prompts: Prompts
  readonly preferences: StoredPreferences
  readonly schedules: ScheduleProfiles
  /** What became of due times. */
  readonly runs: RunHistory
  /** Does nothing by itself: a host that stays lets it watch. */
  readonly scheduler: Scheduler
  /** Who is told what needs a person. Like the scheduler, it does nothing by itself. */
  readonly watching: Watching
  /** Makes missing copies; the same holds for it. */
  readonly upkeep: Upkeep
  /** What a backup job needs of all this. */
  readonly backupParts: BackupParts
  /** What a restore needs of it. */
  readonly restoreParts: ServerRestoreParts
  /** Folders under the data folder for what can be made again. */
  readonly folders: { readonly cache: string; readonly spool: string }
}

/**
 * Opens the product over a data folder that this process owns: jobs that a crash ended are told so and cleaned up
 * after, and the catalog is read from the destinations, where old leftovers of other computers are removed. Disposing interrupts what runs and waits for it.
 */
export async function createApp(ports: Ports): Promise<App> {
  const { dataFolder, log, clock } = ports
  const folders = { cache: join(dataFolder, 'cache'), spool: join(dataFolder, 'spool') }
  await rm(folders.spool, { recursive: true, force: true })
  for (const folder of Object.values(folders)) await mkdir(folder, { recursive: true, mode: 0o700 })
  const events = new EventBus()
  const secrets = await Secrets.open({ ...ports, log })
  const profiles = await ServerProfiles.open(dataFolder, { log, events })
  const hostKeys = new HostKeyFile(join(dataFolder, 'known_hosts'))
  const serverSecrets = new StoredServerSecrets(secrets)
  const prompts = new Prompts({ events, clock })
  const servers = new ServerAccess({ profiles, hostKeys, secrets: serverSecrets, clock, ask: prompts.ask })
  const practice = new Practice({
    ...{ clock, profiles, hostKeys, servers, secrets: serverSecrets },
    start: ports.startPractice,
  })
  const preferences = await StoredPreferences.open(dataFolder, { log, events })
  const overrides = await OverrideStore.open(dataFolder, { log })
  const ids = profiles.list().map(({ id }) => id)
  const looks = await LastLooks.open(join(dataFolder, 'looks'), { ids, log, clock })
  const access = reachDestinations({ clock, secrets, servers, spoolFolder: folders.spool })
  const destinations = await DestinationProfiles.open(dataFolder, { log, events, access })
  const serverName = (id: string) => profiles.named(id)?.name ?? null
  const encryption = await Encryption.open({ dataFolder, secrets, clock, log })
  const copyQueue = await CopyQueue.open(dataFolder, { clock, log, events })
  const queued = (id: string) => copyQueue.of(id)
  const catalog = new Catalog({ events, serverName, keys: encryption, queued })
  const store = await JobStore.open(join(dataFolder, 'jobs'), { log })
  const jobs = new JobQueue({ clock, log, events, store, parallel: parallelJobs })
  const journals = await RestoreJournals.open(join(dataFolder, 'restores'), { log })
  const serverJournals = await ServerJournals.open(join(dataFolder, 'restores', 'servers'), { log })
  await recoverJobs(store, {
    ...{ clock, clean: (claim) => cleanClaim(claim, destinations) },
    explain: (job) => interruptedRestore(job, { journals, serverJournals }),
  })
  await readDestinations(destinations, { access, catalog, ports })
  const runs = await RunHistory.open(dataFolder, { log, events })
  const backupParts: BackupParts = {
    ...{ clock, log, profiles, servers, overrides, destinations, catalog, copyQueue, encryption },
    onWhole: (backup) => noteLateCopies(runs, backup),
    appName: ports.app,
    spoolFolder: folders.spool,
    space: ports.space ?? defaultSpace,
  }
  const restoreParts: ServerRestoreParts = {
    ...{ clock, profiles, servers, overrides, catalog, restorers, kinds: stepKinds },
    ...{ cacheFolder: folders.cache, backups: backupParts, keys: encryption },
    openBackup: (backup, { signal }) =>
      openBackup(backup, { catalog, destinations, encryption, cacheFolder: folders.cache, signal }),
    ...{ journals, serverJournals, shownPlans: new ShownPlans() },
    safetyDestinations: async () => [await localDestination({ destinations, ports })],
  }
  const schedules = await ScheduleProfiles.open(dataFolder, { log, events })
  const tell = async ({ pingUrl }: Schedule, kind: PingKind) => {
    const { signal } = new AbortController()
    if (pingUrl !== null)
      await ping(pingUrl, kind, { ask: (url, init) => fetch(url, init), clock, log, signal })
  }
  const watching = await openWatching(dataFolder, {
    ...{ clock, log, events, secrets },
    runs: () => runs.read().runs,
    troubled: (now) => troubledSources({ catalog, profiles, destinations, ports, schedules, runs }, now),
  })
  const scheduler = await openScheduler({
    ...{ backupParts, jobs, looks, schedules, history: runs },
    onBegin: async (_, schedule) => tell(schedule, 'start'),
    onEnd: async (run, schedule) => {
      await tell(schedule, run.state === 'done' ? 'good' : 'bad')
      await watching.alerts.runEnded(run)
      const thins = schedule.retention !== null && run.state !== 'failed'
      if (thins) await startPrune(schedule, { backupParts, jobs, history: runs }, { confirmed: [] })
    },
  })
  const upkeep = await Upkeep.open({ dataFolder, backupParts, jobs, log })
  return {
    ...{
      backupParts,
      restoreParts,
      prompts,
      preferences,
      ports,
      events,
      secrets,
      profiles,
      hostKeys,
      serverSecrets,
      servers,
      overrides,
      looks,
      practice,
      destinations,
      access,
      catalog,
      copyQueue,
      encryption,
      jobs,
      folders,
      schedules,
      runs,
      scheduler,
      watching,
      upkeep,
    },
    [Symbol.asyncDispose]: async () => {
      const stopped = [scheduler, upkeep].map((each) => each[Symbol.asyncDispose]())
      await jobs[Symbol.asyncDispose]()
      await Promise.all(stopped)
      await practice[Symbol.asyncDispose]()
      await encryption[Symbol.asyncDispose]()
    },
  }
}

/** How long a destination may take at the start, in milliseconds. */
const startPatience = 60_000

/** A destination that is not there now is listed as unreadable; its copies appear when it is read again. */
async function readDestinations(
  destinations: DestinationProfiles,
  parts: { readonly access: DestinationAccess; readonly catalog: Catalog; readonly ports: Ports },
): Promise<void> {
  const { access, catalog, ports } = parts
  const { log } = ports
  const read = async (profile: DestinationProfile) => {
    const signal = AbortSignal.timeout(startPatience)
    try {
      await using open = await access.open(profile, { signal, patience: askedPatience })
      await readDestination(open, { ...ports, catalog }, { signal })
    } catch (error) {
      log.write('warning', 'A destination could not be read', { name: profile.name, error: String(error) })
      catalog.unreachable(profile.name, toWire(error).message)
    }
  }
  await Promise.all(destinations.list().map(read))
}

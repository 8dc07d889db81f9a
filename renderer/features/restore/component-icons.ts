import Clock from '@lucide/svelte/icons/clock'
import Database from '@lucide/svelte/icons/database'
import Folder from '@lucide/svelte/icons/folder'
import Mail from '@lucide/svelte/icons/mail'
import Settings from '@lucide/svelte/icons/settings'
import type { Component } from 'svelte'
import type { ComponentKind } from '../../../shared/model/backup.ts'

/** The drawing of a component. */
export const componentIcons: Readonly<Record<ComponentKind, Component>> = {
  files: Folder,
  paths: Folder,
  mysql: Database,
  postgresql: Database,
  mail: Mail,
  cron: Clock,
  config: Settings,
}

import Cloud from '@lucide/svelte/icons/cloud'
import HardDrive from '@lucide/svelte/icons/hard-drive'
import Laptop from '@lucide/svelte/icons/laptop'
import type { Component } from 'svelte'
import type { PlaceKinds } from './source-words.ts'

/** The drawing of a place for copies, by its name. */
export function placeIcon(name: string, kinds: PlaceKinds): Component {
  if (name === 'this-computer') return Laptop
  const kind = kinds.get(name)
  return kind === 's3' || kind === 'b2' ? Cloud : HardDrive
}

import type { ArchiveInspection, RecognisedComponent } from '../../../../shared/model/archive-file.ts'
import type { ComponentKind } from '../../../../shared/model/backup.ts'
import { toRemoteName } from '../../../../shared/remote-name.ts'
import { bytesOf, type ComponentKey } from './layouts/layout.ts'

const listed = 1000
const fromCap = 20

interface Counts {
  items: number
  bytes: number
}

interface Component extends Counts {
  readonly key: ComponentKey
  messages: number
  readonly from: Set<string>
  readonly evidence: Set<string>
  readonly warnings: string[]
}

type Lists = Pick<
  ArchiveInspection,
  'components' | 'panelData' | 'unrecognised' | 'unrecognisedCount' | 'refused' | 'refusedCount' | 'faults'
>

/** Counts what becomes of the entries of an archive. Paths come as latin1 strings and leave as `RemoteName`s. */
export class Tally {
  readonly #components = new Map<string, Component>()
  readonly #panel = new Map<string, Counts & { readonly what: string }>()
  readonly #unknown = new Map<string, Counts & { readonly why: string }>()
  readonly #refused: { path: string; why: string }[] = []
  #unknownCount = 0
  #refusedCount = 0
  readonly #faults = new Set<string>()

  kept(key: ComponentKey, entry: { bytes: number; message: boolean; from: string; evidence: string }): void {
    const component = this.#component(key)
    component.items += 1
    component.bytes += entry.bytes
    if (entry.message) component.messages += 1
    if (component.from.size < fromCap) component.from.add(entry.from)
    if (component.evidence.size < fromCap) component.evidence.add(entry.evidence)
  }

  warn(key: ComponentKey, sentence: string): void {
    const { warnings } = this.#component(key)
    if (warnings.length < listed) warnings.push(sentence)
  }

  panel(group: string, what: string, bytes: number): void {
    add(this.#panel, group, { what }, bytes)
  }

  /** One that nobody knows; grouped by the first two names of its path. */
  unknown(path: string, why: string, bytes: number): void {
    this.#unknownCount += 1
    add(this.#unknown, path.split('/').slice(0, 2).join('/'), { why }, bytes)
  }

  refuse(path: Buffer, why: string): void {
    this.#refusedCount += 1
    if (this.#refused.length < listed) this.#refused.push({ path: toRemoteName(path), why })
  }

  fault(sentence: string): void {
    if (this.#faults.size < listed) this.#faults.add(sentence)
  }

  lists(): Lists {
    return {
      components: [...this.#components.values()].map(described).sort(inOrder),
      panelData: [...this.#panel].map(([path, group]) => ({ path: name(path), ...group })),
      unrecognised: [...this.#unknown].map(([path, group]) => ({ path: name(path), ...group })),
      unrecognisedCount: this.#unknownCount,
      refused: this.#refused,
      refusedCount: this.#refusedCount,
      faults: [...this.#faults],
    }
  }

  #component(key: ComponentKey): Component {
    const text = JSON.stringify([key.kind, key.name])
    const known = this.#components.get(text)
    if (known !== undefined) return known
    const component = {
      key,
      items: 0,
      bytes: 0,
      messages: 0,
      from: new Set<string>(),
      evidence: new Set<string>(),
      warnings: [],
    }
    this.#components.set(text, component)
    return component
  }
}

function add<T extends object>(groups: Map<string, Counts & T>, path: string, about: T, bytes: number): void {
  const known = groups.get(path)
  if (known === undefined) {
    if (groups.size < listed) groups.set(path, { items: 1, bytes, ...about })
    return
  }
  known.items += 1
  known.bytes += bytes
}

function described({
  key,
  items,
  bytes,
  messages,
  from,
  evidence,
  warnings,
}: Component): RecognisedComponent {
  return {
    ...{ kind: key.kind, name: name(key.name), items, bytes, warnings },
    messages: key.kind === 'mail' ? messages : null,
    from: [...from].map(name),
    evidence: [...evidence],
  }
}

const order: readonly ComponentKind[] = ['files', 'paths', 'mysql', 'postgresql', 'mail', 'cron', 'config']

function inOrder(a: RecognisedComponent, b: RecognisedComponent): number {
  return order.indexOf(a.kind) - order.indexOf(b.kind) || (a.name < b.name ? -1 : 1)
}

function name(latin1: string): string {
  return toRemoteName(bytesOf(latin1))
}

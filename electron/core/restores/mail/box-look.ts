import type { StepOf } from '../../../../shared/model/restore-plan.ts'
import { fromRemoteName, toRemoteName } from '../../../../shared/remote-name.ts'
import { lookAtTarget, type TargetEntry, type TargetFacts } from '../files/target-look.ts'
import type { RestoreContext } from '../restore-context.ts'
import { keyOf, messageKey } from './archived-mail.ts'

/** What planning and doing know of a mailbox over there. */
export type Box = Pick<
  StepOf<'put-mailbox'>,
  'account' | 'uid' | 'gid' | 'from' | 'path' | 'root' | 'method' | 'items' | 'held' | 'keepExtra'
>

export const bytesOf = (name: string) => Buffer.from(fromRemoteName(name))

/** The mailbox's folder, below the folder that the new one waits in; empty where they are one. */
export function placeInRoot({ path, root }: Pick<Box, 'path' | 'root'>): Buffer<ArrayBuffer> {
  return bytesOf(path).subarray(bytesOf(root).length + 1)
}

/** `path` below `folder`; either may be empty. */
export function joined(folder: Uint8Array, path: Uint8Array): Buffer<ArrayBuffer> {
  if (folder.length === 0 || path.length === 0) return Buffer.concat([folder, path])
  return Buffer.concat([folder, Buffer.from('/'), path])
}

/** What lies in a mailbox's folder over there. */
export interface BoxLook {
  readonly facts: TargetFacts
  readonly entries: ReadonlyMap<string, TargetEntry>
  /** Paths of messages by what they are known by. */
  readonly messages: ReadonlyMap<string, readonly Buffer[]>
}

/** Looks at a folder of mail as its owner; at the mailbox's own where none is said. Changes nothing. */
export async function lookAtBox(
  context: RestoreContext,
  box: Box,
  folder: Buffer = bytesOf(box.path),
): Promise<BoxLook> {
  const entries = new Map<string, TargetEntry>()
  const messages = new Map<string, Buffer[]>()
  const account = { user: box.account, uid: box.uid, gid: box.gid }
  const take = (entry: TargetEntry) => {
    entries.set(keyOf(entry.path), entry)
    const message = entry.type === 'file' ? messageKey(entry.path) : null
    if (message !== null) messages.set(message, [...(messages.get(message) ?? []), entry.path])
  }
  const facts = await lookAtTarget(context, folder, take, { account })
  return { facts, entries, messages }
}

/** For people. */
export const shownPath = (path: Buffer) => toRemoteName(path)

import { Notification } from 'electron'
import type { Notice, NoticeAct } from './notices.ts'

/** What is on the screen: without somebody who holds it, a notification is collected and its buttons do nothing. */
const shown = new Set<Notification>()

/** Shows a notification with its buttons; `act` is what a click on it or on one of them asks for. */
export function showNotice(
  { title, body, route, actions }: Notice,
  { act }: { readonly act: (act: NoticeAct) => void },
): void {
  if (!Notification.isSupported()) return
  const buttons = actions.map(({ text }) => ({ type: 'button' as const, text }))
  const notification = new Notification({ title, body, actions: buttons })
  const take = (asked: NoticeAct | undefined) => {
    shown.delete(notification)
    if (asked !== undefined) act(asked)
  }
  notification.on('click', () => take({ does: 'show', route }))
  notification.on('action', ({ actionIndex }) => take(actions[actionIndex]?.act))
  notification.on('close', () => take(undefined))
  shown.add(notification)
  notification.show()
}

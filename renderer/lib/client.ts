import { openDesktopDoor } from './desktop-door.ts'
import type { Door } from './door.ts'
import { openHttpDoor } from './http-door.ts'

/** The product, by the desktop's own channel where there is one, else by HTTP. */
export async function connect(page: Window): Promise<Door> {
  return page.holdfast === undefined ? openHttpDoor(page) : openDesktopDoor(page.holdfast, page)
}

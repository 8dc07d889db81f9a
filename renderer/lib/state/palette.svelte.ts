/** Whether the list of everything that can be jumped to is open. */
export class Palette {
  open = $state(false)
}

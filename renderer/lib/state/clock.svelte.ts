/** The time, in milliseconds since 1970, that ages on screen are counted from; it moves once in half a minute. */
export class ScreenClock {
  now = $state(Date.now())

  constructor() {
    setInterval(() => (this.now = Date.now()), 30_000)
  }
}

/** What a shape and its colour say: good, going on, needs a look, bad, not yet. */
export type StatusState = 'held' | 'run' | 'warn' | 'fail' | 'idle'

import { EventEmitter } from 'node:events'

/** Gives a process of Node the port that Electron gives its utility processes. */
const port = Object.assign(new EventEmitter(), {
  postMessage: (message: object) => process.send?.(message),
})
process.on('message', (data) => port.emit('message', { data }))
process.on('disconnect', () => process.exit(1))
Object.assign(process, { parentPort: port })

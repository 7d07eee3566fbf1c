// The floor: a topic of uWebSockets.js and nothing else. What a socket says goes to all.
import { App } from 'uWebSockets.js'

const app = App()
app
  .ws('/*', {
    maxBackpressure: 16 * 1024 * 1024,
    open: (ws) => void ws.subscribe('room'),
    message: (_ws, message, isBinary) => void app.publish('room', message, isBinary),
  })
  .listen('127.0.0.1', Number(process.env.PORT), (socket) => socket && console.log('listening'))

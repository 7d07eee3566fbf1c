// The most used WebSocket library of Node: a loop over its clients, no compression.
import { WebSocket, WebSocketServer } from 'ws'

const options = { perMessageDeflate: false, skipUTF8Validation: true, clientTracking: true }
const server = new WebSocketServer({ host: '127.0.0.1', port: Number(process.env.PORT), ...options })
server.on('listening', () => console.log('listening'))
server.on('connection', (socket) => {
  socket.on('error', () => socket.terminate())
  socket.on('message', (data) => {
    for (const client of server.clients)
      if (client.readyState === WebSocket.OPEN) client.send(data, { binary: false })
  })
})

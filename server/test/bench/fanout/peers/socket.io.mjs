// socket.io over WebSocket alone, on its own engine.
import { createServer } from 'node:http'
import { Server } from 'socket.io'

const http = createServer()
const io = new Server(http, { transports: ['websocket'], perMessageDeflate: false, serveClient: false })
io.on('connection', (socket) => void socket.on('say', (line) => void io.emit('line', line)))
http.listen(Number(process.env.PORT), '127.0.0.1', () => console.log('listening'))

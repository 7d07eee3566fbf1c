// socket.io over WebSocket alone, on uWebSockets.js: its documented fast way.
import { Server } from 'socket.io'
import { App } from 'uWebSockets.js'

const app = App()
const io = new Server({ transports: ['websocket'], perMessageDeflate: false, serveClient: false })
io.attachApp(app)
io.on('connection', (socket) => void socket.on('say', (line) => void io.emit('line', line)))
app.listen('127.0.0.1', Number(process.env.PORT), (socket) => socket && console.log('listening'))

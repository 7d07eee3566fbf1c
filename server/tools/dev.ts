// `npm run dev`: the client rebuilt on change, the server restarted on change, one terminal.
import { spawn } from 'node:child_process'

if (process.argv.includes('--help')) {
  console.log('usage: npm run dev   serves on PORT (default 8080) and rebuilds on every change')
  process.exit(0)
}
const children = [
  spawn('npx', ['vite', 'build', '--watch', '--config', 'client/vite.config.ts', '--logLevel', 'warn'], {
    stdio: 'inherit',
  }),
  spawn('npx', ['tsx', 'watch', '--clear-screen=false', 'server/main.ts'], { stdio: 'inherit' }),
]
for (const child of children) {
  child.on('exit', (code) => {
    for (const other of children) other.kill()
    process.exitCode = code ?? 1
  })
}

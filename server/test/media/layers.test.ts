// V33 with real H.264 of two sizes and AAC, and ffmpeg as the judge of what the masters name.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { execFileSync, spawnSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect } from 'vitest'
import { makeFootage } from './ffmpeg.ts'
import { judged } from './judged.ts'
import type { LayerPacket } from './packets.ts'
import { createVideoWorld } from './world.ts'

const folder = mkdtempSync(join(tmpdir(), 'stagedoor-layers-'))
afterAll(() => rmSync(folder, { recursive: true }))

type Packet = { stream_index: number; codec_type: string; pts_time: string }
type Program = { streams: { index: number; codec_type: string; width?: number; height?: number }[] }

judged(
  'V33 a master plays in an independent demuxer: two programs, no warning, and the same times',
  async () => {
    const world = createVideoWorld()
    const main = makeFootage({ seconds: 5, size: '1280x720' })
    const low = makeFootage({ seconds: 5, size: '640x360' })
    const studio = world.studio('S', { configs: main.configs })
    studio.config(
      low.configs.find(({ kind }) => kind === 'video')!,
      'low',
    )
    const small = low.packets.filter(({ track }) => track === 'video')
    const packets: LayerPacket[] = [
      ...main.packets,
      ...small.map((packet) => ({ ...packet, layer: 'low' as const })),
    ]
    const start = world.clock.now()
    await studio.play(
      packets.sort((a, b) => a.ts - b.ts).map((packet) => ({ ...packet, ts: packet.ts + start })),
    )
    world.video.provider.end('S')

    const save = async (name: string) =>
      writeFileSync(join(folder, name), (await world.file(name)) as Uint8Array)
    for (const list of ['plain-master.m3u8', 'plain.m3u8', 'low-plain.m3u8']) {
      await save(list)
      for (const [name] of String(await world.file(list)).matchAll(/[\w-]+\.(m4s|mp4)/g)) await save(name)
    }
    const master = join(folder, 'plain-master.m3u8')
    const local = ['-allowed_extensions', 'ALL']
    const { programs, packets: read } = JSON.parse(
      execFileSync(
        'ffprobe',
        ['-v', 'error', ...local, '-show_programs', '-show_packets', '-of', 'json', master],
        { encoding: 'utf8', maxBuffer: 64e6 },
      ),
    ) as { programs: Program[]; packets: Packet[] }
    const sizes = programs.map(({ streams }) =>
      streams.flatMap(({ width, height }) => (width ? [`${width}x${height}`] : [])).join(),
    )
    expect(sizes).toEqual(['1280x720', '640x360'])

    const times = (program: Program | undefined, kind: string) => {
      const index = program?.streams.find(({ codec_type }) => codec_type === kind)?.index
      return read.filter(({ stream_index }) => stream_index === index).map(({ pts_time }) => pts_time)
    }
    expect(times(programs[0], 'video')).toHaveLength(150)
    for (const kind of ['video', 'audio']) expect(times(programs[1], kind)).toEqual(times(programs[0], kind))

    const { stderr, status } = spawnSync(
      'ffmpeg',
      [
        '-hide_banner',
        '-loglevel',
        'warning',
        ...local,
        '-xerror',
        '-i',
        master,
        '-map',
        '0',
        '-f',
        'null',
        '-',
      ],
      { encoding: 'utf8' },
    )
    expect([stderr, status]).toEqual(['', 0])
  },
)

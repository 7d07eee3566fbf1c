// REST: where else a show is sent to while it is live (YouTube, Twitch, anything that takes RTMP or RTMPS).
import * as v from 'valibot'

/** GET /api/streams/:slug/simulcast (its host). `off`: nothing is sent there now, as far as the asked node knows.
 * `failed`: it will not be tried again in this show. `says` is for the host. */
export type Simulcast = {
  targets: {
    id: string
    name: string
    url: string
    state: 'off' | 'connecting' | 'live' | 'waiting' | 'failed'
    says: string | null
  }[]
  most: number
}

/** POST /api/streams/:slug/simulcast (its host): `url` is rtmp(s)://host[:port]/app. The key is never shown again.
 * DELETE /api/streams/:slug/simulcast/:id ends it at once. Both answer like GET. */
export const simulcastRequest = v.strictObject({
  name: v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(40)),
  url: v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(400)),
  key: v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(400)),
})
export type SimulcastRequest = v.InferOutput<typeof simulcastRequest>

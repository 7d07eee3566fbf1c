// As much of S3 as the server uses, over HTTP and in memory: it checks that requests are signed as version 4 asks (by
// computing the signature itself) and keeps objects.
import { createHash, createHmac } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'

export const ACCESS = { accessKeyId: 'AKIATEST', secretAccessKey: 'a secret of the test' }
const REGION = 'us-east-1'
/** Small, so that listings have pages. */
const PAGE = 3

export type FakeS3 = {
  endpoint: string
  bucket: string
  objects: Map<string, Uint8Array>
  /** Every request: method and path, and why it was refused. */
  asked: string[]
  /** The next requests are answered so. */
  failing: { status: number } | null
  close(): Promise<void>
}

export async function startFakeS3(): Promise<FakeS3> {
  const bucket = 'shows'
  const objects = new Map<string, Uint8Array>()
  const fake = { bucket, objects, asked: [] as string[], failing: null as FakeS3['failing'] }
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const fault = answer(request, Buffer.concat(chunks), response)
      fake.asked.push(`${request.method} ${request.url?.split('?')[0]}${fault === null ? '' : ` ${fault}`}`)
    })
  })

  function answer(request: IncomingMessage, body: Buffer, response: ServerResponse): string | null {
    const url = new URL(request.url ?? '/', 'http://localhost')
    const refuse = (status: number, code: string): string => {
      response.writeHead(status, { 'content-type': 'application/xml' })
      response.end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>${code}</Message></Error>`)
      return code
    }
    if (fake.failing) return refuse(fake.failing.status, 'SlowDown')
    if (!isSigned(request, url, body)) return refuse(403, 'SignatureDoesNotMatch')
    const [, named, ...rest] = url.pathname.split('/')
    if (named !== bucket) return refuse(404, 'NoSuchBucket')
    const key = decodeURIComponent(rest.join('/'))
    if (request.method === 'PUT') {
      objects.set(key, new Uint8Array(body))
      response.end()
    } else if (request.method === 'GET' && url.searchParams.get('list-type') === '2') list(url, response)
    else if (request.method === 'GET') {
      const found = objects.get(key)
      if (!found) return refuse(404, 'NoSuchKey')
      const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? []
      if (from !== undefined && Number(from) >= found.byteLength) return refuse(416, 'InvalidRange')
      const part = from === undefined ? found : found.subarray(Number(from), Number(to) + 1)
      response.writeHead(from === undefined ? 200 : 206, { 'content-length': part.byteLength })
      response.end(part)
    } else if (request.method === 'POST' && url.searchParams.has('delete')) {
      // S3 refuses a delete of many whose body is not vouched for.
      const { headers } = request
      if (!headers['content-md5'] && !Object.keys(headers).some((name) => name.startsWith('x-amz-checksum-')))
        return refuse(400, 'InvalidRequest')
      for (const [, one = ''] of body.toString().matchAll(/<Key>(.*?)<\/Key>/g)) objects.delete(one)
      response.end('<?xml version="1.0"?><DeleteResult/>')
    } else return refuse(405, 'MethodNotAllowed')
    return null
  }

  function list(url: URL, response: ServerResponse): void {
    const prefix = url.searchParams.get('prefix') ?? ''
    const after = url.searchParams.get('continuation-token') ?? ''
    const keys = [...objects.keys()].filter((key) => key.startsWith(prefix) && key > after).sort()
    const page = keys.slice(0, PAGE)
    const contents = page.map(
      (key) => `<Contents><Key>${key}</Key><Size>${objects.get(key)?.byteLength}</Size></Contents>`,
    )
    const more = keys.length > PAGE ? `<NextContinuationToken>${page.at(-1)}</NextContinuationToken>` : ''
    response.end(
      `<?xml version="1.0"?><ListBucketResult><IsTruncated>${keys.length > PAGE}</IsTruncated>${contents.join('')}${more}</ListBucketResult>`,
    )
  }

  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return Object.assign(fake, {
    endpoint: `http://127.0.0.1:${address.port}`,
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  })
}

const sha256 = (data: string | Buffer) => createHash('sha256').update(data).digest('hex')
const hmac = (key: string | Buffer, data: string) => createHmac('sha256', key).update(data).digest()
const encode = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)

/** Signature version 4, in the header or in the address. */
function isSigned(request: IncomingMessage, url: URL, body: Buffer): boolean {
  const { headers } = request
  const query = [...url.searchParams]
  const inQuery = url.searchParams.get('X-Amz-Signature')
  const inHeader = /^AWS4-HMAC-SHA256 Credential=(\S+), ?SignedHeaders=(\S+), ?Signature=(\w+)$/.exec(
    headers.authorization ?? '',
  )
  const credential = inHeader?.[1] ?? url.searchParams.get('X-Amz-Credential') ?? ''
  const signedHeaders = inHeader?.[2] ?? url.searchParams.get('X-Amz-SignedHeaders') ?? ''
  const signature = inHeader?.[3] ?? inQuery
  const date = inHeader ? String(headers['x-amz-date']) : (url.searchParams.get('X-Amz-Date') ?? '')
  const [id, day, region, service] = credential.split('/')
  if (id !== ACCESS.accessKeyId || region !== REGION || service !== 's3' || !date.startsWith(day ?? '-'))
    return false
  const signedAt = Date.parse(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'))
  const life = inQuery === null ? 900 : Number(url.searchParams.get('X-Amz-Expires'))
  if (!(Math.abs(Date.now() - signedAt) < life * 1000)) return false
  const stated = headers['x-amz-content-sha256']
  if (inHeader && stated !== 'UNSIGNED-PAYLOAD' && stated !== sha256(body)) return false
  const canonical = [
    request.method,
    url.pathname,
    query
      .filter(([name]) => name !== 'X-Amz-Signature')
      .map(([name, value]) => `${encode(name)}=${encode(value)}`)
      .sort()
      .join('&'),
    ...signedHeaders.split(';').map((name) => `${name}:${String(headers[name]).trim()}`),
    '',
    signedHeaders,
    inHeader ? stated : 'UNSIGNED-PAYLOAD',
  ].join('\n')
  const scope = `${day}/${REGION}/s3/aws4_request`
  const toSign = ['AWS4-HMAC-SHA256', date, scope, sha256(canonical)].join('\n')
  const key = [day ?? '', REGION, 's3', 'aws4_request'].reduce<string | Buffer>(
    (made, part) => hmac(made, part),
    `AWS4${ACCESS.secretAccessKey}`,
  )
  return hmac(key, toSign).toString('hex') === signature
}

// Recordings as objects of a private bucket, of S3 or what speaks like it.
import {
  DeleteObjectsCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  NoSuchKey,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import type { Storage } from '../../app/video-ports.ts'
import { checkedFolder, checkedKey } from './keys.ts'

export type S3Options = {
  bucket: string
  /** Null: Amazon's own, of this region. */
  endpoint: string | null
  region: string
  accessKeyId: string
  secretAccessKey: string
  /** The bucket in the path of addresses instead of in their host name. */
  pathStyle: boolean
}

/** A viewer's redirect is followed at once; the address is of no use for long to whoever is given it. */
const PRESIGNED_S = 300
const CONNECT_MS = 5_000
const REQUEST_MS = 30_000
/** The most that one request may name. */
const DELETE_AT_ONCE = 1_000

/** `origin`: where its addresses point, as browsers spell it. */
export async function openS3Storage(options: S3Options): Promise<{ storage: Storage; origin: string }> {
  const { bucket: Bucket, endpoint, region, accessKeyId, secretAccessKey } = options
  const client = new S3Client({
    region,
    ...(endpoint === null ? {} : { endpoint }),
    credentials: { accessKeyId, secretAccessKey },
    forcePathStyle: options.pathStyle,
    // Not everything that speaks S3 knows the newer checksums.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: { connectionTimeout: CONNECT_MS, requestTimeout: REQUEST_MS },
  })
  const presign = (key: string) =>
    getSignedUrl(client, new GetObjectCommand({ Bucket, Key: checkedKey(key) }), { expiresIn: PRESIGNED_S })

  async function list(folder: string): Promise<{ key: string; bytes: number }[]> {
    const found: { key: string; bytes: number }[] = []
    let ContinuationToken: string | undefined
    do {
      const page = await client.send(
        new ListObjectsV2Command({
          Bucket,
          Prefix: checkedFolder(folder),
          ...(ContinuationToken === undefined ? {} : { ContinuationToken }),
        }),
      )
      for (const { Key, Size } of page.Contents ?? [])
        if (Key !== undefined && Size !== undefined) found.push({ key: Key, bytes: Size })
      ContinuationToken = page.NextContinuationToken
    } while (ContinuationToken !== undefined)
    return found
  }

  const storage: Storage = {
    async put(key, bytes) {
      await client.send(new PutObjectCommand({ Bucket, Key: checkedKey(key), Body: bytes }))
    },

    async get(key, range) {
      const Range = range && { Range: `bytes=${range.from}-${range.to - 1}` }
      try {
        const { Body } = await client.send(new GetObjectCommand({ Bucket, Key: checkedKey(key), ...Range }))
        return (await Body?.transformToByteArray()) ?? new Uint8Array()
      } catch (error) {
        if (error instanceof NoSuchKey) return null
        if (error instanceof S3ServiceException && error.name === 'InvalidRange') return new Uint8Array()
        throw error
      }
    },

    list,

    async remove(folder) {
      const keys = (await list(folder)).map(({ key }) => ({ Key: key }))
      for (let i = 0; i < keys.length; i += DELETE_AT_ONCE) {
        const Delete = { Objects: keys.slice(i, i + DELETE_AT_ONCE), Quiet: true }
        const { Errors = [] } = await client.send(new DeleteObjectsCommand({ Bucket, Delete }))
        if (Errors.length > 0) throw new Error(`${Errors.length} objects could not be deleted`)
      }
    },

    // What a bucket may hold is a matter of its bill.
    free: () => Promise.resolve(null),
    presign,
  }
  return { storage, origin: new URL(await presign('a/b')).origin }
}

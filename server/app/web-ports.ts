// What the web side needs from the outside: one HTTP request as the transport hands it over, and the built
// client as files.

/** `address` is the caller's network: an IPv4 address, or the /64 of an IPv6 one. One person holds a whole /64,
 * so nothing that counts by address may look at less. */
export type Fetch = (request: Request, from: { address: string }) => Promise<Response>

/** The client build, read once at start. A path is looked up, never joined, so none leads out of the folder. */
export type StaticFiles = {
  /** `path` begins with a slash. Null: no such file. */
  get(path: string, acceptEncoding: string): StaticFile | null
}
export type StaticFile = {
  contentType: string
  /** Null: as it is. */
  encoding: 'br' | 'gzip' | null
  /** Quoted, different for every encoding. */
  etag: string
  body: Uint8Array<ArrayBuffer>
}

// Texts that say whose they are, so that a stranger's frame can be told from the bytes alone.

export const publicText = (client: number, nth: number): string => `line ${nth} of c${client}.`

export const privateText = {
  /** `viewer` is the client whose thread it is in, whoever writes. */
  of: (stream: number, viewer: number, nth: number): string => `between s${stream} v${viewer} number ${nth}.`,
  /** Everyone whose private text stands in a frame. */
  owners: (frame: string): { stream: number; viewer: number }[] =>
    [...frame.matchAll(/between s(\d+) v(\d+) number/g)].map(([, stream, viewer]) => ({
      stream: Number(stream),
      viewer: Number(viewer),
    })),
}

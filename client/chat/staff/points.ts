// How long a text is in code points, as the server counts it.
export const pointsIn = (text: string): number => Array.from(text).length

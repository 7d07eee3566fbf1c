// A stream in an address. What no slug can be is no stream, and nobody is asked about it.
export const SLUG = ':slug{[a-z0-9-]{1,48}}'

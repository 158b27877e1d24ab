// The versions that the server tells.

/** Our own; that of package.json. */
export const VERSION = '0.1.0'
/** The version of Kapacitor whose API is served. */
export const API_VERSION = '1.8.3'

// What a user may do, as data: the names that the API knows, and what each opens. Knows nothing of requests or stores.

/** What is kept; `all` is these three, `none` is none of them. */
export type Permission = 'api' | 'config_api' | 'write_points'

const KEPT: readonly Permission[] = ['api', 'config_api', 'write_points']

/** The names in requests. */
export const PERMISSION_NAMES = ['none', ...KEPT, 'all'] as const

export type PermissionName = (typeof PERMISSION_NAMES)[number]

/** What a list of names comes down to, each once. */
export function permissionsOf(names: readonly PermissionName[]): readonly Permission[] {
  return names.includes('all') ? KEPT : KEPT.filter((p) => names.includes(p))
}

/** The names for what is kept. */
export function namesOf(permissions: readonly Permission[]): readonly PermissionName[] {
  return permissions.length === KEPT.length ? ['all'] : permissions
}

/** Parts of the API by their path after the version, `/api/config`; true: all methods, false: none. */
export type Grants = ReadonlyMap<string, boolean>

const OPENS: Readonly<Record<Permission, readonly string[]>> = {
  api: ['/api'],
  config_api: ['/api/ping', '/api/config'],
  write_points: ['/api/ping', '/api/write'],
}

/** What writes data or shows the configuration is not opened by the rest of the API. */
const CLOSED = [
  ['/api/write', false],
  ['/api/config', false],
] as const

export function grantsOf(permissions: readonly Permission[]): Grants {
  const grants = new Map<string, boolean>(permissions.includes('api') ? CLOSED : [])
  for (const p of permissions) for (const resource of OPENS[p]) grants.set(resource, true)
  return grants
}

/** Whether the resource is open: what is said of it, or else of the nearest of its parents. */
export function opens(grants: Grants, resource: string): boolean {
  for (let at = resource; at !== ''; at = at.slice(0, at.lastIndexOf('/'))) {
    const said = grants.get(at)
    if (said !== undefined) return said
  }
  return false
}

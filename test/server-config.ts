// The configuration of a server of a test's own: any port, all that it keeps in one folder, no InfluxDB unless one is named.

export interface ServerText {
  /** Keys of the [http] section. */
  readonly http?: string
  /** Further sections. */
  readonly more?: string
}

/** The text of its configuration file. `folder` is where everything goes. */
export function serverConfig(folder: string, { http = '', more = '' }: ServerText = {}): string {
  const influxdb = more.includes('[[influxdb]]') ? '' : '[[influxdb]]\nenabled = false\n'
  return `data_dir = "${folder}"
[http]
bind-address = "127.0.0.1:0"
${http}
[storage]
boltdb = "${folder}/supercap.db"
[replay]
dir = "${folder}/replay"
${influxdb}${more}`
}

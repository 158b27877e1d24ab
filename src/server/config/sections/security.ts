// What users of the API and their scripts may reach on this machine. Data only.
import { patternProblem } from '../../../alert/io/path-fence.ts'
import { field } from '../field.ts'
import { defineSection } from '../section.ts'

const own = { own: true }

export const security = defineSection({
  section: 'security',
  doc: 'What scripts and topic handlers may reach on this machine. Lists hold patterns of absolute paths: `*` stands for any part of a name, `**` for anything below a folder; an empty list allows everything.',
  fields: {
    execEnabled: field.bool('Whether exec handlers may run programs at all.', true, own),
    execCommands: field.strings('Programs that exec handlers may run, such as `/usr/local/bin/*`.', [], own),
    logPaths: field.strings('Files that log handlers may write, such as `/var/log/alerts/**`.', [], own),
    sideloadPaths: field.strings('Files that sideload nodes may read, such as `/etc/thresholds/**`.', [], own),
    templatePaths: field.strings(
      'Files that `alert-template-file` and `row-template-file` of an httppost endpoint may name.',
      [],
      own,
    ),
    udfPaths: field.strings('Programs and sockets that user-defined functions may name.', [], own),
  },
  check: (v) => {
    for (const [key, patterns] of Object.entries({
      'exec-commands': v.execCommands,
      'log-paths': v.logPaths,
      'sideload-paths': v.sideloadPaths,
      'template-paths': v.templatePaths,
      'udf-paths': v.udfPaths,
    })) {
      const problem = patterns.map(patternProblem).find((p) => p !== undefined)
      if (problem !== undefined) return `${key}: ${problem}`
    }
    return undefined
  },
})

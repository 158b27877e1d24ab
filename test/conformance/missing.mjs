#!/usr/bin/env node
// Prints a regular expression for the cases of another folder that this copy lacks; nothing when it lacks none.
import fs from 'node:fs'
import path from 'node:path'

const namesIn = (folder) =>
  fs
    .readdirSync(folder, { recursive: true })
    .filter((f) => f.endsWith('.case'))
    .flatMap((f) => fs.readFileSync(path.join(folder, f), 'utf8').match(/^case .+$/gm) ?? [])
    .map((line) => line.slice(5).trim())

const ours = new Set(namesIn(path.join(import.meta.dirname, 'cases')))
const missing = namesIn(process.argv[2]).filter((name) => !ours.has(name))
if (missing.length > 0) console.log(`^(${missing.map((n) => n.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|')})$`)
